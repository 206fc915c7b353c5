package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/index"
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

// shelf is all that a word is looked for in: package indexes and what
// registries said of images.
type shelf struct {
	views  []view
	images imageShelf
}

// shelfOf holds what a definition names, or without one all that is cached.
func shelfOf(ctx context.Context, source *indexed.Source, file string) (shelf, error) {
	if file != "" {
		return shelfOfFile(ctx, source, file)
	}
	return shelf{views: cachedViews(source.Cache()), images: cachedImages(source)}, nil
}

// empty says that there is nothing to look into.
func (s shelf) empty() bool { return len(s.views) == 0 && len(s.images.names) == 0 }

func shelfOfFile(ctx context.Context, source *indexed.Source, file string) (shelf, error) {
	l, err := load(ctx, []string{file})
	if err != nil {
		return shelf{}, err
	}
	if err := l.err(); err != nil {
		return shelf{}, err
	}
	if len(l.files) != 1 {
		return shelf{}, usageError("--in: %s is no definition", file)
	}
	doc := l.files[0].doc
	s := shelf{images: namedImages(source, doc)}
	scope, ok := packages.ScopeOf(doc, doc.Def.Contents, "")
	switch {
	case ok:
		repositories, _ := indexed.Repositories(scope)
		s.views = []view{newView(source.Cache(), source.Cache().Set(repositories, scope.Platforms))}
	case len(s.images.names) == 0:
		return s, usageError("--in: the distribution of %s is not known, and it names no images", file)
	}
	return s, nil
}

// cachedViews are all cached indexes, by family.
func cachedViews(cache *index.Cache) []view {
	var out []view
	for _, family := range []index.Family{index.Alpine, index.Debian} {
		var repositories []index.Repository
		var platforms []string
		for _, st := range cache.List() {
			if st.Repository.Family == family && !st.Contents && st.Usable() {
				repositories = append(repositories, st.Repository)
				platforms = appendNew(platforms, st.Platform)
			}
		}
		if len(repositories) > 0 {
			out = append(out, newView(cache, cache.Set(repositories, platforms)))
		}
	}
	return out
}

// lookCommand is a command that looks for a word.
func lookCommand(use, short string, run func(s shelf, word, format string) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1)}
	in := cmd.Flags().String("in", "", "look into the repositories and images of the definition `FILE` only")
	var format *string
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		source, err := mustSource(nil)
		if err != nil {
			return err
		}
		s, err := shelfOf(cmd.Context(), source, *in)
		if err != nil {
			return err
		}
		if s.empty() && !isImage(args[0]) {
			return failed(fmt.Errorf("no index is cached: run dhi-ls index update"))
		}
		return run(s, args[0], *format)
	}
	format = formatFlag(cmd, "text", "json")
	return cmd
}

// notFound says that a name is nowhere, with those like it.
func notFound(s shelf, name string) error {
	var like []string
	for _, v := range s.views {
		for _, n := range v.set.Similar(name, 3) {
			like = appendNew(like, n.Name)
		}
	}
	if image, ok := s.images.like(name); ok {
		like = appendNew(like, image)
	}
	text := "no index has a package " + name
	switch {
	case len(s.views) == 0:
		text = "no image " + name + " is known"
	case len(s.images.names) > 0:
		text += ", and no image of that name is known"
	}
	if len(like) > 0 {
		text += "; did you mean " + joinOr(like) + "?"
	}
	return &exitError{exitFindings, fmt.Errorf("%s", text)}
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// namedImages are the images that a definition names.
func namedImages(source *indexed.Source, doc *definition.Document) imageShelf {
	var names []string
	for _, want := range indexed.ImagesOf([]*definition.Document{doc}) {
		names = appendNew(names, want.Name.String())
	}
	slices.Sort(names)
	return imageShelf{source.Images(), names, doc.Path}
}

// cachedImages are all images that the cache knows of.
func cachedImages(source *indexed.Source) imageShelf {
	var names []string
	for _, st := range source.Images().Cache().List() {
		names = append(names, st.Name)
	}
	return imageShelf{source.Images(), names, ""}
}
