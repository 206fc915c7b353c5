package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

// resolveFlags are the flags of resolve.
type resolveFlags struct {
	updateFlags
	platform, stage, why string
	fetch                bool
}

func newResolve(s streams) *cobra.Command {
	var f resolveFlags
	cmd := &cobra.Command{
		Use:   "resolve FILE",
		Short: "Show which packages a definition installs",
		Long: `Show which packages the entries of a definition install with all that they
need, as the package manager of its distribution would choose them, from the
cached indexes. How exclusions are read is in docs/resolution.md.`,
		Example: `  dhi-ls resolve app.yaml
  dhi-ls resolve app.yaml --format tree --platform linux/arm64
  dhi-ls resolve app.yaml --why libssl3`,
		Args: cobra.ExactArgs(1),
	}
	var format *string
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return runResolve(cmd, s, args[0], *format, f) }
	format = formatFlag(cmd, "text", "json", "tree")
	cmd.Flags().StringVar(&f.platform, "platform", "", "the `PLATFORM` to resolve for (default: the definition's first)")
	cmd.Flags().StringVar(&f.stage, "stage", "", "resolve the build stage `NAME` instead of the image")
	cmd.Flags().StringVar(&f.why, "why", "", "say why the `PACKAGE` is installed")
	cmd.Flags().BoolVar(&f.fetch, "fetch", false, "update the indexes first")
	f.hostFlag(cmd)
	return cmd
}

func runResolve(cmd *cobra.Command, s streams, file, format string, f resolveFlags) error {
	l, err := load(cmd.Context(), []string{file})
	if err != nil {
		return err
	}
	if err := l.err(); err != nil {
		return err
	}
	if len(l.files) != 1 {
		return usageError("%s is no definition", file)
	}
	doc := l.files[0].doc
	c, err := stageOf(doc, f.stage)
	if err != nil {
		return err
	}
	scope, ok := packages.ScopeOf(doc, c, "")
	if !ok {
		return failed(fmt.Errorf("%s: the distribution whose packages it installs is not known", file))
	}
	source, err := mustSource(l.config())
	if err != nil {
		return err
	}
	if f.fetch {
		outcomes, problems, err := update(cmd.Context(), s, source, l, f.updateFlags)
		if err != nil {
			return err
		}
		if err := writeOutcomes(streams{s.in, s.err, s.err}, outcomes, problems); err != nil {
			return err
		}
	}
	platform := f.platform
	switch {
	case platform == "":
		platform = scope.Platforms[0]
	case !slices.Contains(scope.Platforms, platform):
		return usageError("--platform: %s is not built for %s; use %s", file, platform, joinOr(scope.Platforms))
	}
	return showResolution(s, source, resolved{doc, c, scope, platform}, format, f.why)
}

func stageOf(doc *definition.Document, stage string) (*definition.Contents, error) {
	if stage == "" {
		return doc.Def.Contents, nil
	}
	var names []string
	for i := range doc.Def.Contents.Builds {
		b := &doc.Def.Contents.Builds[i]
		if b.Name.Value() == stage {
			return b.Contents, nil
		}
		names = append(names, b.Name.Value())
	}
	return nil, usageError("--stage: there is no build stage %q; there are: %s", stage, strings.Join(names, ", "))
}

// resolved is what a resolution is asked for.
type resolved struct {
	doc      *definition.Document
	contents *definition.Contents
	scope    packages.Scope
	platform string
}

type jsonResolution struct {
	Platform      string           `json:"platform"`
	Complete      bool             `json:"complete"`
	Packages      []jsonInstalled  `json:"packages"`
	Size          int64            `json:"size"`
	InstalledSize int64            `json:"installedSize"`
	Met           []packages.Met   `json:"met"`
	Problems      []jsonUnresolved `json:"problems"`
}

type jsonInstalled struct {
	Name          string          `json:"name"`
	Version       string          `json:"version"`
	Repository    string          `json:"repository"`
	Size          int64           `json:"size"`
	InstalledSize int64           `json:"installedSize"`
	Listed        bool            `json:"listed"`
	NeededBy      []packages.Need `json:"neededBy"`
}

type jsonUnresolved struct {
	Kind    string   `json:"kind"`
	Entry   string   `json:"entry,omitempty"`
	Message string   `json:"message"`
	Chain   []string `json:"chain"`
	Choices []string `json:"choices,omitempty"`
}

func showResolution(s streams, source *indexed.Source, q resolved, format, why string) error {
	entries, _, whole := packages.Entries(q.doc, q.contents, q.platform)
	if !incomplete(s.err, source, q) {
		return failed(fmt.Errorf("there is no index to resolve with: run dhi-ls index update %s", q.doc.Path))
	}
	r := source.Resolve(q.scope, q.platform, entries)
	if !whole {
		tell(s.err, "entries that cannot be read, or whose variables are not known, are left out")
	}
	var err error
	switch {
	case why != "":
		err = writeWhy(s.out, r, why, format)
	case format == "json":
		err = writeJSON(s.out, resolutionForJSON(q, r, entries))
	case format == "tree":
		err = writeTree(s.out, r)
	default:
		err = writeResolution(s.out, r)
	}
	doubt := ""
	if r.State != packages.Known {
		doubt = "as far as the indexes at hand tell: "
	}
	for _, p := range r.Problems {
		tell(s.err, "%s%s", doubt, p.Message)
		for _, step := range p.Chain {
			_ = line(s.err, "  %s", step)
		}
	}
	if err == nil && len(r.Problems) > 0 {
		return &exitError{code: exitFindings}
	}
	return err
}

