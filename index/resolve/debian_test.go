package resolve

import (
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/index/apk"
	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// debianIndex reads lines "name version; Field: value; ...".
func debianIndex(t testing.TB, lines ...string) *store.Index {
	t.Helper()
	b := store.NewBuilder(store.Meta{Family: record.Debian, Arch: "amd64"}, deb.Names("amd64"))
	for _, line := range lines {
		head, fields, _ := strings.Cut(line, ";")
		name, v, _ := strings.Cut(head, " ")
		text := "Package: " + name + "\nVersion: " + v + "\nArchitecture: amd64\n" + strings.ReplaceAll(fields, ";", "\n") + "\n"
		text = strings.ReplaceAll(text, "\n ", "\n")
		if strings.HasPrefix(fields, " ") {
			text = strings.Replace(text, "amd64\n ", "amd64\n", 1)
		}
		if err := deb.Parse(strings.NewReader(text), record.Limits{}, b.Add); err != nil {
			t.Fatal(err)
		}
	}
	file, _, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	x, err := store.FromBytes(file)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

var debianLines = []string{
	"base 1; Pre-Depends: awk; Depends: libc (>= 2)",
	"libc 2; Multi-Arch: same",
	"gawk 5; Provides: awk; Priority: optional",
	"mawk 1; Provides: awk; Priority: required",
	"old-awk 1; Provides: awk; Priority: optional",
	"app 1; Depends: helper | other, libc",
	"app 2; Depends: helper | other, missing-thing",
	"helper 1; Depends: nowhere",
	"other 1",
	"mta-a 1; Provides: mta; Conflicts: mta",
	"mta-b 1; Provides: mta; Conflicts: mta",
	"mailer 1; Depends: mta-a | mta",
	"tool 3; Depends: api (>= 2)",
	"api-old 1; Provides: api (= 1)",
	"api-new 1; Provides: api (= 3)",
	"script 1; Depends: python:any",
	"python 3; Multi-Arch: allowed",
	"weak 1; Recommends: other; Suggests: mta",
	"loop-a 1; Depends: loop-b",
	"loop-b 1; Depends: loop-a",
	"one-of 1; Provides: single",
	"early 1; Depends: opt-x | virt-y",
	"late 1; Depends: opt-y",
	"opt-x 1",
	"opt-y 1; Provides: virt-y",
	"core 1; Conflicts: core-nogui",
	"core-nogui 1; Conflicts: core",
	"base-core 1; Depends: core-nogui | core",
	"office 1; Depends: base-core, core",
	"strict 1; Depends: core-nogui, core",
	"half 1; Depends: opt-x, broken-leaf",
	"broken-leaf 1; Depends: nowhere",
	"chooser 1; Depends: half | other",
	"leftover 1; Depends: chooser, virt-y | opt-x",
	"firm 1; Depends: core-nogui, wavering",
	"wavering 1; Depends: core | other",
	"rival 1; Depends: core | other",
}

func TestDebian(t *testing.T) {
	x := debianIndex(t, debianLines...)
	tests := map[string]struct {
		entries string
		want    string
		problem ProblemKind
	}{
		"provider by priority":      {"base", "base libc mawk", ""},
		"a listed provider is used": {"base gawk", "base gawk libc", ""},
		"alternative that works":    {"app=1", "app libc other", ""},
		"nothing provides it":       {"app", "", Unavailable},
		"conflicting wants":         {"mta-a mta-b", "", Conflict},
		"alternative by want":       {"mailer mta-b", "mailer mta-b", ""},
		"versioned provides":        {"tool", "api-new tool", ""},
		"any qualifier":             {"script", "python script", ""},
		"no recommends":             {"weak", "weak", ""},
		"circle":                    {"loop-a", "loop-a loop-b", ""},
		"only provider":             {"single", "one-of", ""},
		"several providers":         {"awk", "", Ambiguous},
		"no such package":           {"nothing", "", Missing},
		"no such version":           {"app=9", "", NoVersion},
		"excluded counts as met":    {"base !mawk !gawk !old-awk", "base libc", ""},
		"one excluded is enough":    {"base !mawk", "base libc", ""},
		"entries in their order":    {"late early", "early late opt-y", ""},
		"the other order":           {"early late", "early late opt-x opt-y", ""},
		// As for libreoffice: the second dependency takes back what met the first.
		"a choice is taken back":     {"office", "base-core core office", ""},
		"no way back":                {"strict", "", Unavailable},
		"what an entry needs stays":  {"firm", "core-nogui firm other wavering", ""},
		"an entry stays":             {"core-nogui rival", "core-nogui other rival", ""},
		"a failed attempt is undone": {"chooser", "chooser other", ""},
		"but its parts count":        {"leftover", "chooser leftover opt-x other", ""},
		"inclusion wins":             {"base mawk !mawk", "base libc mawk", ""},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			closure, problems := Debian([]Repository{{Index: x}}, debianRequest(t, c.entries))
			if c.problem != "" {
				if len(problems) == 0 || problems[0].Kind != c.problem || problems[0].Message == "" {
					t.Errorf("problems %+v, want %s", problems, c.problem)
				}
				return
			}
			var got []string
			for _, p := range closure.Packages {
				got = append(got, p.Name)
				if !p.Wanted && len(p.NeededBy) == 0 {
					t.Errorf("nobody needs %s", p.Name)
				}
			}
			slices.Sort(got)
			if strings.Join(got, " ") != c.want || len(problems) > 0 {
				t.Errorf("installs %q, want %q; problems %v", got, c.want, problems)
			}
		})
	}
}

