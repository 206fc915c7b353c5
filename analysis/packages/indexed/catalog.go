package indexed

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/walk"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// Catalog answers for the repositories of hardened packages from the
// definitions below package/ of a workspace. It proves that a package is
// there, never that another is not.
type Catalog struct {
	roots []string
	read  func() map[definition.Dist]map[string][]built
}

// built is a package that a definition builds.
type built struct{ version, file string }

// NewCatalog makes a catalog of workspace folders; they are read when the
// first question comes.
func NewCatalog(roots ...string) *Catalog {
	c := &Catalog{roots: roots}
	c.read = sync.OnceValue(c.scan)
	return c
}

// Read reads the folders now, so that the first question need not wait.
func (c *Catalog) Read() { c.read() }

// maxDefinition is the size in bytes of the largest definition that is read.
const maxDefinition = 1 << 20

func (c *Catalog) scan() map[definition.Dist]map[string][]built {
	var folders []string
	for _, root := range c.roots {
		folder := filepath.Join(root, "package")
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			folders = append(folders, folder)
		}
	}
	out := map[definition.Dist]map[string][]built{}
	if len(folders) == 0 {
		return out
	}
	files, _ := walk.Files(context.Background(), folders, walk.Options{})
	found := make([][]product, len(files))
	walk.Each(context.Background(), 0, len(files), func(i int) { found[i] = products(files[i].Path) })
	for _, list := range found {
		for _, p := range list {
			if out[p.dist] == nil {
				out[p.dist] = map[string][]built{}
			}
			out[p.dist][p.name] = append(out[p.dist][p.name], p.built)
		}
	}
	return out
}

// product is a package of a distribution.
type product struct {
	dist definition.Dist
	name string
	built
}

