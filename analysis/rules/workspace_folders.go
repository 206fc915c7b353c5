package rules

import (
	"path"
	"strings"
	"unicode"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// workspaceFolderRules compare the files of one folder of a catalog.
func workspaceFolderRules() []*Rule {
	return []*Rule{
		{ID: "info-missing", Summary: "The folder of an image or chart has no info.yaml", Level: catalogOnly(diagnostic.Info), Kinds: Images | Charts, Check: checkInfoMissing},
		{ID: "info-file-missing", Summary: "A file that readers of the catalog see is missing beside info.yaml", Level: catalogOnly(diagnostic.Info), Kinds: Infos, Check: checkInfoFiles},
		{ID: "info-name-not-unique", Summary: "Two folders of the catalog have the same display name", Level: catalogOnly(diagnostic.Info), Kinds: Infos, Check: checkInfoName},
		{ID: "info-name-vs-definitions", Summary: "The display name has no word in common with the definitions beside it", Level: catalogOnly(diagnostic.Info), Kinds: Infos, Check: checkInfoWords},
	}
}

// isFirst reports whether the file is the first definition of its folder, so
// that what concerns the folder is said once.
func (p *Pass) isFirst() bool {
	for _, o := range p.Workspace.Folder(p.Self) {
		if o.Kind.IsDefinition() {
			return o.Path == p.Self.Path
		}
	}
	return false
}

// infoFolder is the folder of the image or chart, where info.yaml stands.
func infoFolder(r *facts.Record) string {
	if r.Kind == definition.Info {
		return path.Dir(r.Path)
	}
	return path.Dir(path.Dir(r.Path))
}

func checkInfoMissing(p *Pass) {
	if p.Disk == nil || !p.Self.InCatalog() || !p.isFirst() {
		return
	}
	file := path.Join(infoFolder(p.Self), "info.yaml")
	if p.Disk.Stat(infoFolder(p.Self)) != Dir || p.Disk.Stat(file) != NotThere {
		return
	}
	p.Report(p.Self.Image.Range, "`%s` has no `info.yaml`, from which the catalog takes name, description and categories", path.Base(infoFolder(p.Self)))
}

// readme are the files that all folders of images and charts have.
var readme = []string{"overview.md", "guides.md"}

func checkInfoFiles(p *Pass) {
	if p.Disk == nil {
		return
	}
	dir := infoFolder(p.Self)
	for _, name := range readme {
		if p.Disk.Stat(dir) == Dir && p.Disk.Stat(path.Join(dir, name)) == NotThere {
			p.Report(p.Self.DisplayName.Range, "`%s` is missing beside `info.yaml`", name)
		}
	}
}

func checkInfoName(p *Pass) {
	name := p.Self.DisplayName.Value
	if name == "" {
		return
	}
	for _, o := range p.Workspace.Displayed(name) {
		if o.Path == p.Self.Path || o.Place.Section != p.Self.Place.Section {
			continue
		}
		p.Report(p.Self.DisplayName.Range, "`%s` has the display name `%s` too", p.short(o), name).
			RelatedIn(o.Path, o.DisplayName.Range, "the same name")
		return
	}
}

// checkInfoWords finds an info.yaml that was copied from another image.
func checkInfoWords(p *Pass) {
	name := p.Self.DisplayName.Value
	if name == "" {
		return
	}
	own := letters(name)
	var example *facts.Record
	for _, o := range p.Workspace.Folder(p.Self) {
		if !o.Kind.IsDefinition() || o.Name.Value == "" {
			continue
		}
		if example == nil {
			example = o
		}
		if alike(own, name, o.Name.Value) || alike(own, name, o.ImageName()) {
			return
		}
	}
	if example == nil {
		return
	}
	p.Report(p.Self.DisplayName.Range, "the display name is `%s`, but the definitions beside it are of `%s`", name, example.Name.Value).
		RelatedIn(example.Path, example.Name.Range, "the name of a definition")
}

// alike reports whether a word of either name occurs in the other.
func alike(own, name, other string) bool {
	there := letters(other)
	for _, w := range words(name) {
		if strings.Contains(there, w) {
			return true
		}
	}
	for _, w := range words(other) {
		if strings.Contains(own, w) {
			return true
		}
	}
	return false
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// words are those with two letters or more.
func words(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(w) > 1 && !startsWithDigit(w) {
			out = append(out, w)
		}
	}
	return out
}
