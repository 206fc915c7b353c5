package rules

import (
	"path"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// includeRules follow `includes`. The published catalog has none left, so that
// how they are resolved is known from the schema alone: hence no errors.
func includeRules() []*Rule {
	return []*Rule{
		{ID: "include-missing", Summary: "An included file is not there", Level: always(diagnostic.Warning), Kinds: Definitions, Need: NeedsDisk, Check: checkIncludes},
		{ID: "include-duplicate", Summary: "A file is included twice", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: SafeFix, Check: checkIncludeTwins},
	}
}

// includes are the entries of the list with their cleaned paths, those that
// are known.
func (p *Pass) includes(f func(field definition.Field, file string)) {
	for _, item := range p.Def.Root.Get("includes").Deref().Items() {
		if item.Kind != syntax.Scalar || item.Value == "" {
			continue
		}
		field := definition.Field{Node: item}
		if v, ok := p.known(field); ok {
			f(field, path.Clean(v))
		}
	}
}

func checkIncludes(p *Pass) {
	p.includes(func(field definition.Field, file string) {
		if path.IsAbs(file) || file == ".." || len(file) > 2 && file[:3] == "../" {
			return
		}
		switch s := p.findSource(file); s.found {
		case NotThere:
			p.Report(field.Range(), "the included file `%s` is not there", s.at).
				Help("includes are relative to the root of the repository")
		case Dir:
			p.Report(field.Range(), "`%s` is a directory: a file can be included", field.Value())
		}
	})
}

func checkIncludeTwins(p *Pass) {
	seen := map[string]definition.Field{}
	p.includes(func(field definition.Field, file string) {
		if first, ok := seen[file]; ok {
			p.reportRepeated(first, field, "file")
			return
		}
		seen[file] = field
	})
}

// workspaceIncludeRules follow includes from file to file.
func workspaceIncludeRules() []*Rule {
	return []*Rule{
		{ID: "include-cycle", Summary: "Definitions include each other", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkIncludeCycle},
	}
}

// checkIncludeCycle follows the files of the same image, chart or package.
func checkIncludeCycle(p *Pass) {
	if len(p.Self.Includes) == 0 {
		return
	}
	beside := p.Workspace.Folder(p.Self)
	for _, include := range p.Self.Includes {
		chain := p.cycle(beside, p.Self, include, nil)
		switch {
		case chain == nil:
		case len(chain) == 1:
			p.Report(include.Range, "the definition includes itself")
		default:
			f := p.Report(include.Range, "`%s` includes this definition again", p.short(chain[0]))
			for _, o := range chain[:len(chain)-1] {
				f.RelatedIn(o.Path, o.Includes[0].Range, "included here")
			}
		}
	}
}

// cycle is the way from an include back to the file, the file itself last; nil
// where none leads there.
func (p *Pass) cycle(beside []*facts.Record, from *facts.Record, include facts.Text, seen []*facts.Record) []*facts.Record {
	for _, o := range beside {
		if !includedAs(from, o, include.Value) {
			continue
		}
		if o.Path == p.Self.Path {
			return []*facts.Record{p.Self}
		}
		for _, s := range seen {
			if s == o {
				return nil // another cycle, which its own files tell
			}
		}
		for _, next := range o.Includes {
			if rest := p.cycle(beside, o, next, append(seen, o)); rest != nil {
				return append([]*facts.Record{o}, rest...)
			}
		}
	}
	return nil
}

// includedAs reports whether a path in the includes of a file leads to the
// other one: from the root of the catalog, elsewhere from their folder.
func includedAs(from, to *facts.Record, include string) bool {
	include = path.Clean(include)
	if from.InCatalog() {
		return join(from.Place.Root, include) == to.Path
	}
	return join(path.Dir(from.Path), include) == path.Clean(to.Path)
}
