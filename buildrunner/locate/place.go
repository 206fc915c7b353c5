package locate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
)

// Source is the finder that build findings name.
const Source = "dhi-ls build"

// codePrefix begins the code of every build finding.
const codePrefix = "build-"

// Code is the code of findings of the kind.
func Code(k cause.Kind) string { return codePrefix + string(k) }

// Options steer how findings are worded.
type Options struct {
	// LogURL leads to the full log, "" for none.
	LogURL string
	// LogLines is how many lines of the log a message shows, 5 when 0.
	LogLines int
}

// Place turns causes into findings on the text, after [Settle]. A cause in the
// definition is an error on its node. One in the environment is an info on the syntax
// directive and never more; the caller shows it as a message. One that is not
// known is an info too, on what it mentions, else on the directive. A canceled
// build gives none.
func Place(doc Document, causes []cause.Cause, opts Options) []diagnostic.Diagnostic {
	var out []diagnostic.Diagnostic
	for _, c := range Settle(doc, causes) {
		if c.Class == cause.Canceled {
			continue
		}
		p := place(doc, &c)
		out = append(out, p.diagnostic(doc, &c, opts))
	}
	return diagnostic.Sort(out)
}

// Settle says whose the causes are now that the text is at hand: one that
// looks like the definition's, and of which the text has nothing to show, is
// not its writer's.
func Settle(doc Document, causes []cause.Cause) []cause.Cause {
	out := slices.Clone(causes)
	for i := range out {
		c := &out[i]
		if c.Class != cause.Definition || c.Kind == cause.SyntaxInvalid {
			continue // what cannot be read is the text itself
		}
		if s := place(doc, c); !s.tied {
			*c = c.Untied(s.at != directive(doc))
		}
	}
	return out
}

// spot is where a cause belongs. It is tied to the text if that has something
// to show that may be at fault.
type spot struct {
	at      text.Range
	node    *Node
	related []diagnostic.Related
	tied    bool
}

func place(doc Document, c *cause.Cause) spot {
	if c.Class == cause.Environment {
		return spot{at: directive(doc)}
	}
	where := scopeOf(doc, c)
	s := where.find(doc, c)
	s.related = append(s.related, where.related(s.at)...)
	return s
}

// directive is the range of the syntax directive, the first line without one.
func directive(doc Document) text.Range {
	if nodes := doc.Nodes(Directive); len(nodes) > 0 {
		return nodes[0].Range
	}
	return doc.Text().LineRange(0)
}

// scope is what the failed vertex and BuildKit's locations say of the place.
type scope struct {
	// located are BuildKit's ranges in bytes, as it gave them.
	located []text.Range
	// stage and step are the nodes whose names the vertex tells, if any.
	stage, step *Node
}

func scopeOf(doc Document, c *cause.Cause) scope {
	s := scope{located: locations(doc, c)}
	s.stage, s.step = namedBy(doc, c.Vertex)
	return s
}

// find tries, in order: the line of the script, the searches of the kind, the
// location of BuildKit, the step, the stage, the first line.
func (s scope) find(doc Document, c *cause.Cause) spot {
	if c.Kind == cause.SyntaxInvalid && len(s.located) == 0 && c.Line > 0 {
		return spot{at: doc.Span(doc.Text().LineRange(c.Line - 1)), tied: true}
	}
	if r, ok := s.scriptLine(doc, c); ok {
		return spot{at: r, tied: true}
	}
	for _, how := range searches[c.Kind] {
		if found := s.search(doc, c, how); len(found) > 0 {
			return withOthers(found, c)
		}
	}
	if r, ok := s.inScript(doc, c); ok {
		return spot{at: r, tied: true}
	}
	// A path that is nowhere in the text may be the builder's own, whatever
	// step it failed in.
	tied := c.Kind != cause.PathFailed
	if len(s.located) > 0 {
		return spot{at: doc.Span(s.located[0]), related: s.furtherLocations(doc), tied: tied || s.under(doc, c)}
	}
	if s.step != nil || s.stage != nil {
		return spot{at: s.body(doc), tied: tied}
	}
	return spot{at: directive(doc)}
}

// search looks through the nodes of one kind and keeps those of the nearest
// scope: BuildKit's location, then the stage, then the top level, then any.
func (s scope) search(doc Document, c *cause.Cause, how search) []Node {
	var best []Node
	bestRank := -1
	for _, needle := range how.by(c) {
		if needle == "" {
			continue
		}
		for _, n := range doc.Nodes(how.kind) {
			if !matchesAny(n, needle, how.match) {
				continue
			}
			switch rank := s.rank(n); {
			case rank > bestRank:
				best, bestRank = []Node{n}, rank
			case rank == bestRank:
				best = append(best, n)
			}
		}
		if len(best) > 0 {
			return best
		}
	}
	return nil
}

