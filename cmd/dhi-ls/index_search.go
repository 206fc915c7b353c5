package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/record"
)

// view is a set of indexes that a question is put to.
type view struct {
	set      *index.Set
	sources  []index.Status
	commands *index.Commands
}

func newView(cache *index.Cache, set *index.Set) view {
	return view{set, set.Sources(), cache.Commands(set)}
}

// repository names the place of a version.
func (v view) repository(p index.Place) string {
	s := v.sources[p.Source].Source
	return strings.TrimSuffix(s.String(), " ("+s.Platform+")")
}

// views are the repositories of a definition, or without one all that are
// cached, by family.
func views(ctx context.Context, source *indexed.Source, file string) ([]view, error) {
	if file != "" {
		l, err := load(ctx, []string{file})
		if err != nil {
			return nil, err
		}
		if err := l.err(); err != nil {
			return nil, err
		}
		if len(l.files) != 1 {
			return nil, usageError("--in: %s is no definition", file)
		}
		scope, ok := packages.ScopeOf(l.files[0].doc, l.files[0].doc.Def.Contents, "")
		if !ok {
			return nil, usageError("--in: the distribution of %s is not known", file)
		}
		repositories, _ := indexed.Repositories(scope)
		return []view{newView(source.Cache(), source.Cache().Set(repositories, scope.Platforms))}, nil
	}
	var out []view
	for _, family := range []index.Family{index.Alpine, index.Debian} {
		var repositories []index.Repository
		var platforms []string
		for _, st := range source.Cache().List() {
			if st.Repository.Family == family && !st.Contents && st.Usable() {
				repositories = append(repositories, st.Repository)
				if !slices.Contains(platforms, st.Platform) {
					platforms = append(platforms, st.Platform)
				}
			}
		}
		if len(repositories) > 0 {
			out = append(out, newView(source.Cache(), source.Cache().Set(repositories, platforms)))
		}
	}
	if len(out) == 0 {
		return nil, failed(fmt.Errorf("no index is cached: run dhi-ls index update"))
	}
	return out, nil
}

// lookCommand is a command that puts a word to the indexes, or where it names
// an image, to what registries said.
func lookCommand(use, short string, image func(s streams, word, format string) error, s streams, run func(cmd *cobra.Command, list []view, word, format string) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1)}
	in := cmd.Flags().String("in", "", "look into the repositories of the definition `FILE` only")
	var format *string
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if image != nil && isImage(args[0]) {
			return image(s, args[0], *format)
		}
		source, err := mustSource(nil)
		if err != nil {
			return err
		}
		list, err := views(cmd.Context(), source, *in)
		if err != nil {
			return err
		}
		return run(cmd, list, args[0], *format)
	}
	format = formatFlag(cmd, "text", "json")
	return cmd
}

// notFound says that a name is in none of the indexes, with those like it.
func notFound(list []view, name string) error {
	var like []string
	for _, v := range list {
		for _, n := range v.set.Similar(name, 3) {
			if !slices.Contains(like, n.Name) {
				like = append(like, n.Name)
			}
		}
	}
	if len(like) > 0 {
		return &exitError{exitFindings, fmt.Errorf("no index has a package %s; did you mean %s?", name, joinOr(like))}
	}
	return &exitError{exitFindings, fmt.Errorf("no index has a package %s", name)}
}

type jsonName struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Repository  string   `json:"repository"`
	Description string   `json:"description"`
	Missing     []string `json:"missing"`
}

func newIndexSearch(s streams) *cobra.Command {
	var limit int
	cmd := lookCommand("search WORD", "Find packages: names that begin with a word first, then names like it; cmd:WORD finds commands", nil, s, func(cmd *cobra.Command, list []view, word, format string) error {
		if command, ok := strings.CutPrefix(word, commandPrefix); ok {
			return searchCommands(s, list, command, limit, format)
		}
		found := []jsonName{}
		for _, v := range list {
			names := v.set.Names(word, limit)
			for _, n := range v.set.Fuzzy(word, limit) {
				if !strings.HasPrefix(n.Name, word) {
					names = append(names, n)
				}
			}
			for _, n := range names[:min(limit, len(names))] {
				p := v.set.Package(n.Place)
				found = append(found, jsonName{n.Name, n.Newest, v.repository(n.Place), p.Description, linux(n.Missing)})
			}
		}
		if format == "json" {
			return writeJSON(s.out, found)
		}
		t := table{head: []string{"NAME", "VERSION", "REPOSITORY", "DESCRIPTION"}}
		for _, n := range found {
			if len(n.Missing) > 0 {
				n.Description = strings.TrimSpace(n.Description + " (not for " + strings.Join(n.Missing, ", ") + ")")
			}
			t.row(n.Name, n.Version, n.Repository, n.Description)
		}
		if len(found) == 0 {
			return notFound(list, word)
		}
		return t.write(s.out)
	})
	cmd.Flags().IntVar(&limit, "limit", 20, "show this many of each distribution")
	return cmd
}

func linux(platforms []string) []string {
	out := make([]string, 0, len(platforms))
	for _, p := range platforms {
		out = append(out, "linux/"+p)
	}
	return out
}

