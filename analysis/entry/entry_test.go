package entry

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"base-files", "base-files"},
		{"!mawk", "! mawk"},
		{"redis-server=6:8.0.5-1rl1~trixie1", "redis-server = 6:8.0.5-1rl1~trixie1"},
		{"traefik-3.7=3.7.11-r0", "traefik-3.7 = 3.7.11-r0"},
		{"libxml2-dev~2.13", "libxml2-dev ~ 2.13"},
		{"cmd:resolvconf", "cmd: resolvconf"},
		{"so:libssl.so.3", "so: libssl.so.3"},
		{"pc:libssl=3.0", "pc: libssl = 3.0"},
		{"py3.12:requests", "py3.12: requests"},
		{"binutils-latest-${BINUTILS_ARCH}-linux-gnu", "binutils-latest-${BINUTILS_ARCH}-linux-gnu template"},
		{"x=${VERSION:^([0-9]+)=~.*$}-r0", "x = ${VERSION:^([0-9]+)=~.*$}-r0 template"},
		{"${A}", "${A} template"},
		{"g++", "g++"},
		{"libatomic_ops-dev", "libatomic_ops-dev"},
		{"busybox=1.38.0_git20260724-r1", "busybox = 1.38.0_git20260724-r1"},
	} {
		e := Parse(tc.in)
		if got := describe(&e); got != tc.want || len(e.Problems) > 0 {
			t.Errorf("Parse(%q) = %q %+v, want %q", tc.in, got, e.Problems, tc.want)
		}
		if e.String() != tc.in {
			t.Errorf("String of %q is %q", tc.in, e.String())
		}
		checkEntry(t, &e)
	}
}

func describe(e *Entry) string {
	var out []string
	if e.Exclude {
		out = append(out, "!")
	}
	if e.Namespace != "" {
		out = append(out, e.Namespace+":")
	}
	for _, s := range []string{e.Name, e.Operator, e.Version} {
		if s != "" {
			out = append(out, s)
		}
	}
	if e.HasTemplate {
		out = append(out, "template")
	}
	return strings.Join(out, " ")
}

// checkEntry holds the ranges to their promise.
func checkEntry(t *testing.T, e *Entry) {
	t.Helper()
	for what, part := range map[string]struct {
		r    text.Range
		text string
	}{
		"name": {e.NameRange, e.Name}, "version": {e.VersionRange, e.Version}, "namespace": {e.NamespaceRange, e.Namespace},
	} {
		if part.text != "" && e.Source[part.r.Start:part.r.End] != part.text {
			t.Errorf("%q: range of %s is %v", e.Source, what, part.r)
		}
	}
	checkProblems(t, e.Source, e.Problems)
}

func checkProblems(t *testing.T, s string, problems []Problem) {
	t.Helper()
	for _, p := range problems {
		if p.Range.Start < 0 || p.Range.End > len(s) || p.Range.Len() < 0 || p.Message == "" || p.Kind == 0 {
			t.Errorf("%q: bad problem %+v", s, p)
		}
		if (p.Fix == nil) != (p.FixTitle == "") {
			t.Errorf("%q: fix and title of %+v", s, p)
		}
		applied(t, s, p)
	}
}

func applied(t *testing.T, s string, p Problem) string {
	t.Helper()
	if p.Fix == nil {
		return ""
	}
	out, err := text.Apply(s, []text.Edit{*p.Fix})
	if err != nil {
		t.Errorf("%q: %v", s, err)
	}
	return out
}

type problemCase struct {
	in    string
	kind  Kind
	at    string // the text under the range
	fixed string // after the fix, "" without one
	word  string // a word of the message
}

func (tc problemCase) check(t *testing.T, problems []Problem) {
	t.Helper()
	if len(problems) != 1 {
		t.Errorf("%q: want 1 problem, got %+v", tc.in, problems)
		return
	}
	p := problems[0]
	if got := tc.in[p.Range.Start:p.Range.End]; p.Kind != tc.kind || got != tc.at || !strings.Contains(p.Message, tc.word) {
		t.Errorf("%q: kind %d at %q: %s; want kind %d at %q with %q", tc.in, p.Kind, got, p.Message, tc.kind, tc.at, tc.word)
	}
	if got := applied(t, tc.in, p); got != tc.fixed {
		t.Errorf("%q: fixed %q, want %q", tc.in, got, tc.fixed)
	}
}

