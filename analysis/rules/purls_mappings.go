package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// mappings calls f for every mapping whose package URL is known and well
// formed.
func (p *Pass) mappings(f func(*definition.Contents, *purl)) {
	for _, c := range p.Def.Scopes() {
		for _, m := range c.Mappings {
			s, ok := p.known(m)
			if !ok || s == "" {
				continue
			}
			if u := parsePurl(m, s); u.Problem == "" {
				f(c, &u)
			}
		}
	}
}

// checkMappingKey compares the keys with the packages of the scope. What an
// installed package depends on is not known here, hence no error.
func checkMappingKey(p *Pass) {
	for _, c := range p.Def.Scopes() {
		if len(c.Mappings) == 0 {
			continue
		}
		names, known := p.scopePackages(c)
		if !known {
			continue
		}
		for _, m := range c.Mappings {
			key := m.Name()
			if _, ok := names[key]; ok || key == "" || strings.Contains(key, "${") {
				continue
			}
			f := p.Report(m.KeyRange(), "`%s` is not among the packages of %s", key, c.ScopeName())
			list := make([]string, 0, len(c.Packages))
			for i := range c.Packages {
				list = append(list, c.Packages[i].FullName())
			}
			if meant, ok := schema.Suggest(key, list); ok {
				f.Help("did you mean `%s`?", meant)
				f.Fix("Change to `"+meant+"`", false, Replace(p.In(m.Key, text.Range{Start: 0, End: len(key)}), meant))
			}
		}
	}
}

// scopePackages are the packages that a scope installs by name; false where a
// name is not known.
func (p *Pass) scopePackages(c *definition.Contents) (map[string]*definition.PackageEntry, bool) {
	names := make(map[string]*definition.PackageEntry, len(c.Packages))
	for i := range c.Packages {
		e := &c.Packages[i]
		if strings.Contains(e.Entry.Name, "${") || len(e.Problems) > 0 {
			return nil, false
		}
		if !e.Exclude {
			names[e.FullName()] = e
		}
	}
	return names, true
}

func checkMappingVersion(p *Pass) {
	p.mappings(func(c *definition.Contents, u *purl) {
		for i := range c.Packages {
			e := &c.Packages[i]
			if e.Exclude || !e.Pinned() || e.FullName() != u.Field.Name() || u.Version == "" {
				continue
			}
			pin, ok := p.Resolve(e.Version)
			if !ok || pin == unescape(u.Version) {
				continue
			}
			f := p.Report(u.at(p, u.VersAt), "the mapping says version `%s`, but `%s` is pinned to `%s`", u.Version, e.FullName(), pin)
			f.Related(e.Range(), "the pinned package")
			if u.Text == u.Field.Value() && pin == e.Version {
				f.Fix("Change to `"+pin+"`", false, Replace(u.at(p, u.VersAt), purlEscape(pin)))
			}
		}
	})
}

// purlEscape writes a version as package URLs do.
func purlEscape(version string) string {
	return strings.NewReplacer("%", "%25", "+", "%2B", " ", "%20", "?", "%3F", "#", "%23").Replace(version)
}

func checkMappingDist(p *Pass) {
	own := p.Doc.Dist()
	if d, ok := p.outvoted(); ok {
		own = d
	}
	if !own.Known() {
		return
	}
	p.mappings(func(_ *definition.Contents, u *purl) {
		if u.Type != "deb" && u.Type != "apk" {
			return
		}
		name, nameAt, hasName := u.Qualifier("os_name")
		version, versionAt, hasVersion := u.Qualifier("os_version")
		at, got, want := versionAt, version, own.Release
		switch {
		case hasName && name != own.Family:
			at, got, want = nameAt, name, own.Family
		case !hasVersion || version == own.Release || strings.HasPrefix(version, own.Release+"."):
			return
		}
		f := p.Report(u.at(p, at), "the mapping is for `%s`, but this definition is for %s %s", got, own.Family, own.Release)
		if u.Text == u.Field.Value() {
			f.Fix("Change to `"+want+"`", false, Replace(u.at(p, at), want))
		}
	})
}

func checkMappingName(p *Pass) {
	p.mappings(func(c *definition.Contents, u *purl) {
		if u.Type != "deb" && u.Type != "apk" || u.Name() == u.Field.Name() {
			return
		}
		if names, known := p.scopePackages(c); known && names[u.Field.Name()] == nil && names[u.Name()] != nil {
			return // mapping-key-not-installed says it
		}
		p.Report(u.at(p, u.PathAt), "the package URL is for `%s`, but the key of the mapping is `%s`", u.Name(), u.Field.Name())
	})
}
