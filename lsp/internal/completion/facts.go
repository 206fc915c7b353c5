package completion

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"go.lsp.dev/protocol"
)

// use is one scalar of the document.
type use struct {
	value string
	at    int
}

// Facts are what the document says, by the kind of place: what stands in one
// place is likely to stand in another of its kind.
type Facts struct {
	uses map[string][]use
	// keys are those of free maps, by the name of the map.
	keys map[string][]use
}

// Collect reads a document once for all completions in it.
func Collect(d *definition.Document) *Facts {
	f := &Facts{uses: map[string][]use{}, keys: map[string][]use{}}
	if d.Tree != nil {
		f.walk(d.Tree.Root, "", 0)
	}
	return f
}

// maxNesting bounds the walk in documents that nest without end.
const maxNesting = 64

func (f *Facts) walk(n *syntax.Node, kind string, depth int) {
	if n == nil || depth > maxNesting {
		return
	}
	switch n.Kind {
	case syntax.Scalar:
		if n.Style < syntax.Literal && n.Value != "" && len(n.Value) < 300 {
			f.uses[kind] = append(f.uses[kind], use{n.Value, n.Range.Start})
		}
	case syntax.Mapping:
		uses := ""
		if u := n.Get("uses"); u != nil && u.Kind == syntax.Scalar {
			uses = u.Value
		}
		for i := range n.Entries {
			e := &n.Entries[i]
			if e.Key == nil {
				continue
			}
			next := nextKind(kind, e.Key.Value)
			if e.Key.Value == "with" && uses != "" {
				next = "with " + uses
			}
			if free[kind] || strings.HasPrefix(kind, "with ") {
				f.keys[kind] = append(f.keys[kind], use{e.Key.Value, e.Key.Range.Start})
			}
			f.walk(e.Value, next, depth+1)
		}
	case syntax.Sequence:
		for i := range n.Entries {
			f.walk(n.Entries[i].Value, kind+"[]", depth+1)
		}
	}
}

// free are the maps whose keys are names.
var free = map[string]bool{"vars": true, "environment": true, "annotations": true, "labels": true, "mappings": true}

// nextKind names a kind of place: the last list of mappings around it and the
// keys below.
func nextKind(kind, key string) string {
	if i := strings.LastIndex(kind, "[]"); i >= 0 {
		last := strings.LastIndexByte(kind[:i], '.')
		kind = kind[last+1:]
	}
	switch {
	case kind == "" || key == "environment" || key == "contents" || kind == "contents" || key == "builds":
		return key
	case kind == "builds[]" && key != "name" && key != "uses":
		return key
	}
	return kind + "." + key
}

// kindOf is the kind of the place in the walk of the facts.
func (p *place) kindOf() string {
	kind := ""
	for i, s := range p.cur.Path {
		if s.IsIndex() {
			kind += "[]"
			continue
		}
		if s.Key == "with" && p.uses != "" && i == 5 {
			kind = "with " + p.uses
			continue
		}
		kind = nextKind(kind, s.Key)
	}
	return kind + strings.Repeat("[]", strings.Count(p.shape, "[]")-strings.Count(shapeOf(p.cur.Path), "[]"))
}

// elsewhere offers what stands in places of the same kind, the nearest above
// first. In a list of scalars it leaves out what the list has already.
func (p *place) elsewhere() {
	if p.Facts == nil || p.isPackage() {
		return
	}
	kind := p.kindOf()
	if unique[kind] {
		return
	}
	first := len(p.items)
	p.offer(kind, "in this definition", tierKnown)
	if near := p.nearest(); first < len(p.items) && p.items[first].Label == near && p.field != nil && p.field.Role == "path" && !alone[kind] {
		p.items[first].tier = tierNext
	}
	for _, k := range related[kind] {
		p.offer(k, "in this definition", tierTable)
	}
	if p.field != nil && p.field.Role == "path" {
		for _, k := range pathKinds {
			p.offer(k, "in this definition", tierTable)
		}
	}
}

// unique are kinds of places that never share a value.
var unique = map[string]bool{
	"accounts.users[].name": true, "accounts.groups[].name": true, "users[].name": true, "groups[].name": true, "builds[].name": true, "tags[]": true,
}

// alone are kinds of paths that stand but once in a scope.
var alone = map[string]bool{"paths[].path": true, "files[].path": true, "outputs[].source": true, "outputs[].target": true}

// related are other kinds of places where the same values stand.
var related = map[string][]string{
	"work-dir":             {"files[].path", "paths[].path"},
	"pipeline[].work-dir":  {"work-dir", "files[].path"},
	"builds[].uses":        {"pipeline[].uses", "artifacts[].name"},
	"artifacts[].name":     {"builds[].uses"},
	"outputs[].target":     {"paths[].path"},
	"files[].spdx.name":    {"files[].spdx.packages[].name"},
	"files[].url":          {"files[].checksum"},
	"environment":          {"vars"},
	"spdx.packages[].name": {"files[].spdx.name"},
	"packages[].license":   {"annotations.org.opencontainers.image.licenses"},
	"annotations.org.opencontainers.image.licenses": {"packages[].license"},
}

// pathKinds are the kinds of places that hold paths.
var pathKinds = []string{"files[].path", "paths[].path", "outputs[].source", "outputs[].target", "work-dir", "pipeline[].work-dir", "caches[].path"}

// maxElsewhere bounds how many values of one kind are offered.
const maxElsewhere = 50

// offer adds the values of a kind: those above the cursor from below, then
// those behind it.
func (p *place) offer(kind, description string, tier int) {
	uses := p.Facts.uses[kind]
	if len(uses) == 0 {
		return
	}
	var taken []string
	if strings.HasSuffix(p.shape, "[]") {
		taken = p.cur.Siblings()
	}
	seen := map[string]bool{}
	put := func(u use) {
		here := p.cur.Replace.Contains(u.at) || p.cur.Node != nil && p.cur.Node.Range.Start == u.at
		if here || seen[u.value] || len(seen) >= maxElsewhere || containsString(taken, u.value) {
			return
		}
		seen[u.value] = true
		p.add(Item{Label: u.value, value: u.value, Kind: protocol.CompletionItemKindText, Description: description, tier: tier})
	}
	above := 0
	for above < len(uses) && uses[above].at < p.cur.Offset {
		above++
	}
	for i := above - 1; i >= 0; i-- {
		put(uses[i])
	}
	for _, u := range uses[above:] {
		put(u)
	}
}

// nearest is the value in the next place above of the same kind.
func (p *place) nearest() string {
	if p.Facts == nil {
		return ""
	}
	out := ""
	for _, u := range p.Facts.uses[p.kindOf()] {
		if u.at >= p.cur.Replace.Start {
			break
		}
		out = u.value
	}
	return out
}

// around are the values of a kind that stand anywhere in the document.
func (p *place) around(kind string) []string {
	if p.Facts == nil {
		return nil
	}
	var out []string
	for _, u := range p.Facts.uses[kind] {
		if !containsString(out, u.value) && !p.cur.Replace.Contains(u.at) {
			out = append(out, u.value)
		}
	}
	return out
}
