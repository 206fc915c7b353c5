package main

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/schema"
)

// graphFlags are the flags of graph.
type graphFlags struct {
	format, config, dir string
	uses, usedBy        bool
	depth               int
	noCache             bool
}

func newGraph(s streams) *cobra.Command {
	var f graphFlags
	cmd := &cobra.Command{
		Use:   "graph [FILE|IMAGE]",
		Short: "Show what depends on what",
		Long: `Show what definitions are built of, and what is built anew when they change:
artifacts, images of build stages, images of charts, and packages that the
workspace builds itself.

FILE is a definition, IMAGE the name of an image or a package, for instance
golang or pkg-gosu. Without an argument, the whole workspace is shown with one
node for each image.`,
		Example: `  dhi-ls graph image/redis/debian-13/8.8.yaml
  dhi-ls graph golang --used-by --depth 1
  dhi-ls graph pkg-gosu --format mermaid
  dhi-ls graph --format dot | dot -Tsvg > catalog.svg`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runGraph(cmd.Context(), s, args, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "text", "how the graph is written: "+strings.Join(graphFormats(), ", "))
	flags.StringVar(&f.dir, "dir", "", "the folder of the workspace (default: the catalog that FILE stands in, else the current folder)")
	flags.StringVar(&f.config, "config", "", "use this configuration `FILE` (default: the nearest .dhi-ls.yaml upward)")
	flags.BoolVar(&f.uses, "uses", false, "only what it is built of")
	flags.BoolVar(&f.usedBy, "used-by", false, "only what is built of it")
	flags.IntVar(&f.depth, "depth", 0, "follow at most `N` steps; 0 is no bound")
	flags.BoolVar(&f.noCache, "no-cache", false, "read all files anew")
	return cmd
}

func runGraph(ctx context.Context, s streams, args []string, f graphFlags) error {
	write, ok := graphWriters[f.format]
	if !ok {
		return usageError("unknown format %q: use %s", f.format, strings.Join(graphFormats(), ", "))
	}
	if f.uses && f.usedBy {
		return usageError("--uses and --used-by leave nothing out together: give one of them or none")
	}
	cfgs, err := newConfigs(f.config)
	if err != nil {
		return err
	}
	file := ""
	if len(args) > 0 && isFile(args[0]) {
		file = filepath.ToSlash(filepath.Clean(args[0]))
	}
	model, root, err := loadGraph(ctx, cfgs, file, f)
	if err != nil {
		return err
	}
	view := model.ViewOf(root)
	if len(args) == 0 {
		all := slices.Collect(view.Records())
		g := view.Graph(slices.DeleteFunc(all, func(r *facts.Record) bool { return !r.Kind.IsDefinition() }), workspace.Uses, 1)
		return write(s.out, picture{root: root, uses: g.ByImage()})
	}
	focus, err := focusOf(model, view, file, args[0])
	if err != nil {
		return err
	}
	p := picture{root: root, focus: focus}
	if !f.usedBy {
		p.uses = view.Graph(focus, workspace.Uses, f.depth)
	}
	if !f.uses {
		p.usedBy = view.Graph(focus, workspace.UsedBy, f.depth)
	}
	return write(s.out, p)
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// loadGraph loads the workspace and names its root.
func loadGraph(ctx context.Context, cfgs *configs, file string, f graphFlags) (*workspace.Model, string, error) {
	root := ""
	if place := definition.PlaceOf(file); file != "" {
		root = facts.RootOf(file, place)
	}
	folders := workspace.Folders(root)
	if f.dir != "" {
		root = filepath.ToSlash(filepath.Clean(f.dir))
		if root == "." {
			root = ""
		}
		folders = workspace.Folders(root)
	}
	l := newLoader(cfgs, 0)
	if !f.noCache {
		l.Store = openStore()
	}
	var paths []string
	if len(folders) == 0 { // no catalog: the files of one folder
		one := file
		if one == "" {
			one = path.Join(root, "any.yaml")
		}
		paths = workspace.Near(ctx, one, cfgs.excluded)
		root = facts.RootOf(one, definition.Place{})
	} else {
		paths, _ = workspace.Paths(ctx, folders, cfgs.excluded)
	}
	if err := cfgs.err(); err != nil {
		return nil, "", err
	}
	model := workspace.New(l.Files(ctx, paths))
	if ctx.Err() != nil {
		return nil, "", &exitError{130, fmt.Errorf("interrupted")}
	}
	_ = l.Store.Save() // the next run reads the files anew, no more
	if model.Len() == 0 && file == "" {
		return nil, "", failed(fmt.Errorf("there are no definitions here: name a folder with --dir, or a file"))
	}
	return model, root, nil
}

// focusOf are the definitions that an argument names.
func focusOf(model *workspace.Model, view workspace.View, file, arg string) ([]*facts.Record, error) {
	if file != "" {
		if r := model.Record(file); r != nil && r.Kind.IsDefinition() {
			return []*facts.Record{r}, nil
		}
		return nil, failed(fmt.Errorf("%s is no definition", file))
	}
	name, tag, _ := strings.Cut(arg, ":")
	name = strings.TrimPrefix(strings.TrimPrefix(name, "dhi.io/"), "dhi/")
	list := view.Image(name)
	if len(list) == 0 {
		list = view.Producers(name)
	}
	if tag != "" {
		list = slices.DeleteFunc(slices.Clone(list), func(r *facts.Record) bool { return !r.HasTag(tag) })
	}
	if len(list) > 0 {
		return list, nil
	}
	if near, ok := schema.Suggest(name, view.Images()); ok && tag == "" {
		return nil, usageError("no definition makes %q; did you mean %q?", arg, near)
	}
	return nil, usageError("no definition makes %q, and it is no file", arg)
}
