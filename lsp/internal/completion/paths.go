package completion

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"go.lsp.dev/protocol"
)

// usualPaths are paths by the kind of place they stand in.
var usualPaths = map[string][]string{
	"caches[].path":    {"/go/pkg/mod", "/root/.cache/go-build", "/root/.npm", "/root/.m2/repository", "/root/.cache/uv", "/root/.cache/pip", "/root/.cargo", "/root/.gradle", "/usr/local/cargo/registry"},
	"work-dir":         {"/app", "/data", "/home/nonroot", "/build", "/var/www/html", "/tmp"},
	"paths[].path":     {"/app", "/data", "/tmp", "/home/nonroot", "/usr/local/bin", "/var/lib", "/var/log", "/run", "/etc"},
	"outputs[].source": {"${target.dir}", "${target.dir}/usr/local/bin", "/opt/docker/sbom", "/usr/share/locale", "/usr/lib/locale"},
	"outputs[].target": {"/", "/usr/local/bin", "/usr/bin", "/opt", "/opt/docker/sbom", "/usr/share/locale", "/usr/lib/locale"},
}

// paths offers paths of the build and of the image.
func (p *place) paths() {
	kind := p.kindOf()
	if kind == "outputs[].target" {
		if rest, ok := strings.CutPrefix(p.sibling("source"), "${target.dir}"); ok && rest != "" {
			p.value(tierNext, rest, "like the source")
		} else if s := p.sibling("source"); strings.HasPrefix(s, "/") {
			p.value(tierNext, s, "like the source")
		}
	}
	if kind == "outputs[].source" {
		if t := p.sibling("target"); strings.HasPrefix(t, "/") {
			p.value(tierNext, "${target.dir}"+strings.TrimSuffix(t, "/"), "like the target")
			p.value(tierNext, t, "like the target")
		}
	}
	for _, v := range usualPaths[kind] {
		p.value(tierTable, v, "")
	}
	if p.build >= 0 {
		tier := tierTable
		if p.typed == "" || strings.HasPrefix("${", p.typed) {
			tier = tierLikely
		}
		p.value(tier, "${source.dir}", "where the sources are")
		p.value(tier, "${target.dir}", "what goes into the image")
		if n := p.baseName(); n != "" {
			p.value(tierKnown, "${source.dir}/"+n, "")
		}
	}
}

// sources offers what a path is made of: a file of the repository, or for a
// link what it points to.
func (p *place) sources() {
	switch p.sibling("type") {
	case "symlink":
		p.targetsOfLinks()
	case "delete", "emptyfile":
	default:
		p.localPaths()
	}
	if p.build >= 0 {
		p.value(tierTable, "${source.dir}", "where the sources are")
	}
}

// targetsOfLinks offers the files that the definition puts into the image.
func (p *place) targetsOfLinks() {
	base := path.Base(p.sibling("path"))
	for _, kind := range []string{"outputs[].target", "paths[].path", "entrypoint[]"} {
		for _, v := range p.around(kind) {
			if strings.HasPrefix(v, "/") && v != p.sibling("path") {
				p.value(tierKnown, v, "in this definition")
			}
		}
	}
	if base != "." && base != "/" {
		for _, dir := range []string{"/usr/bin/", "/usr/local/bin/", "/bin/", "/usr/sbin/"} {
			p.value(tierTable, dir+base, "")
		}
	}
}

// commands offers the programs that the definition puts into the image, and
// those of its packages.
func (p *place) commands() {
	def := p.Doc.Def
	if def == nil {
		return
	}
	for _, d := range def.Paths {
		if v := d.Path.Value(); strings.Contains(v, "/bin/") || strings.HasSuffix(v, ".sh") {
			p.value(tierKnown, v, "in paths")
		}
	}
	if scope := def.Contents; scope != nil {
		for i := range scope.Packages {
			if name := scope.Packages[i].Entry.Name; name == "tini" || name == "dumb-init" {
				p.value(tierKnown, "/usr/bin/"+name, "init")
				p.value(tierKnown, "--", "")
			}
		}
	}
	p.installedCommands()
	name := p.baseName()
	if name == "" {
		return
	}
	for _, dir := range []string{"/usr/local/bin/", "/usr/bin/", ""} {
		p.value(tierTable, dir+name, "named like the image")
	}
	p.value(tierTable, "/usr/local/bin/docker-entrypoint.sh", "")
}