// incomplete says which indexes are missing, so that what is shown may not be
// what is installed. It is false where there is none at all.
func incomplete(w io.Writer, source *indexed.Source, q resolved) bool {
	var said []string
	some := false
	for _, st := range source.Status(q.scope) {
		if st.Platform != "" && st.Platform != q.platform {
			continue
		}
		some = some || st.Packages > 0
		if st.State != packages.Known {
			said = appendNew(said, st.Problem)
		}
	}
	for _, problem := range said {
		tell(w, "incomplete: %s", problem)
	}
	return some
}

func resolutionForJSON(q resolved, r packages.Resolution, entries []string) jsonResolution {
	out := jsonResolution{
		Platform: q.platform, Complete: r.State == packages.Known, Packages: []jsonInstalled{}, Size: r.Size, InstalledSize: r.InstalledSize,
		Met: r.Met, Problems: []jsonUnresolved{},
	}
	if out.Met == nil {
		out.Met = []packages.Met{}
	}
	for _, p := range r.Packages {
		needed := p.NeededBy
		if needed == nil {
			needed = []packages.Need{}
		}
		out.Packages = append(out.Packages, jsonInstalled{p.Name, p.Version, p.Repository, p.Size, p.InstalledSize, p.Wanted, needed})
	}
	for _, p := range r.Problems {
		one := jsonUnresolved{Kind: string(p.Kind), Message: p.Message, Chain: p.Chain, Choices: p.Choices}
		if p.Entry >= 0 && p.Entry < len(entries) {
			one.Entry = entries[p.Entry]
		}
		if one.Chain == nil {
			one.Chain = []string{}
		}
		out.Problems = append(out.Problems, one)
	}
	return out
}

func writeResolution(w io.Writer, r packages.Resolution) error {
	t := table{head: []string{"", "PACKAGE", "VERSION", "INSTALLED", "REPOSITORY"}, right: map[int]bool{3: true}}
	for _, p := range r.Packages {
		mark := " "
		if p.Wanted {
			mark = "*"
		}
		t.row(mark, p.Name, p.Version, megabytes(p.InstalledSize), p.Repository)
	}
	if err := t.write(w); err != nil {
		return err
	}
	for _, m := range r.Met {
		if err := line(w, "%s runs without %s: !%s keeps it out (%s)", m.By, m.Relation, m.Excluded, m.Rule); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%s, %s to fetch, %s installed (* listed)\n", plural(len(r.Packages), "package", "packages"), megabytes(r.Size), megabytes(r.InstalledSize))
	return err
}

// writeTree shows the listed packages with what each needs; what was shown
// before is not unfolded again.
func writeTree(w io.Writer, r packages.Resolution) error {
	below := map[string][]string{}
	versions := map[string]string{}
	for _, p := range r.Packages {
		versions[p.Name] = p.Version
		for _, n := range p.NeededBy {
			if n.By != "" {
				below[n.By] = appendNew(below[n.By], p.Name)
			}
		}
	}
	var b strings.Builder
	shown := map[string]bool{}
	var walk func(name, indent string)
	walk = func(name, indent string) {
		again := shown[name]
		shown[name] = true
		b.WriteString(report.Clean(name + " " + versions[name]))
		if again && len(below[name]) > 0 {
			b.WriteString(" …\n")
			return
		}
		b.WriteString("\n")
		for i, child := range below[name] {
			branch, next := "├── ", "│   "
			if i == len(below[name])-1 {
				branch, next = "└── ", "    "
			}
			b.WriteString(indent + branch)
			walk(child, indent+next)
		}
	}
	for _, p := range r.Packages {
		if p.Wanted {
			walk(p.Name, "")
		}
	}
	for _, p := range r.Packages {
		if !shown[p.Name] {
			walk(p.Name, "")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// jsonWhy is why a package is installed.
type jsonWhy struct {
	Name    string     `json:"name"`
	Version string     `json:"version"`
	Listed  bool       `json:"listed"`
	Needed  []jsonNeed `json:"neededBy"`
}

// jsonNeed is a package that needs the one asked for, with the shortest way to
// it from an entry.
type jsonNeed struct {
	packages.Need
	Way []string `json:"way"`
}

// writeWhy shows, for each package that needs the one asked for, the shortest
// way from an entry.
func writeWhy(w io.Writer, r packages.Resolution, name, format string) error {
	byName := map[string]*packages.Installed{}
	for i := range r.Packages {
		byName[r.Packages[i].Name] = &r.Packages[i]
	}
	p := byName[name]
	if p == nil {
		return &exitError{exitFindings, fmt.Errorf("%s is not installed", name)}
	}
	why := jsonWhy{p.Name, p.Version, p.Wanted, []jsonNeed{}}
	for _, n := range p.NeededBy {
		if n.By != "" {
			why.Needed = append(why.Needed, jsonNeed{n, wayTo(byName, n.By)})
		}
	}
	if format == "json" {
		return writeJSON(w, why)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", why.Name, why.Version)
	if why.Listed {
		b.WriteString("  is listed\n")
	}
	for _, n := range why.Needed {
		fmt.Fprintf(&b, "  %s needs %s", n.By, n.Relation)
		if len(n.Way) > 1 {
			fmt.Fprintf(&b, " (%s)", strings.Join(n.Way, " → "))
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// wayTo is the shortest way from a listed package, both ends included.
func wayTo(byName map[string]*packages.Installed, name string) []string {
	type step struct {
		name string
		next *step
	}
	queue := []*step{{name: name}}
	seen := map[string]bool{name: true}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		p := byName[s.name]
		if p == nil {
			continue
		}
		if p.Wanted {
			var way []string
			for ; s != nil; s = s.next {
				way = append(way, s.name)
			}
			return way
		}
		for _, n := range p.NeededBy {
			if n.By != "" && !seen[n.By] {
				seen[n.By] = true
				queue = append(queue, &step{n.By, s})
			}
		}
	}
	return nil
}
