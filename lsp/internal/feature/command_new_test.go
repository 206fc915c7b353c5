package feature

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
)

func TestMakeNew(t *testing.T) {
	for _, c := range []struct {
		args commandid.Scaffold
		want string
	}{
		{commandid.Scaffold{Name: "App", Dist: "alpine-3.23"}, "# syntax=dhi.io/build:2-alpine3.23\n\nname: App 1.x\n"},
		{commandid.Scaffold{Kind: "package", Name: "App"}, "image: dhi.io/pkg-app\n"},
		{commandid.Scaffold{Kind: "chart", Name: "App"}, "# syntax=dhi.io/build:2-helm3\n"},
	} {
		made, err := makeNew(t.Context(), nil, &c.args)
		if err != nil || !strings.Contains(made.Text, c.want) || made.Notes == nil {
			t.Errorf("%+v: %+v %v", c.args, made, err)
		}
	}
	for _, c := range []struct {
		args commandid.Scaffold
		want string
	}{
		{commandid.Scaffold{}, "a name is missing"},
		{commandid.Scaffold{Kind: "poem", Name: "x"}, "unknown kind"},
	} {
		if _, err := makeNew(t.Context(), nil, &c.args); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want one with %q", c.args, err, c.want)
		}
	}
}
