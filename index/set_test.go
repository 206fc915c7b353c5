package index

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func alpineSet(t testing.TB) *Set {
	t.Helper()
	w := newWorld(t, Alpine)
	w.publishAlpine(alpineText, day)
	w.want(w.update(), Updated, "")
	return w.set()
}

func names(list []Name) []string {
	var words []string
	for _, n := range list {
		words = append(words, n.Name+" "+n.Newest)
	}
	return words
}

func TestSetAnswers(t *testing.T) {
	s := alpineSet(t)
	check := func(what string, got, want []string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	check("prefix", names(s.Names("h", 10)), []string{"hello 1.10-r0"})
	check("all", names(s.Names("", 2)), []string{"hello 1.10-r0", "libgreet 0.1-r3"})
	check("none", names(s.Names("x", 10)), nil)
	check("fuzzy", names(s.Fuzzy("lgr", 10)), []string{"libgreet 0.1-r3"})
	check("similar", names(s.Similar("helol", 10)), []string{"hello 1.10-r0"})
	var versions []string
	for _, v := range s.Versions("hello") {
		versions = append(versions, v.Version)
	}
	check("versions", versions, []string{"1.10-r0", "1.2-r0"})
	check("commands", s.ProvidedNames("cmd:", 10), []string{"cmd:hello"})
	if p := s.Providers("cmd:hello"); len(p) != 2 || p[0].Name != "hello" {
		t.Errorf("providers %+v", p)
	}
	p, place, ok := s.Lookup("hello", "1.2-r0")
	if !ok || p.Description != "says hello" || p.License != "MIT" || p.Size != 100 || p.InstalledSize != 200 || p.Homepage != "https://example.org" || place.Source != 0 {
		t.Errorf("lookup %+v %+v %v", p, place, ok)
	}
	if _, _, ok := s.Lookup("hello", "9"); ok {
		t.Error("a version is found that is not there")
	}
}

func TestSetMissingPlatforms(t *testing.T) {
	w := newWorld(t, Alpine)
	w.publishAlpine(alpineText, day)
	key := newApkKey("key.rsa.pub")
	w.put(strings.Replace(alpinePath, "x86_64", "aarch64", 1), apkArchive(t, "P:musl\nV:1.2.5-r9\nA:aarch64\n\n", day, &key))
	platforms := []string{"linux/amd64", "linux/arm64"}
	// Before the second platform's index is there, nothing is known of it.
	w.want(w.update(), Updated, "")
	if n := w.cache.Set([]Repository{w.repo}, platforms).Name("hello"); len(n.Missing) != 0 {
		t.Errorf("missing %v although unknown", n.Missing)
	}
	w.cache.Update(t.Context(), []Repository{w.repo}, platforms, UpdateOptions{Client: w.client, Keys: w.keys})
	s := w.cache.Set([]Repository{w.repo}, platforms)
	if n := s.Name("hello"); !slices.Equal(n.Missing, []string{"arm64"}) {
		t.Errorf("missing %v", n.Missing)
	}
	if n := s.Name("musl"); len(n.Missing) != 0 {
		t.Errorf("missing %v", n.Missing)
	}
	if _, _, ok := s.Newest("hello", "arm64"); ok {
		t.Error("arm64 has hello")
	}
}

func TestResolveSelection(t *testing.T) {
	s := alpineSet(t)
	r := s.Resolve(Selection{Entries: []string{"hello=1.2-r0", "!libgreet", "nothing"}, Platform: "linux/amd64"})
	var got []string
	for _, p := range r.Packages {
		got = append(got, p.Name+" "+p.Version)
	}
	if !slices.Equal(got, []string{"hello 1.2-r0", "musl 1.2.5-r9"}) || r.InstalledSize != 220 || r.Size != 110 {
		t.Errorf("installs %q, %d bytes, %d to fetch", got, r.InstalledSize, r.Size)
	}
	if len(r.Problems) != 1 || r.Problems[0].Want != 2 || len(r.Met) != 1 || r.Met[0].Excluded != "libgreet" {
		t.Errorf("problems %+v, met %+v", r.Problems, r.Met)
	}
	if !r.Complete {
		t.Error("not complete")
	}
	if r := s.Resolve(Selection{Entries: []string{"hello"}, Platform: "linux/vax"}); len(r.Problems) != 1 {
		t.Errorf("vax: %+v", r)
	}
}

func TestParseRepository(t *testing.T) {
	good := map[string]Repository{
		"deb [signed-by=/k.gpg arch=amd64,arm64] http://Example.org/debian/ trixie main contrib": {Family: Debian, URL: "http://example.org/debian", Suite: "trixie",
			Components: []string{"main", "contrib"}, Arches: []string{"amd64", "arm64"}, SignedBy: "/k.gpg"},
		"deb https://example.org/x/ /":     {Family: Debian, URL: "https://example.org/x", Suite: "/", Components: []string{}, Flat: true},
		"deb [trusted=yes] file:/srv/r ./": {Family: Debian, URL: "file:///srv/r", Suite: "./", Components: []string{}, Flat: true, Trusted: true},
	}
	for line, want := range good {
		got, err := ParseRepository(Debian, line)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", line, err, diff)
		}
	}
	for _, line := range []string{"", "deb", "deb http://x", "deb http://x trixie", "deb http://x / main", "deb [a http://x y z", "deb ftp://x trixie main", "deb http://x ../y/ ", "deb http://x/${V}/ trixie main"} {
		if r, err := ParseRepository(Debian, line); err == nil {
			t.Errorf("%q is accepted: %+v", line, r)
		}
	}
	if r, err := ParseRepository(Alpine, "@edge https://example.org/alpine/edge/main/"); err != nil || r.Tag != "edge" || r.URL != "https://example.org/alpine/edge/main" {
		t.Errorf("tagged: %+v %v", r, err)
	}
	if _, err := ParseRepository(Alpine, "https://example.org/a b"); err == nil {
		t.Error("a blank in a URL is accepted")
	}
}

func FuzzParseRepository(f *testing.F) {
	f.Add("deb [signed-by=/k.gpg] http://example.org/debian trixie main")
	f.Add("@tag https://example.org/alpine")
	f.Fuzz(func(t *testing.T, line string) {
		for _, family := range []Family{Alpine, Debian} {
			r, err := ParseRepository(family, line)
			if err == nil && (r.Validate() != nil || r.String() == "") {
				t.Errorf("%q is accepted as %+v", line, r)
			}
		}
	})
}

func TestArch(t *testing.T) {
	for _, x := range []struct {
		family Family
		oci    string
		want   string
	}{{Alpine, "linux/amd64", "x86_64"}, {Debian, "linux/arm64/v8", "arm64"}, {Alpine, "arm64", "aarch64"}, {Debian, "linux/arm/v7", "armhf"}} {
		if got, ok := Arch(x.family, x.oci); !ok || got != x.want {
			t.Errorf("Arch(%s, %s) = %s", x.family, x.oci, got)
		}
	}
}