// maxFiles bounds how many files of a directory are offered.
const maxFiles = 500

// localPaths offers the files and folders in the folder that is typed.
func (p *place) localPaths() {
	if p.ListDir == nil {
		return
	}
	dir, _ := path.Split(p.typed)
	if strings.HasPrefix(dir, "/") || strings.Contains(dir, "..") || strings.Contains(dir, "${") {
		return
	}
	start := p.cur.Replace.Start
	word := text.Range{Start: start + len(dir), End: p.cur.Replace.End}
	if word.Start > p.cur.Offset || p.cur.Quote != 0 && strings.Contains(p.typed, `\`) {
		return
	}
	wantDir := p.sibling("type") == "directory"
	for _, root := range p.roots() {
		p.files(root, dir, word, wantDir)
		if len(p.items) > 0 {
			break
		}
	}
	p.typed = strings.TrimPrefix(p.typed, dir)
	p.ownFolder(dir)
}

// files offers one directory.
func (p *place) files(root, dir string, word text.Range, wantDir bool) {
	for i, name := range p.ListDir(joinPath(root, dir)) {
		if i >= maxFiles {
			p.truncated = true
			return
		}
		folder := strings.HasSuffix(name, "/")
		if strings.HasPrefix(name, ".") {
			continue
		}
		it := Item{Label: name, Kind: protocol.CompletionItemKindFile, value: strings.TrimSuffix(name, "/"), tier: tierLikely}
		w := word
		it.word = &w
		if folder {
			it.Kind = protocol.CompletionItemKindFolder
		}
		if folder != wantDir && !folder {
			it.tier = tierKnown
		}
		p.add(it)
	}
}

// ownFolder offers the folder of the definition's image as a whole, where
// most sources are.
func (p *place) ownFolder(dir string) {
	place := p.Doc.Place
	if dir != "" || !place.InCatalog() || place.Name == "" {
		return
	}
	own := place.Section + "/" + place.Name
	for _, name := range p.ListDir(joinPath(place.Root, own)) {
		full := own + "/" + strings.TrimSuffix(name, "/")
		if strings.HasPrefix(name, ".") || !strings.HasSuffix(name, "/") {
			continue
		}
		w := p.cur.Replace
		p.add(Item{Label: full + "/", Filter: full, value: full, Kind: protocol.CompletionItemKindFolder, word: &w, tier: tierNext})
		for _, file := range p.ListDir(joinPath(place.Root, full)) {
			w := p.cur.Replace
			p.add(Item{Label: full + "/" + file, value: full + "/" + strings.TrimSuffix(file, "/"), Kind: protocol.CompletionItemKindFile, word: &w, tier: tierLikely})
		}
	}
}

// maxContexts is how many folders above a definition may be the root of its
// build context.
const maxContexts = 4

// roots are the folders that sources may be relative to: the catalog's root,
// else the folders above the definition.
func (p *place) roots() []string {
	if p.Doc.Place.InCatalog() {
		return []string{p.Doc.Place.Root}
	}
	var out []string
	for dir := path.Dir(p.Doc.Path); len(out) < maxContexts; dir = path.Dir(dir) {
		out = append(out, dir)
		if dir == "/" || dir == "." {
			break
		}
	}
	if p.Disk == nil {
		return out
	}
	for i, dir := range out {
		if p.Disk.Stat(joinPath(dir, ".git")) == rules.Dir {
			return append([]string{dir}, out[:i]...)
		}
	}
	return out
}

func joinPath(root, name string) string {
	switch root {
	case "":
		if name == "" {
			return "."
		}
		return name
	case "/":
		return "/" + name
	}
	return strings.TrimSuffix(root+"/"+name, "/")
}
