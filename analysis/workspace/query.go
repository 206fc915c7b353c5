package workspace

import (
	"cmp"
	"slices"
	"strings"

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

// Symbols finds the names that hold the letters of the query in this order,
// at most limit: those that begin with the query first, then the shortest.
func (m *Model) Symbols(query string, limit int) []Symbol {
	query = strings.ToLower(query)
	var out []Symbol
	add := func(s Symbol) {
		if s.Name != "" && subsequence(strings.ToLower(s.Name), query) {
			out = append(out, s)
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
				add(Symbol{Target{r, p.Range}, ProductSymbol, p.Name, r.ImageName()})
			}
		}
		for _, s := range r.Stages {
			add(Symbol{Target{r, s.Range}, StageSymbol, s.Value, title.Value})
		}
	}
	slices.SortStableFunc(out, func(a, b Symbol) int {
		return cmp.Or(prefixed(a.Name, query)-prefixed(b.Name, query), len(a.Name)-len(b.Name), cmp.Compare(a.Name, b.Name), cmp.Compare(a.In.Path, b.In.Path))
	})
	return out[:min(len(out), limit)]
}

func prefixed(name, query string) int {
	if strings.HasPrefix(strings.ToLower(name), query) {
		return 0
	}
	return 1
}

// subsequence reports whether the bytes of query stand in s in this order.
func subsequence(s, query string) bool {
	for i := range len(query) {
		at := strings.IndexByte(s, query[i])
		if at < 0 {
			return false
		}
		s = s[at+1:]
	}
	return true
}
