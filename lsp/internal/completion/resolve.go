package completion

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/schema"
)

// Doc names the documentation of an item, so that it can be fetched when the
// item is shown.
type Doc struct {
	// Kind is the table, Key the entry in it, Text the documentation itself
	// where no table has it.
	Kind string `json:"kind,omitzero"`
	Key  string `json:"key,omitzero"`
	Text string `json:"text,omitzero"`
	// Stage is the build stage in whose scope the key is, counted from 1, and
	// URI the document, where the key is one of the package index.
	Stage int    `json:"stage,omitzero"`
	URI   string `json:"uri,omitzero"`
}

// kindPackage is the [Doc.Kind] of packages; the key is name and version.
const kindPackage = "package"

// OfPackage says that the package index has the documentation.
func (d Doc) OfPackage() bool { return d.Kind == kindPackage }

// tables of documentation, by [Doc.Kind].
var tables = map[string]func(key string) string{
	"field": func(key string) string { return describe(schema.Lookup(schema.Definition, split(key))) },
	"info":  func(key string) string { return describe(schema.Lookup(schema.Info, split(key))) },
	"input": func(key string) string {
		uses, path, _ := strings.Cut(key, "\x00")
		return describe(schema.LookupWith(uses, split(path)))
	},
	"action": func(key string) string {
		a, ok := schema.LookupAction(key)
		if !ok {
			return ""
		}
		return a.Doc
	},
	"annotation": func(key string) string { a, _ := schema.LookupAnnotation(key); return a.Doc },
	"license":    licenseDoc,
	"purl":       func(key string) string { t, _ := schema.LookupPurlType(key); return t.Doc },
	"builtin":    func(key string) string { b, _ := expr.LookupBuiltin(key, true); return b.Doc },
	"signal":     func(key string) string { s, _ := schema.ParseSignal(key); return s.Doc },
}

// Documentation is the text of an item's documentation, in Markdown; "" if
// there is none. The document and the source are asked about packages.
func Documentation(d Doc, doc *definition.Document, source packages.Source) string {
	if d.Text != "" {
		return d.Text
	}
	if d.OfPackage() {
		return packageDocumentation(doc, source, d)
	}
	if table, ok := tables[d.Kind]; ok {
		return table(d.Key)
	}
	return ""
}

func split(key string) []string {
	if key == "" {
		return nil
	}
	return strings.Split(key, "\x1f")
}

// fieldDoc is the documentation of a key of the mapping at the place, or of
// the place itself where name is empty.
func (p *place) fieldDoc(name string) Doc {
	path := p.path
	kind := "field"
	prefix := ""
	if _, rest, ok := p.below("with"); ok {
		kind, prefix, path = "input", p.uses+"\x00", rest
	} else if p.kind == schema.Info {
		kind = "info"
	}
	key := strings.Join(path, "\x1f")
	if name != "" {
		if key != "" {
			key += "\x1f"
		}
		key += name
	}
	return Doc{Kind: kind, Key: prefix + key}
}

func describe(f *schema.Field) string {
	if f == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString(f.Description)
	if len(f.Enum) > 0 {
		b.WriteString("\n\nOne of `" + strings.Join(f.Enum, "`, `") + "`.")
	}
	return b.String()
}

func licenseDoc(id string) string {
	l, ok := schema.LookupLicense(id)
	switch {
	case !ok:
		return ""
	case l.Replacement != "":
		return "Deprecated identifier of the SPDX License List; use `" + l.Replacement + "`.\n\nhttps://spdx.org/licenses/" + l.ID + ".html"
	case l.Deprecated:
		return "Deprecated identifier of the SPDX License List.\n\nhttps://spdx.org/licenses/" + l.ID + ".html"
	}
	return l.Name + ", of the SPDX License List.\n\nhttps://spdx.org/licenses/" + l.ID + ".html"
}

// Plain is Markdown without its marks, for clients that show none.
func Plain(markdown string) string {
	var out []string
	fenced := false
	for _, line := range strings.Split(markdown, "\n") {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
			continue
		}
		if !fenced {
			line = strings.ReplaceAll(strings.ReplaceAll(line, "`", ""), "**", "")
		}
		out = append(out, line)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
