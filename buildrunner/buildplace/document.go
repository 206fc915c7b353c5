// Package buildplace joins the analysis and the build, which know nothing of
// each other: it tells buildrunner/locate where the parts of a definition
// stand, and so what came of a build becomes findings on the text.
package buildplace

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
)

// Document is a definition as [locate.Document] wants it. It answers for any
// text, broken ones included, and does not change.
type Document struct {
	tree  *syntax.Tree
	nodes map[locate.Kind][]locate.Node
	// origins leads from the start of a script to its node.
	origins map[int]*syntax.Node
	// spans are the ranges of all values and entries.
	spans []text.Range
}

var _ locate.Document = (*Document)(nil)

// New looks through a tree.
func New(tree *syntax.Tree) *Document {
	d := &Document{tree: tree, nodes: map[locate.Kind][]locate.Node{}, origins: map[int]*syntax.Node{}}
	d.directive()
	if tree.Root != nil {
		w := walker{Document: d, resolve: newResolver(tree.Root)}
		w.walk(tree.Root, place{step: -1})
	}
	return d
}

// Parse is New for a text that no tree was made of.
func Parse(content string) *Document { return New(syntax.Parse(text.New(content))) }

// directive takes the first line, if it is a comment.
func (d *Document) directive() {
	t := d.tree.Text
	line := t.LineRange(0)
	line.Start += t.BOM()
	if strings.HasPrefix(t.Slice(line), "#") {
		d.add(locate.Node{Kind: locate.Directive, Range: line, StepIndex: -1})
	}
}

func (d *Document) add(n locate.Node) { d.nodes[n.Kind] = append(d.nodes[n.Kind], n) }

// Text implements [locate.Document].
func (d *Document) Text() *text.Text { return d.tree.Text }

// Nodes implements [locate.Document].
func (d *Document) Nodes(k locate.Kind) []locate.Node { return d.nodes[k] }

// ScriptLine implements [locate.Document]. The shell counts the lines of the
// scalar's value; the tree knows where each byte of it stands.
func (d *Document) ScriptLine(n locate.Node, line int) (text.Range, bool) {
	node := d.origins[n.Range.Start]
	if node == nil || line < 1 {
		return text.Range{}, false
	}
	start, end, ok := lineOf(node.Value, line)
	if !ok {
		return text.Range{}, false
	}
	body := node.Value[start:end]
	left := len(body) - len(strings.TrimLeft(body, " \t"))
	right := len(strings.TrimRight(body, " \t\r"))
	if left >= right { // blank
		left, right = 0, 0
	}
	r := d.tree.SourceMap(node).Range(text.Range{Start: start + left, End: start + right})
	return trimmed(d.tree.Text, r), true
}

// lineOf finds the 1-based line in a script. What follows the last break is
// no line when it is empty.
func lineOf(script string, line int) (start, end int, ok bool) {
	for ; line > 1; line-- {
		next := strings.IndexByte(script[start:], '\n')
		if next < 0 {
			return 0, 0, false
		}
		start += next + 1
	}
	if start == len(script) {
		return 0, 0, false
	}
	end = len(script)
	if next := strings.IndexByte(script[start:], '\n'); next >= 0 {
		end = start + next
	}
	return start, end, true
}

// Span implements [locate.Document].
func (d *Document) Span(r text.Range) text.Range { return locate.Span(d.spans, r) }
