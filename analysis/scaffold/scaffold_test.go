package scaffold_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/format"
	"github.com/dhi-ls/dhi-ls/analysis/scaffold"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// clean reports findings and what is not canonical.
func clean(t *testing.T, what, path, content string) {
	t.Helper()
	for _, p := range []analysis.Profile{analysis.ProfileProject, analysis.ProfileCatalog} {
		r := analysis.Analyze(context.Background(), path, text.New(content), analysis.Options{Profile: p, Today: "2026-06-01"})
		for _, d := range r.Diagnostics {
			t.Errorf("%s: %s: %s\n%s", what, d.Code, d.Message, content)
		}
	}
	edits, err := format.Edits(definition.New(path, text.New(content), definition.Options{}))
	if err != nil || len(edits) > 0 {
		t.Errorf("%s: not canonical: %v %v\n%s", what, err, edits, content)
	}
}

func TestNothingFound(t *testing.T) {
	for _, dist := range scaffold.Distributions() {
		for _, variant := range []string{"runtime", "dev"} {
			for _, flavor := range []string{"", "compat"} {
				for _, full := range []bool{false, true} {
					s := scaffold.Spec{Name: "My Tool", Dist: dist, Variant: variant, Flavor: flavor}
					if full {
						s.Version, s.User = "2.10", "tool"
						s.Packages = []string{"tini", "curl"}
						s.Ports = []string{"8080"}
						s.Entrypoint = []string{"/usr/bin/tini", "--", "/usr/bin/curl"}
					}
					out, err := scaffold.Image(s)
					if err != nil {
						t.Fatal(err)
					}
					clean(t, fmt.Sprintf("image %+v", s), "app.yaml", out)
				}
			}
		}
		out, err := scaffold.Package(scaffold.Spec{Name: "thing", Dist: dist})
		if err != nil {
			t.Fatal(err)
		}
		clean(t, "package "+dist, "thing.yaml", out)
	}
	out, err := scaffold.Chart(scaffold.Spec{Name: "Thing", Version: "0.3.1"})
	if err != nil {
		t.Fatal(err)
	}
	clean(t, "chart", "chart.yaml", out)
}

func TestDerive(t *testing.T) {
	for _, from := range scaffold.Distributions() {
		base, err := scaffold.Image(scaffold.Spec{Name: "Tool", Version: "1.2.3", Dist: from, Packages: []string{"tini"}, Entrypoint: []string{"/usr/bin/tini"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range scaffold.Distributions() {
			for _, v := range []scaffold.Variation{{Dist: to}, {Dist: to, Variant: "dev"}, {Dist: to, Flavor: "compat"}, {Dist: to, Flavor: "compat", Variant: "dev"}} {
				if v.Dist[:6] != from[:6] {
					continue // packages have other names there
				}
				d, err := scaffold.Derive(definition.New("a.yaml", text.New(base), definition.Options{}), v)
				if err != nil {
					t.Fatal(err)
				}
				clean(t, fmt.Sprintf("%s %+v", from, v), "a.yaml", d.Text)
				made, err := scaffold.Image(scaffold.Spec{Name: "Tool", Version: "1.2.3", Dist: to, Variant: v.Variant, Flavor: v.Flavor, Packages: []string{"tini"}, Entrypoint: []string{"/usr/bin/tini"}})
				if err != nil {
					t.Fatal(err)
				}
				if from == to && d.Text != made {
					t.Errorf("%s %+v: derived\n%s\nmade\n%s", from, v, d.Text, made)
				}
			}
		}
	}
}

func TestDeriveOtherFamily(t *testing.T) {
	base, err := scaffold.Image(scaffold.Spec{Name: "Tool", Dist: "alpine-3.23", Packages: []string{"curl=8.1.0-r0"}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := scaffold.Derive(definition.New("a.yaml", text.New(base), definition.Options{}), scaffold.Variation{Dist: "debian-13"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# syntax=dhi.io/build:2-debian13\n", "trixie main", "version-codename: trixie", "1.0.0-debian13"} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("no %q in\n%s", want, d.Text)
		}
	}
	if strings.Contains(d.Text, "alpinelinux") {
		t.Errorf("a repository of Alpine stayed:\n%s", d.Text)
	}
	if notes := strings.Join(d.Notes, "\n"); !strings.Contains(notes, "curl=8.1.0-r0 is pinned") || !strings.Contains(notes, "other names") {
		t.Errorf("notes: %s", notes)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		spec scaffold.Spec
		want string
	}{
		{scaffold.Spec{}, "a name is missing"},
		{scaffold.Spec{Name: "x", Dist: "fedora-40"}, "unknown distribution"},
		{scaffold.Spec{Name: "x", Variant: "prod"}, "unknown variant"},
		{scaffold.Spec{Name: "x", Image: "dhi.io/x:1"}, "no image name"},
		{scaffold.Spec{Name: "x", Ports: []string{"http"}}, "no port"},
		{scaffold.Spec{Name: "x", Ports: []string{"70000"}}, "from 1 to 65535"},
		{scaffold.Spec{Name: "x", User: "a b"}, "no name of a user"},
		{scaffold.Spec{Name: "x", Version: "v1"}, "no version"},
		{scaffold.Spec{Name: "x", Packages: []string{"a b"}}, "a b"},
	} {
		if _, err := scaffold.Image(c.spec); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want one with %q", c.spec, err, c.want)
		}
	}
}