func TestParseProblems(t *testing.T) {
	for _, tc := range []problemCase{
		{"", Malformed, "", "", "empty"},
		{"  ", Malformed, "  ", "", "empty"},
		{"!", Malformed, "!", "", "names no package"},
		{"=1.0", Malformed, "=1.0", "", "names no package"},
		{"cmd:", Malformed, "cmd", "", "behind cmd:"},
		{"name ", Malformed, " ", "name", "blanks"},
		{" name", Malformed, " ", "name", "blanks"},
		{"! name", Malformed, " ", "!name", "blanks"},
		{"!!name", Malformed, "!", "!name", "one !"},
		{"name=1.0 ", Malformed, " ", "name=1.0", "blanks"},
		{"name =1.0", Malformed, " ", "name=1.0", "blanks"},
		{"name== 1.0"[:6] + "1.0", Malformed, "==", "name=1.0", "=="},
		{"name=~1.0", Malformed, "=~", "name~1.0", "=~"},
		{"name=", Malformed, "=", "name", "expected a version"},
		{"name<1.0", UnusedForm, "<", "", "pins"},
		{"name>=1.0", UnusedForm, ">=", "", "pins"},
		{"name<>1", Malformed, "<>", "", "no operator"},
		{"!name=1.0", UnusedForm, "=1.0", "", "!name"},
		{"libc6:amd64", UnusedForm, ":amd64", "", "architecture"},
		{"foo:bar", UnusedForm, "foo:", "", "known kind"},
		{":bar", Malformed, ":", "bar", "unexpected :"},
		{"bar:", Malformed, ":", "bar", "unexpected :"},
		{"name@edge", UnusedForm, "@edge", "", "repositories"},
		{"name=1@edge", UnusedForm, "@edge", "", "repositories"},
		{"name/trixie", UnusedForm, "/trixie", "", "suite"},
		{"name (>= 1.0)", Malformed, "(>= 1.0)", "", "parentheses"},
		{"curl wget", Malformed, "wget", "", "own"},
		{"curl,wget", Malformed, ",wget", "", "own"},
		{"na*me", Malformed, "*", "", "not allowed"},
		{"naéme", Malformed, "é", "", "not allowed"},
		{"-name", Malformed, "-", "", "starts with"},
		{"name=1.*", Malformed, "*", "", "version"},
		{"name[x]", Malformed, "[", "", "unexpected ["},
		{"name-${A", MalformedTemplate, "${A", "name-${A}", "not closed"},
		{"name=${A)-r0", MalformedTemplate, "${A)", "name=${A}-r0", "wrong character"},
	} {
		e := Parse(tc.in)
		tc.check(t, e.Problems)
		checkEntry(t, &e)
	}
}

func TestParseManyProblems(t *testing.T) {
	e := Parse(" !! name == 1.0 ")
	if len(e.Problems) < 4 || e.String() != "!name=1.0" {
		t.Errorf("%s %+v", e.String(), e.Problems)
	}
	e = Parse("name = 1.0")
	if len(e.Problems) != 2 {
		t.Fatalf("%+v", e.Problems)
	}
	for _, p := range e.Problems {
		if applied(t, e.Source, p) != "name=1.0" {
			t.Errorf("%+v", p)
		}
	}
}

func TestEntryAt(t *testing.T) {
	for _, tc := range []struct {
		in      string
		place   Place
		replace string
	}{
		{"|", InName, ""}, {"!|", InName, ""}, {"na|me", InName, "name"}, {"name|", InName, "name"},
		{"name=|", InVersion, ""}, {"name=1|.0", InVersion, "1.0"}, {"|!name", InOther, ""},
		{"cmd:a|b", InName, "cmd:ab"}, {"name|=1", InName, "name"},
	} {
		offset := strings.IndexByte(tc.in, '|')
		s := strings.Replace(tc.in, "|", "", 1)
		e := Parse(s)
		place, r := e.At(offset)
		if place != tc.place || s[r.Start:r.End] != tc.replace {
			t.Errorf("At(%q) = %d %q", tc.in, place, s[r.Start:r.End])
		}
	}
}

