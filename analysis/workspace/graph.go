package workspace

import (
	"cmp"
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// Node is something that others are built of.
type Node struct {
	// ID is the path of the definition, or the reference of an image that no
	// definition of the workspace makes.
	ID string
	// Kind is image, package, chart or external.
	Kind string
	// Name is the name of the image with the version, for people.
	Name string
	// Record is nil for external images.
	Record *facts.Record
}

// Edge says that From is built of To.
type Edge struct {
	From, To string
	// How is artifact, builder image, image of a step, image of the chart or
	// package; Detail the tag or the package with its version.
	How, Detail string
}

// Graph is a part of what is built of what.
type Graph struct {
	Nodes []Node
	Edges []Edge
}

// Direction says which way a graph is followed.
type Direction uint8

const (
	// Uses: what the definitions are built of.
	Uses Direction = iota
	// UsedBy: what is built of them, and so is built anew when they change.
	UsedBy
)

// Graph follows the definitions in one direction; depth bounds the steps, 0
// is no bound.
func (v View) Graph(from []*facts.Record, way Direction, depth int) Graph {
	g := &grapher{view: v, nodes: map[string]Node{}, edges: map[Edge]bool{}}
	level := from
	for _, r := range from {
		g.node(r)
	}
	for step := 0; len(level) > 0 && (depth <= 0 || step < depth); step++ {
		var next []*facts.Record
		for _, r := range level {
			next = append(next, g.step(r, way)...)
		}
		level = next
	}
	return g.graph()
}

type grapher struct {
	view  View
	nodes map[string]Node
	edges map[Edge]bool
}

// node notes a definition and reports whether it is new.
func (g *grapher) node(r *facts.Record) bool {
	if _, known := g.nodes[r.Path]; known {
		return false
	}
	name := r.ImageName()
	if v := r.Version(); v != "" {
		name += " " + v
	}
	if r.Variant.Value == "dev" {
		name += " dev"
	}
	g.nodes[r.Path] = Node{r.Path, r.Kind.String(), name, r}
	return true
}

// step follows one definition and returns those that are new.
func (g *grapher) step(r *facts.Record, way Direction) []*facts.Record {
	var out []*facts.Record
	link := func(from, to *facts.Record, how, detail string) {
		if from == to {
			return
		}
		g.edges[Edge{from.Path, to.Path, how, detail}] = true
		for _, end := range []*facts.Record{from, to} {
			if g.node(end) {
				out = append(out, end)
			}
		}
	}
	if way == UsedBy {
		for _, u := range g.view.UsersOf(r.ImageName(), r.Tags) {
			if u.How != facts.Variable.String() {
				link(u.In, r, u.How, u.Detail)
			}
		}
		for i := range r.Products {
			for _, u := range g.view.UsersOfPackage(r.Products[i].Name, r.Dist) {
				link(u.In, r, u.How, joinVersion(r.Products[i].Name, u.Detail))
			}
		}
		return out
	}
	for i := range r.References {
		ref := &r.References[i]
		if ref.Kind == facts.Variable {
			continue
		}
		targets, exact := g.view.Resolve(ref)
		if !exact {
			g.external(r, ref)
			continue
		}
		link(r, targets[0].In, ref.Kind.String(), ref.Tag)
	}
	for i := range r.Packages {
		p := &r.Packages[i]
		if p.Exclude {
			continue
		}
		for _, t := range g.view.Built(p.Name, r.Dist) {
			link(r, t.In, "package", joinVersion(p.Name, p.Version))
		}
	}
	return out
}

func joinVersion(name, version string) string {
	if version == "" {
		return name
	}
	return name + "=" + version
}

// external notes an image that no definition makes.
func (g *grapher) external(r *facts.Record, ref *facts.Reference) {
	id := ref.Image
	if ref.DHI {
		id = "dhi.io/" + id
	}
	if ref.Tag != "" {
		id += ":" + ref.Tag
	}
	g.nodes[id] = Node{ID: id, Kind: "external", Name: id}
	g.edges[Edge{r.Path, id, ref.Kind.String(), ref.Tag}] = true
}

func (g *grapher) graph() Graph {
	var out Graph
	for _, n := range g.nodes {
		out.Nodes = append(out.Nodes, n)
	}
	for e := range g.edges {
		out.Edges = append(out.Edges, e)
	}
	slices.SortFunc(out.Nodes, func(a, b Node) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.How, b.How), cmp.Compare(a.Detail, b.Detail))
	})
	return out
}

// Merge joins two graphs.
func (g Graph) Merge(other Graph) Graph {
	m := &grapher{nodes: map[string]Node{}, edges: map[Edge]bool{}}
	for _, part := range []Graph{g, other} {
		for _, n := range part.Nodes {
			m.nodes[n.ID] = n
		}
		for _, e := range part.Edges {
			m.edges[e] = true
		}
	}
	return m.graph()
}

// ByImage is the graph with one node for all definitions of an image.
func (g Graph) ByImage() Graph {
	m := &grapher{nodes: map[string]Node{}, edges: map[Edge]bool{}}
	id := map[string]string{}
	for _, n := range g.Nodes {
		key := n.ID
		if n.Record != nil {
			key = n.Record.ImageName()
		}
		id[n.ID] = key
		m.nodes[key] = Node{ID: key, Kind: n.Kind, Name: key}
	}
	for _, e := range g.Edges {
		if from, to := id[e.From], id[e.To]; from != to {
			m.edges[Edge{From: from, To: to, How: e.How}] = true
		}
	}
	return m.graph()
}
