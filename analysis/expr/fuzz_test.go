package expr

import (
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"${A}", "${A:^(.*)$}", "${A)", "${{ A }}", "#{ target.arch == \"amd64\" ? \"a\" : \"b\" + definition.vars.X }",
		"#{ \"a", "@{A}", "$A ${", "${A:-${B}}", "${source.dir}", " #{(!true)}x", "#{a.}", "#{\"\\\"}", "${:}", "${\xff}", "#{'é'}",
	} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, offset int) {
		for _, tpl := range []Template{Parse(s), ParseScript(s)} {
			checkCover(t, tpl)
			place := tpl.At(offset)
			if place.Replace.Start < 0 || place.Replace.End > len(s) || place.Replace.Len() < 0 {
				t.Fatalf("At(%d): %+v", offset, place)
			}
		}
		Resolve(s, Env{Platform: "linux/amd64", Vars: func(n string) (string, bool) { return s, n == "A" }})
		ParseExpr(s)
	})
}
