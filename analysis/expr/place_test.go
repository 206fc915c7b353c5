package expr

import (
	"strings"
	"testing"
)

// The cursor is at the bar.
func TestAt(t *testing.T) {
	for _, tc := range []struct {
		in      string
		kind    PlaceKind
		prefix  string
		replace string
		path    string
	}{
		{"|", InText, "", "", ""},
		{"a|b", InText, "", "", ""},
		{"$|{A}", InText, "", "", ""},
		{"${|", InName, "", "", ""},
		{"${|}", InName, "", "", ""},
		{"x ${|", InName, "", "", ""},
		{"${NA|", InName, "NA", "NA", ""},
		{"${NA|ME}", InName, "NA", "NAME", ""},
		{"${NAME|}", InName, "NAME", "NAME", ""},
		{"${NAME}|", InText, "", "", ""},
		{"${NAME}|x", InText, "", "", ""},
		{"${source.|", InName, "source.", "source.", ""},
		{"${A|/x/${B}", InName, "A", "A", ""},
		{"${V:|}", InRegex, "", "", ""},
		{"${V:(a|b)}", InRegex, "(a", "(ab)", ""},
		{"${V:|", InRegex, "", "", ""},
		{"#{|", InOperand, "", "", ""},
		{"#{ | }", InOperand, "", "", ""},
		{"#{ ta| }", InOperand, "ta", "ta", ""},
		{"#{ target.| }", InMember, "", "", "target"},
		{"#{ target.|", InMember, "", "", "target"},
		{"#{ target.a|rch }", InMember, "a", "arch", "target"},
		{"#{ target.|arch }", InMember, "", "arch", "target"},
		{"#{ definition.vars.| }", InMember, "", "", "definition.vars"},
		{"#{ definition.vars.A| }", InMember, "A", "A", "definition.vars"},
		{"#{ target.arch | }", InOperator, "", "", ""},
		{"#{ target.arch == | }", InOperand, "", "", ""},
		{"#{ target.arch == \"|\" }", InString, "", "", "target.arch"},
		{"#{ target.arch == \"am| }", InString, "am", "am", "target.arch"},
		{"#{ \"a|b\" }", InString, "a", "ab", ""},
		{"#{ \"a\"| }", InOperator, "", "", ""},
		{"#{ target.arch == \"amd64\" ? | }", InOperand, "", "", ""},
		{"#{ target.arch }|", InText, "", "", ""},
	} {
		offset := strings.IndexByte(tc.in, '|')
		s := strings.Replace(tc.in, "|", "", 1)
		tpl := Parse(s)
		got := tpl.At(offset)
		if got.Kind != tc.kind || got.Prefix != tc.prefix || s[got.Replace.Start:got.Replace.End] != tc.replace || got.Path != tc.path {
			t.Errorf("At(%q) = %+v replace %q", tc.in, got, s[got.Replace.Start:got.Replace.End])
		}
	}
}

func TestReferences(t *testing.T) {
	tpl := Parse("${A}/${source.dir}/${B:(.*)}")
	var names []string
	for _, r := range tpl.References() {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, " "); got != "A source.dir B" {
		t.Errorf("references: %s", got)
	}
	tpl = Parse(`#{ target.arch == "amd64" ? definition.vars.X : definition.vars.Y + definition.vars.X }`)
	names = nil
	for _, r := range tpl.References() {
		if !r.InExpression || tpl.Source[r.Range.Start:r.Range.End] != r.Name {
			t.Errorf("reference %+v", r)
		}
		names = append(names, r.Name)
	}
	if got := strings.Join(names, " "); got != "target.arch X Y X" {
		t.Errorf("references: %s", got)
	}
}

func TestMembers(t *testing.T) {
	if m := Members("target"); len(m) != 1 || m[0].Name != "arch" || m[0].Doc == "" {
		t.Errorf("members of target: %v", m)
	}
	if len(Builtins(false)) != 3 || len(Builtins(true)) != 6 {
		t.Error("built-ins: 3 everywhere, 6 in scripts")
	}
	if _, ok := LookupBuiltin("target.fips", false); ok {
		t.Error("target.fips is known in scripts only")
	}
	if _, ok := LookupBuiltin("target.fips", true); !ok {
		t.Error("target.fips is known in scripts")
	}
}
