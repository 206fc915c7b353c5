package script

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func TestCommands(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"set -eux -o pipefail\nmake -C ${source.dir} install\n", "set(-eux,-o,pipefail) make(-C,${source.dir},install)"},
		{"/usr/bin/curl 'a b' \"c $d\" e\\ f", "curl(a b,c $d,e f)"},
		{"a | b 2>&1 | c", "a()1.0/3 b()1.1/3 c()1.2/3"},
		{"a | (b; c) | d", "a()1.0/3 b()1.1/3 c()1.1/3 d()1.2/3"},
		{"x=$(a | b) c | d", "c()1.0/2 a()2.0/2 b()2.1/2 d()1.1/2"},
		{"f() { a; }\nf x", "a()@f f(x)local"},
		{"sudo -u root env A=b apt-get install x", "sudo(-u,root,env,A=b,apt-get,install,x) env(A=b,apt-get,install,x)<sudo apt-get(install,x)<env"},
		{"find . | xargs -n 1 rm -f", "find(.)1.0/2 xargs(-n,1,rm,-f)1.1/2 rm(-f)<xargs1.1/2"},
		{"command -v git", "command(-v,git)"},
		{"timeout 10 make", "timeout(10,make) make()<timeout"},
		{"export A=b", "export()"},
		{"$cmd x", ""},
		{"if a; then b; else c; fi; while d; do e; done; case x in y) g;; esac", "a() b() c() d() e() g()"},
		{"cat <<EOF\n$(a)\nEOF\n", "cat() a()"},
		{"# a comment\n", ""},
		{"", ""},
	} {
		s := Parse(tc.in, Bash)
		var got []string
		for _, c := range s.Commands {
			got = append(got, describe(&c))
		}
		want := strings.Fields(strings.ReplaceAll(tc.want, "a b,c $d,e f", "SPACES"))
		if g := strings.ReplaceAll(strings.Join(got, " "), "a b,c $d,e f", "SPACES"); g != strings.Join(want, " ") || len(s.Problems) > 0 {
			t.Errorf("Parse(%q)\n got %s %v\nwant %s", tc.in, g, s.Problems, tc.want)
		}
		checkRanges(t, s)
	}
}

func describe(c *Command) string {
	var args []string
	for _, a := range c.Args {
		args = append(args, a.Text)
	}
	out := c.Name + "(" + strings.Join(args, ",") + ")"
	if c.Wrapper != "" {
		out += "<" + c.Wrapper
	}
	if c.Function != "" {
		out += "@" + c.Function
	}
	if c.Local {
		out += "local"
	}
	if c.Pipeline > 0 {
		out += fmt.Sprintf("%d.%d/%d", c.Pipeline, c.Stage, c.Stages)
	}
	return out
}

// checkRanges holds all ranges to the script.
func checkRanges(t *testing.T, s *Script) {
	t.Helper()
	inside := func(what string, r text.Range) {
		if r.Start < 0 || r.End > len(s.Source) || r.Len() < 0 {
			t.Errorf("%q: %s at %v", s.Source, what, r)
		}
	}
	for _, p := range s.Problems {
		inside(p.Message, p.Range)
		if p.Message == "" {
			t.Errorf("%q: empty message", s.Source)
		}
	}
	for _, c := range s.Commands {
		inside(c.Name, c.Range)
		inside(c.Name, c.NameRange)
		for _, a := range c.Args {
			inside(a.Text, a.Range)
		}
	}
	for _, v := range s.Variables {
		inside(v.Name, v.Range)
		if s.Source[v.Range.Start:v.Range.End] != v.Name {
			t.Errorf("%q: variable %s stands at %v", s.Source, v.Name, v.Range)
		}
	}
	for _, f := range s.Facts {
		inside(f.Kind.String(), f.Range)
	}
	for _, f := range s.Functions {
		inside(f.Name, f.Range)
	}
	if s.Set != nil {
		inside("set", s.Set.Range)
		for _, o := range s.Set.Options {
			inside(o.Name, o.Range)
		}
	}
}

func TestVariables(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"a=1 b=$a; echo \"${c:-$d}\" '$e'", "a= b= a c d"},
		{"for x in 1; do echo $x; done; read -r y z", "x= x y= z="},
		{"export P=$Q", "P= Q"},
		{"echo ${source.dir} ${V:^(.+)$} ${target.arch%64}", ""},
		{"echo $1 $@ $# ${#v} ${v[0]}", "v v"},
		{"echo é$w", "w"},
	} {
		s := Parse(tc.in, Bash)
		var got []string
		for _, v := range s.Variables {
			mark := ""
			if v.Use == Assigned {
				mark = "="
			}
			got = append(got, v.Name+mark)
		}
		if g := strings.Join(got, " "); g != tc.want || len(s.Problems) > 0 {
			t.Errorf("Parse(%q): %s %v, want %s", tc.in, g, s.Problems, tc.want)
		}
		checkRanges(t, s)
	}
}

func TestSubstitutions(t *testing.T) {
	in := "a '${source.dir}' ${x:+${target.dir}} ${V:([0-9]+.[0-9]+).*$} ${W:0:2} ${source.dir:-y}"
	s := Parse(in, Bash)
	var got []string
	for _, p := range s.Substitutions {
		got = append(got, in[p.NameRange.Start:p.NameRange.End])
	}
	if g := strings.Join(got, " "); g != "source.dir target.dir V source.dir" || len(s.Problems) > 0 {
		t.Errorf("%s %v", g, s.Problems)
	}
	if name, r, ok := s.SubstitutionAt(6); !ok || name != "source.dir" || in[r.Start:r.End] != name {
		t.Errorf("at 6: %s %v", name, r)
	}
}

