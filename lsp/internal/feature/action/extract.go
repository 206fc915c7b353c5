package action

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// noVariables are the top-level keys below which nothing is put in variables:
// their values are words of the format, or variables themselves.
var noVariables = []string{"vars", "variant", "flavor", "platforms", "os-release", "dates", "accounts", "compression", "output"}

// extract puts a literal into vars.
func extract(r *request) []offer {
	l, ok := r.literal()
	if !ok {
		return nil
	}
	var out []offer
	add := func(title string, c change, ok bool) {
		if ok {
			out = append(out, offer{title: title, kind: protocol.CodeActionKindRefactorExtract, change: c})
		}
	}
	for _, v := range r.doc.Def.Vars {
		if v.Value() == l.text {
			c, ok := r.replaceAll([]occurrence{l}, v.Name(), nil)
			add("Use the variable "+v.Name(), c, ok)
		}
	}
	name := r.freeName(l.name)
	declare, ok := r.declare(name, l.text)
	if !ok {
		return out
	}
	c, ok := r.replaceAll([]occurrence{l}, name, &declare)
	add("Extract to the variable "+name, c, ok)
	if all := r.occurrences(l.text); len(all) > 1 {
		c, ok := r.replaceAll(all, name, &declare)
		add(fmt.Sprintf("Extract all %d occurrences to the variable %s", len(all), name), c, ok)
	}
	return out
}

// occurrence is a piece of a scalar's value.
type occurrence struct {
	node *syntax.Node
	at   text.Range
	text string
	name string // of the variable it would make
}

// literal is what the selection, or the scalar at the cursor, would put in a
// variable.
func (r *request) literal() (occurrence, bool) {
	n := r.doc.Tree.At(r.at.Start).Node
	if r.doc.Def == nil || n == nil || n.IsKey || !takesVariables(n) || !n.Range.Covers(r.at) {
		return occurrence{}, false
	}
	l := occurrence{node: n, at: text.Range{End: len(n.Value)}, name: nameFor(n)}
	if p, ok := r.packageAt(n); ok && p.Version != "" {
		l.at, l.name = p.VersionRange, upper(p.Entry.Name)+"_VERSION"
	}
	if !r.at.Empty() {
		if n.Body.Len() != len(n.Value) || !n.Body.Covers(r.at) {
			return occurrence{}, false
		}
		l.at = r.at.Shift(-n.Body.Start)
	}
	l.text = n.Value[l.at.Start:l.at.End]
	if strings.TrimSpace(l.text) == "" || strings.ContainsAny(l.text, "${}#\r\n") || insideTemplate(n.Value, l.at) {
		return occurrence{}, false
	}
	return l, true
}

// insideTemplate says whether the range cuts into ${} or #{}.
func insideTemplate(v string, at text.Range) bool {
	open := max(strings.LastIndex(v[:at.Start], "${"), strings.LastIndex(v[:at.Start], "#{"))
	return open >= 0 && !strings.Contains(v[open:at.Start], "}")
}

// takesVariables says whether ${} means something in a scalar: in free
// strings of the definition, scripts excepted, whose ${} may be the shell's.
func takesVariables(n *syntax.Node) bool {
	path := n.Path().Strings()
	if n.Kind != syntax.Scalar || len(path) == 0 || slices.Contains(noVariables, path[0]) {
		return false
	}
	if n.Type != syntax.String || n.Style == syntax.Literal || n.Style == syntax.Folded || path[len(path)-1] == "runs" {
		return false
	}
	f := schema.Lookup(schema.Definition, path)
	return f == nil || len(f.Enum) == 0 && f.Allows("string")
}

// occurrences are all places of the literal, as a word of its own.
func (r *request) occurrences(literal string) []occurrence {
	var out []occurrence
	for _, n := range scalars(r.doc.Tree.Root) {
		if !takesVariables(n) {
			continue
		}
		for from := 0; ; {
			i := strings.Index(n.Value[from:], literal)
			if i < 0 {
				break
			}
			at := text.Range{Start: from + i, End: from + i + len(literal)}
			if isWord(n.Value, at) && !insideTemplate(n.Value, at) {
				out = append(out, occurrence{node: n, at: at, text: literal})
			}
			from = at.End
		}
	}
	return out
}

// isWord says whether nothing that belongs to the word stands beside it: 1.2
// is no word of 1.2.3, but of 1.2-debian.
func isWord(v string, at text.Range) bool {
	letter := func(c byte) bool {
		return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
	}
	if at.Start > 0 && letter(v[at.Start-1]) || at.End < len(v) && letter(v[at.End]) {
		return false
	}
	if at.Start > 1 && v[at.Start-1] == '.' && letter(v[at.Start-2]) {
		return false
	}
	return !(at.End+1 < len(v) && v[at.End] == '.' && v[at.End+1] >= '0' && v[at.End+1] <= '9')
}

// replaceAll puts ${name} in the place of the occurrences.
func (r *request) replaceAll(list []occurrence, name string, declare *diagnostic.Edit) (change, bool) {
	var nodes []*syntax.Node
	by := make(map[*syntax.Node][]replacement)
	for _, o := range list {
		if by[o.node] == nil {
			nodes = append(nodes, o.node)
		}
		by[o.node] = append(by[o.node], replacement{o.at, "${" + name + "}"})
	}
	var c change
	if declare != nil {
		c.edits = append(c.edits, *declare)
	}
	for _, n := range nodes {
		edits, ok := rewrite(r.doc.Tree, n, by[n])
		if !ok {
			return change{}, false
		}
		c.edits = append(c.edits, edits...)
	}
	return c, true
}

// declare adds a variable to vars.
func (r *request) declare(name, value string) (diagnostic.Edit, bool) {
	entry := r.doc.Tree.Root.Entry("vars")
	if entry == nil {
		return r.insertTop("vars", "vars:", "  "+name+": "+scalar(value, false))
	}
	vars := entry.Value.Deref()
	if vars.IsNull() || vars.Kind == syntax.Mapping && len(vars.Entries) == 0 {
		nl := r.d.Text.Newline()
		at := text.Range{Start: entry.Mark.End, End: max(entry.Mark.End, entry.Value.Range.End)}
		return diagnostic.Edit{Range: at, New: nl + "  " + name + ": " + scalar(value, false)}, !entry.Mark.Empty()
	}
	return r.insertSorted(vars, name, scalar(value, vars.Style == syntax.Flow))
}

// nameFor proposes a name from the place of a scalar.
func nameFor(n *syntax.Node) string {
	path := n.Path()
	for i := len(path) - 1; i >= 0; i-- {
		if path[i].IsIndex() {
			continue
		}
		if i < len(path)-1 { // an item is named by its list: a tag of tags
			return upper(strings.TrimSuffix(path[i].Key, "s"))
		}
		return upper(path[i].Key)
	}
	return "VALUE"
}

var notInNames = regexp.MustCompile(`[^A-Z0-9]+`)

// upper makes a variable's name of words: version-id becomes VERSION_ID.
func upper(s string) string {
	s = strings.Trim(notInNames.ReplaceAllString(strings.ToUpper(s), "_"), "_")
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return strings.TrimSuffix("VALUE_"+s, "_")
	}
	return s
}

// freeName is the name, numbered if a variable has it already.
func (r *request) freeName(name string) string {
	free := name
	for i := 2; ; i++ {
		if _, taken := r.doc.Def.Var(free); !taken {
			return free
		}
		free = fmt.Sprintf("%s_%d", name, i)
	}
}
