package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
)

// outdatedPin is a pin behind its index.
type outdatedPin struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Package string `json:"package"`
	Pinned  string `json:"pinned"`
	Newest  string `json:"newest"`
	// Versions is how many versions of the index are newer than the pin.
	Versions   int    `json:"versions"`
	Behind     string `json:"behind"`
	Repository string `json:"repository"`
	Platform   string `json:"platform,omitempty"`
	Stage      string `json:"stage,omitempty"`
	// Made is the day on which the newest image was made, where it tells.
	Made string `json:"made,omitempty"`
}

func newOutdated(s streams) *cobra.Command {
	var f updateFlags
	var fetch bool
	cmd := &cobra.Command{
		Use:   "outdated [PATH...]",
		Short: "List pins of packages and images that are behind their repositories",
		Long: `List pinned packages (name=version) of which a repository of their scope has a
newer version in the cached indexes, and by how much they are behind; and
references to images whose tag stands for another digest than the one they pin.
Exits with 1 when there are any.`,
	}
	format := formatFlag(cmd, "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		l, err := load(cmd.Context(), args)
		if err != nil {
			return err
		}
		source, err := mustSource(l.config())
		if err != nil {
			return err
		}
		if fetch {
			if err := fetchFirst(cmd.Context(), s, source, l, f); err != nil {
				return err
			}
		}
		return runOutdated(s, source, l, *format)
	}
	cmd.Flags().BoolVar(&fetch, "fetch", false, "update the indexes first")
	f.hostFlag(cmd)
	return cmd
}

// fetchFirst updates what the definitions name. Standard output is for the
// result, so that this goes aside.
func fetchFirst(ctx context.Context, s streams, source *indexed.Source, l *loader, f updateFlags) error {
	outcomes, problems, err := update(ctx, s, source, l, f)
	if err != nil {
		return err
	}
	registries, err := updateImages(ctx, s, source, l, f)
	if err != nil {
		return err
	}
	aside := streams{s.in, s.err, s.err}
	return errors.Join(writeOutcomes(aside, outcomes, problems), registries.write(aside, len(outcomes) > 0))
}

// runOutdated shows the pins of packages and images that are behind.
func runOutdated(s streams, source *indexed.Source, l *loader, format string) error {
	list, unknown := outdated(source, l)
	references, more := outdatedImages(source, l)
	list = append(list, references...)
	for _, problem := range more {
		unknown = appendNew(unknown, problem)
	}
	for _, problem := range unknown {
		tell(s.err, "incomplete: %s", problem)
	}
	if bad := l.err(); bad != nil && len(list) == 0 && format == "text" {
		return bad // that nothing is behind would be said of nothing
	}
	write := writeOutdated
	if format == "json" {
		write = func(s streams, list []outdatedPin) error { return writeJSON(s.out, list) }
	}
	err := write(s, list)
	switch bad := l.err(); {
	case bad != nil:
		return bad
	case len(list) > 0:
		return errors.Join(err, &exitError{code: exitFindings})
	}
	return err
}

// outdated lists pins that are behind, and what could not be known.
func outdated(source *indexed.Source, l *loader) (list []outdatedPin, unknown []string) {
	list = []outdatedPin{}
	for _, f := range l.files {
		for _, c := range f.doc.Def.Scopes() {
			scope, ok := packages.ScopeOf(f.doc, c, "")
			if !ok {
				continue
			}
			for i := range c.Packages {
				pin, problems, behind := behindIndex(source, f, scope, &pinned{c: c, at: i})
				if behind {
					list = append(list, pin)
				}
				for _, p := range problems {
					unknown = appendNew(unknown, p)
				}
			}
		}
	}
	return list, unknown
}

// pinned is the place of an entry.
type pinned struct {
	c  *definition.Contents
	at int
}

// behindIndex compares one pin with the newest version on the platform that
// has the newest.
func behindIndex(source *indexed.Source, f loadedFile, scope packages.Scope, p *pinned) (pin outdatedPin, problems []string, behind bool) {
	for _, platform := range scope.Platforms {
		e, ok := packages.Entry(f.doc, &p.c.Packages[p.at], platform)
		if !ok || !e.Pinned() {
			return pin, nil, false
		}
		a := source.Lookup(scope, platform, e.FullName())
		if len(a.Candidates) == 0 {
			if a.State != packages.Known {
				problems = append(problems, a.Detail)
			}
			continue
		}
		newest := a.Candidates[0]
		if source.Compare(scope.Family, newest.Version, e.Version) <= 0 || behind && source.Compare(scope.Family, newest.Version, pin.Newest) <= 0 {
			continue
		}
		at := f.doc.Text.Human(p.c.Packages[p.at].Range().Start)
		behind = true
		pin = outdatedPin{
			File: f.path, Line: at.Line, Column: at.Column, Package: e.FullName(), Pinned: e.Version, Newest: newest.Version,
			Versions: newerThan(source, scope, a.Candidates, e.Version), Behind: distance(source, scope.Family, e.Version, newest.Version),
			Repository: newest.Repository, Platform: platform,
		}
		if p.c.Stage != nil {
			pin.Stage = p.c.Stage.Name.Value()
		}
	}
	return pin, problems, behind
}

// newerThan counts the different versions above the pin.
func newerThan(source *indexed.Source, scope packages.Scope, list []packages.Candidate, pin string) int {
	n, last := 0, ""
	for _, c := range list {
		if c.Version != last && source.Compare(scope.Family, c.Version, pin) > 0 {
			n, last = n+1, c.Version
		}
	}
	return n
}

// distance names the first part in which two versions differ: the numbers by
// their usual names, then the build of the same version.
func distance(source *indexed.Source, family, pin, newest string) string {
	a, b := upstream(family, pin), upstream(family, newest)
	if source.Compare(family, a, b) == 0 {
		return "build"
	}
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i, name := range []string{"major", "minor", "patch"} {
		if i >= len(x) || i >= len(y) || x[i] != y[i] {
			return name
		}
	}
	return "patch"
}

// upstream cuts the epoch and the distribution's own revision off.
func upstream(family, v string) string {
	if family == "alpine" {
		if i := strings.LastIndex(v, "-r"); i > 0 {
			return v[:i]
		}
		return v
	}
	if _, rest, ok := strings.Cut(v, ":"); ok {
		v = rest
	}
	if i := strings.LastIndexByte(v, '-'); i > 0 {
		v = v[:i]
	}
	return v
}

func writeOutdated(s streams, list []outdatedPin) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(s.err, "no pin is behind its index")
		return err
	}
	t := table{head: []string{"PACKAGE", "PINNED", "NEWEST", "BEHIND", "WHERE"}}
	for _, p := range list {
		if p.Behind == moved {
			p.Pinned, p.Newest = images.Short(p.Pinned), strings.TrimSpace(images.Short(p.Newest)+" "+p.Made)
		}
		t.row(p.Package, p.Pinned, p.Newest, p.Behind, fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column))
	}
	return t.write(s.out)
}
