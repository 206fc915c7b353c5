package rules

import (
	"slices"
	"strconv"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

func schemaRules() []*Rule {
	rules := []*Rule{
		{ID: "unknown-field", Summary: "A key is not part of the format", Level: always(diagnostic.Error), Kinds: Everything, Fix: UnsafeFix},
		{ID: "missing-field", Summary: "A required key is missing", Level: always(diagnostic.Error), Kinds: Everything},
		{ID: "wrong-type", Summary: "A value has the wrong type", Level: always(diagnostic.Error), Kinds: Everything, Fix: SafeFix},
		{ID: "invalid-value", Summary: "A value is not one of those possible", Level: always(diagnostic.Error), Kinds: Everything, Fix: UnsafeFix},
		{ID: "required-name", Summary: "An image or chart has no name", Level: always(diagnostic.Error), Kinds: Images | Charts},
	}
	shareCheck(rules, checkSchema)
	return append(rules, &Rule{ID: "volumes-unpublished", Summary: "`volumes` is documented but not part of the published schema", Level: always(diagnostic.Info), Kinds: Definitions, Check: checkVolumes})
}

// shareCheck gives several rules one check that reports for all of them. It
// runs once, for the first of the rules that is not switched off.
func shareCheck(rules []*Rule, check func(*Pass)) {
	for i, r := range rules {
		before := rules[:i]
		r.Check = func(p *Pass) {
			for _, other := range before {
				if other.Kinds.Has(p.Doc.Kind) && p.severity(other) != diagnostic.Off {
					return
				}
			}
			check(p)
		}
	}
}

func checkSchema(p *Pass) {
	broken := p.brokenLines()
	for _, v := range p.violations() {
		p.reportViolation(v, broken)
	}
	p.checkRequired()
}

// schemaKind is the schema that the document is held to.
func (p *Pass) schemaKind() schema.Kind {
	if p.Doc.Kind == definition.Info {
		return schema.Info
	}
	return schema.Definition
}

// brokenLines are the lines that hold a syntax problem: what the schema says
// of them would only repeat it.
func (p *Pass) brokenLines() map[int]bool {
	lines := map[int]bool{}
	for _, pr := range p.Doc.Tree.Problems {
		if !pr.Lenient {
			lines[p.Doc.Text.LineOf(pr.Range.Start)] = true
		}
	}
	for _, r := range p.Doc.Tree.Displaced {
		lines[p.Doc.Text.LineOf(r.Start)] = true
	}
	return lines
}

var keywordRules = map[schema.Keyword]string{
	schema.UnknownField: "unknown-field", schema.MissingField: "missing-field", schema.WrongType: "wrong-type",
	schema.NotInEnum: "invalid-value", schema.Pattern: "invalid-value", schema.MinItems: "invalid-value",
	schema.UnknownVariant: "invalid-value", schema.Invalid: "invalid-value",
}

func (p *Pass) reportViolation(v schema.Violation, broken map[int]bool) {
	r, node := p.placeOf(v)
	if broken[p.Doc.Text.LineOf(r.Start)] {
		return
	}
	message := v.Message()
	if v.Keyword == schema.WrongType && node != nil && node.Kind == syntax.Missing {
		message = "`" + v.Name + "` has no value"
		if v.Name == "" {
			message = "empty list item"
		}
	}
	if trap, ok := node.NumberTrap(); ok && trap.Sure && v.Keyword == schema.WrongType && slices.Contains(v.Want, schema.TypeString) {
		p.ReportAs("wrong-type", r, "%s must be a string: %s", labelOf(v.Path), trap.Message).
			Help("quote the value: %s", trap.Edit.New).
			Fix(trap.Fix, true, Replace(trap.Edit.Range, trap.Edit.New))
		return
	}
	f := p.ReportAs(keywordRules[v.Keyword], r, "%s", message)
	if v.Keyword == schema.MissingField {
		p.absent(f, node, v.Name)
	}
	p.fixViolation(f, v, r, node)
}

// labelOf names a value by its key, with the index for items of a list.
func labelOf(path []string) string {
	from := max(len(path)-1, 0)
	for from > 0 && isIndex(path[from]) {
		from--
	}
	return "`" + schema.DottedPath(path[from:]) + "`"
}

func isIndex(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// placeOf finds the key or value a violation speaks of.
func (p *Pass) placeOf(v schema.Violation) (text.Range, *syntax.Node) {
	node, _ := p.Doc.Tree.Lookup(PathOf(p.Doc.Tree, v.Path))
	if node == nil {
		return p.topRange(), nil
	}
	owner := node.Owner()
	switch {
	case v.OnKey && owner != nil && owner.Key != nil:
		return owner.Key.Range, node
	case v.OnKey && owner == nil:
		return p.topRange(), node
	case v.OnKey || node.Kind == syntax.Mapping || node.Kind == syntax.Sequence:
		return firstLine(p.Doc.Text, node.Range), node
	case node.Kind == syntax.Missing && owner != nil:
		return owner.Range, node
	}
	return node.Range, node
}

// topRange is the first key of the document, or its first line.
func (p *Pass) topRange() text.Range {
	if root := p.Doc.Tree.Root; root != nil && len(root.Entries) > 0 && root.Entries[0].Key != nil {
		return root.Entries[0].Key.Range
	}
	return p.Doc.Directive.Line
}

// firstLine cuts a range at the end of its first line.
func firstLine(t *text.Text, r text.Range) text.Range {
	return text.Range{Start: r.Start, End: min(r.End, t.LineEnd(t.LineOf(r.Start)))}
}

// PathOf turns the string segments of the schema into a path of the tree.
func PathOf(t *syntax.Tree, segments []string) syntax.Path {
	path := make(syntax.Path, 0, len(segments))
	n := t.Root
	for _, s := range segments {
		n = n.Deref()
		if n != nil && n.Kind == syntax.Sequence {
			if i, err := strconv.Atoi(s); err == nil && i >= 0 && i < len(n.Entries) {
				path = append(path, syntax.Index(i))
				n = n.Entries[i].Value
				continue
			}
		}
		path = append(path, syntax.Key(s))
		n = n.Get(s)
	}
	return path
}

func (p *Pass) fixViolation(f *Finding, v schema.Violation, r text.Range, node *syntax.Node) {
	switch {
	case v.Keyword == schema.UnknownField && v.Suggestion != "" && !p.hasSibling(node, v.Suggestion):
		f.Fix("Change to `"+v.Suggestion+"`", false, Replace(r, v.Suggestion))
	case v.Keyword == schema.NotInEnum && v.Suggestion != "" && node != nil && node.Kind == syntax.Scalar:
		f.Fix("Change to `"+v.Suggestion+"`", false, Replace(node.Range, v.Suggestion))
	case v.Keyword == schema.WrongType && node != nil && node.Kind == syntax.Scalar:
		p.fixType(f, v, node)
	case v.Keyword == schema.WrongType && node != nil:
		p.helpShape(f, v, node)
	}
}

// helpShape says how a list or a mapping is written that stands where another
// form is expected.
func (p *Pass) helpShape(f *Finding, v schema.Violation, node *syntax.Node) {
	wants := func(t string) bool { return slices.Contains(v.Want, t) }
	switch {
	case wants(schema.TypeObject) && node.Kind == syntax.Sequence:
		f.Help("write `key: value` lines without dashes")
	case wants(schema.TypeString) && v.Name == "runs":
		f.Help("write the script as one block of text behind `runs: |`")
	case wants(schema.TypeString) && node.Kind == syntax.Mapping && len(node.Entries) == 1 && len(v.Path) > 1 && v.Path[len(v.Path)-2] == "packages":
		if k := node.Entries[0].Key; k != nil {
			f.Help("write a version behind an equals sign: %s=VERSION", k.Value)
		}
	}
}

func (p *Pass) hasSibling(node *syntax.Node, key string) bool {
	return node == nil || node.Parent == nil || node.Parent.Entry(key) != nil
}

// fixType quotes what must be a string and unquotes what must be a number.
func (p *Pass) fixType(f *Finding, v schema.Violation, node *syntax.Node) {
	raw := p.Doc.Text.Slice(node.Range)
	for _, want := range v.Want {
		switch {
		case want == schema.TypeString && node.Style == syntax.Plain && node.Type != syntax.Null:
			f.Help("quote the value: %s", strconv.Quote(raw))
			f.Fix("Quote the value", true, Replace(node.Range, strconv.Quote(raw)))
			return
		case want == schema.TypeInteger && node.Type == syntax.String && isNumber(node.Value),
			want == schema.TypeBoolean && node.Type == syntax.String && (node.Value == "true" || node.Value == "false"):
			f.Help("write it without quotes: %s", node.Value)
			f.Fix("Remove the quotes", true, Replace(node.Range, node.Value))
			return
		case want == schema.TypeArray && node.Type != syntax.Null && node.Style != syntax.Literal && node.Style != syntax.Folded:
			p.fixList(f, node, raw)
			return
		}
	}
}

// fixList makes a single value the one item of a list.
func (p *Pass) fixList(f *Finding, node *syntax.Node, raw string) {
	owner := node.Owner()
	if owner == nil || owner.Key == nil || node.Parent.Style != syntax.Block {
		return
	}
	line := p.Doc.Text.LineOf(owner.Key.Range.Start)
	if p.Doc.Text.LineOf(node.Range.End) != line {
		return
	}
	indent := owner.Key.Range.Start - p.Doc.Text.LineStart(line)
	f.Fix("Make it a list", true, Replace(text.Range{Start: owner.Mark.End, End: node.Range.End}, p.Doc.Text.Newline()+spaces(indent+2)+"- "+raw))
}

func spaces(n int) string {
	const blanks = "                                "
	for n > len(blanks) {
		n = len(blanks)
	}
	return blanks[:max(n, 0)]
}

func isNumber(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) == 1 || s[0] != '0'
}

// checkRequired reports the top-level fields that the kind needs.
func (p *Pass) checkRequired() {
	if p.Def == nil {
		return
	}
	subject := map[definition.Kind]schema.Subject{definition.Image: schema.Image, definition.Package: schema.Package, definition.Chart: schema.Chart}[p.Doc.Kind]
	for _, name := range schema.RequiredFields(subject) {
		if p.Def.Root.Entry(name) != nil {
			continue
		}
		id := "missing-field"
		if name == "name" {
			id = "required-name"
		}
		p.absent(p.ReportAs(id, p.topRange(), "missing field `%s`: every %s definition has one at the top level", name, p.Doc.Kind), p.Def.Root, name)
	}
}

func checkVolumes(p *Pass) {
	if e := p.Def.Root.Entry("volumes"); e != nil {
		p.Report(e.Key.Range, "`volumes` is in the build guide, but the published schema does not know it and no public definition uses it")
	}
}
