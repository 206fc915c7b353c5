package scaffold_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/scaffold"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// TestOneWishOneResult: a definition made from answers, and the same made of
// another that differs in one answer, are the same text.
func TestOneWishOneResult(t *testing.T) {
	for _, dist := range scaffold.Distributions() {
		spec := scaffold.Spec{Name: "Harbor Light", Dist: dist, Version: "2.3.4", Packages: []string{"curl"}, Ports: []string{"8080"}}
		for what, c := range map[string]struct {
			change func(*scaffold.Spec)
			v      scaffold.Variation
		}{
			"dev":    {func(s *scaffold.Spec) { s.Variant = "dev" }, scaffold.Variation{Variant: "dev"}},
			"compat": {func(s *scaffold.Spec) { s.Flavor = "compat" }, scaffold.Variation{Flavor: "compat"}},
			"both":   {func(s *scaffold.Spec) { s.Flavor, s.Variant = "compat", "dev" }, scaffold.Variation{Flavor: "compat", Variant: "dev"}},
		} {
			t.Run(dist+" "+what, func(t *testing.T) {
				origin, err := scaffold.Image(spec)
				if err != nil {
					t.Fatal(err)
				}
				made, err := scaffold.Derive(definition.New("image/harbor-light/"+dist+"/2.yaml", text.New(origin), definition.Options{}), c.v)
				if err != nil {
					t.Fatal(err)
				}
				wanted := spec
				c.change(&wanted)
				want, err := scaffold.Image(wanted)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, made.Text); diff != "" {
					t.Errorf("-answers +derived:\n%s", diff)
				}
			})
		}
	}
}
