package expr

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// render writes the parts one by one: kind, source, name and regex.
func render(tpl Template) string {
	var b strings.Builder
	for _, p := range tpl.Parts {
		src := tpl.Source[p.Range.Start:p.Range.End]
		switch p.Kind {
		case Literal:
			b.WriteString("'" + src + "'")
		default:
			b.WriteString(p.Kind.String() + "(" + src + " " + p.Name)
			if p.HasRegex {
				b.WriteString(" /" + p.Regex + "/")
			}
			if !p.Closed {
				b.WriteString(" open")
			}
			b.WriteString(")")
		}
	}
	return b.String()
}

func TestParseParts(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"plain", "'plain'"},
		{"a${NAME}b", "'a'variable(${NAME} NAME)'b'"},
		{"${A}${B}", "variable(${A} A)variable(${B} B)"},
		{"${PATCH_CVE-2025-1}", "variable(${PATCH_CVE-2025-1} PATCH_CVE-2025-1)"},
		{"${source.dir}/x", "builtin(${source.dir} source.dir)'/x'"},
		{"${V:^v?([0-9]+\\.[0-9]+).*$}", "variable(${V:^v?([0-9]+\\.[0-9]+).*$} V /^v?([0-9]+\\.[0-9]+).*$/)"},
		{"${V:([0-9]{2})}!", "variable(${V:([0-9]{2})} V /([0-9]{2})/)'!'"},
		{"${V:(a\\})}!", "variable(${V:(a\\})} V /(a\\})/)'!'"},
		{"${V:([{])}!", "variable(${V:([{])} V /([{])/)'!'"},
		{"${NAME)", "variable(${NAME) NAME)"},
		{"${NAME)}/x", "variable(${NAME)} NAME)'/x'"},
		{"${", "variable(${  open)"},
		{"a ${NA", "'a 'variable(${NA NA open)"},
		{"${source.", "builtin(${source. source. open)"},
		{"${VERSION.tar.gz", "variable(${VERSION VERSION open)'.tar.gz'"},
		{"${VERSION-linux/${ARCH}", "variable(${VERSION VERSION open)'-linux/'variable(${ARCH} ARCH)"},
		{"${A/x/${B}", "variable(${A A open)'/x/'variable(${B} B)"},
		{"${A\n${B}", "variable(${A A open)'\n'variable(${B} B)"},
		{"${V:(a", "variable(${V:(a V /(a/ open)"},
		{"${V:(a b", "variable(${V:(a V /(a/ open)' b'"},
		{"${}", "variable(${} )"},
		{"${ NAME }", "variable(${ NAME } NAME)"},
		{"${{ NAME }}", "variable(${{ NAME }} NAME)"},
		{"${NAME:-x}", "shell(${NAME:-x} NAME /-x/)"},
		{"${NAME%.*}", "shell(${NAME%.*} NAME)"},
		{"${#NAME}", "shell(${#NAME} NAME)"},
		{"${LD:+:${LD}}", "shell(${LD:+:${LD}} LD /+:${LD}/)"},
		{"$NAME", "'$NAME'"},
		{"x#{ a }", "'x#{ a }'"},
		{"#{ target.arch }", "expression(#{ target.arch } )"},
		{" #{ \"}\" } ", "' 'expression(#{ \"}\" } )' '"},
		{"#{ target.", "expression(#{ target.  open)"},
		{"#{ \"a }", "expression(#{ \"a } )"},
	} {
		tpl := Parse(tc.in)
		if got := render(tpl); got != tc.want {
			t.Errorf("Parse(%q)\n got %s\nwant %s", tc.in, got, tc.want)
		}
	}
}

