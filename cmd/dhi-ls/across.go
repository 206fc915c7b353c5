package main

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/cache"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/kept"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/walk"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// beside is what a run remembers of its files, for the rules that compare
// them.
type beside struct {
	loader *workspace.Loader

	mu sync.Mutex
	// files are those of the run, their records encoded: while files are
	// analysed, memory is needed for other things.
	files map[string]known
	// more are those that they are compared with.
	more map[string]kept.Hash
	// moved says that a file changed while the run went on.
	moved atomic.Bool
}

// known is the content of a file and its record, which is empty as long as
// nobody asked for it. Of those that are not ours only the values of charts
// are known.
type known struct {
	hash kept.Hash
	blob string
	ours bool
}

func (c *checker) newBeside() *beside {
	b := &beside{files: map[string]known{}, loader: newLoader(c.configs, c.opt.jobs)}
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
	dir := cacheDir()
	folder, err := os.Getwd()
	if err != nil || dir == "" {
		return nil
	}
	return workspace.OpenStore(dir, folder, version+"\x00"+buildID())
}

// remember keeps the record of a file that is checked.
func (b *beside) remember(hash kept.Hash, doc *definition.Document) {
	blob := b.loader.Encoded(doc.Path, nil, hash, doc)
	if blob != "" {
		b.note(doc.Path, known{hash, blob, doc.Kind != definition.NotOurs})
	}
}

// note keeps what is known of a file that is checked.
func (b *beside) note(file string, k known) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[file] = k
}

// model is the model of the files of the run and of those that they are
// compared with.
func (b *beside) model(ctx context.Context) *workspace.Model {
	paths := make([]string, 0, len(b.files)+len(b.more))
	for path := range b.files {
		paths = append(paths, path)
	}
	for path := range b.more {
		paths = append(paths, path)
	}
	return workspace.New(b.loader.Each(ctx, paths, b.record))
}

// record is the record of a file, nil if there is none or the file is another
// than it was when the run began.
func (b *beside) record(path string) *facts.Record {
	f, checked := b.files[path]
	if !checked {
		f.hash = b.more[path]
	}
	ok := f.blob != ""
	if !ok {
		f.blob, ok = b.loader.Kept(path, f.hash)
	}
	if ok && f.blob == "" {
		return nil
	}
	if r, good := facts.Decode(path, f.blob); ok && good {
		return r
	}
	content, err := readFile(path)
	if err != nil || kept.HashOf(content) != f.hash {
		b.moved.Store(true)
		return nil
	}
	return b.loader.Record(path, content)
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
	more, bounded := c.beside.unread(ctx, args, files, c.configs.excluded)
	if bounded {
		c.report.Notices = append(c.report.Notices, diagnostic.Notice{Code: "workspace-bounded", Message: fmt.Sprintf(
			"the catalog has more than %d files: what is in the rest is not known, so that comparisons with it are left out", workspace.MaxEntries)})
	}
	c.beside.more = c.identifyAll(ctx, more)
	k := &comparison{checker: c}
	if c.cache != nil && !c.opt.fix && !c.opt.diff {
		k.kept, k.world = true, c.world()
	}
	found := k.run(ctx)
	if (c.opt.fix || c.opt.diff) && c.opt.unsafeFixes {
		for range maxRounds {
			changes := c.mendAcross(k.model, found)
			if len(changes) == 0 || c.opt.diff {
				break
			}
			k.model = k.model.Update(changes)
			found = k.run(ctx)
		}
	}
	for _, f := range found {
		c.addFindings(f.path, f.content, f.outcome)
	}
	if err := c.beside.loader.Store.Save(); err != nil {
		c.report.Notices = append(c.report.Notices, diagnostic.Notice{Code: "cache", Message: fmt.Sprintf("what is known of the files could not be written: %v", err)})
	}
}

// mendAcross applies fixes, each to its own file, and returns the records of
// the files that are others now.
func (c *checker) mendAcross(model *workspace.Model, found []compared) map[string]*facts.Record {
	changes := map[string]*facts.Record{}
	for _, f := range found {
		mended, n := analysis.FixAcross(f.content, f.outcome.Diagnostics, c.opt.unsafeFixes, c.opt.min)
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
		r := c.beside.loader.Record(f.path, []byte(mended))
		if r != nil {
			c.beside.note(f.path, known{kept.HashOf([]byte(mended)), r.Encoded(), true})
		}
		changes[f.path] = r
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
	more, _ := b.unread(ctx, nil, []walk.File{{Path: filepath.ToSlash(path), Named: true}}, c.configs.excluded)
	b.more = c.identifyAll(ctx, more)
	model := b.model(ctx)
	self := facts.Of(res.Document)
	if self == nil {
		return
	}
	model = model.With(path, self)
	found := analysis.Across(self, model.View(self), func() *definition.Document { return res.Document }, c.options(c.configs.of(path)))
	c.addFindings(path, res.Document.Text.String(), cache.Of(found))
}
