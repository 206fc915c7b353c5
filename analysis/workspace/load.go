package workspace

import (
	"context"
	"errors"
	"os"
	"path"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/walk"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// MaxEntries bounds how many directory entries a walk looks at.
const MaxEntries = 400_000

// Loader reads files and makes records of them.
type Loader struct {
	// Read returns the content of a file.
	Read func(path string) ([]byte, error)
	// Prefixes are further registry prefixes of the DHI frontend for a file;
	// it may be nil.
	Prefixes func(path string) []string
	// Store may be nil.
	Store *Store
	// Jobs is how many files are read at once; by default one for each
	// processor.
	Jobs int
}

// Record is the record of a file with this content, nil if nothing is
// remembered of it. doc, if it is not nil, is the document of the content.
func (l *Loader) Record(path string, content []byte, doc *definition.Document) *facts.Record {
	hash := HashOf(content)
	if r, ok := l.Store.Get(path, hash); ok {
		return r
	}
	if doc == nil {
		doc = l.open(path, content)
	}
	r := facts.Of(doc)
	l.Store.Put(path, hash, r)
	return r
}

func (l *Loader) open(path string, content []byte) *definition.Document {
	var opt definition.Options
	if l.Prefixes != nil {
		opt.Prefixes = l.Prefixes(path)
	}
	return definition.New(path, text.New(string(content)), opt)
}

// Files makes the records of files, in parallel. A file that cannot be read is
// left out: somebody else says so.
func (l *Loader) Files(ctx context.Context, paths []string) []*facts.Record {
	jobs := l.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var (
		next atomic.Int64
		wg   sync.WaitGroup
		mu   sync.Mutex
		out  []*facts.Record
	)
	for range min(jobs, max(1, len(paths))) {
		wg.Go(func() {
			var own []*facts.Record
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(paths) {
					break
				}
				content, err := l.Read(paths[i])
				if err != nil {
					continue
				}
				if r := l.Record(paths[i], content, nil); r != nil {
					own = append(own, r)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			out = append(out, own...)
		})
	}
	wg.Wait()
	return out
}

// Folders are the folders of a catalog's root that hold its definitions, those
// of them that exist. Nothing else of a root is ever walked.
func Folders(root string) []string {
	var out []string
	for _, section := range []string{"image", "chart", "package"} {
		dir := section
		if root != "" {
			dir = root + "/" + section
		}
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			out = append(out, dir)
		}
	}
	return out
}

// Paths lists what may belong to a model below the folders. bounded says that
// the walk ended at its bound, so that not all is known.
func Paths(ctx context.Context, folders []string, excluded func(string) bool) (paths []string, bounded bool) {
	files, failures := walk.Files(ctx, folders, walk.Options{Excluded: excluded, Max: MaxEntries})
	for _, f := range failures {
		bounded = bounded || errors.Is(f.Err, walk.ErrBounded)
	}
	for _, f := range files {
		paths = append(paths, f.Path)
	}
	return paths, bounded
}

// Near are the folders whose definitions a file is compared with when it is
// checked alone: that of its image, chart or package, else its own.
func Near(file string) string {
	place := definition.PlaceOf(file)
	if !place.InCatalog() || place.Info {
		return path.Dir(file)
	}
	return path.Dir(path.Dir(file))
}