// products are the packages that a definition builds, as far as its steps say
// so: names of subpackages that only the build knows are left out.
func products(file string) []product {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxDefinition {
		return nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	doc := definition.New(filepath.ToSlash(file), text.New(string(content)), definition.Options{})
	if doc.Kind != definition.Package || doc.Def == nil || !doc.Dist().Known() {
		return nil
	}
	var list []product
	for i := range doc.Def.Contents.Builds {
		b := &doc.Def.Contents.Builds[i]
		for _, s := range b.Pipeline {
			for _, name := range stepProducts(doc.Def, b, s) {
				list = append(list, product{doc.Dist(), name, built{stepVersion(doc, s), file}})
			}
		}
	}
	return list
}

// stepProducts are the names that a step makes packages of.
func stepProducts(def *definition.Definition, b *definition.Build, s definition.Step) []string {
	action, _, _ := strings.Cut(s.Uses.Value(), "@")
	action, _, _ = strings.Cut(action, ":")
	name := ""
	switch action {
	case "abuild/apk", "abuild/bump", "dhi/build-pkg", "dhi.io/build-pkg":
		name = meant(def, scalarOf(s.With, "name"))
	case "dpkg/bump":
		name = meant(def, b.Name.Value())
	}
	if name == "" || strings.Contains(name, "{") {
		return nil
	}
	return append([]string{name}, subpackages(def, s.With.Get("subpackages"), name)...)
}

// subpackages are a list of names, the keys of a mapping, or a string as an
// APKBUILD has it: "$pkgname-dev $pkgname-doc:split".
func subpackages(def *definition.Definition, n *syntax.Node, name string) []string {
	if n = n.Deref(); n == nil {
		return nil
	}
	var words []string
	switch n.Kind {
	case syntax.Sequence:
		for _, item := range n.Items() {
			if item.Kind == syntax.Mapping {
				words = append(words, scalarOf(item, "name"))
			} else {
				words = append(words, item.Value)
			}
		}
	case syntax.Mapping:
		for i := range n.Entries {
			if k := n.Entries[i].Key; k != nil {
				words = append(words, k.Value)
			}
		}
	case syntax.Scalar:
		words = strings.Fields(n.Value)
	}
	var list []string
	for _, w := range words {
		w, _, _ = strings.Cut(w, ":")
		w = strings.ReplaceAll(strings.ReplaceAll(w, "${pkgname}", name), "$pkgname", name)
		if w = meant(def, w); w != "" && !strings.ContainsAny(w, "${}") && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

func stepVersion(doc *definition.Document, s definition.Step) string {
	v, rel := meant(doc.Def, scalarOf(s.With, "version")), meant(doc.Def, scalarOf(s.With, "rel"))
	switch {
	case v == "" || strings.Contains(v+rel, "{"):
		return ""
	case rel == "":
		return v
	case doc.Dist().Family == "alpine":
		return v + "-r" + rel
	}
	return v + "-" + rel
}

func scalarOf(n *syntax.Node, key string) string {
	if v := n.Get(key); v != nil && v.Kind == syntax.Scalar && v.Type != syntax.Null {
		return v.Value
	}
	return ""
}

func meant(def *definition.Definition, s string) string {
	if !strings.Contains(s, "${") && !strings.Contains(s, "#{") {
		return s
	}
	v, _ := expr.Resolve(s, expr.Env{Vars: func(name string) (string, bool) {
		f, ok := def.Var(name)
		return f.Value(), ok && f.Set()
	}})
	return v
}

const catalogRepository = "this workspace's package definitions"

// withCatalog adds what the workspace builds, unless an index has said so.
func (s *Source) withCatalog(c *scoped, a packages.Answer, platform, name string) packages.Answer {
	catalog := s.catalog.Load()
	if !c.hardened || catalog == nil {
		return a
	}
	for _, b := range catalog.of(c)[name] {
		if !hasVersion(a.Candidates, b.version) {
			a.Candidates = append(a.Candidates, c.built(name, platform, b))
		}
	}
	sort.SliceStable(a.Candidates, func(i, j int) bool {
		return c.family.Versions().Compare(a.Candidates[i].Version, a.Candidates[j].Version) > 0
	})
	return a
}

func hasVersion(list []packages.Candidate, v string) bool {
	return slices.ContainsFunc(list, func(c packages.Candidate) bool { return c.Version == v && v != "" })
}

func (c *scoped) built(name, platform string, b built) packages.Candidate {
	return packages.Candidate{Name: name, Version: b.version, Repository: catalogRepository, Platform: platform, Catalog: true, File: b.file}
}

// of are the packages for the scope's distribution.
func (c *Catalog) of(s *scoped) map[string][]built {
	return c.read()[definition.Dist{Family: s.family.String(), Release: s.release}]
}

// searchCatalog adds the workspace's packages with the query as their prefix,
// then those like it.
func (s *Source) searchCatalog(c *scoped, list []packages.Candidate, seen map[string]bool, query string, limit int) []packages.Candidate {
	catalog := s.catalog.Load()
	if !c.hardened || catalog == nil {
		return list
	}
	var more []packages.Candidate
	for name, builds := range catalog.of(c) {
		score, like := 0, strings.HasPrefix(name, query)
		if !like {
			score, like = store.FuzzyScore(query, name)
		}
		if like && !seen[name] {
			found := c.built(name, "", newest(c, builds))
			found.Score = score
			more = append(more, found)
		}
	}
	sort.Slice(more, func(i, j int) bool {
		a, b := more[i], more[j]
		if (a.Score == 0) != (b.Score == 0) {
			return a.Score == 0
		}
		if a.Score != b.Score {
			return a.Score > b.Score
		}
		return a.Name < b.Name
	})
	for _, m := range more[:min(len(more), max(0, limit-len(list)))] {
		seen[m.Name] = true
		list = append(list, m)
	}
	return list
}

func newest(c *scoped, list []built) built {
	best := list[0]
	for _, b := range list[1:] {
		if c.family.Versions().Compare(b.version, best.version) > 0 {
			best = b
		}
	}
	return best
}
