package format

import (
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// check says why a document cannot be formatted without a risk, nil if it can.
func check(doc *definition.Document) error {
	if doc.Kind == definition.NotOurs || doc.Tree == nil {
		return ErrNotOurs
	}
	if err := checkProblems(doc.Tree); err != nil {
		return err
	}
	if err := checkMarkers(doc.Tree); err != nil {
		return err
	}
	root := doc.Tree.Root
	if root == nil {
		return nil
	}
	if err := checkNode(doc.Text, root); err != nil {
		return err
	}
	if root.Kind != syntax.Mapping {
		return refuse(doc.Text, root.Range, "expected keys and values at the top level")
	}
	if doc.Tree.Regular {
		return nil
	}
	for _, p := range syntax.SecondOpinion(doc.Tree) {
		if !p.Lenient {
			return refuse(doc.Text, p.Range, "%s", p.Message)
		}
	}
	return nil
}

func checkProblems(tree *syntax.Tree) error {
	for _, p := range tree.Problems {
		if p.Lenient && harmless(tree, p) {
			continue
		}
		return refuse(tree.Text, p.Range, "%s", p.Message)
	}
	return nil
}

// harmless says whether a problem's text keeps its meaning, and its writer
// their hint, in canonical form: a lost expression stays a comment, and a tab
// behind a dash becomes a blank.
func harmless(tree *syntax.Tree, p syntax.Problem) bool {
	if strings.Trim(tree.Text.Slice(p.Range), " \t") == "" {
		return true
	}
	for _, c := range tree.Comments {
		if c.Range.End >= p.Range.End && c.Range.Start < p.Range.End {
			return true
		}
	}
	return false
}

var marker = regexp.MustCompile(`^(---|\.\.\.)([ \t]|$)|^%`)

// checkMarkers refuses what stands outside of the one document: YAML
// directives and what follows an end marker. A bare --- at the start is
// dropped.
func checkMarkers(tree *syntax.Tree) error {
	t := tree.Text
	first, last := t.Lines(), -1
	if tree.Root != nil {
		first, last = t.LineOf(tree.Root.Range.Start), t.LineOf(max(tree.Root.Range.End-1, 0))
	}
	for line := range t.Lines() {
		if line >= first && line <= last {
			continue
		}
		start := t.LineStart(line)
		if line == 0 {
			start += t.BOM()
		}
		l := t.Slice(text.Range{Start: start, End: t.LineEnd(line)})
		if !marker.MatchString(l) || line < first && strings.TrimRight(l, " \t") == "---" {
			continue
		}
		return refuse(t, text.Range{Start: start, End: t.LineEnd(line)}, "a marker or an instruction to YAML readers: a definition is one plain document, so delete the line")
	}
	return nil
}

// checkNode refuses what canonical form has no place for.
func checkNode(t *text.Text, n *syntax.Node) error {
	switch {
	case !n.Tag.Empty():
		return refuse(t, n.Tag, "the tag `%s` has no place in a definition: delete it, or quote the value", t.Slice(n.Tag))
	case !n.Anchor.Empty():
		return refuse(t, n.Anchor, "the anchor `%s` has no place in a definition: write the value out where it is used", t.Slice(n.Anchor))
	case n.Kind == syntax.Alias:
		return refuse(t, n.Range, "the alias `%s` has no place in a definition: write the value out", t.Slice(n.Range))
	case n.IsKey && n.Style == syntax.Plain && n.Value == "<<":
		return refuse(t, n.Range, "the merge key `<<` has no place in a definition: write the keys out")
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		if e.Key != nil {
			if err := checkNode(t, e.Key); err != nil {
				return err
			}
		}
		if err := checkNode(t, e.Value); err != nil {
			return err
		}
	}
	return nil
}