func TestSet(t *testing.T) {
	for _, tc := range []struct {
		in, want string
		first    bool
	}{
		{"set -eux -o pipefail\na", "e:errexit u:nounset x:xtrace :pipefail", true},
		{"set -euo pipefail", "e:errexit u:nounset :pipefail", true},
		{"cd x; set +e", "e:-errexit", false},
		{"set -- a b", "none", false},
		{"set -e -- -x", "e:errexit", true},
		{"a", "none", false},
	} {
		s := Parse(tc.in, Bash)
		var got []string
		if s.Set == nil {
			got = []string{"none"}
		} else {
			if s.Set.First != tc.first {
				t.Errorf("%q: first %v", tc.in, s.Set.First)
			}
			for _, o := range s.Set.Options {
				mark := ""
				if !o.On {
					mark = "-"
				}
				got = append(got, o.Flag+":"+mark+o.Name)
				if at := tc.in[o.Range.Start:o.Range.End]; at != o.Flag && at != o.Name {
					t.Errorf("%q: option %s at %q", tc.in, o.Name, at)
				}
			}
		}
		if g := strings.Join(got, " "); g != tc.want {
			t.Errorf("%q: %s, want %s", tc.in, g, tc.want)
		}
	}
	if s := Parse("set -e", Bash); !s.Set.Has("errexit") || s.Set.Has("nounset") {
		t.Error("set -e has errexit only")
	}
}

func TestProblems(t *testing.T) {
	for _, tc := range []struct{ in, at, word string }{
		{"a\nif b; then c\n", "if", "expected fi"},
		{"echo \"abc", `"`, `expected "`},
		{"echo 'abc", "'", "expected '"},
		{"a | ", "|", "behind |"},
		{"( a", "(", "expected )"},
		{"a\nfi\n", "fi", "no if is open"},
		{"done", "done", "no loop"},
		{"for x in a; b; done", "for", "expected do"},
		{"while a; b; done", "done", "no loop with its do"},
		{"case x in a) b", "case", "expected esac"},
		{"cat <<EOF\nx\n", "<<", "EOF alone"},
		{"a(b)", "a", "expected )"},
		{"a ) b", ")", "unexpected )"},
		{"echo é; ;; b", ";;", ";;"},
		{"echo $(", "$(", "expected )"},
		{"echo `a", "`", "backquote"},
	} {
		s := Parse(tc.in, Bash)
		if len(s.Problems) == 0 {
			t.Errorf("Parse(%q): no problem", tc.in)
			continue
		}
		p := s.Problems[0]
		if got := tc.in[p.Range.Start:p.Range.End]; got != tc.at || !strings.Contains(p.Message, tc.word) {
			t.Errorf("Parse(%q): %q: %s; want %q with %q", tc.in, got, p.Message, tc.at, tc.word)
		}
		checkRanges(t, s)
	}
}

// What stands before a mistake is understood.
func TestPartial(t *testing.T) {
	s := Parse("set -e\ncurl https://a.example/x\nif foo; then bar\n", Bash)
	if len(s.Problems) != 1 || s.Set == nil || len(s.Commands) != 4 {
		t.Errorf("%+v", s)
	}
}

func TestDialects(t *testing.T) {
	for shell, want := range map[string]Dialect{"": Bash, "bash": Bash, "/bin/bash": Bash, "/bin/bash -e": Bash, "/bin/busybox sh": Ash, "sh": Ash, "dash": POSIX, "python3": Other} {
		if got := DialectOf(shell); got != want {
			t.Errorf("DialectOf(%q) = %d", shell, got)
		}
	}
	const array = "a=(1 2)"
	if s := Parse(array, POSIX); len(s.Problems) != 1 || !strings.Contains(s.Problems[0].Message, "bash has") {
		t.Errorf("arrays in POSIX: %v", s.Problems)
	}
	if s := Parse("print('(')", Other); s.Skipped == "" || len(s.Problems) > 0 {
		t.Errorf("python is not read: %+v", s)
	}
}

func TestLimits(t *testing.T) {
	for _, s := range []string{strings.Repeat("(", shortScript+1), strings.Repeat("a", maxScript+1)} {
		if got := Parse(s, Bash); got.Skipped == "" || len(got.Problems) > 0 {
			t.Errorf("%d bytes: %+v", len(s), got.Problems)
		}
	}
	// The parser's stack bears what passes the limits.
	checkRanges(t, Parse(strings.Repeat("((", shortScript/2), Bash))
	for _, unit := range []string{"if ", "while ", "case x in a) ", "a|", "a&&", "f() ", "time ", "{ }\n", "$(a)", "((-", "((a=", "<<a\n", "\"`"} {
		checkRanges(t, Parse(strings.Repeat(unit, maxScript/4/len(unit)), Bash))
	}
}

func TestCommandAt(t *testing.T) {
	in := "a \"$(b c)\" d"
	s := Parse(in, Bash)
	if c := s.CommandAt(strings.Index(in, "c")); c == nil || c.Name != "b" {
		t.Errorf("%+v", c)
	}
	if c := s.CommandAt(0); c == nil || c.Name != "a" {
		t.Errorf("%+v", c)
	}
	if c := s.Commands[0]; c.Builtin() {
		t.Error("a is no builtin")
	}
}