func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		family Family
		problemCase
	}{
		{Alpine, problemCase{"a=1.0-gitlab-r0", MalformedVersion, "-gitlab-r0", "", "no apk version"}},
		{Alpine, problemCase{"a=20260611", NoRelease, "20260611", "", "release"}},
		{Alpine, problemCase{"a=6:8.0-r0", MalformedVersion, ":8.0-r0", "", "unexpected"}},
		{Debian, problemCase{"cmd:a", Malformed, "cmd", "", "apk"}},
		{Debian, problemCase{"a_b", Malformed, "_", "", "lower-case"}},
		{Debian, problemCase{"Abc", Malformed, "A", "", "lower-case"}},
		{Debian, problemCase{"a~1.0", UnusedForm, "~", "", "apk"}},
		{Debian, problemCase{"a=v1.0", MalformedVersion, "v", "", "digit"}},
		{Debian, problemCase{"a=1.0_2", MalformedVersion, "_", "", "not allowed"}},
	} {
		e := Parse(tc.in)
		if len(e.Problems) > 0 {
			t.Errorf("%q: %+v", tc.in, e.Problems)
		}
		tc.check(t, e.Check(tc.family))
	}
	for s, family := range map[string]Family{
		"a=1.0-r0": Alpine, "a~2.13": Alpine, "a=${V}": Alpine, "a": Alpine, "!a": Alpine, "cmd:a": Alpine,
		"b=6:8.0.5-1rl1~trixie1": Debian, "b=${V}-1": Debian, "b": Debian, "b=v": UnknownFamily,
	} {
		e := Parse(s)
		if p := e.Check(family); len(p) > 0 {
			t.Errorf("%q: %+v", s, p)
		}
	}
}

func ExampleParse() {
	e := Parse("redis-server=6:8.0.5-1")
	fmt.Println(e.Name, e.Version, e.VersionRange)
	// Output: redis-server 6:8.0.5-1 {13 22}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a", "!a", "a=1", "a~1", "cmd:a", "a-${B}", "a == 1 ", "!! a", "a@b", "a (>= 1)", "a:amd64", "${A", "é=\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := Parse(s)
		checkEntry(t, &e)
		for _, family := range []Family{Alpine, Debian} {
			checkProblems(t, s, e.Check(family))
		}
		// A fix that claims the canonical text yields an entry without
		// malformed parts.
		for _, p := range e.Problems {
			if p.Kind == Malformed && p.Fix != nil && p.Fix.Range.Len() == len(s) {
				again := Parse(p.Fix.New)
				for _, q := range again.Problems {
					if q.Kind == Malformed {
						t.Errorf("%q: fix %q has %+v", s, p.Fix.New, q)
					}
				}
			}
		}
		for _, family := range []Family{UnknownFamily, Alpine, Debian} {
			r := ParseRepository(s, family)
			checkProblems(t, s, r.Problems)
			checkWords(t, s, append(r.Components, r.URL, r.Suite, r.Type, r.Tag))
			if w, ok := r.AlpineRelease(); ok {
				checkWords(t, s, []Word{w})
			}
			if w, ok := r.AlpineComponent(); ok {
				checkWords(t, s, []Word{w})
			}
			_ = r.Host()
		}
		ref := ParseReference(s)
		checkProblems(t, s, ref.Problems)
		checkWords(t, s, []Word{ref.Registry, ref.Repository, ref.Tag, ref.Digest})
		u := ParseUses(s)
		checkProblems(t, s, u.Problems)
		checkWords(t, s, []Word{u.Action, u.Version})
	})
}

func checkWords(t *testing.T, s string, words []Word) {
	t.Helper()
	for _, w := range words {
		if w.Range.Start < 0 || w.Range.End > len(s) || w.Range.Len() < 0 || s[w.Range.Start:w.Range.End] != w.Text {
			t.Errorf("%q: word %+v", s, w)
		}
	}
}
