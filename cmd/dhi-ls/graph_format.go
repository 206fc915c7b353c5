package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// picture is what graph shows: the definitions asked for, what they use and
// what uses them. Without a focus, uses is the whole workspace.
type picture struct {
	root         string
	focus        []*facts.Record
	uses, usedBy workspace.Graph
}

var graphWriters = map[string]func(io.Writer, picture) error{
	"text": writeGraphText, "dot": writeGraphDot, "mermaid": writeGraphMermaid, "json": writeGraphJSON,
}

func graphFormats() []string {
	var names []string
	for n := range graphWriters {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// short is the id of a node below the root of the catalog.
func (p picture) short(id string) string {
	if p.root != "" {
		return strings.TrimPrefix(id, p.root+"/")
	}
	return id
}

// tree prints a graph as an indented list; what was shown before is named, and
// not followed again.
type tree struct {
	w     *bufio.Writer
	p     picture
	next  map[string][]workspace.Edge
	end   func(workspace.Edge) string
	shown map[string]bool
}

func (t *tree) print(id string, depth int) {
	edges := t.next[id]
	for i := 0; i < len(edges); {
		to := t.end(edges[i])
		var why []string
		for ; i < len(edges) && t.end(edges[i]) == to; i++ {
			why = append(why, strings.TrimSpace(edges[i].How+" "+edges[i].Detail))
		}
		more := ""
		if t.shown[to] && len(t.next[to]) > 0 {
			more = " …"
		}
		if len(why) > 3 {
			why = append(why[:3], fmt.Sprintf("and %d more", len(why)-3))
		}
		_ = line(t.w, "%s%s (%s)%s", strings.Repeat("  ", depth), t.p.short(to), strings.Join(why, ", "), more)
		if !t.shown[to] {
			t.shown[to] = true
			t.print(to, depth+1)
		}
	}
}

func writeGraphText(w io.Writer, p picture) error {
	b := bufio.NewWriter(w)
	if p.focus == nil {
		writeAll(b, p)
		return b.Flush()
	}
	for i, r := range p.focus {
		if i > 0 {
			fmt.Fprintln(b)
		}
		_ = line(b, "%s: %s", p.short(r.Path), strings.TrimSpace(r.ImageName()+" "+r.Version()))
		section(b, p, "uses", r.Path, p.uses, func(e workspace.Edge) (string, string) { return e.From, e.To })
		section(b, p, "used by", r.Path, p.usedBy, func(e workspace.Edge) (string, string) { return e.To, e.From })
	}
	if n := len(p.usedBy.Nodes) - len(p.focus); n > 0 {
		fmt.Fprintf(b, "\na change rebuilds %d more\n", n)
	}
	return b.Flush()
}

func section(b *bufio.Writer, p picture, title, id string, g workspace.Graph, ends func(workspace.Edge) (near, far string)) {
	if g.Nodes == nil {
		return
	}
	t := &tree{w: b, p: p, next: map[string][]workspace.Edge{}, shown: map[string]bool{id: true}}
	t.end = func(e workspace.Edge) string { _, far := ends(e); return far }
	for _, e := range g.Edges {
		near, _ := ends(e)
		t.next[near] = append(t.next[near], e)
	}
	for _, list := range t.next {
		sort.SliceStable(list, func(i, j int) bool { return t.end(list[i]) < t.end(list[j]) })
	}
	if len(t.next[id]) == 0 {
		fmt.Fprintf(b, "  %s: nothing\n", title)
		return
	}
	fmt.Fprintf(b, "  %s:\n", title)
	t.print(id, 2)
}

func writeAll(b *bufio.Writer, p picture) {
	next := map[string][]string{}
	for _, e := range p.uses.Edges {
		list := next[e.From]
		if len(list) == 0 || list[len(list)-1] != e.To {
			next[e.From] = append(list, e.To)
		}
	}
	for _, n := range p.uses.Nodes {
		if len(next[n.ID]) > 0 {
			_ = line(b, "%s: %s", n.ID, strings.Join(next[n.ID], ", "))
		}
	}
	fmt.Fprintf(b, "\n%d images, %d dependencies\n", len(p.uses.Nodes), len(p.uses.Edges))
}

func (p picture) all() workspace.Graph { return p.uses.Merge(p.usedBy) }

func (p picture) inFocus(id string) bool {
	for _, r := range p.focus {
		if r.Path == id {
			return true
		}
	}
	return false
}

var dotShapes = map[string]string{"image": "box", "package": "ellipse", "chart": "folder", "external": "plaintext"}

func writeGraphDot(w io.Writer, p picture) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "digraph dhi {\n  rankdir=LR;\n")
	g := p.all()
	for _, n := range g.Nodes {
		style := ""
		if p.inFocus(n.ID) {
			style = ", style=bold"
		}
		fmt.Fprintf(b, "  %s [label=%s, shape=%s%s];\n", strconv.Quote(p.short(n.ID)), strconv.Quote(p.label(n)), dotShapes[n.Kind], style)
	}
	for _, e := range g.Edges {
		fmt.Fprintf(b, "  %s -> %s [label=%s];\n", strconv.Quote(p.short(e.From)), strconv.Quote(p.short(e.To)), strconv.Quote(e.How))
	}
	fmt.Fprint(b, "}\n")
	return b.Flush()
}

