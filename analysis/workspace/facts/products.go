package facts

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// products collects the packages that a package definition builds, as far as
// it names them: those of an APKBUILD or a Debian control file that the
// definition does not show are not known.
func (b *builder) products() {
	if b.Kind != definition.Package {
		return
	}
	before := len(b.Products)
	for i := range b.doc.Def.Contents.Builds {
		stage := &b.doc.Def.Contents.Builds[i]
		for j := range stage.Pipeline {
			b.stepProducts(&stage.Pipeline[j])
		}
	}
	if len(b.Products) > before || !b.Image.Present() {
		return
	}
	// A definition that only runs abuild or dpkg builds the package it is
	// called after.
	name := strings.TrimPrefix(b.ImageName(), "pkg-")
	if v, ok := b.variable("PACKAGE_NAME"); ok {
		name = v[strings.LastIndexByte(v, '/')+1:]
	}
	if name != "" && !strings.Contains(name, "${") {
		b.Products = append(b.Products, Product{Name: name, Version: b.release(), Range: b.Image.Range})
	}
}

// release is the version of the definition's packages: VERSION and REL, or
// the version that Debian's packages are raised to.
func (b *builder) release() string {
	if v, ok := b.variable("DHI_VERSION"); ok {
		return known(b.resolve(v))
	}
	version, ok := b.variable("VERSION")
	rel, hasRel := b.variable("REL")
	if !ok || !hasRel {
		return ""
	}
	return b.join(version, rel)
}

func known(s string, ok bool) string {
	if !ok {
		return ""
	}
	return s
}

// join is a version with its release as the distribution writes them.
func (b *builder) join(version, rel string) string {
	version, okVersion := b.resolve(version)
	rel, okRel := b.resolve(rel)
	if !okVersion || !okRel || version == "" || rel == "" {
		return ""
	}
	if b.Dist.Family == "debian" {
		return version + "-" + rel
	}
	return version + "-r" + rel
}

func (b *builder) stepProducts(s *definition.Step) {
	action := s.Uses.Value()
	build := strings.HasPrefix(action, "dhi/build-pkg:") || strings.HasPrefix(action, "abuild/apk@")
	bump := strings.HasPrefix(action, "abuild/bump@")
	if !build && !bump || s.With == nil {
		return
	}
	name, version := s.With.Get("name").Deref(), ""
	switch {
	case build:
		version = b.join(value(s.With, "version"), value(s.With, "rel"))
	default:
		version = b.release()
	}
	base := ""
	if name != nil && name.Kind == syntax.Scalar {
		base = known(b.resolve(name.Value))
		b.product(base, version, name.Range)
	} else if bump {
		base = strings.TrimPrefix(b.ImageName(), "pkg-")
	}
	b.subpackages(s.With.Get("subpackages").Deref(), base, version)
}

func value(n *syntax.Node, key string) string {
	if v := n.Get(key).Deref(); v != nil && v.Kind == syntax.Scalar {
		return v.Value
	}
	return ""
}

// subpackages are names in a string, the keys of a mapping, or a list of names
// or mappings with a name.
func (b *builder) subpackages(n *syntax.Node, base, version string) {
	if n == nil {
		return
	}
	switch n.Kind {
	case syntax.Scalar:
		for _, word := range strings.Fields(n.Value) {
			word, _, _ = strings.Cut(word, ":")
			b.product(strings.ReplaceAll(word, "$pkgname", base), version, n.Range)
		}
	case syntax.Mapping:
		for i := range n.Entries {
			if k := n.Entries[i].Key; k != nil {
				b.product(strings.ReplaceAll(k.Value, "$pkgname", base), version, k.Range)
			}
		}
	case syntax.Sequence:
		for _, item := range n.Items() {
			item = item.Deref()
			if name := item.Get("name").Deref(); name != nil {
				item = name
			}
			if item.Kind == syntax.Scalar {
				b.product(known(b.resolve(item.Value)), version, item.Range)
			}
		}
	}
}

func (b *builder) product(name, version string, at text.Range) {
	if name == "" || strings.ContainsAny(name, "${} \t") {
		return
	}
	b.Products = append(b.Products, Product{Name: name, Version: version, Range: at, Named: true})
}
