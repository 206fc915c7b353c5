package main

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/cache"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/walk"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// beside is what a run remembers of its files, for the rules that compare
// them. What these find is computed anew in each run: it depends on all files.
type beside struct {
	loader *workspace.Loader

	mu sync.Mutex
	// files are those of the run, their records encoded: while files are
	// analysed, memory is needed for other things.
	files  map[string]string
	hashes map[string]workspace.Hash
}

func (c *checker) newBeside() *beside {
	b := &beside{files: map[string]string{}, hashes: map[string]workspace.Hash{}, loader: newLoader(c.configs, c.opt.jobs)}
	if !c.opt.noCache {
		b.loader.Store = openStore()
	}
	return b
}

// newLoader reads files as the configurations want it.
func newLoader(configs *configs, jobs int) *workspace.Loader {
	prefixes := func(path string) []string {
		if cfg := configs.of(path); cfg != nil {
			return cfg.Prefixes
		}
		return nil
	}
	return &workspace.Loader{Read: readFile, Prefixes: prefixes, Jobs: jobs}
}

// openStore opens the records of the current folder's files.
func openStore() *workspace.Store {
	dir := os.Getenv("DHI_LS_CACHE")
	if dir == "" {
		var err error
		if dir, err = cache.Dir(); err != nil {
			return nil
		}
	}
	folder, err := os.Getwd()
	if err != nil {
		return nil
	}
	return workspace.OpenStore(dir, folder, version+"\x00"+buildID())
}

// remember keeps the record of a file that is checked.
func (b *beside) remember(file string, content []byte, doc *definition.Document) {
	hash := workspace.HashOf(content)
	blob := b.loader.Encoded(file, content, hash, doc)
	if blob == "" {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[file], b.hashes[file] = blob, hash
}

// model is the model of the checked files and all that they are compared
// with.
func (b *beside) model(ctx context.Context, args []string, files []walk.File, excluded func(string) bool) (*workspace.Model, bool) {
	more, bounded := b.unread(ctx, args, files, excluded)
	return workspace.New(append(b.loader.Files(ctx, more), b.loader.Decode(ctx, b.files)...)), bounded
}

// unread lists the files that are not checked themselves: the rest of each
// catalog of which a folder is checked, and what stands near a single file.
func (b *beside) unread(ctx context.Context, args []string, files []walk.File, excluded func(string) bool) (paths []string, bounded bool) {
	checked := make(map[string]bool, len(files))
	for _, f := range files {
		checked[f.Path] = true
	}
	var folders []string
	roots := map[string]bool{}
	add := func(list []string) {
		for _, p := range list {
			if !checked[p] {
				checked[p] = true
				paths = append(paths, p)
			}
		}
	}
	for _, f := range files {
		place := definition.PlaceOf(f.Path)
		switch {
		case f.Named && !roots[place.Root]:
			add(workspace.Near(ctx, f.Path, excluded))
		case !f.Named && place.InCatalog() && !roots[place.Root]:
			roots[place.Root] = true
			for _, folder := range workspace.Folders(place.Root) {
				if !walked(args, folder) {
					folders = append(folders, folder)
				}
			}
		}
	}
	list, bounded := workspace.Paths(ctx, folders, excluded)
	add(list)
	return paths, bounded
}

// walked reports whether one of the arguments is the folder or holds it.
func walked(args []string, folder string) bool {
	for _, arg := range args {
		arg = filepath.ToSlash(filepath.Clean(arg))
		if arg == "." && !path.IsAbs(folder) && !strings.HasPrefix(folder, "..") || folder == arg || strings.HasPrefix(folder, arg+"/") {
			return true
		}
	}
	return false
}

// across runs the rules that compare files with each other.
func (c *checker) across(ctx context.Context, args []string, files []walk.File) {
	if ctx.Err() != nil {
		return
	}
	model, bounded := c.beside.model(ctx, args, files, c.configs.excluded)
	if bounded {
		c.report.Notices = append(c.report.Notices, diagnostic.Notice{Code: "workspace-bounded", Message: fmt.Sprintf(
			"the catalog has more than %d files: what is in the rest is not known, so that comparisons with it are left out", workspace.MaxEntries)})
	}
	found := c.compare(ctx, model)
	if (c.opt.fix || c.opt.diff) && c.opt.unsafeFixes {
		for range maxRounds {
			changes := c.mendAcross(model, found)
			if len(changes) == 0 || c.opt.diff {
				break
			}
			model = model.Update(changes)
			found = c.compare(ctx, model)
		}
	}
	for _, f := range found {
		c.addFindings(f.path, f.content, cache.Of(f.result))
	}
	if err := c.beside.loader.Store.Save(); err != nil {
		c.report.Notices = append(c.report.Notices, diagnostic.Notice{Code: "cache", Message: fmt.Sprintf("what is known of the files could not be written: %v", err)})
	}
}

// compared is what was found in a file beside others.
type compared struct {
	path, content string
	result        *analysis.Result
}

// compare checks all remembered files of this run, those with findings by
// path. A file that changed since it was read is left out.
func (c *checker) compare(ctx context.Context, model *workspace.Model) []compared {
	paths := make([]string, 0, len(c.beside.files))
	for path := range c.beside.files {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	out := make([]compared, len(paths))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(c.opt.jobs, max(1, len(paths))) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(paths) {
					return
				}
				out[i] = c.compareOne(model, paths[i])
			}
		})
	}
	wg.Wait()
	found := out[:0]
	for _, f := range out {
		if f.result != nil {
			found = append(found, f)
		}
	}
	return found
}

