package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
)

// checkMisspeltPaths finds paths that the image uses and that are one letter
// away from one that the definition makes, where it does not make them
// themselves.
func checkMisspeltPaths(p *Pass) {
	made := p.madePaths()
	if len(made) == 0 {
		return
	}
	check := func(f definition.Field, what string) {
		value, ok := p.known(f)
		if !ok || !f.Set() || len(value) < 6 || value[0] != '/' || strings.ContainsAny(value, " :$") {
			return
		}
		for _, m := range made {
			if m == "" || within(value, m) || within(m, value) {
				return
			}
		}
		meant, ok := nearly(value, made)
		if !ok || otherNumber(value, meant) || slices.Contains(standardDirs, path.Dir(value)) && path.Dir(value) != path.Dir(meant) {
			return
		}
		found := p.Report(f.Range(), "%s `%s` is made by nothing of the definition, but `%s` is", what, value, meant)
		if f.Value() == value {
			found.Fix("Change to `"+meant+"`", false, Replace(f.Range(), meant))
		}
	}
	for _, list := range [][]definition.Field{p.Def.Entrypoint, p.Def.Cmd} {
		for i, f := range list {
			what := "the argument"
			if i == 0 {
				what = "the program"
			}
			check(f, what)
		}
	}
	for _, d := range p.Def.Paths {
		if d.Type.Value() == "symlink" {
			check(d.Source, "the target of the link,")
		}
	}
	for _, e := range p.Def.Environment {
		check(e, "the directory or file")
	}
	check(p.Def.WorkDir, "the directory")
}

// madePaths are the paths that the definition puts into the image; "" is the
// root, and one with ${} is not known.
func (p *Pass) madePaths() []string {
	var made []string
	add := func(f definition.Field) {
		switch v, ok := p.known(f); {
		case !f.Set():
		case !ok:
			made = append(made, f.Value())
		case strings.HasPrefix(v, "/"):
			made = append(made, strings.TrimSuffix(v, "/"))
		}
	}
	for _, d := range p.Def.Paths {
		add(d.Path)
	}
	for i := range p.Def.Contents.Files {
		add(p.Def.Contents.Files[i].Path)
	}
	p.eachOutput(func(_ *definition.Build, o *definition.Output) { add(o.Target) })
	return made
}

// otherNumber reports whether two words differ in a digit: python3.12 is
// meant, though python3.13 is there.
func otherNumber(a, b string) bool {
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s)
	}
	return digits(a) != digits(b)
}
