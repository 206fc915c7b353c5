package entry

import (
	"strings"
	"testing"
)

func TestParseRepository(t *testing.T) {
	const key = "/usr/share/keyrings/k.gpg"
	for _, tc := range []struct {
		in     string
		family Family
		want   string
	}{
		{"https://dhi.io/apk/alpine/v3.23/main", Alpine, "alpine url=https://dhi.io/apk/alpine/v3.23/main host=dhi.io dhi release=v3.23 component=main"},
		{"https://dl-cdn.alpinelinux.org/alpine/edge/community/", UnknownFamily, "alpine url=https://dl-cdn.alpinelinux.org/alpine/edge/community/ host=dl-cdn.alpinelinux.org release=edge component=community"},
		{"http://nginx.org/packages/mainline/alpine/v3.22/main", Alpine, "alpine url=http://nginx.org/packages/mainline/alpine/v3.22/main host=nginx.org release=v3.22 component=main"},
		{"@edge https://a.example/alpine/edge/main", Alpine, "alpine tag=edge url=https://a.example/alpine/edge/main host=a.example release=edge component=main"},
		{"https://a.example/x", Alpine, "alpine url=https://a.example/x host=a.example"},
		{"deb [signed-by=" + key + "] http://dhi.io/deb/debian/main trixie main", Debian, "debian signed-by=" + key + " url=http://dhi.io/deb/debian/main host=dhi.io dhi suite=trixie main"},
		{"deb DEBIAN_ARCHIVE trixie-backports main contrib", UnknownFamily, "debian url=DEBIAN_ARCHIVE archive suite=trixie-backports main contrib"},
		{"deb [ arch=amd64,arm64 trusted=yes ] https://h.example/${ARCH}/ /", Debian, "debian arch=amd64,arm64 trusted=yes url=https://h.example/${ARCH}/ host=h.example suite=/ flat"},
		{"deb https://h.example ${SUITE} main", Debian, "debian url=https://h.example host=h.example suite=${SUITE} main"},
		{"deb ${URL} trixie main", Debian, "debian url=${URL} suite=trixie main"},
		{"https://${HOST}/alpine/v3.23/main", Alpine, "alpine url=https://${HOST}/alpine/v3.23/main release=v3.23 component=main"},
	} {
		r := ParseRepository(tc.in, tc.family)
		if got := describeRepository(&r); got != tc.want || len(r.Problems) > 0 {
			t.Errorf("ParseRepository(%q)\n got %s %+v\nwant %s", tc.in, got, r.Problems, tc.want)
		}
		checkWords(t, tc.in, append(r.Components, r.URL, r.Suite, r.Type, r.Tag))
	}
}

func describeRepository(r *Repository) string {
	out := []string{map[Family]string{Alpine: "alpine", Debian: "debian", UnknownFamily: "unknown"}[r.Family]}
	add := func(ok bool, s string) {
		if ok {
			out = append(out, s)
		}
	}
	add(r.Tag.Text != "", "tag="+r.Tag.Text)
	for _, o := range r.Options {
		add(true, o.Key.Text+"="+o.Value.Text)
	}
	add(r.URL.Text != "", "url="+r.URL.Text)
	add(r.Host() != "", "host="+r.Host())
	add(r.IsDHI(), "dhi")
	add(r.IsArchive(), "archive")
	release, ok := r.AlpineRelease()
	add(ok, "release="+release.Text)
	component, ok := r.AlpineComponent()
	add(ok, "component="+component.Text)
	add(r.Suite.Text != "", "suite="+r.Suite.Text)
	add(r.Flat(), "flat")
	for _, c := range r.Components {
		add(true, c.Text)
	}
	return strings.Join(out, " ")
}

func TestRepositoryProblems(t *testing.T) {
	for _, tc := range []struct {
		family Family
		problemCase
	}{
		{Alpine, problemCase{"", Malformed, "", "", "empty"}},
		{Debian, problemCase{"", Malformed, "", "", "deb [options]"}},
		{Alpine, problemCase{"deb https://a.example trixie main", Malformed, "deb", "", "Debian's"}},
		{Alpine, problemCase{"https://a.example/x main", Malformed, "main", "", "one URL"}},
		{Alpine, problemCase{"https://a.example/x ", Malformed, "https://a.example/x ", "https://a.example/x", "blanks"}},
		{Alpine, problemCase{"a.example/alpine", Malformed, "a.example/alpine", "https://a.example/alpine", "no URL"}},
		{Alpine, problemCase{"main", Malformed, "main", "", "no URL"}},
		{Alpine, problemCase{"ftp://a.example/x", UnusedForm, "ftp", "", "https or http"}},
		{Alpine, problemCase{"https:///x", Malformed, "https:///x", "", "no host"}},
		{Alpine, problemCase{"https://a.example:x/", Malformed, "https://a.example:x/", "", "invalid port"}},
		{Alpine, problemCase{"/srv/apk", UnusedForm, "/srv/apk", "", "path"}},
		{Alpine, problemCase{"@edge", Malformed, "@edge", "", "behind the tag"}},
		{Alpine, problemCase{"https://a.example/${V", MalformedTemplate, "${V", "https://a.example/${V}", "not closed"}},
		{Debian, problemCase{"https://a.example trixie main", Malformed, "https://a.example", "deb https://a.example trixie main", "starts with deb"}},
		{Debian, problemCase{"deb-src https://a.example trixie main", UnusedForm, "deb-src", "", "sources"}},
		{Debian, problemCase{"deb", Malformed, "deb", "", "URL and a suite"}},
		{Debian, problemCase{"deb https://a.example", Malformed, "https://a.example", "", "suite"}},
		{Debian, problemCase{"deb https://a.example trixie", Malformed, "trixie", "", "component"}},
		{Debian, problemCase{"deb https://a.example / main", Malformed, "main", "deb https://a.example /", "flat"}},
		{Debian, problemCase{"deb [signed-by=x https://a.example trixie main", Malformed, "[", "", "expected ]"}},
		{Debian, problemCase{"deb [signed-by] https://a.example trixie main", Malformed, "signed-by", "", "key=value"}},
		{Debian, problemCase{"deb [signed-by=] https://a.example trixie main", Malformed, "signed-by=", "", "value"}},
		{Debian, problemCase{"deb [signedby=x] https://a.example trixie main", UnknownOption, "signedby", "", "signed-by"}},
		{Debian, problemCase{"deb[arch=x] https://a.example trixie main", Malformed, "", "deb [arch=x] https://a.example trixie main", "blank"}},
		{Debian, problemCase{"deb [arch=x]https://a.example trixie main", Malformed, "", "deb [arch=x] https://a.example trixie main", "blank"}},
		{Debian, problemCase{"deb ARCHIVE trixie main", Malformed, "ARCHIVE", "", "no URL"}},
	} {
		r := ParseRepository(tc.in, tc.family)
		tc.check(t, r.Problems)
	}
}

func TestRepositoryOption(t *testing.T) {
	r := ParseRepository("deb [Signed-By=/k] https://a.example trixie main", Debian)
	o, ok := r.Option("signed-by")
	if !ok || o.Value.Text != "/k" {
		t.Errorf("%+v", o)
	}
	if _, ok := r.Option("arch"); ok {
		t.Error("arch is not given")
	}
}