// label is what a node is called in a drawing.
func (p picture) label(n workspace.Node) string {
	if n.Record == nil {
		return n.Name
	}
	return n.Name + "\n" + p.short(n.ID)
}

func writeGraphMermaid(w io.Writer, p picture) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "flowchart LR")
	g := p.all()
	ids := map[string]string{}
	clean := strings.NewReplacer(`"`, "'", "\n", "<br>", "<", "&lt;", ">", "&gt;")
	for i, n := range g.Nodes {
		ids[n.ID] = "n" + strconv.Itoa(i)
		_ = line(b, "  %s[\"%s\"]", ids[n.ID], clean.Replace(p.label(n)))
	}
	for _, e := range g.Edges {
		fmt.Fprintf(b, "  %s -->|%s| %s\n", ids[e.From], clean.Replace(e.How), ids[e.To])
	}
	for _, r := range p.focus {
		fmt.Fprintf(b, "  style %s stroke-width:3px\n", ids[r.Path])
	}
	return b.Flush()
}

type jsonGraph struct {
	Version int        `json:"version"`
	Focus   []string   `json:"focus"`
	Nodes   []jsonNode `json:"nodes"`
	Edges   []jsonEdge `json:"edges"`
	// Rebuilds are the definitions that are built of those in focus.
	Rebuilds []string `json:"rebuilds"`
}

type jsonNode struct {
	ID      string   `json:"id"`
	Kind    string   `json:"kind"`
	Image   string   `json:"image,omitempty"`
	Version string   `json:"version,omitempty"`
	Variant string   `json:"variant,omitempty"`
	Tags    []string `json:"tags,omitempty"`
}

type jsonEdge struct {
	From   string `json:"from"`
	To     string `json:"to"`
	How    string `json:"how"`
	Detail string `json:"detail,omitempty"`
}

func writeGraphJSON(w io.Writer, p picture) error {
	out := jsonGraph{Version: 1, Focus: []string{}, Nodes: []jsonNode{}, Edges: []jsonEdge{}, Rebuilds: []string{}}
	g := p.all()
	for _, n := range g.Nodes {
		j := jsonNode{ID: n.ID, Kind: n.Kind}
		if r := n.Record; r != nil {
			j.Image, j.Version, j.Variant = r.Image.Value, r.Version(), r.Variant.Value
			for _, t := range r.Tags {
				j.Tags = append(j.Tags, t.Value)
			}
		}
		out.Nodes = append(out.Nodes, j)
	}
	for _, e := range g.Edges {
		out.Edges = append(out.Edges, jsonEdge(e))
	}
	for _, r := range p.focus {
		out.Focus = append(out.Focus, r.Path)
	}
	for _, n := range p.usedBy.Nodes {
		if !p.inFocus(n.ID) {
			out.Rebuilds = append(out.Rebuilds, n.ID)
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}
