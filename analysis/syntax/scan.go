package syntax

import (
	"fmt"
	"sort"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Codes of the problems that the parser itself reports.
const (
	CodeSyntax       = "yaml-syntax"
	CodeDuplicateKey = "duplicate-yaml-key"
	CodeTab          = "yaml-tab"
	CodeTrap         = "yaml-trap"
)

const (
	// maxDepth bounds the nesting of collections; real definitions need ten.
	maxDepth = 100
	// maxProblems bounds what one text reports.
	maxProblems = 100
)

// frame is an open block collection.
type frame struct {
	node   *Node
	indent int
}

// parser reads a text line by line. The stack holds the open collections,
// innermost last; the last entry of each is the one still open.
type parser struct {
	t     *text.Text
	s     string
	tree  *Tree
	stack []frame
	line  int // next line to read
	slab  []Node
	free  *Node // a replaced node, for the next one
	done  bool  // behind the end of the document

	stray     bool  // a line belonged nowhere,
	strayAt   int   // the last of them
	deep      frame // mapping and column of the last key that stood too deep,
	deepAt    int   // and its offset
	aliases   []*Node
	bodyUntil int                 // the comment lines up to here are text of a block scalar
	keys      map[*Node]*keyIndex // of large mappings
	question  int                 // the line behind a long key
	percent   text.Range          // a YAML directive that waits for its ---
}

// Parse reads the text. It never fails.
func Parse(t *text.Text) *Tree {
	p := &parser{t: t, s: t.String(), tree: &Tree{Text: t, Regular: true}}
	if t.BOM() > 0 {
		p.irregular()
	}
	p.checkBytes()
	for p.line < t.Lines() && !p.done {
		p.block()
	}
	p.finish(p.tree.Root)
	p.resolveAliases()
	problems := p.tree.Problems
	sort.SliceStable(problems, func(i, j int) bool { return problems[i].Range.Start < problems[j].Range.Start })
	return p.tree
}

// checkBytes looks for what YAML forbids or reads in its own way anywhere.
func (p *parser) checkBytes() {
	for i := 0; i < len(p.s); i++ {
		c := p.s[i]
		switch {
		case c == '\r', c == '\t':
			p.irregular()
		case c < 0x20 && c != '\n' && c != '\t', c == 0x7f:
			p.irregular()
			p.problem(CodeSyntax, text.Range{Start: i, End: i + 1}, fmt.Sprintf("control character U+%04X: YAML allows none; delete it", c))
			if len(p.tree.Problems) > 20 {
				return
			}
		case c >= 0x80:
			i += p.checkRune(i)
		}
	}
}

func (p *parser) block() {
	start, end := p.t.LineStart(p.line), p.t.LineEnd(p.line)
	if p.line == 0 {
		start += p.t.BOM()
	}
	i := start
	for i < end && p.s[i] == ' ' {
		i++
	}
	c := i - start
	if i < end && p.s[i] == '\t' {
		if i, c = p.tabs(start, i, end); i < 0 {
			p.line++
			return
		}
	}
	switch {
	case i == end:
		p.line++
	case p.s[i] == '#':
		p.comment(i, end, true)
		p.line++
	case i == start && p.marker(i, end):
		p.line++
	default:
		p.content(i, end, c)
	}
}

// tabs handles a tab at i in the indentation from start and returns where the
// content begins, or -1 for a line without any, and the column that is meant.
func (p *parser) tabs(start, i, end int) (content, column int) {
	j := i
	for j < end && (p.s[j] == ' ' || p.s[j] == '\t') {
		j++
	}
	p.irregular()
	if j == end {
		return -1, 0
	}
	column, fits := p.tabColumn(start, j, end)
	if p.s[j] != '#' {
		p.problemFix(CodeTab, text.Range{Start: i, End: j}, "tab in the indentation: YAML wants blanks only", "Replace the tabs by blanks",
			strings.Repeat(" ", max(column-(i-start), 0)))
	}
	if !fits {
		p.stray, p.strayAt = true, p.line // what its column is good for is told
	}
	return j, column
}

// tabColumn is the column that an indentation with tabs stands for: of the
// usual widths the one that leads to an open collection whose member the line
// can be, or else that of two, which fits nothing for certain.
func (p *parser) tabColumn(start, j, end int) (column int, fits bool) {
	kind := Mapping
	if p.isDash(j, end) {
		kind = Sequence
	}
	for _, width := range []int{2, 4, 8, 3} {
		c, added := 0, 0
		for _, b := range []byte(p.s[start:j]) {
			if b == '\t' {
				c, added = (c/width+1)*width, added+width
			} else {
				c, added = c+1, added+1
			}
		}
		for _, column := range []int{c, added} {
			for f := len(p.stack) - 1; f >= 0; f-- {
				if p.stack[f].indent == column && p.stack[f].node.Kind == kind {
					return column, true
				}
			}
		}
	}
	return len(strings.ReplaceAll(p.s[start:j], "\t", "  ")), false
}

// marker handles --- and ... and % lines at the start of a line.
func (p *parser) marker(i, end int) bool {
	line := p.s[i:end]
	switch {
	case strings.HasPrefix(line, "---") && (len(line) == 3 || line[3] == ' ' || line[3] == '\t'):
		p.irregular()
		p.percent = text.Range{}
		if p.tree.Root != nil {
			p.problem(CodeSyntax, text.Range{Start: i, End: i + 3}, "a second document begins here: a definition is one document, and what follows is not read")
			p.done = true
		} else if rest := strings.TrimSpace(line[3:]); rest != "" && rest[0] != '#' {
			p.problem(CodeSyntax, text.Range{Start: i, End: end}, "write the content below the `---` line")
		}
		return true
	case line == "..." || strings.HasPrefix(line, "... "):
		p.irregular()
		if p.done = p.tree.Root != nil; p.done {
			p.unread()
		}
		return true
	case line[0] == '%' && p.tree.Root == nil:
		p.irregular()
		r := text.Range{Start: i, End: end}
		if strings.HasPrefix(line, "%YAML ") || strings.HasPrefix(line, "%TAG ") {
			p.percent = r
		} else {
			p.problem(CodeSyntax, r, "a line that begins with `%` is an instruction to YAML readers, and this is none they know")
		}
		return true
	}
	return false
}

// longKey passes over a key in YAML's long form, `? key` and `: value`.
func (p *parser) longKey(i int) {
	p.irregular()
	if p.s[i] == '?' {
		p.add1(Problem{Code: CodeTrap, Lenient: true, Range: text.Range{Start: i, End: i + 1}, Message: "`?` begins a key in YAML's long form, which is not read here: write `key: value`"})
	}
	p.line++
	p.question = p.line
}

// unread reports what stands behind the end of the document.
func (p *parser) unread() {
	for line := p.line + 1; line < p.t.Lines(); line++ {
		if i, end := p.contentOf(line); i < end && p.s[i] != '#' {
			p.problem(CodeSyntax, text.Range{Start: i, End: end}, "the document ends at the `...` above: what follows is not read")
			return
		}
	}
}

// content reads a line that holds something at column c.
func (p *parser) content(i, end, c int) {
	before := p.line
	if !p.percent.Empty() {
		p.problem(CodeSyntax, p.percent, "expected a `---` line behind this instruction to YAML readers")
		p.percent = text.Range{}
	}
	if (p.s[i] == '?' || p.s[i] == ':' && p.question == p.line) && (i+1 == end || p.s[i+1] == ' ') {
		p.longKey(i)
		return
	}
	switch {
	case p.isDash(i, end):
		p.dashLine(i, end, c)
	default:
		props := p.props(i, end, false)
		if k := p.keyAt(props.next, end); k.ok {
			p.keyLine(k, props, end, c)
		} else {
			p.otherLine(i, end, c)
		}
	}
	if p.line == before {
		p.line++
	}
}

func (p *parser) isDash(i, end int) bool {
	return p.s[i] == '-' && (i+1 == end || p.s[i+1] == ' ' || p.s[i+1] == '\t')
}

func (p *parser) top() *frame {
	if len(p.stack) == 0 {
		return nil
	}
	return &p.stack[len(p.stack)-1]
}

func (f *frame) pending() *Entry { return &f.node.Entries[len(f.node.Entries)-1] }

// pop closes the collections that a line at column c ends and returns the
// outermost of them.
func (p *parser) pop(c int, equalSequences bool) frame {
	var last frame
	for f := p.top(); f != nil; f = p.top() {
		if f.indent > c || equalSequences && f.indent == c && f.node.Kind == Sequence {
			last = *f
			p.stack = p.stack[:len(p.stack)-1]
			continue
		}
		break
	}
	return last
}

func (p *parser) push(n *Node, indent int) *Node {
	n.Indent = indent
	p.stack = append(p.stack, frame{n, indent})
	return n
}

// open puts a new block collection where the top frame's pending value is, or
// at the root.
func (p *parser) open(kind Kind, at, indent int) *Node {
	if len(p.stack) >= maxDepth {
		return nil
	}
	n := p.node(kind, Block, text.At(at))
	f := p.top()
	if f == nil {
		p.tree.Root = n
	} else {
		p.setValue(f.node, len(f.node.Entries)-1, n)
	}
	return p.push(n, indent)
}

// setValue makes n the value of the entry, keeping properties that stood
// before it.
func (p *parser) setValue(coll *Node, index int, n *Node) {
	e := &coll.Entries[index]
	if old := e.Value; old != nil && old.Kind == Missing {
		if n.Tag.Empty() {
			n.Tag = old.Tag
		}
		if n.Anchor.Empty() {
			n.Anchor = old.Anchor
		}
		if !old.Anchor.Empty() {
			p.anchor(old.Anchor, n)
		}
	}
	n.Parent, n.Index = coll, index
	if e.Value != nil && e.Value.Kind == Missing && e.Value != n {
		p.free = e.Value
	}
	e.Value = n
}

// add appends an entry whose value is still missing.
func (p *parser) add(coll *Node, key *Node, mark text.Range, at int) int {
	index := len(coll.Entries)
	v := p.node(Missing, Plain, text.At(at))
	v.Type = Null
	v.Parent, v.Index = coll, index
	if key != nil {
		key.Parent, key.Index, key.IsKey = coll, index, true
	}
	coll.Entries = append(coll.Entries, Entry{Key: key, Mark: mark, Value: v})
	return index
}

func (p *parser) node(kind Kind, style Style, r text.Range) *Node {
	n := p.free
	if n != nil {
		*n, p.free = Node{}, nil
	} else {
		if len(p.slab) == 0 {
			p.slab = make([]Node, 64)
		}
		n, p.slab = &p.slab[0], p.slab[1:]
	}
	n.Kind, n.Style, n.Range, n.Body = kind, style, r, r
	return n
}

// dashLine reads "- …" at column c.
func (p *parser) dashLine(i, end, c int) {
	seq := p.placeDash(i, end, c)
	p.items(seq, i, end, c)
}

func (p *parser) placeDash(i, end, c int) *Node {
	last := p.pop(c, false)
	f := p.top()
	line := text.Range{Start: i, End: end}
	switch {
	case f == nil && p.tree.Root == nil:
		return p.open(Sequence, i, c)
	case f != nil && f.indent == c && f.node.Kind == Sequence:
		return f.node
	case f != nil && f.pending().Value.Kind == Missing:
		return p.openOr(Sequence, i, c)
	case f != nil && p.halfTyped(f, c):
		p.convert(f, p.column(f.pending().Value.Range.Start))
		return p.openOr(Sequence, i, c)
	}
	if list := p.listIn(last); list.node != nil {
		p.push(list.node, list.indent)
		p.misaligned(list.node, c, line, "this item stands", "its list")
		return list.node
	}
	related := p.above()
	if last.node != nil && len(last.node.Entries) > 0 {
		related = last.node.Entries[0].head()
	}
	p.strayLine(line, "a list item is not expected here: the lines around it are keys of a mapping", related, "the mapping")
	return p.node(Sequence, Block, line)
}

// listIn is the list that a dash left of the closed frame most likely belongs
// to: the frame's own, or the one at the column of its last key.
func (p *parser) listIn(f frame) frame {
	if f.node == nil || f.node.Kind == Sequence {
		return f
	}
	if v := f.node.Entries[len(f.node.Entries)-1].Value; v.Kind == Sequence && v.Style == Block && v.Indent == f.indent {
		p.push(f.node, f.indent)
		return frame{v, v.Indent}
	}
	return frame{}
}

// openOr opens a collection, or a detached one where nesting is too deep.
func (p *parser) openOr(kind Kind, at, indent int) *Node {
	if n := p.open(kind, at, indent); n != nil {
		return n
	}
	p.irregular()
	p.strayLine(text.At(at), fmt.Sprintf("nested deeper than %d levels", maxDepth), text.Range{}, "")
	return p.node(kind, Block, text.At(at))
}

// items reads the dash at i and what follows it on the line, further dashes
// included.
func (p *parser) items(seq *Node, i, end, c int) {
	for {
		after := p.skip(i+1, end)
		p.checkDashTab(i+1, after, end)
		index := p.add(seq, nil, text.Range{Start: i, End: i + 1}, i+1)
		if after == end || p.s[after] == '#' {
			p.irregular() // goccy/go-yaml takes in what follows a bare dash
			p.expressionComment(after, after, end)
			p.trailing(after, end)
			p.line++
			return
		}
		c2 := c + after - i
		if !p.isDash(after, end) || p.top() == nil || p.top().node != seq {
			p.itemValue(seq, index, after, end, c, c2)
			return
		}
		next := p.open(Sequence, after, c2)
		if next == nil {
			p.irregular()
			p.strayLine(text.Range{Start: after, End: end}, fmt.Sprintf("nested deeper than %d levels", maxDepth), text.Range{}, "")
			p.line++
			return
		}
		seq, i, c = next, after, c2
	}
}

// checkDashTab reports a tab behind a dash, which some readers reject.
func (p *parser) checkDashTab(from, to, end int) {
	if to == end || strings.IndexByte(p.s[from:to], '\t') < 0 {
		return
	}
	r := text.Range{Start: from, End: to}
	p.add1(Problem{Code: CodeTrap, Lenient: true, Range: r, Message: "tab behind the dash: some YAML readers reject it", Fix: "Replace it by a blank", Edits: []text.Edit{{Range: r, New: " "}}})
}

// itemValue reads what stands behind a dash: a compact mapping or a value.
func (p *parser) itemValue(seq *Node, index, i, end, c, c2 int) {
	props := p.props(i, end, false)
	k := p.keyAt(props.next, end)
	if !k.ok {
		// An item left of its list ends at the next one that stands where the
		// list does.
		p.value(seq, index, i, end, max(c, seq.Indent))
		return
	}
	var m *Node
	if f := p.top(); f != nil && f.node == seq {
		m = p.open(Mapping, i, c2)
	}
	if m == nil { // detached or too deep
		m = p.node(Mapping, Block, text.At(i))
		p.setValue(seq, index, m)
	}
	p.entry(m, k, props, end, c2)
}

// keyLine reads "key: …" at column c.
func (p *parser) keyLine(k keyToken, props propsToken, end, c int) {
	m := p.placeKey(k, c)
	p.entry(m, k, props, end, c)
}

// entry reads the key token and its value into m.
func (p *parser) entry(m *Node, k keyToken, props propsToken, end, c int) {
	key := p.keyNode(k)
	p.applyProps(props, key)
	index := p.add(m, key, text.Range{Start: k.colon, End: k.colon + 1}, k.colon+1)
	p.checkDuplicate(m, index)
	i := p.skip(k.colon+1, end)
	if i == end || p.s[i] == '#' {
		p.expressionComment(i, i, end)
		p.trailing(i, end)
		p.line++
		return
	}
	p.value(m, index, i, end, c)
}