func matchesAny(n Node, needle string, match func(value, needle string) bool) bool {
	for _, v := range n.values() {
		if v != "" && match(v, needle) {
			return true
		}
	}
	return false
}

// under says whether the subject lies below a path at BuildKit's location.
func (s scope) under(doc Document, c *cause.Cause) bool {
	for _, n := range doc.Nodes(Value) {
		if !s.located[0].Overlaps(n.Range) {
			continue
		}
		if matchesAny(n, c.Subject, above) {
			return true
		}
	}
	return false
}

func (s scope) rank(n Node) int {
	for _, r := range s.located {
		if r.Covers(n.Range) {
			return 4
		}
	}
	switch {
	case s.stage != nil && n.Stage == s.stage.Stage && s.step != nil && n.StepIndex == s.step.StepIndex:
		return 3
	case s.stage != nil && n.Stage == s.stage.Stage:
		return 2
	case n.Stage == "":
		return 1
	}
	return 0
}

func withOthers(found []Node, c *cause.Cause) spot {
	s := spot{at: found[0].Range, node: &found[0], tied: true}
	for _, n := range found[1:] {
		s.related = append(s.related, diagnostic.Related{Range: n.Range, Message: fmt.Sprintf("%s stands here too", c.Subject)})
	}
	return s
}

// runs are the scripts that may have failed, the most likely first.
func (s scope) runs(doc Document) []Node {
	var located, named []Node
	for _, n := range doc.Nodes(Runs) {
		for _, r := range s.located {
			if r.Overlaps(n.Range) {
				located = append(located, n)
				break
			}
		}
		if s.stage != nil && n.Stage == s.stage.Stage && (s.step == nil || n.StepIndex == s.step.StepIndex) {
			named = append(named, n)
		}
	}
	switch {
	case len(located) == 1:
		return located
	case len(named) > 0:
		return named
	case len(located) > 0:
		return located
	}
	return doc.Nodes(Runs)
}

// scriptLine places a shell's "line N:", when it is clear whose script it is.
// Only kinds that speak of a line of the shell have one.
func (s scope) scriptLine(doc Document, c *cause.Cause) (text.Range, bool) {
	if c.Line == 0 || c.Kind == cause.SyntaxInvalid {
		return text.Range{}, false
	}
	runs := s.runs(doc)
	if len(runs) != 1 {
		return text.Range{}, false
	}
	return doc.ScriptLine(runs[0], c.Line)
}

// inScript finds the subject word for word in the script that failed.
func (s scope) inScript(doc Document, c *cause.Cause) (text.Range, bool) {
	if len(c.Subject) < 2 {
		return text.Range{}, false
	}
	runs := s.runs(doc)
	if len(runs) != 1 {
		return text.Range{}, false
	}
	body := doc.Text().Slice(runs[0].Range)
	for from := 0; ; {
		i := strings.Index(body[from:], c.Subject)
		if i < 0 {
			return text.Range{}, false
		}
		start := from + i
		end := start + len(c.Subject)
		if !nameByte(body, start-1) && !nameByte(body, end) {
			return wholeLine(doc.Text(), runs[0].Range.Start+start), true
		}
		from = start + 1
	}
}

func wholeLine(t *text.Text, offset int) text.Range {
	r := t.LineRange(t.LineOf(offset))
	line := t.Slice(r)
	trimmed := strings.TrimLeft(line, " \t")
	return text.Range{Start: r.Start + len(line) - len(trimmed), End: r.Start + len(strings.TrimRight(line, " \t"))}
}

// body is the script or action of the step, else the step's or stage's name.
func (s scope) body(doc Document) text.Range {
	if s.step != nil {
		for _, kind := range []Kind{Runs, Uses} {
			for _, n := range doc.Nodes(kind) {
				if n.Stage == s.step.Stage && n.StepIndex == s.step.StepIndex {
					return n.Range
				}
			}
		}
		return s.step.Range
	}
	if runs := s.runs(doc); len(runs) == 1 {
		return runs[0].Range
	}
	return s.stage.Range
}

func (s scope) furtherLocations(doc Document) []diagnostic.Related {
	var out []diagnostic.Related
	for _, r := range s.located[1:] {
		if at := doc.Span(r); at != doc.Span(s.located[0]) {
			out = append(out, diagnostic.Related{Range: at, Message: "BuildKit names this place too"})
		}
	}
	return out
}

func (s scope) related(at text.Range) []diagnostic.Related {
	var out []diagnostic.Related
	if s.stage != nil && s.stage.Range != at && s.stage.Value != "" {
		out = append(out, diagnostic.Related{Range: s.stage.Range, Message: fmt.Sprintf("in the stage %q", s.stage.Value)})
	}
	if s.step != nil && s.step.Range != at {
		out = append(out, diagnostic.Related{Range: s.step.Range, Message: fmt.Sprintf("in the step %q", s.step.Value)})
	}
	return out
}