func TestParseScriptParts(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"cd ${source.dir}; echo $x {A} #{ b }", "'cd 'builtin(${source.dir} source.dir)'; echo $x {A} #{ b }'"},
		{"${x:0:3}", "shell(${x:0:3} x /0:3/)"},
		{"${x:(-3)}", "shell(${x:(-3)} x /(-3)/)"},
		{"${x: -3}", "shell(${x: -3} x / -3/)"},
		{"${x:$y:2}", "shell(${x:$y:2} x /$y:2/)"},
		{"${V:([0-9]+.[0-9]+).*$}", "variable(${V:([0-9]+.[0-9]+).*$} V /([0-9]+.[0-9]+).*$/)"},
		{"${V:^(.+)$}", "variable(${V:^(.+)$} V /^(.+)$/)"},
	} {
		tpl := ParseScript(tc.in)
		if got := render(tpl); got != tc.want {
			t.Errorf("ParseScript(%q)\n got %s\nwant %s", tc.in, got, tc.want)
		}
		if len(tpl.Problems) > 0 {
			t.Errorf("ParseScript(%q) reports %v", tc.in, tpl.Problems)
		}
	}
}

func TestParseProblems(t *testing.T) {
	for _, tc := range []struct {
		in    string
		kind  ProblemKind
		at    string // the text under the range
		fixed string // the string after the fix, "" without one
		word  string // a word of the message
	}{
		{"a${NAME", Unclosed, "${NAME", "a${NAME}", "expected }"},
		{"x/${VERSION.tar.gz", Unclosed, "${VERSION", "x/${VERSION}.tar.gz", "VERSION"},
		{"${", Unclosed, "${", "", "expected a name"},
		{"${V:(a) b", Unclosed, "${V:(a)", "${V:(a)} b", "expected }"},
		{"p@${MARIADB_COMMIT) x", WrongCloser, "${MARIADB_COMMIT)", "p@${MARIADB_COMMIT} x", "found )"},
		{"${A]", WrongCloser, "${A]", "${A}", "found ]"},
		{"${A)}", WrongCloser, "${A)}", "${A}", "unexpected )"},
		{"x${}", EmptyName, "${}", "", "NAME"},
		{"${:(a)}", EmptyName, "${:(a)}", "", "NAME"},
		{"${ }", EmptyName, "${ }", "", "NAME"},
		{"${ A }", BadName, "${ A }", "${A}", "blanks"},
		{"${A B}", BadName, "A B", "", "no name"},
		{"${1A}", BadName, "1A", "", "no name"},
		{"${{ A }}", Doubled, "${{ A }}", "${A}", "${{ }}"},
		{"${{ a.b }}", Doubled, "${{ a.b }}", "${a.b}", "${{ }}"},
		{"${{ a", Unclosed, "${{", "", "not closed"},
		{"${V:(}", BadRegex, "(", "", "missing closing )"},
		{"${V:}", BadRegex, "${V:}", "", "missing"},
		{"${binary:Version}", NoGroup, "Version", "", "group"},
		{"@{VERSION}", LooksLikeVariable, "@{VERSION}", "${VERSION}", "${VERSION}"},
		{"a/{VERSION}.tgz", LooksLikeVariable, "{VERSION}", "a/${VERSION}.tgz", "${VERSION}"},
		{"$VERSION", ShellVariable, "$VERSION", "${VERSION}", "${VERSION}"},
		{"${A:-b}", ShellExpansion, "${A:-b}", "", "shell"},
		{"x #{ target.arch }", NotWhole, "#{ target.arch }", "", "whole"},
		{"#{ target.arch } x", NotWhole, " x", "", "whole"},
		{"#{ target.arch", Unclosed, "#{", "#{ target.arch }", "expected }"},
		{"#{ target.arch == \"x86_64\" ? \"a\" : \"b\" }", UnknownArch, `"x86_64"`, "#{ target.arch == \"amd64\" ? \"a\" : \"b\" }", "amd64"},
		{"#{ }", Syntax, " ", "", "empty"},
		{"#{ \"a\" + }", Syntax, "+", "", "ends behind +"},
		{"#{ target.arch = \"amd64\" ? \"a\" : \"b\" }", Syntax, "=", "#{ target.arch == \"amd64\" ? \"a\" : \"b\" }", "=="},
		{"#{ (\"a\" }", Syntax, "(", "#{ (\"a\") }", "expected )"},
		{"#{ \"a\") }", Syntax, ")", "", "no parenthesis"},
		{"#{ \"a }", Syntax, `"a`, "#{ \"a\" }", "not closed"},
		{"#{ \"a\" \"b\" }", Syntax, `"b"`, "", "operator"},
		{"#{ true ? \"a\" }", Syntax, `true ? "a"`, "", "second branch"},
		{"#{ \"a\" : \"b\" }", Syntax, ":", "", "without a ?"},
		{"#{ ${A} }", Syntax, "${A}", "#{ definition.vars.A }", "definition.vars"},
		{"#{ target. }", Syntax, "target.", "", "behind target."},
		{"#{ 'a' }", UnknownSyntax, "'a'", "#{ \"a\" }", "double quotes"},
		{"#{ 1 }", UnknownSyntax, "1", "", "numbers"},
		{"#{ lower(\"a\") }", UnknownSyntax, "lower", "", "calls"},
		{"#{ \"a\" < \"b\" }", UnknownSyntax, "<", "", "known"},
		{"#{ target.os }", UnknownMember, "os", "", "arch"},
		{"#{ definition.name }", UnknownMember, "name", "", "vars"},
		{"#{ VERSION }", UnknownMember, "VERSION", "#{ definition.vars.VERSION }", "definition.vars"},
		{"#{ target.arch.x }", UnknownMember, "x", "", "string"},
		{"#{ target }", TypeMismatch, "target", "", "target.arch"},
		{"#{ definition.vars }", TypeMismatch, "definition.vars", "", "definition.vars.NAME"},
		{"#{ target.arch == \"amd64\" }", TypeMismatch, `target.arch == "amd64"`, "", "condition"},
		{"#{ \"a\" ? \"b\" : \"c\" }", TypeMismatch, `"a"`, "", "condition"},
		{"#{ !\"a\" ? \"b\" : \"c\" }", TypeMismatch, `"a"`, "", "condition"},
		{"#{ \"a\" + true }", TypeMismatch, "true", "", "string"},
		{"#{ true ? \"a\" : true }", TypeMismatch, `true ? "a" : true`, "", "differ"},
		{"#{ true == \"a\" ? \"a\" : \"b\" }", TypeMismatch, `true == "a"`, "", "compares"},
		{"#{ true || \"a\" ? \"a\" : \"b\" }", TypeMismatch, `"a"`, "", "condition"},
	} {
		tpl := Parse(tc.in)
		if len(tpl.Problems) != 1 {
			t.Errorf("Parse(%q): %d problems: %+v", tc.in, len(tpl.Problems), tpl.Problems)
			continue
		}
		p := tpl.Problems[0]
		if got := tc.in[p.Range.Start:p.Range.End]; p.Kind != tc.kind || got != tc.at || !strings.Contains(p.Message, tc.word) {
			t.Errorf("Parse(%q): kind %d at %q: %s; want kind %d at %q", tc.in, p.Kind, got, p.Message, tc.kind, tc.at)
		}
		if got := applyFix(t, tc.in, p); got != tc.fixed {
			t.Errorf("Parse(%q): fixed %q, want %q", tc.in, got, tc.fixed)
		}
	}
}

