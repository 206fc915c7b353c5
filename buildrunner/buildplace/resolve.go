package buildplace

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// resolver puts variables into values, once for each platform.
type resolver struct {
	vars      map[string]string
	platforms []string
}

func newResolver(root *syntax.Node) *resolver {
	r := &resolver{vars: map[string]string{}}
	if vars := root.Get("vars"); vars != nil {
		for _, e := range vars.Entries {
			if e.Key != nil && e.Value.Kind == syntax.Scalar {
				r.vars[e.Key.Value] = e.Value.Value
			}
		}
	}
	if list := root.Get("platforms"); list != nil {
		for _, p := range list.Items() {
			if p.Kind == syntax.Scalar && p.Value != "" {
				r.platforms = append(r.platforms, p.Value)
			}
		}
	}
	if len(r.platforms) == 0 {
		for _, arch := range expr.Architectures() {
			r.platforms = append(r.platforms, "linux/"+arch)
		}
	}
	return r
}

// maxScalar is the longest scalar whose variables are put in: names are
// short, and what is longer is a script or a document.
const maxScalar = 4 << 10

// values are the different values of s; none where it has no substitution.
func (r *resolver) values(s string) []string {
	if len(s) > maxScalar || !strings.Contains(s, "${") && !strings.Contains(s, "#{") {
		return nil
	}
	var out []string
	for _, p := range r.platforms {
		v, _ := expr.Resolve(s, expr.Env{
			Platform: p,
			Vars: func(name string) (string, bool) {
				raw, ok := r.vars[name]
				return raw, ok
			},
		})
		if v != s && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
