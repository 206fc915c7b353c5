package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/index/record"
)

type jsonName struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Repository  string   `json:"repository"`
	Description string   `json:"description"`
	Missing     []string `json:"missing"`
}

func newIndexSearch(s streams) *cobra.Command {
	var limit int
	cmd := lookCommand("search WORD", "Find packages and images: names that begin with a word first, then names like it; IMAGE:WORD finds tags, cmd:WORD commands", func(in shelf, word, format string) error {
		if command, ok := strings.CutPrefix(word, commandPrefix); ok {
			return searchCommands(s, in.views, command, limit, format)
		}
		if strings.Contains(word, ":") {
			if tags, named, _ := in.images.tags(word); len(tags) > 0 {
				return writeVersions(s, nil, tags[:min(limit, len(tags))], named, format)
			}
		}
		found := searchPackages(in.views, word, limit)
		if isImage(word) {
			found = nil
		}
		var registries []jsonImages
		for _, st := range in.images.search(word, limit) {
			registries = append(registries, in.images.foundForJSON(st))
		}
		if format == "json" {
			return writeJSON(s.out, mixed(found, registries))
		}
		if len(found)+len(registries) == 0 {
			return notFound(in, word)
		}
		if err := writeNames(s.out, found); err != nil || len(registries) == 0 {
			return err
		}
		below(s.out, len(found))
		return writeFoundImages(s.out, registries)
	})
	cmd.Flags().IntVar(&limit, "limit", 20, "show this many packages of each distribution, and this many images")
	return cmd
}

// searchPackages finds names by their beginning, then by their letters.
func searchPackages(views []view, word string, limit int) (found []jsonName) {
	for _, v := range views {
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
	return found
}

func writeNames(w io.Writer, found []jsonName) error {
	if len(found) == 0 {
		return nil
	}
	t := table{head: []string{"NAME", "VERSION", "REPOSITORY", "DESCRIPTION"}}
	for _, n := range found {
		if len(n.Missing) > 0 {
			n.Description = strings.TrimSpace(n.Description + " (not for " + strings.Join(n.Missing, ", ") + ")")
		}
		t.row(n.Name, n.Version, n.Repository, n.Description)
	}
	return t.write(w)
}

// mixed puts packages and images into one list for programs, never a null.
// What has a field "image" is an image.
func mixed[P, I any](packages []P, images []I) []any {
	list := []any{}
	for _, p := range packages {
		list = append(list, p)
	}
	for _, i := range images {
		list = append(list, i)
	}
	return list
}

// below keeps a table apart from what stands above it.
func below(w io.Writer, above int) {
	if above > 0 {
		fmt.Fprintln(w)
	}
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
	return lookCommand("versions NAME|IMAGE", "List the versions of a package and the tags of an image, newest first", func(in shelf, word, format string) error {
		var found []jsonVersion
		if !isImage(word) {
			found = versionsOf(in.views, word)
		}
		tags, named, err := in.images.tags(word)
		if err != nil && len(found) == 0 {
			return err
		}
		if len(found)+len(tags) == 0 && format != "json" {
			return notFound(in, word)
		}
		return writeVersions(s, found, tags, named, format)
	})
}

func versionsOf(views []view, name string) (found []jsonVersion) {
	for _, v := range views {
		for _, have := range v.set.Versions(name) {
			one := jsonVersion{Version: have.Version, Missing: linux(have.Missing)}
			for _, p := range have.Places {
				one.Repositories = appendNew(one.Repositories, v.repository(p))
				one.Platforms = appendNew(one.Platforms, "linux/"+v.sources[p.Source].Platform)
			}
			slices.Sort(one.Platforms)
			found = append(found, one)
		}
	}
	return found
}

// writeVersions lists versions of a package, then tags of images.
func writeVersions(s streams, found []jsonVersion, tags []jsonTag, named bool, format string) error {
	if format == "json" {
		return writeJSON(s.out, mixed(found, tags))
	}
	if len(found) > 0 {
		t := table{head: []string{"VERSION", "PLATFORMS", "REPOSITORY"}}
		for _, v := range found {
			t.row(v.Version, strings.Join(v.Platforms, " "), strings.Join(v.Repositories, ", "))
		}
		if err := t.write(s.out); err != nil {
			return err
		}
	}
	if len(tags) == 0 {
		return nil
	}
	below(s.out, len(found))
	return writeTags(s.out, tags, named)
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
	return lookCommand("show NAME[=VERSION]|IMAGE[:TAG][@DIGEST]", "Show what the indexes say of a package, of a command (cmd:NAME), or the registry of an image", func(in shelf, word, format string) error {
		if command, ok := strings.CutPrefix(word, commandPrefix); ok {
			return showCommand(s, in.views, command, format)
		}
		name, wanted, _ := strings.Cut(word, "=")
		var found []jsonPackage
		if !isImage(word) {
			found = packagesOf(in.views, name, wanted)
		}
		registries, err := in.images.show(word)
		switch {
		case err != nil && len(found) == 0:
			return err
		case format == "json":
			return writeJSON(s.out, mixed(found, registries))
		case len(found)+len(registries) == 0 && wanted != "":
			return noVersion(in, name, wanted)
		case len(found)+len(registries) == 0:
			return notFound(in, name)
		}
		for i, p := range found {
			below(s.out, i)
			showPackage(s, p)
		}
		for i, j := range registries {
			below(s.out, len(found)+i)
			writeImage(s.out, j)
		}
		return nil
	})
}

// noVersion says which versions there are in the place of the one that was
// asked for.
func noVersion(in shelf, name, wanted string) error {
	var have []string
	for _, v := range versionsOf(in.views, name) {
		have = appendNew(have, v.Version)
	}
	if len(have) == 0 {
		return notFound(in, name)
	}
	const shown = 5
	more := ""
	if len(have) > shown {
		more = fmt.Sprintf(" and %d more", len(have)-shown)
	}
	return &exitError{exitFindings, fmt.Errorf("no index has %s in version %s; there is %s%s", name, wanted, strings.Join(have[:min(shown, len(have))], ", "), more)}
}

// packagesOf is what the indexes say of a package, once for each distribution.
func packagesOf(views []view, name, wanted string) (found []jsonPackage) {
	for _, v := range views {
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
		slices.Sort(one.Platforms)
		found = append(found, one)
	}
	return found
}

func showPackage(s streams, p jsonPackage) {
	fields(s.out, [][2]string{
		{"name", p.Name}, {"version", p.Version}, {"description", p.Description}, {"repository", p.Repository},
		{"platforms", strings.Join(p.Platforms, ", ")}, {"origin", p.Origin}, {"licence", p.License}, {"homepage", p.Homepage},
		{"size", megabytes(p.Size)}, {"installed", megabytes(p.InstalledSize)}, {"pre-depends", p.PreDepends}, {"depends", p.Depends},
		{"provides", p.Provides}, {"conflicts", p.Conflicts}, {"breaks", p.Breaks}, {"replaces", p.Replaces}, {"install-if", p.InstallIf},
		{"commands", strings.Join(p.Commands, " ")},
	})
}
