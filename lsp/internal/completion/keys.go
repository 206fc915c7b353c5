package completion

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// keys offers the keys that the mapping at hand lacks; column is where they
// stand.
func (p *place) keys(column int) {
	if p.field == nil && len(p.path) > 0 {
		return
	}
	present := p.present()
	if p.field == nil {
		return
	}
	p.freeKeys(present)
	p.blocks()
	for i, f := range p.field.Properties {
		if slices.Contains(present, f.Name) || p.excluded(f.Name) {
			continue
		}
		p.add(p.keyItem(f, p.keyTier(i, f), column))
	}
	if p.cur.InFlow || p.cur.Role == syntax.RoleKey || p.field.Role == "" {
		p.orderKeys()
	}
}

// present are the keys that the mapping has already.
func (p *place) present() []string {
	if p.cur.Role == syntax.RoleKey {
		return p.cur.Siblings()
	}
	return nil
}

// keyItem is a key: its name alone where the rest is there already.
func (p *place) keyItem(f *schema.Field, tier int, column int) Item {
	it := Item{
		Label: f.Name, Kind: protocol.CompletionItemKindProperty, Description: f.Title, tier: tier,
		Doc: p.fieldDoc(f.Name),
	}
	if isMapping(f) {
		it.Kind = protocol.CompletionItemKindModule
	}
	it.block, it.isBlock = p.keyText(f), true
	if it.block == f.Name {
		it.block = literal(f.Name)
	}
	return it
}

// hasColon: the key at the cursor is whole; only its name is replaced.
func (p *place) hasColon() bool {
	e := p.cur.Entry
	return p.cur.Role == syntax.RoleKey && e != nil && e.Key != nil && (!e.Mark.Empty() || p.cur.Quote != syntax.Plain)
}

func (p *place) keyText(f *schema.Field) string {
	switch {
	case p.hasColon():
		return f.Name
	case p.cur.InFlow && isMapping(f):
		return f.Name + ": {$1\\}"
	case p.cur.InFlow && f.Items != nil && !f.Allows(schema.TypeString):
		return f.Name + ": [$1]"
	case p.cur.InFlow && (f.Role == "script" || f.Role == "file-content"):
		return f.Name + ": $1"
	}
	s := skeleton{p: p}
	if !p.Snippets {
		return p.plainKey(f)
	}
	s.key(f.Name, strings.TrimPrefix(p.shape+"."+f.Name, "."), f, 0, 0)
	return s.b.String()
}

// plainKey opens the value of a key for a client without snippets: the text
// ends where the writer goes on.
func (p *place) plainKey(f *schema.Field) string {
	switch {
	case p.cur.InFlow:
		return f.Name + ": "
	case f.Items != nil && !f.Allows(schema.TypeString):
		return f.Name + ":\n  - "
	case isMapping(f):
		return f.Name + ":\n  "
	case f.Role == "script" || f.Role == "file-content":
		return f.Name + ": |\n  "
	}
	return f.Name + ": "
}

// keyTier: required keys first, then those that come next in canonical order,
// unusual ones last.
func (p *place) keyTier(i int, f *schema.Field) int {
	after, before := p.neighbours()
	switch {
	case p.required(f.Name):
		return tierNext
	case p.unlikely(f.Name):
		return tierRare
	case p.kind == schema.Definition && p.uses == "" && p.usage(f) == 0:
		return tierRare
	case i > after && i < before:
		return tierLikely
	}
	return tierKnown
}

// neighbours are the canonical places of the keys before and behind the
// cursor.
func (p *place) neighbours() (after, before int) {
	after, before = -1, len(p.field.Properties)
	c := p.cur.Container
	if p.cur.Role != syntax.RoleKey || c == nil {
		return after, before
	}
	for i := range c.Entries {
		e := &c.Entries[i]
		if e.Key == nil || p.cur.Entry != nil && e.Range == p.cur.Entry.Range {
			continue
		}
		at := slices.IndexFunc(p.field.Properties, func(f *schema.Field) bool { return f.Name == e.Key.Value })
		switch {
		case at < 0:
		case e.Range.Start < p.cur.Offset:
			after = at
		case before == len(p.field.Properties):
			before = at
		}
	}
	return after, before
}

func (p *place) usage(f *schema.Field) int {
	switch p.Doc.Kind {
	case definition.Package:
		return f.Usage.Package
	case definition.Chart:
		return f.Usage.Chart
	}
	return f.Usage.Image
}

// required says whether the mapping needs the key.
func (p *place) required(name string) bool {
	if p.field.Requires(name) {
		return true
	}
	if len(p.path) == 0 && p.kind == schema.Definition {
		return slices.Contains(schema.RequiredFields(p.subject()), name)
	}
	return len(p.path) > 0 && slices.Contains(children(p.shape, p.field), name) && !p.unlikely(name)
}

func (p *place) subject() schema.Subject {
	switch p.Doc.Kind {
	case definition.Package:
		return schema.Package
	case definition.Chart:
		return schema.Chart
	}
	return schema.Image
}

// sibling is the value of another key of the same mapping.
func (p *place) sibling(key string) string {
	e := p.mapping().Entry(key)
	if e == nil || p.cur.Entry != nil && e.Range == p.cur.Entry.Range {
		return ""
	}
	return e.Value.Value
}

// here says whether a field is the one that is being typed.
func (p *place) here(f definition.Field) bool {
	return f.Node != nil && (f.Node == p.cur.Node || p.cur.Replace.Contains(f.Node.Range.Start) && p.cur.Replace.Contains(f.Node.Range.End))
}

// mapping is the mapping around the place.
func (p *place) mapping() *syntax.Node {
	if c := p.cur.Container; c != nil && c.Kind == syntax.Mapping {
		return c
	}
	return &syntax.Node{}
}

// excluded: keys that another key of the mapping rules out.
func (p *place) excluded(name string) bool {
	return p.sibling("content") != "" && name == "source" || p.sibling("source") != "" && name == "content" && p.sibling("type") != ""
}

// unlikely: keys that make no sense beside what is there.
func (p *place) unlikely(name string) bool {
	switch p.sibling("type") {
	case "symlink":
		return name == "content" || name == "mode" || name == "recursive"
	case "directory":
		return name == "content"
	case "delete", "emptyfile":
		return name == "content" || name == "source"
	}
	m := p.mapping()
	switch {
	case !strings.HasSuffix(p.shape, "pipeline[]"):
		return name == "version-codename" && p.shape == "os-release" && p.Doc.Dist().Family == string(schema.Alpine)
	case m.Get("uses") != nil:
		return name == "runs" || name == "shell"
	case m.Get("runs") != nil:
		return name == "uses" || name == "with"
	}
	return name == "with"
}

// orderKeys puts the keys that come next first, each tier in the order in
// which they follow the cursor.
func (p *place) orderKeys() {
	after, _ := p.neighbours()
	if after < 0 {
		return
	}
	index := make(map[string]int, len(p.field.Properties))
	for i, f := range p.field.Properties {
		at := i - after
		if at < 0 {
			at += len(p.field.Properties)
		}
		index[f.Name] = at
	}
	slices.SortStableFunc(p.items, func(a, b Item) int {
		if a.tier != b.tier || a.Kind == protocol.CompletionItemKindSnippet || b.Kind == protocol.CompletionItemKindSnippet {
			return a.tier - b.tier
		}
		return index[a.Label] - index[b.Label]
	})
}
