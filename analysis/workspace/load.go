package workspace

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

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

// Encoded is the record of a file with this content as bytes, empty if nothing
// is remembered of it. doc, if it is not nil, is the document of the content.
func (l *Loader) Encoded(path string, content []byte, hash Hash, doc *definition.Document) string {
	if blob, ok := l.Kept(path, hash); ok {
		return blob
	}
	if doc == nil {
		doc = l.open(path, content)
	}
	blob := facts.Encode(doc)
	l.Store.Put(path, l.name(path, hash), blob)
	return blob
}

// Kept is what the store holds of a file of this content.
func (l *Loader) Kept(path string, hash Hash) (blob string, ok bool) {
	return l.Store.Get(path, l.name(path, hash))
}

// name names the content together with what decides whether it is ours.
func (l *Loader) name(path string, hash Hash) Hash {
	if l.Prefixes == nil {
		return hash
	}
	if prefixes := l.Prefixes(path); len(prefixes) > 0 {
		return HashOf([]byte(string(hash[:]) + strings.Join(prefixes, "\x00")))
	}
	return hash
}

// Record is the record of a file with this content, nil if nothing is
// remembered of it. A record of the store that cannot be read is made anew.
func (l *Loader) Record(path string, content []byte) *facts.Record {
	hash := HashOf(content)
	blob := l.Encoded(path, content, hash, nil)
	if blob == "" {
		return nil
	}
	if r, ok := facts.Decode(path, blob); ok {
		return r
	}
	r := facts.Of(l.open(path, content))
	if r != nil {
		l.Store.Put(path, l.name(path, hash), r.Encoded())
	}
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
// left out: somebody else says so. All files are read before the first record
// is decoded, so that what lives long does not lie among the garbage of
// reading, and the collector has little to look through while there is much of
// that.
func (l *Loader) Files(ctx context.Context, paths []string) []*facts.Record {
	blobs := make([]string, len(paths))
	var p pack
	walk.Each(ctx, l.Jobs, len(paths), func(i int) { blobs[i] = l.encoded(paths[i], &p) })
	all := make([]*facts.Record, len(paths))
	walk.Each(ctx, l.Jobs, len(paths), func(i int) { all[i] = l.decoded(paths[i], blobs[i]) })
	return present(all)
}

// encoded is the record of a file as bytes, empty if nothing is remembered of
// it. The file is read only when it may have changed.
func (l *Loader) encoded(path string, p *pack) string {
	if hash, ok := l.Store.Content(path); ok {
		if blob, ok := l.Kept(path, hash); ok {
			return blob
		}
	}
	var info os.FileInfo
	if l.Store != nil {
		info, _ = os.Stat(filepath.FromSlash(path))
	}
	content, err := l.Read(path)
	if err != nil {
		return ""
	}
	hash := HashOf(content)
	if info != nil {
		l.Store.Seen(path, info, hash)
	}
	if blob, ok := l.Kept(path, hash); ok {
		return blob
	}
	blob := p.add(facts.Encode(l.open(path, content)))
	l.Store.Put(path, l.name(path, hash), blob)
	return blob
}

// decoded is the record in these bytes, nil for none. One of the store that
// cannot be read is made anew.
func (l *Loader) decoded(path, blob string) *facts.Record {
	if blob == "" {
		return nil
	}
	if r, ok := facts.Decode(path, blob); ok {
		return r
	}
	content, err := l.Read(path)
	if err != nil {
		return nil
	}
	return l.Record(path, content)
}

// Each makes the records of files by the function, in parallel; nil ones are
// left out.
func (l *Loader) Each(ctx context.Context, paths []string, record func(string) *facts.Record) []*facts.Record {
	all := make([]*facts.Record, len(paths))
	walk.Each(ctx, l.Jobs, len(paths), func(i int) { all[i] = record(paths[i]) })
	return present(all)
}

func present(all []*facts.Record) []*facts.Record {
	return slices.DeleteFunc(all, func(r *facts.Record) bool { return r == nil })
}

// Folders are the folders of a catalog's root that hold its definitions, those
// of them that exist. Nothing else of a root is ever walked.
func Folders(root string) []string {
	var out []string
	for _, section := range sections {
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

// isSection tells the folders that hold definitions from the others by their
// names.
func isSection(name string) bool { return slices.Contains(sections, name) }

// sections are the folders of a catalog's root that hold definitions.
var sections = []string{"image", "chart", "package"}

// Paths lists what may belong to a model below the folders. bounded says that
// the walk ended at its bound, so that not all is known.
func Paths(ctx context.Context, folders []string, excluded func(string) bool) (paths []string, bounded bool) {
	files, failures := walk.Files(ctx, folders, walk.Options{Excluded: excluded, Max: MaxEntries, First: isSection})
	for _, f := range failures {
		bounded = bounded || errors.Is(f.Err, walk.ErrBounded)
	}
	paths = make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	return paths, bounded
}

// Near lists what a file is compared with when it is checked alone: the files
// of its image, chart or package, and outside of a catalog those of its own
// folder, without the folders below.
func Near(ctx context.Context, file string, excluded func(string) bool) []string {
	place := definition.PlaceOf(file)
	dir := path.Dir(file)
	if place.InCatalog() && !place.Info {
		dir = path.Dir(dir)
	}
	if place.InCatalog() {
		paths, _ := Paths(ctx, []string{dir}, excluded)
		return paths
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range list[:min(len(list), maxNear)] {
		name := path.Join(dir, e.Name())
		yaml := strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
		if yaml && e.Type().IsRegular() && (excluded == nil || !excluded(name)) {
			out = append(out, name)
		}
	}
	return out
}

// maxNear bounds how many files of a folder outside of a catalog are looked
// at.
const maxNear = 2000