func debianRequest(t testing.TB, entries string) Request {
	t.Helper()
	r := Request{Arch: "amd64"}
	for _, e := range strings.Fields(entries) {
		if name, ok := strings.CutPrefix(e, "!"); ok {
			r.Exclude = append(r.Exclude, name)
			continue
		}
		w, err := ParseDebianWant(e)
		if err != nil {
			t.Fatal(err)
		}
		r.Wants = append(r.Wants, w)
	}
	return r
}

func TestBackportsAreNotAutomatic(t *testing.T) {
	main := debianIndex(t, "app 1; Depends: lib", "lib 1")
	backports := debianIndex(t, "app 2; Depends: lib", "lib 2", "new 1")
	repositories := []Repository{{Index: main}, {Index: backports, Priority: 100}}
	closure, problems := Debian(repositories, debianRequest(t, "app=2 new"))
	var got []string
	for _, p := range closure.Packages {
		got = append(got, p.Name+" "+p.Version)
	}
	slices.Sort(got)
	if want := []string{"app 2", "lib 1", "new 1"}; !slices.Equal(got, want) || len(problems) > 0 {
		t.Errorf("installs %q, want %q; %v", got, want, problems)
	}
}

func TestInferencesOff(t *testing.T) {
	x := debianIndex(t, debianLines...)
	r := debianRequest(t, "base !mawk")
	r.Inferences.Off = []string{CountsAsMet}
	closure, _ := Debian([]Repository{{Index: x}}, r)
	if !slices.ContainsFunc(closure.Packages, func(p Chosen) bool { return p.Provides("awk") }) {
		t.Errorf("without %s another provider is expected: %+v", CountsAsMet, closure.Packages)
	}
}

// Provides says whether one of our sample packages provides awk.
func (c Chosen) Provides(name string) bool { return name == "awk" && strings.HasSuffix(c.Name, "awk") }

func TestProblemChain(t *testing.T) {
	x := debianIndex(t, "top 1; Depends: middle", "middle 1; Depends: bottom (>= 2)", "bottom 1")
	_, problems := Debian([]Repository{{Index: x}}, debianRequest(t, "top"))
	if len(problems) != 1 || problems[0].Want != 0 || len(problems[0].Chain) != 4 || !strings.Contains(problems[0].Chain[3], "bottom is there as 1 only") {
		t.Errorf("%+v", problems)
	}
}

// FuzzSolvers gives both solvers random worlds: they end.
func FuzzSolvers(f *testing.F) {
	f.Add("P:a\nV:1\nD:b !c\np:v=1\n\nP:b\nV:1\nD:a\ni:a\n\n", "a v b>1 !c")
	f.Fuzz(func(t *testing.T, text, entries string) {
		if len(text) > 4000 || len(entries) > 200 {
			return
		}
		for _, family := range []record.Family{record.Alpine, record.Debian} {
			x := fuzzIndex(text, family)
			if x == nil {
				return
			}
			r := Request{Arch: "x86_64"}
			for i, e := range strings.Fields(entries) {
				if w, err := ParseWant(e); err == nil {
					r.Wants = append(r.Wants, w)
				}
				if i%3 == 2 {
					r.Exclude = append(r.Exclude, strings.Trim(e, "!"))
				}
			}
			if family == record.Alpine {
				Alpine([]Repository{{Index: x}}, r)
			} else {
				Debian([]Repository{{Index: x}}, r)
			}
		}
	})
}

func fuzzIndex(text string, family record.Family) *store.Index {
	b := store.NewBuilder(store.Meta{Family: family, Arch: "x86_64"}, apk.Names)
	if apk.Parse(strings.NewReader(text), record.Limits{}, func(p *record.Package) error {
		if family == record.Debian {
			p.Depends = strings.ReplaceAll(p.Depends, " ", ", ")
			p.Conflicts, p.Provides = p.InstallIf, strings.ReplaceAll(p.Provides, " ", ", ")
		}
		return b.Add(p)
	}) != nil {
		return nil
	}
	file, _, err := b.Finish()
	if err != nil {
		return nil
	}
	x, err := store.FromBytes(file)
	if err != nil {
		return nil
	}
	return x
}
