package definition

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Document is one immutable version of a file with all that can be said of it
// without a rule.
type Document struct {
	// Path is the file's path with forward slashes, as it was given.
	Path string
	Text *text.Text
	// Tree is the syntax tree; nil where the document is not ours.
	Tree      *syntax.Tree
	Directive Directive
	Kind      Kind
	Place     Place
	// Def is the typed view; nil for info files and other YAML.
	Def *Definition
}

// Options say how documents are recognised.
type Options struct {
	// Prefixes are further registry prefixes of the DHI frontend.
	Prefixes []string
}

// New reads a version of a text. A document that is not ours costs no more
// than a look at its first lines.
func New(path string, t *text.Text, opt Options) *Document {
	d := &Document{Path: path, Text: t, Place: PlaceOf(path)}
	d.Directive = parseDirective(t, opt.Prefixes)
	if d.Place.Info {
		d.Kind = Info
		d.Tree = syntax.Parse(t)
		return d
	}
	if d.Directive.State != OurDirective && (isFragment(path) || !d.Place.InCatalog() && !looksOurs(t.String())) {
		return d
	}
	tree := syntax.Parse(t)
	if d.Directive.State != OurDirective && !d.Place.InCatalog() && !hasOurKeys(tree) {
		return d
	}
	d.Tree = tree
	d.Def = newDefinition(tree)
	d.Kind = kindOf(d)
	d.Def.Kind = d.Kind
	return d
}

// Dist is the distribution of the definition: that of its os-release, else of
// its directory, else of its directive.
func (d *Document) Dist() Dist {
	if d.Def != nil {
		os := d.Def.OSRelease
		if os.ID.Value() != "" && os.VersionID.Value() != "" {
			return Dist{os.ID.Value(), os.VersionID.Value()}
		}
	}
	if d.Place.Dist.Known() {
		return d.Place.Dist
	}
	return d.Directive.Dist()
}

// isFragment tells the files that definitions include: they hold parts of one
// and are no definitions themselves, unless they have the directive.
func isFragment(path string) bool {
	return strings.HasSuffix(path, ".inc.yaml") || strings.HasSuffix(path, ".inc.yml")
}

// looksOurs is a cheap test for the two keys that tell a definition whose
// directive is missing or broken.
func looksOurs(s string) bool {
	return hasTopKey(s, "image:") && hasTopKey(s, "contents:")
}

func hasTopKey(s, key string) bool {
	return strings.HasPrefix(s, key) || strings.Contains(s, "\n"+key)
}

func hasOurKeys(tree *syntax.Tree) bool {
	image, contents := tree.Root.Get("image"), tree.Root.Get("contents")
	return image != nil && image.Kind == syntax.Scalar && contents != nil && contents.Kind == syntax.Mapping
}

func kindOf(d *Document) Kind {
	switch d.Place.Section {
	case "image":
		return Image
	case "package":
		return Package
	case "chart":
		return Chart
	}
	base := d.Def.Image.Value()
	base = base[strings.LastIndexByte(base, '/')+1:]
	switch {
	case d.Def.Variant.Value() == "helm", d.Directive.Family == "helm", strings.HasSuffix(base, "-chart"):
		return Chart
	case strings.HasPrefix(base, "pkg-"):
		return Package
	}
	return Image
}