func applyFix(t *testing.T, s string, p Problem) string {
	t.Helper()
	if p.Fix == nil {
		return ""
	}
	if p.FixTitle == "" {
		t.Errorf("fix of %q has no title", s)
	}
	out, err := text.Apply(s, []text.Edit{*p.Fix})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestParseSilent(t *testing.T) {
	for _, s := range []string{
		"", "a", "${A}", "${source.dir}/x", "${V:(.*)}", "{a}", "{A}", "%{NAME}", "{{NAME}}", "HEAD@{1}",
		"\\$A", "a$", "$5", "$$A", "#", "# {A}", "{", "}", "#{ target.arch }", "  #{ target.arch }\n",
		`#{ target.arch == "S" || target.arch == "arm64" ? "S" : "S" }`[:0],
		`#{ target.arch == "amd64" ? "S" : "S" }`,
		`#{ definition.vars.V == "S" || definition.vars.V == "S" ? "S" : "S" }`,
		`#{ (target.arch == "amd64" ? "S" : "S") + "S" }`,
		`#{ target.arch == "arm64" ? "S" + definition.vars.V : "S" + definition.vars.V }`,
		`#{ !(target.arch != "amd64") && definition.vars.V == "}" ? "\"" : "" }`,
		"#{\n  target.arch == \"amd64\"\n    ? \"a\"\n    : \"b\"\n}",
	} {
		tpl := Parse(s)
		if len(tpl.Problems) > 0 {
			t.Errorf("Parse(%q) reports %+v", s, tpl.Problems)
		}
	}
}

func TestDepth(t *testing.T) {
	for _, s := range []string{
		"#{ " + strings.Repeat("(", 5000) + " }",
		"#{ " + strings.Repeat("!", 5000) + "true }",
		"#{ " + strings.Repeat("true ? \"a\" : ", 5000) + "\"b\" }",
		"#{ \"a\"" + strings.Repeat(" + \"a\"", 5000) + " }",
		"#{ " + strings.Repeat("x", MaxLength) + " }",
		strings.Repeat("${A:{", 5000),
		strings.Repeat("${", 5000),
	} {
		tpl := Parse(s)
		checkCover(t, tpl)
	}
	tpl := Parse("#{ " + strings.Repeat("x", MaxLength) + " }")
	if len(tpl.Problems) != 1 || tpl.Problems[0].Kind != TooLong {
		t.Errorf("long expression: %+v", tpl.Problems)
	}
}

// checkCover holds the parts to their promise.
func checkCover(t *testing.T, tpl Template) {
	t.Helper()
	at := 0
	for _, p := range tpl.Parts {
		if p.Range.Start != at || p.Range.End <= at {
			t.Fatalf("%q: part %v does not follow byte %d", tpl.Source, p.Range, at)
		}
		at = p.Range.End
		inside := p.Kind == Literal || p.Expr != nil || p.Range.Covers(p.NameRange) && (!p.HasRegex || p.Range.Covers(p.RegexRange))
		if !inside {
			t.Fatalf("%q: ranges of %+v leave the part", tpl.Source, p)
		}
		if p.Name != "" && tpl.Source[p.NameRange.Start:p.NameRange.End] != p.Name {
			t.Fatalf("%q: name range of %+v", tpl.Source, p)
		}
		if p.Expr != nil {
			checkNodes(t, tpl.Source, p.Expr)
		}
	}
	if at != len(tpl.Source) {
		t.Fatalf("%q: parts end at %d of %d", tpl.Source, at, len(tpl.Source))
	}
	for _, p := range tpl.Problems {
		if p.Range.Start < 0 || p.Range.End > len(tpl.Source) || p.Range.End < p.Range.Start {
			t.Fatalf("%q: problem range %v", tpl.Source, p.Range)
		}
		applyFix(t, tpl.Source, p)
	}
}

func checkNodes(t *testing.T, s string, e *Expr) {
	t.Helper()
	full := text.Range{Start: 0, End: len(s)}
	Walk(e.Root, func(n Node) bool {
		if r := n.Span(); r.Len() < 0 || !full.Covers(r) {
			t.Fatalf("%q: node %T %v", s, n, r)
		}
		return true
	})
	for _, r := range e.References() {
		if s[r.Range.Start:r.Range.End] != r.Name && !strings.HasSuffix(r.Name, ".") {
			t.Fatalf("%q: reference %+v", s, r)
		}
	}
}