func (c *checker) compareOne(model *workspace.Model, path string) compared {
	self := model.Record(path)
	if self == nil || self.Kind == definition.NotOurs {
		return compared{}
	}
	opt := c.options(c.configs.of(path))
	var content []byte
	open := func() *definition.Document {
		content, _ = readFile(path)
		return analysis.Open(path, text.New(string(content)), opt)
	}
	res := analysis.Across(self, model.View(self), open, opt)
	if len(res.Diagnostics) == 0 && res.Suppressed == 0 {
		return compared{}
	}
	if content == nil {
		content, _ = readFile(path)
	}
	if workspace.HashOf(content) != c.beside.hashes[path] {
		return compared{}
	}
	return compared{path, string(content), res}
}

// mendAcross applies fixes, each to its own file, and returns the records of
// the files that are others now.
func (c *checker) mendAcross(model *workspace.Model, found []compared) map[string]*facts.Record {
	changes := map[string]*facts.Record{}
	for _, f := range found {
		mended, n := analysis.FixAcross(f.content, f.result.Diagnostics, c.opt.unsafeFixes, c.opt.min)
		if n == 0 {
			continue
		}
		if c.opt.diff {
			c.diffAcross(model, f)
			continue
		}
		if err := writeFile(f.path, mended); err != nil {
			c.fail(f.path, err)
			continue
		}
		c.report.Summary.Fixed += n
		c.beside.remember(f.path, []byte(mended), nil)
		changes[f.path] = c.beside.loader.Record(f.path, []byte(mended))
	}
	return changes
}

// maxRounds bounds how often fixes make room for further fixes.
const maxRounds = 10

// diffAcross adds the fixes to the difference of the file, in rounds as they
// would be applied.
func (c *checker) diffAcross(model *workspace.Model, f compared) {
	opt := c.options(c.configs.of(f.path))
	after, ok := c.mended[f.path]
	if !ok {
		after = f.content
	}
	for range maxRounds {
		doc := analysis.Open(f.path, text.New(after), opt)
		self := facts.Of(doc)
		if self == nil {
			return
		}
		open := func() *definition.Document { return doc }
		found := analysis.Across(self, model.With(f.path, self).View(self), open, opt).Diagnostics
		next, n := analysis.FixAcross(after, found, c.opt.unsafeFixes, c.opt.min)
		if n == 0 || next == after {
			break
		}
		c.report.Summary.Fixed += n
		after = next
	}
	if after != f.content {
		c.diffs[f.path] = udiff.Unified("a/"+f.path, "b/"+f.path, f.content, after)
	}
}

// acrossStdin compares the definition on standard input with the files that
// stand where its name says.
func (c *checker) acrossStdin(ctx context.Context, path string, res *analysis.Result) {
	if res.Document.Kind == definition.NotOurs {
		return
	}
	b := &beside{loader: newLoader(c.configs, c.opt.jobs)}
	model, _ := b.model(ctx, nil, []walk.File{{Path: filepath.ToSlash(path), Named: true}}, c.configs.excluded)
	self := facts.Of(res.Document)
	if self == nil {
		return
	}
	model = model.With(path, self)
	found := analysis.Across(self, model.View(self), func() *definition.Document { return res.Document }, c.options(c.configs.of(path)))
	c.addFindings(path, res.Document.Text.String(), cache.Of(found))
}
