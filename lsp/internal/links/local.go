package links

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
)

// maxContexts is how many folders above a definition may be the root of its
// build context.
const maxContexts = 8

// Source finds the file or folder that the source of a path names: below the
// root of the catalog, elsewhere below a folder that holds the definition, the
// nearest first. The source has its variables resolved.
func Source(disk rules.Disk, doc *definition.Document, kind, source string) (file string, what rules.Presence, ok bool) {
	if disk == nil || kind != "file" && kind != "directory" || source == "" || strings.HasPrefix(source, "/") || strings.Contains(source, "://") {
		return "", rules.Unknown, false
	}
	source = path.Clean(source)
	if source == ".." || strings.HasPrefix(source, "../") {
		return "", rules.Unknown, false
	}
	for _, root := range roots(doc) {
		at := path.Join(root, source)
		if what = disk.Stat(at); what == rules.File || what == rules.Dir {
			return at, what, true
		}
	}
	return "", rules.Unknown, false
}

// Staged finds the local file or folder that stands at a path of a build
// stage, where the stage's paths put it: ${source.dir}/patch/fix.patch.
func Staged(disk rules.Disk, doc *definition.Document, stage *definition.Build, at string) (file string, what rules.Presence, ok bool) {
	for _, p := range stage.Paths {
		if !p.Path.Set() || !p.Source.Set() || p.Path.Value() == "" {
			continue
		}
		if at == p.Path.Value() {
			return Source(disk, doc, p.Type.Value(), p.Source.Value())
		}
		rest, below := strings.CutPrefix(at, strings.TrimSuffix(p.Path.Value(), "/")+"/")
		if below && p.Type.Value() == "directory" {
			if file, what, ok = Source(disk, doc, "file", path.Join(p.Source.Value(), rest)); ok {
				return file, what, true
			}
		}
	}
	return "", rules.Unknown, false
}

func roots(doc *definition.Document) []string {
	if doc.Place.InCatalog() {
		return []string{doc.Place.Root}
	}
	var out []string
	for dir := path.Dir(doc.Path); len(out) < maxContexts; dir = path.Dir(dir) {
		out = append(out, dir)
		if dir == "/" || dir == "." {
			break
		}
	}
	return out
}
