package completion

import (
	"sort"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// inTemplate completes inside ${ } and #{ }, and says whether the cursor
// stands there.
func (p *place) inTemplate() bool {
	if p.kind != schema.Definition || p.cur.Role == syntax.RoleKey && !p.cur.InFlow {
		return false
	}
	t := p.Doc.Text
	start := t.LineStart(t.LineOf(p.Offset))
	line := t.Line(t.LineOf(p.Offset))
	col := p.Offset - start
	open := openBrace(line[:col])
	if open < 0 {
		return p.dollar()
	}
	segment := line[open:]
	if n := p.cur.Node; n != nil && p.cur.Quote != syntax.Plain && n.Body.End-start >= col && n.Body.End-start < len(line) {
		segment = line[open : n.Body.End-start]
	}
	if p.cur.Quote == syntax.DoubleQuoted {
		segment = unescapeQuotes(segment)
	}
	p.template(segment, start+open)
	if start+open == p.cur.Replace.Start && strings.HasPrefix(segment, "${") && p.cur.Role != syntax.RoleScalar {
		p.wholeValues()
	}
	return true
}

// wholeValues offers the values that stand elsewhere and begin with what is
// typed of a template.
func (p *place) wholeValues() {
	typed := p.Doc.Text.Slice(text.Range{Start: p.cur.Replace.Start, End: p.Offset})
	names := len(p.items)
	p.elsewhere()
	kept := p.items[:names]
	for _, it := range p.items[names:] {
		if strings.HasPrefix(it.value, typed) {
			whole := p.cur.Replace
			it.word, it.tier = &whole, min(it.tier, tierLikely)
			kept = append(kept, it)
		}
	}
	p.items = kept
}

// unescapeQuotes writes the quotes of strings inside a quoted scalar without
// their backslashes, each kept outside of the string, so that no byte moves.
func unescapeQuotes(s string) string {
	parts := strings.Split(s, `\"`)
	var b strings.Builder
	for i, part := range parts {
		b.WriteString(part)
		switch {
		case i == len(parts)-1:
		case i%2 == 0:
			b.WriteString(` "`)
		default:
			b.WriteString(`" `)
		}
	}
	return b.String()
}

// openBrace is where the ${ or #{ opens that the end of s is in, or -1.
func openBrace(s string) int {
	open := max(strings.LastIndex(s, "${"), strings.LastIndex(s, "#{"))
	if open < 0 || strings.Contains(s[open:], "}") || open > 0 && s[open-1] == '\\' {
		return -1
	}
	return open
}

// template completes at the cursor in a text that begins at the offset base.
func (p *place) template(segment string, base int) {
	script := p.cur.Role == syntax.RoleScalar || p.field != nil && p.field.Role == "script"
	var tmpl expr.Template
	if script {
		tmpl = expr.ParseScript(segment)
	} else {
		tmpl = expr.Parse(segment)
	}
	at := tmpl.At(p.Offset - base)
	word := at.Replace.Shift(base)
	word.Start, word.End = min(word.Start, p.Offset), max(word.End, p.Offset)
	p.typed = at.Prefix
	switch at.Kind {
	case expr.InName:
		closer := "}"
		if at.Closed || strings.HasPrefix(segment[min(len(segment), word.End-base):], ":") {
			closer = ""
		}
		p.names("", closer, word, script)
	case expr.InText:
		if p.Offset-base == 2 { // right behind #{ or a lone ${
			if strings.HasPrefix(segment, "#{") {
				p.members("", text.At(p.Offset))
				return
			}
			p.typed = ""
			p.names("", "}", text.At(p.Offset), script)
		}
	case expr.InOperand:
		p.members("", word)
	case expr.InMember:
		p.members(at.Path, word)
	case expr.InString:
		p.strings(at.Path, word)
	case expr.InOperator:
		p.operators(word)
	}
}

// dollar completes behind a lone $, where ${NAME} can begin.
func (p *place) dollar() bool {
	s := p.Doc.Text.String()
	if p.Offset == 0 || s[p.Offset-1] != '$' || p.cur.Role == syntax.RoleKey {
		return false
	}
	word := text.Range{Start: p.Offset - 1, End: p.Offset}
	p.typed = "$"
	p.names("${", "}", word, p.cur.Role == syntax.RoleScalar)
	if word.Start == p.cur.Replace.Start && p.cur.Role != syntax.RoleScalar {
		p.wholeValues()
	}
	return true
}

// names offers the variables and built-ins of ${ }.
func (p *place) names(open, closer string, word text.Range, script bool) {
	for _, v := range p.variables() {
		it := p.variable(v)
		it.Text, it.word = open+v+closer, &word
		if open != "" {
			it.Filter = it.Text
		}
		it.tier = tierLikely
		if p.field != nil && p.field.Role == "path" {
			it.tier = tierKnown // paths rarely hold any but built-ins
		}
		if p.likelyVariable(v) {
			it.tier = tierNext
		}
		p.add(it)
	}
	for _, b := range expr.Builtins(script) {
		tier := tierLikely
		if b.ScriptOnly {
			tier = tierKnown
		}
		it := Item{Label: b.Name, Kind: protocol.CompletionItemKindConstant, Description: "built-in", Doc: Doc{Kind: "builtin", Key: b.Name}, Text: open + b.Name + closer, word: &word, tier: tier}
		if usedIn[b.Name] != nil && p.field != nil && usedIn[b.Name][p.field.Role] {
			it.tier = tierNext
		}
		if open != "" {
			it.Filter = it.Text
		}
		p.add(it)
	}
	if script {
		for _, name := range p.environmentNames() {
			w := word
			p.add(Item{Label: name, Filter: open + name, Kind: protocol.CompletionItemKindVariable, Description: "environment", Text: open + name + closer, word: &w, tier: tierTable})
		}
	}
}

// usedIn are the roles of fields that a built-in mostly stands in.
var usedIn = map[string]map[string]bool{
	"source.dir": {"path": true, "path-source": true},
	"target.dir": {"path": true, "path-source": true},
}

// variables are the names of vars in the order of the document.
func (p *place) variables() []string {
	if p.Doc.Def == nil {
		return nil
	}
	out := make([]string, 0, len(p.Doc.Def.Vars))
	for _, v := range p.Doc.Def.Vars {
		if expr.IsVarName(v.Name()) && (v.Node == nil || v.Node != p.cur.Node) {
			out = append(out, v.Name())
		}
	}
	return out
}

// likelyVariable: the field's role and the variable's name fit, or the
// variable differs between platforms, so that it could not be inlined.
func (p *place) likelyVariable(name string) bool {
	v, _ := p.Doc.Def.Var(name)
	return strings.Contains(v.Value(), "#{")
}

// variable is an item for a variable, which shows what it resolves to.
func (p *place) variable(name string) Item {
	return Item{Label: name, Kind: protocol.CompletionItemKindVariable, Description: shorten(p.resolved(name)), Doc: p.variableDoc(name)}
}

func (p *place) variableDoc(name string) Doc {
	v, _ := p.Doc.Def.Var(name)
	return Doc{Text: "Variable of this definition, written as\n\n```yaml\n" + name + ": " + v.Value() + "\n```"}
}

// maxShown bounds a value beside a label.
const maxShown = 60

// resolved is the value of a variable, for each platform where they differ.
func (p *place) resolved(name string) string {
	var values, parts []string
	same := true
	for _, platform := range p.platforms() {
		value, _ := expr.Value(name, p.env(platform))
		values = append(values, value)
		parts = append(parts, expr.Arch(platform)+": "+value)
		same = same && value == values[0]
	}
	switch {
	case len(values) == 0:
		return ""
	case same:
		return values[0]
	}
	return strings.Join(parts, ", ")
}

func shorten(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if len(s) <= maxShown {
		return s
	}
	if r := []rune(s); len(r) > maxShown {
		return string(r[:maxShown-1]) + "…"
	}
	return s
}

func (p *place) env(platform string) expr.Env {
	return expr.Env{Platform: platform, Vars: func(name string) (string, bool) {
		v, ok := p.Doc.Def.Var(name)
		return v.Value(), ok
	}}
}

// platforms are those of the definition, or all.
func (p *place) platforms() []string {
	var out []string
	if p.Doc.Def != nil {
		for _, f := range p.Doc.Def.Platforms {
			if _, ok := schema.LookupPlatform(f.Value()); ok {
				out = append(out, f.Value())
			}
		}
	}
	if len(out) == 0 {
		for _, known := range schema.Platforms() {
			out = append(out, known.Name)
		}
	}
	return out
}

// members offers what may follow a dotted path in #{ }.
func (p *place) members(path string, word text.Range) {
	if path == "definition.vars" {
		for _, v := range p.variables() {
			it := p.variable(v)
			it.value, it.word, it.tier = v, &word, tierNext
			p.add(it)
		}
		return
	}
	for _, m := range expr.Members(path) {
		p.add(Item{Label: m.Name, Kind: protocol.CompletionItemKindField, Description: m.Type.String(), Doc: Doc{Text: m.Doc}, value: m.Name, word: &word, tier: tierLikely})
	}
	if path != "" {
		return
	}
	p.add(Item{Label: "target.arch", Kind: protocol.CompletionItemKindField, Description: "architecture", value: "target.arch", word: &word, tier: tierNext})
	for _, v := range p.variables() {
		it := p.variable(v)
		it.Label, it.value, it.word, it.tier = "definition.vars."+v, "definition.vars."+v, &word, tierKnown
		p.add(it)
	}
}

// strings offers what a member is compared with.
func (p *place) strings(path string, word text.Range) {
	if path == "target.arch" {
		for _, arch := range expr.Architectures() {
			p.add(Item{Label: arch, Kind: protocol.CompletionItemKindEnumMember, value: arch, word: &word, tier: tierNext})
		}
		return
	}
	if name, ok := strings.CutPrefix(path, "definition.vars."); ok && p.Doc.Def != nil {
		seen := map[string]bool{}
		for _, platform := range p.platforms() {
			seen[firstOf(expr.Value(name, p.env(platform)))] = true
		}
		for value := range seen {
			p.add(Item{Label: value, Kind: protocol.CompletionItemKindValue, value: value, word: &word, tier: tierNext})
		}
		sort.Slice(p.items, func(i, j int) bool { return p.items[i].Label < p.items[j].Label })
		return
	}
	for _, platform := range schema.Platforms() {
		for _, name := range []string{platform.Machine, platform.Arch} {
			p.add(Item{Label: name, Kind: protocol.CompletionItemKindValue, Description: platform.Name, value: name, word: &word, tier: tierTable})
		}
	}
}

func firstOf[A, B any](a A, _ B) A { return a }

// exprOperators are those that an operand can be followed by.
var exprOperators = []struct{ op, about string }{
	{"==", "equal"}, {"?", "value if true"}, {":", "value if false"}, {"||", "or"}, {"&&", "and"}, {"!=", "not equal"}, {"+", "join"},
}

func (p *place) operators(word text.Range) {
	for _, o := range exprOperators {
		p.add(Item{Label: o.op, Kind: protocol.CompletionItemKindOperator, Description: o.about, value: o.op, word: &word, tier: tierLikely})
	}
}

// expressionTernary is the form nearly all expressions have.
const expressionTernary = `#{ target.arch == "amd64" ? "${1:x86_64}" : "${2:aarch64}" \}`

// bareExpression completes a #{ that is written without quotes, which YAML
// takes for a comment: it comes back in quotes.
func (p *place) bareExpression() {
	t := p.Doc.Text
	typed := t.Slice(text.Range{Start: p.cur.Replace.Start, End: p.Offset})
	line := t.Line(t.LineOf(p.Offset))
	before := strings.TrimSpace(t.Slice(text.Range{Start: t.LineStart(t.LineOf(p.Offset)), End: p.cur.Replace.Start}))
	if p.kind != schema.Definition || before == "" || !strings.HasPrefix("#{", typed) && !strings.HasPrefix(typed, "#{") || len(line) == 0 {
		return
	}
	if !strings.HasSuffix(before, ":") && before != "-" {
		return
	}
	p.typed = typed
	snippet := "'" + expressionTernary + "'"
	text := snippet
	if !p.Snippets {
		text = plainOf(snippet)
	}
	word := p.cur.Replace
	p.add(Item{Label: `#{ target.arch == … }`, Filter: typed + "#{ target.arch", Kind: protocol.CompletionItemKindSnippet, Description: "by platform", Text: text, Snippet: p.Snippets, word: &word, tier: tierNext,
		Doc: Doc{Text: "A value for each platform. It needs quotes: without them YAML takes it for a comment."}})
	for _, v := range p.variables() {
		w := word
		it := p.variable(v)
		it.Label, it.Text, it.word, it.tier = "#{ definition.vars."+v+" }", "'#{ definition.vars."+v+" }'", &w, tierKnown
		p.add(it)
	}
}
