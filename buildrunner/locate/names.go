package locate

import (
	"bytes"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/moby/buildkit/solver/pb"
)

// namedBy finds the stage and step whose names the vertex tells. Longer names
// win, a stage with a step of its own wins over a stage alone, and a step is
// taken without its stage only where no other stage has one of that name.
func namedBy(doc Document, vertex string) (stage, step *Node) {
	if vertex == "" {
		return nil, nil
	}
	best := -1
	stages, steps := doc.Nodes(Stage), doc.Nodes(Step)
	for i := range stages {
		g := &stages[i]
		if g.Value == "" || !mentions(vertex, g.Value) {
			continue
		}
		if score := len(g.Value); score > best {
			best, stage, step = score, g, nil
		}
		for k := range steps {
			p := &steps[k]
			if p.Stage != g.Stage || !mentionedBeside(vertex, g.Value, p.Value) {
				continue
			}
			if score := 1000 + len(g.Value) + len(p.Value); score > best {
				best, stage, step = score, g, p
			}
		}
	}
	if stage != nil {
		return stage, step
	}
	return loneStep(stages, steps, vertex)
}

// mentionedBeside: the step's name stands in the vertex besides the stage's,
// which may be the same word.
func mentionedBeside(vertex, stage, step string) bool {
	if step == "" || !mentions(vertex, step) {
		return false
	}
	if step != stage {
		return true
	}
	return bytes.Count([]byte(vertex), []byte(step)) > 1
}

func loneStep(stages, steps []Node, vertex string) (*Node, *Node) {
	var found *Node
	for i := range steps {
		p := &steps[i]
		if p.Value == "" || !mentions(vertex, p.Value) {
			continue
		}
		if found != nil && len(found.Value) == len(p.Value) {
			return nil, nil
		}
		if found == nil || len(p.Value) > len(found.Value) {
			found = p
		}
	}
	if found == nil {
		return nil, nil
	}
	for i := range stages {
		if stages[i].Stage == found.Stage {
			return &stages[i], found
		}
	}
	return nil, found
}

// locations are BuildKit's ranges in the text that was built. Sources of
// other files or other texts are left out, and so is the syntax line, which
// only says that the frontend failed.
func locations(doc Document, c *cause.Cause) []text.Range {
	t := doc.Text()
	var out []text.Range
	for _, s := range c.Sources {
		if len(s.Data) > 0 && string(s.Data) != t.String() {
			continue
		}
		for _, r := range s.Ranges {
			if at, ok := Convert(t, r); ok && t.LineOf(at.Start) > 0 {
				out = append(out, at)
			}
		}
	}
	return out
}

// Convert turns BuildKit's range into bytes: lines count from 1, characters
// from 0 in code points; characters 0 to 0 mean whole lines, blanks at their
// ends left out, and an end before the start means the start's line. It is
// false for a line that the text does not have.
func Convert(t *text.Text, r *pb.Range) (text.Range, bool) {
	start, end := r.GetStart(), r.GetEnd()
	first := int(start.GetLine())
	last := max(first, int(end.GetLine()))
	if first < 1 || first > t.Lines() {
		return text.Range{}, false
	}
	last = min(last, t.Lines())
	if start.GetCharacter() == 0 && end.GetCharacter() == 0 {
		return trim(t, text.Range{Start: t.LineStart(first - 1), End: t.LineEnd(last - 1)}), true
	}
	from := t.Offset(text.Position{Line: first - 1, Column: int(start.GetCharacter())}, text.UTF32)
	to := t.Offset(text.Position{Line: last - 1, Column: int(end.GetCharacter())}, text.UTF32)
	if to < from {
		to = t.LineEnd(first - 1)
	}
	return trim(t, text.Range{Start: from, End: to}), true
}

func trim(t *text.Text, r text.Range) text.Range {
	s := t.Slice(r)
	left := bytes.TrimLeft([]byte(s), " \t\r\n")
	r.Start += len(s) - len(left)
	r.End = r.Start + len(bytes.TrimRight(left, " \t\r\n"))
	return r
}
