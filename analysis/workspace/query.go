package workspace

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// Target is a place that something leads to.
type Target struct {
	In *facts.Record
	// Range is the place in the file.
	Range text.Range
}

// Resolve leads from a reference to the definition that makes its image: the
// tag where one claims it, else, exact being false, all definitions of the
// image.
func (v View) Resolve(r *facts.Reference) (targets []Target, exact bool) {
	if !r.DHI {
		return nil, false
	}
	makers := v.Image(r.Image)
	for _, d := range makers {
		for _, t := range d.Tags {
			if t.Value == r.Tag && r.Tag != "" {
				return []Target{{d, t.Range}}, true
			}
		}
	}
	for _, d := range makers {
		targets = append(targets, Target{d, d.Image.Range})
	}
	return targets, false
}

// Built leads from a package to the definitions that build it; dist, if it is
// known, is the distribution it is installed in.
func (v View) Built(pkg string, dist definition.Dist) []Target {
	var out []Target
	for _, d := range v.Producers(pkg) {
		if dist.Known() && d.Dist != dist {
			continue
		}
		for i := range d.Products {
			if d.Products[i].Name == pkg {
				out = append(out, Target{d, d.Products[i].Range})
				break
			}
		}
	}
	return out
}

// Use is one place that names an image or a package.
type Use struct {
	Target
	// How says what the place is: an artifact, a builder image, a package.
	How string
	// Detail is the tag or the version there.
	Detail string
}

// UsersOf are the references to an image. With tags, only those to one of
// them.
func (v View) UsersOf(image string, tags []facts.Text) []Use {
	var out []Use
	for _, d := range v.Referring(image) {
		for i := range d.References {
			r := &d.References[i]
			if r.DHI && r.Image == image && (tags == nil || slices.ContainsFunc(tags, func(t facts.Text) bool { return t.Value == r.Tag })) {
				out = append(out, Use{Target{d, r.Range}, r.Kind.String(), r.Tag})
			}
		}
	}
	return out
}

// UsersOfPackage are the entries that install a package, in the distribution
// if it is known.
func (v View) UsersOfPackage(pkg string, dist definition.Dist) []Use {
	var out []Use
	for _, d := range v.find(byPackage, pkg) {
		if dist.Known() && d.Dist.Known() && d.Dist != dist {
			continue
		}
		for i := range d.Packages {
			if p := &d.Packages[i]; p.Name == pkg && !p.Exclude {
				out = append(out, Use{Target{d, p.Range}, "package", p.Version})
			}
		}
	}
	return out
}

// UsersOfFile are the paths that take a file of the repository, or one below
// it, as their source. The file is relative to the root.
func (v View) UsersOfFile(file string) []Use {
	var out []Use
	for d := range v.Records() {
		for i := range d.Paths {
			s := d.Paths[i].Source
			if s.Value == file || strings.HasPrefix(file, s.Value+"/") && s.Value != "" {
				out = append(out, Use{Target{d, s.Range}, "path", d.Paths[i].Path.Value})
			}
		}
	}
	return out
}

// SymbolKind is what a symbol names.
type SymbolKind uint8

// The kinds of symbols.
const (
	ImageSymbol SymbolKind = iota + 1
	ChartSymbol
	PackageSymbol
	ProductSymbol
	StageSymbol
)

// Symbol is something of the workspace that has a name.
type Symbol struct {
	Target
	Kind SymbolKind
	Name string
	// Container is the file or definition around it.
	Container string
}

var symbolKinds = map[definition.Kind]SymbolKind{definition.Image: ImageSymbol, definition.Chart: ChartSymbol, definition.Package: PackageSymbol}

// Symbols finds the names of which all words of the query are in the name or
// in what it belongs to, at most limit of them: those that are or begin with
// the query first, then those that hold it, then those that hold its letters
// in this order, the shortest first.
func (m *Model) Symbols(query string, limit int) []Symbol {
	q := NewQuery(query)
	var out []Symbol
	var ranks []int
	add := func(s Symbol) {
		if rank, ok := q.Rank(s.Name, s.Container); ok && s.Name != "" {
			out, ranks = append(out, s), append(ranks, rank)
		}
	}
	for r := range m.All() {
		if !r.Kind.IsDefinition() {
			continue
		}
		title := r.Name
		if title.Value == "" {
			title = facts.Text{Value: r.ImageName(), Range: r.Image.Range}
		}
		add(Symbol{Target{r, title.Range}, symbolKinds[r.Kind], title.Value, r.ImageName() + " " + r.Dist.String()})
		for i := range r.Products {
			if p := &r.Products[i]; p.Named {
				add(Symbol{Target{r, p.Range}, ProductSymbol, p.Name, strings.TrimSpace(r.ImageName() + " " + r.Dist.String())})
			}
		}
		for _, s := range r.Stages {
			add(Symbol{Target{r, s.Range}, StageSymbol, s.Value, title.Value})
		}
	}
	order := make([]int, len(out))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &out[i], &out[j]
		return cmp.Or(ranks[i]-ranks[j], cmp.Compare(a.Kind, b.Kind), len(a.Name)-len(b.Name), cmp.Compare(a.Name, b.Name), cmp.Compare(a.In.Path, b.In.Path))
	})
	best := make([]Symbol, 0, min(limit, len(out)))
	for _, i := range order[:min(limit, len(out))] {
		best = append(best, out[i])
	}
	return best
}

// Query is what somebody looks for, in words.
type Query struct{ words []string }

// NewQuery reads a query; capitals make no difference.
func NewQuery(s string) Query { return Query{strings.Fields(strings.ToLower(s))} }

// Rank says how well a name fits, the lower the better; false where it does
// not. Words may be in the name or in its container, but one at least is in
// the name.
func (q Query) Rank(name, container string) (rank int, ok bool) {
	name, container = strings.ToLower(name), strings.ToLower(container)
	if len(q.words) == 0 {
		return 0, true
	}
	found := false
	for i, w := range q.words {
		switch {
		case i == 0 && name == w:
			found = true
		case i == 0 && strings.HasPrefix(name, w):
			rank, found = max(rank, 1), true
		case strings.Contains(name, w):
			rank, found = max(rank, 2), true
		case strings.Contains(container, w):
			if i == 0 {
				rank = max(rank, 3)
			}
		case subsequence(name, w):
			rank, found = max(rank, 4), true
		default:
			return 0, false
		}
	}
	return rank, found || strings.Contains(container, q.words[0])
}

// subsequence reports whether the letters of query stand in s in this order.
func subsequence(s, query string) bool {
	for _, want := range query {
		i := strings.IndexRune(s, want)
		if i < 0 {
			return false
		}
		s = s[i+utf8.RuneLen(want):]
	}
	return true
}