type jsonVersion struct {
	Version      string   `json:"version"`
	Repositories []string `json:"repositories"`
	Platforms    []string `json:"platforms"`
	Missing      []string `json:"missing"`
}

func newIndexVersions(s streams) *cobra.Command {
	return lookCommand("versions NAME|IMAGE", "List the versions of a package, or the tags of an image, newest first", imageVersions, s, func(_ *cobra.Command, list []view, name, format string) error {
		found := []jsonVersion{}
		for _, v := range list {
			for _, have := range v.set.Versions(name) {
				one := jsonVersion{Version: have.Version, Missing: linux(have.Missing)}
				for _, p := range have.Places {
					one.Repositories = appendNew(one.Repositories, v.repository(p))
					one.Platforms = appendNew(one.Platforms, "linux/"+v.sources[p.Source].Platform)
				}
				found = append(found, one)
			}
		}
		if format == "json" {
			return writeJSON(s.out, found)
		}
		if len(found) == 0 {
			return notFound(list, name)
		}
		t := table{head: []string{"VERSION", "PLATFORMS", "REPOSITORY"}}
		for _, v := range found {
			t.row(v.Version, strings.Join(v.Platforms, " "), strings.Join(v.Repositories, ", "))
		}
		return t.write(s.out)
	})
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

type jsonPackage struct {
	Name          string   `json:"name"`
	Version       string   `json:"version"`
	Repository    string   `json:"repository"`
	Platforms     []string `json:"platforms"`
	Description   string   `json:"description"`
	Origin        string   `json:"origin,omitempty"`
	License       string   `json:"license,omitempty"`
	Homepage      string   `json:"homepage,omitempty"`
	Size          int64    `json:"size"`
	InstalledSize int64    `json:"installedSize"`
	Depends       string   `json:"depends,omitempty"`
	PreDepends    string   `json:"preDepends,omitempty"`
	Provides      string   `json:"provides,omitempty"`
	Conflicts     string   `json:"conflicts,omitempty"`
	Breaks        string   `json:"breaks,omitempty"`
	Replaces      string   `json:"replaces,omitempty"`
	InstallIf     string   `json:"installIf,omitempty"`
	Commands      []string `json:"commands,omitempty"`
}

func packageForJSON(r *record.Package) jsonPackage {
	return jsonPackage{
		Name: r.Name, Version: r.Version, Description: r.Description, Origin: r.Origin, License: r.License, Homepage: r.Homepage,
		Size: r.Size, InstalledSize: r.InstalledSize, Depends: r.Depends, PreDepends: r.PreDepends, Provides: r.Provides,
		Conflicts: r.Conflicts, Breaks: r.Breaks, Replaces: r.Replaces, InstallIf: r.InstallIf,
	}
}

func newIndexShow(s streams) *cobra.Command {
	return lookCommand("show NAME[=VERSION]|IMAGE[:TAG][@DIGEST]", "Show what the indexes say of a package, of a command (cmd:NAME), or the registry of an image", showImage, s, func(_ *cobra.Command, list []view, word, format string) error {
		if command, ok := strings.CutPrefix(word, commandPrefix); ok {
			return showCommand(s, list, command, format)
		}
		name, wanted, _ := strings.Cut(word, "=")
		found := []jsonPackage{}
		for _, v := range list {
			_, place, ok := v.set.Lookup(name, wanted)
			if !ok {
				continue
			}
			r := v.set.Package(place)
			one := packageForJSON(&r)
			one.Repository = v.repository(place)
			one.Commands = v.commands.Of(name, v.sources[place.Source].Platform)
			for _, have := range v.set.Versions(name) {
				for _, p := range have.Places {
					if have.Version == r.Version {
						one.Platforms = appendNew(one.Platforms, "linux/"+v.sources[p.Source].Platform)
					}
				}
			}
			found = append(found, one)
		}
		if format == "json" {
			return writeJSON(s.out, found)
		}
		if len(found) == 0 {
			return notFound(list, name)
		}
		for i, p := range found {
			if i > 0 {
				fmt.Fprintln(s.out)
			}
			showPackage(s, p)
		}
		return nil
	})
}

func showPackage(s streams, p jsonPackage) {
	for _, line := range [][2]string{
		{"name", p.Name}, {"version", p.Version}, {"description", p.Description}, {"repository", p.Repository},
		{"platforms", strings.Join(p.Platforms, ", ")}, {"origin", p.Origin}, {"licence", p.License}, {"homepage", p.Homepage},
		{"size", megabytes(p.Size)}, {"installed", megabytes(p.InstalledSize)}, {"pre-depends", p.PreDepends}, {"depends", p.Depends},
		{"provides", p.Provides}, {"conflicts", p.Conflicts}, {"breaks", p.Breaks}, {"replaces", p.Replaces}, {"install-if", p.InstallIf},
		{"commands", strings.Join(p.Commands, " ")},
	} {
		if line[1] != "" {
			fmt.Fprintf(s.out, "%-12s %s\n", line[0]+":", line[1])
		}
	}
}
