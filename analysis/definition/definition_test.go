package definition

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func TestPlaceOf(t *testing.T) {
	for path, want := range map[string]Place{
		"image/redis/debian-13/8.0-dev.yaml":         {Section: "image", Name: "redis", Dist: Dist{"debian", "13"}, File: "8.0-dev"},
		"/x/y/image/redis/alpine-3.23/8.yaml":        {Root: "/x/y", Section: "image", Name: "redis", Dist: Dist{"alpine", "3.23"}, File: "8"},
		"./image/uv/debian/0-dev.yaml":               {Section: "image", Name: "uv", Dist: Dist{"debian", ""}, File: "0-dev"},
		"c/package/apk/main/make/alpine-3.23/4.yaml": {Root: "c", Section: "package", Format: "apk", Name: "make", Dist: Dist{"alpine", "3.23"}, File: "4"},
		"package/deb/main/acl/debian-13/2.yaml":      {Section: "package", Format: "deb", Name: "acl", Dist: Dist{"debian", "13"}, File: "2"},
		"package/main/syft/alpine-3.23/1.yaml":       {Section: "package", Name: "syft", Dist: Dist{"alpine", "3.23"}, File: "1"},
		"package/python/debian-13/3.10.yaml":         {Section: "package", Name: "python", Dist: Dist{"debian", "13"}, File: "3.10"},
		"package/apk/make/alpine-3.23/4.yaml":        {Section: "package", Format: "apk", Name: "make", Dist: Dist{"alpine", "3.23"}, File: "4"},
		"chart/alloy/helm/1.yaml":                    {Section: "chart", Name: "alloy", File: "1"},
		"image/redis/info.yaml":                      {Section: "image", Name: "redis", File: "info", Info: true},
		"r/chart/alloy/info.yml":                     {Root: "r", Section: "chart", Name: "alloy", File: "info", Info: true},
		"package/redis/info.yaml":                    {},
		"image/redis/files/app.yaml":                 {},
		"image/redis/debian-x/8.yaml":                {},
		"image/redis/debian-13/8.json":               {},
		"chart/alloy/config/values.yaml":             {},
		"debian-13/1.yaml":                           {},
		"1.yaml":                                     {},
		"":                                           {},
	} {
		if got := PlaceOf(path); got != want {
			t.Errorf("%s: %+v, want %+v", path, got, want)
		}
	}
}

func TestDirective(t *testing.T) {
	for _, test := range []struct {
		line  string
		state DirectiveState
		form  bool
		dist  Dist
	}{
		{"# syntax=dhi.io/build:2-alpine3.23", OurDirective, true, Dist{"alpine", "3.23"}},
		{"# syntax=dhi/build:1-debian13-dev", OurDirective, true, Dist{"debian", "13"}},
		{"#syntax = dhi.io/build:2-helm3", OurDirective, true, Dist{}},
		{"# syntax=dhi.io/build", OurDirective, false, Dist{}},
		{"# syntax=dhi.io/build:2-alpine", OurDirective, false, Dist{}},
		{"# syntax=mirror.example.com/hub/build:2-debian12", OurDirective, true, Dist{"debian", "12"}},
		{"# syntax=mirror.example.com/hub/dhi.io/build:2-debian12", OurDirective, true, Dist{"debian", "12"}},
		{"# syntax=other.example.com/build:2-debian12", ForeignDirective, true, Dist{"debian", "12"}},
		{"# syntax=docker/dockerfile:1", ForeignDirective, false, Dist{}},
		{"# syntax", NoDirective, false, Dist{}},
		{"name: x", NoDirective, false, Dist{}},
		{"", NoDirective, false, Dist{}},
	} {
		for _, ending := range []string{"", "\n", "\r\n"} {
			for _, bom := range []string{"", "\ufeff"} {
				d := parseDirective(text.New(bom+test.line+ending+"x: y"[:min(4, 4*len(ending))]), []string{"mirror.example.com/hub"})
				if d.State != test.state || d.WellFormed != test.form || d.Dist() != test.dist {
					t.Errorf("%q: %+v", bom+test.line+ending, d)
				}
			}
		}
	}
}

func TestNew(t *testing.T) {
	const body = "image: dhi.io/x\nvariant: runtime\ncontents: {}\n"
	for _, test := range []struct {
		path, text string
		kind       Kind
	}{
		{"a.yaml", "# syntax=dhi.io/build:2-debian13\n" + body, Image},
		{"a.yaml", "# syntax=dhi.io/build:2-debian13\nimage: dhi.io/pkg-x\n", Package},
		{"a.yaml", "# syntax=dhi.io/build:2-debian13\nimage: dhi.io/x-chart\n", Chart},
		{"a.yaml", "# syntax=dhi.io/build:2-debian13\nvariant: helm\n", Chart},
		{"a.yaml", body, Image},
		{"a.yaml", "services:\n  web:\n    image: x\n", NotOurs},
		{"a.yaml", "image: x\n", NotOurs},
		{"a.yaml", "# syntax=docker/dockerfile:1\nFROM x\n", NotOurs},
		{"image/x/debian-13/1.yaml", "a: b\n", Image},
		{"chart/x/helm/1.yaml", "", Chart},
		{"package/x/debian-13/1.yaml", "", Package},
		{"image/x/info.yaml", "metadata: {}\n", Info},
		{"image/x/files/app.yaml", "a: b\n", NotOurs},
	} {
		d := New(test.path, text.New(test.text), Options{})
		if d.Kind != test.kind {
			t.Errorf("%s %q: %s, want %s", test.path, test.text, d.Kind, test.kind)
		}
		if (d.Tree == nil) != (test.kind == NotOurs) {
			t.Errorf("%s: tree %v", test.path, d.Tree)
		}
	}
}

// TestFragments: a file that definitions include is none itself, whatever it
// holds and wherever it stands, unless it has the directive.
func TestFragments(t *testing.T) {
	const content = "image: dhi.io/sample\ncontents:\n  packages:\n    - musl\n"
	for path, want := range map[string]Kind{
		"image/sample/alpine-3.23/.common.inc.yaml": NotOurs, "common.inc.yml": NotOurs, "image/sample/alpine-3.23/1.yaml": Image, "app.yaml": Image,
	} {
		if got := New(path, text.New(content), Options{}).Kind; got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if got := New("a.inc.yaml", text.New("# syntax=dhi.io/build:2-alpine3.23\n\n"+content), Options{}).Kind; got != Image {
		t.Errorf("with the directive it is %v", got)
	}
}
