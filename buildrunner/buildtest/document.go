package buildtest

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
	"go.yaml.in/yaml/v3"
)

// Document is a small locate.Document for texts that parse as YAML, so that
// this layer can be tested without the analysis.
type Document struct {
	text  *text.Text
	nodes []locate.Node
	spans []text.Range
}

// NewDocument reads a definition. A text that does not parse has only its
// directive.
func NewDocument(src string) *Document {
	d := &Document{text: text.New(src)}
	if strings.HasPrefix(src, "#") {
		d.nodes = append(d.nodes, locate.Node{Kind: locate.Directive, Range: d.text.LineRange(0), StepIndex: -1})
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(src), &root); err != nil || len(root.Content) == 0 {
		return d
	}
	d.walk(root.Content[0], place{step: -1})
	return d
}

// place is where the walk is: the path with indices left out, and the stage
// and step around it.
type place struct {
	path        string
	stage, name string
	step        int
}

// kinds are the paths of the nodes that locate asks for, those of a stage
// without its "contents.builds[]".
var kinds = map[string]locate.Kind{
	"contents.packages[]":             locate.Package,
	"contents.repositories[]":         locate.Repository,
	"contents.keyring[]":              locate.Key,
	"contents.files[].url":            locate.FileURL,
	"contents.files[].checksum":       locate.FileChecksum,
	"contents.artifacts[].name":       locate.Artifact,
	"uses":                            locate.Uses,
	"pipeline[].uses":                 locate.Uses,
	"paths[].path":                    locate.Path,
	"paths[].source":                  locate.PathSource,
	"outputs[].source":                locate.OutputSource,
	"outputs[].target":                locate.OutputTarget,
	"accounts.users[].name":           locate.User,
	"accounts.groups[].name":          locate.Group,
	"accounts.run-as":                 locate.RunAs,
	"pipeline[].run-as":               locate.RunAs,
	"name":                            locate.Stage,
	"pipeline[].name":                 locate.Step,
	"pipeline[].runs":                 locate.Runs,
	"shell":                           locate.Shell,
	"pipeline[].shell":                locate.Shell,
	"work-dir":                        locate.WorkDir,
	"pipeline[].work-dir":             locate.WorkDir,
	"pipeline[].secrets[].id":         locate.Secret,
	"pipeline[].privileged":           locate.Privileged,
	"contents.artifacts[].includes[]": locate.Include,
}

func (d *Document) walk(n *yaml.Node, p place) {
	d.spans = append(d.spans, d.rangeOf(n))
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			next := p
			next.path = strings.TrimPrefix(p.path+"."+n.Content[i].Value, ".")
			d.walk(n.Content[i+1], next)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			next := p
			next.path += "[]"
			switch next.path {
			case "contents.builds[]":
				next.stage = child(item, "name", fmt.Sprint("stage ", i))
			case "contents.builds[].pipeline[]":
				next.step, next.name = i, child(item, "name", "")
			}
			d.walk(item, next)
		}
	case yaml.ScalarNode:
		d.scalar(n, p)
	}
}

func (d *Document) scalar(n *yaml.Node, p place) {
	node := locate.Node{Kind: locate.Value, Range: d.rangeOf(n), Value: n.Value, Stage: p.stage, Step: p.name, StepIndex: p.step}
	d.nodes = append(d.nodes, node)
	rel, staged := strings.CutPrefix(p.path, "contents.builds[].")
	kind, ok := kinds[rel]
	if !ok || !staged && (rel == "name" || strings.HasPrefix(rel, "pipeline")) {
		return
	}
	node.Kind = kind
	d.nodes = append(d.nodes, node)
}

func child(m *yaml.Node, key, otherwise string) string {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1].Value
		}
	}
	return otherwise
}

// rangeOf is the node's text, from its first to its last scalar.
func (d *Document) rangeOf(n *yaml.Node) text.Range {
	start := d.text.OffsetOfHuman(text.Human{Line: n.Line, Column: n.Column})
	r := text.Range{Start: start, End: start}
	if n.Kind != yaml.ScalarNode {
		for _, c := range n.Content {
			r = r.Union(d.rangeOf(c))
		}
		return r
	}
	switch n.Style &^ yaml.TaggedStyle {
	case yaml.LiteralStyle, yaml.FoldedStyle:
		last := n.Line + strings.Count(strings.TrimRight(n.Value, "\n"), "\n") + 1
		r.End = d.text.LineEnd(last - 1)
	case yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle:
		r.End = start + len(n.Value) + 2
	default:
		r.End = start + len(n.Value)
	}
	return r
}

// Text implements locate.Document.
func (d *Document) Text() *text.Text { return d.text }

// Nodes implements locate.Document.
func (d *Document) Nodes(k locate.Kind) []locate.Node {
	var out []locate.Node
	for _, n := range d.nodes {
		if n.Kind == k {
			out = append(out, n)
		}
	}
	return out
}

// ScriptLine implements locate.Document for block and plain scalars.
func (d *Document) ScriptLine(n locate.Node, line int) (text.Range, bool) {
	first := d.text.LineOf(n.Range.Start)
	if strings.HasPrefix(d.text.Slice(n.Range), "|") {
		first++
	}
	at := first + line - 1
	if line < 1 || at > d.text.LineOf(n.Range.End) {
		return text.Range{}, false
	}
	r := d.text.LineRange(at)
	body := d.text.Slice(r)
	r.Start += len(body) - len(strings.TrimLeft(body, " "))
	if r.Start < n.Range.Start {
		r.Start = n.Range.Start
	}
	return r, true
}

// Span implements locate.Document.
func (d *Document) Span(r text.Range) text.Range { return locate.Span(d.spans, r) }
