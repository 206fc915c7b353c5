package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// describe writes a cursor in one line for the tables below.
func describe(t *Tree, c Cursor) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", c.Role, c.Path)
	if c.Prefix != "" {
		fmt.Fprintf(&b, " prefix=%q", c.Prefix)
	}
	if !c.Replace.Empty() {
		fmt.Fprintf(&b, " replace=%q", t.Text.Slice(c.Replace))
	}
	for _, f := range []struct {
		name string
		on   bool
	}{{"flow", c.InFlow}, {"dash", c.NeedsDash}, {"space", c.NeedsSpace}, {"own", c.OwnLine}} {
		if f.on {
			b.WriteString(" " + f.name)
		}
	}
	if c.Quote != Plain {
		b.WriteString(map[Style]string{SingleQuoted: " single", DoubleQuoted: " double"}[c.Quote])
	}
	if c.Role <= RoleItem {
		fmt.Fprintf(&b, " @%d", c.Indent)
	}
	if s := c.Siblings(); len(s) > 0 && (c.Role == RoleKey || c.Role == RoleItem) {
		b.WriteString(" beside " + strings.Join(s, ","))
	}
	if c.Alternative != nil {
		b.WriteString(" | " + describe(t, *c.Alternative))
	}
	return b.String()
}

// In the texts ^ is the cursor.
var cursorCases = []struct{ name, text, want string }{
	{"directive", "# syn^tax=x\n", `directive  prefix="# syn" replace="# syntax=x"`},
	{"directive's start", "^# syntax=x\n", `directive  replace="# syntax=x"`},
	{"comment", "a: 1\n# no^te\n", `comment  prefix="# no" replace="# note"`},
	{"trailing comment", "a: 1 # no^te\n", `comment  prefix="# no" replace="# note"`},
	{"before a comment line", "a: 1\n^# note\n", "key  own @0 beside a"},
	{"empty text", "^", "key  own @0"},
	{"below the directive", "# syntax=x\n\n^", "key  own @0"},
	{"below the directive, mapping follows", "# syntax=x\n^\na: 1\n", "key  own @0 beside a"},
	{"key", "ab^c: 1\nd: 2\n", `key  prefix="ab" replace="abc" own @0 beside d`},
	{"before a key", "a:\n ^ b: 1\n  c: 2\n", `key a own @2 beside c`},
	{"quoted key", "'a^b': 1\n", `key  prefix="a" replace="ab" own single @0`},
	{"half key", "a: 1\nzz^\nb: 2\n", `key  prefix="zz" replace="zz" own @0 beside a,b`},
	{"first half key", "zz^", `key  prefix="zz" replace="zz" own @0`},
	{"half key in an item", "l:\n  - a: 1\n    zz^\n", `key l[0] prefix="zz" replace="zz" own @4 beside a`},
	{"first key of an item", "l:\n  - a^b: 1\n    c: 2\n", `key l[0] prefix="a" replace="ab" @4 beside c`},
	{"half key, value there", "a: 1\nzz:x^\n", `value zz prefix="x" replace="x" space @2`},
	{"behind the colon", "a:^\n", "value a space @2"},
	{"behind the blank", "a: ^\n", "value a @2"},
	{"blank before the value", "a: ^ bc\n", `value a replace=" bc" @2`},
	{"value's start", "a: ^bc\n", `value a replace="bc" @2`},
	{"in a value", "a: b^c d\n", `value a prefix="b" replace="bc d" @2`},
	{"behind a value", "a: bc^\n", `value a prefix="bc" replace="bc" @2`},
	{"blank behind a value", "a: bc ^\nb: 1\n", `value a prefix="bc " replace="bc " @2`},
	{"double quotes", "a: \"b^c\"\n", `value a prefix="b" replace="bc" double @2`},
	{"empty quotes", "a: '^'\n", "value a single @2"},
	{"open quote", "a: \"b^\nb: 1\n", `value a prefix="b" replace="b" double @2`},
	{"behind quotes", "a: 'b'^\n", `value a prefix="'b'" replace="'b'" @2`},
	{"tag", "a:\n  - !ga^\n  - b\n", `item a[0] prefix="!ga" replace="!ga" @2 beside b`},
	{"alias", "a: *x^\n", `value a prefix="*x" replace="*x" @2`},
	{"value on its own line", "a:\n  b^c\n", `value a prefix="b" replace="bc" own @2`},
	{"item", "a:\n  - b^c\n  - d\n", `item a[0] prefix="b" replace="bc" @2 beside d`},
	{"empty item", "a:\n  - ^\n  - d\n", `item a[0] @2 beside d`},
	{"bare dash", "a:\n  - d\n  -^\n", `item a[1] space @2 beside d`},
	{"before a dash", "a:\n ^ - d\n  - e\n", `item a[0] own @2 beside e`},
	{"word below a list", "a:\n  - d\n  zz^\nb: 1\n", `item a[1] prefix="zz" replace="zz" dash own @2 beside d`},
	{"word below a list at its key's column", "a:\n- d\nzz^\nb: 1\n", `item a[1] prefix="zz" replace="zz" dash own @0 beside d | key  @0 beside a,b`},
	{"list in a list", "a:\n  - - b\n    - ^\n", `item a[0][1] @4 beside b`},
	{"block scalar header", "a: |^\n  b\n", `value a prefix="|" replace="|" @2`},
	{"script", "a: |\n  echo he^llo\nb: 1\n", `scalar a prefix="he" replace="hello"`},
	{"empty line of a script", "a: |\n  b\n^\n  c\n", `scalar a own`},
	{"line behind a script", "a: |\n  b\n  ^\nc: 1\n", `scalar a own`},
	{"left of a script", "a: |\n  b\n^\nc: 1\n", `key  own @0 beside a,c`},
	{"empty script", "a: |\n  ^\nc: 1\n", `scalar a own`},
	{"open list", "a: [b, ^\nc: 1\n", `item a[1] flow @0 beside b`},
	{"open list, next line", "a: [b,\n  ^\nc: 1\n", `item a[1] flow own @0 beside b`},
	{"word in a flow list", "a: [b, c^d, e]\n", `item a[1] prefix="c" replace="cd" flow @0 beside b,e`},
	{"behind a comma", "a: [b,^ c]\n", `item a[1] flow @0 beside b,c`},
	{"empty flow list", "a: [^]\n", "item a[0] flow @0"},
	{"empty flow mapping", "a: {^}\n", "key a flow @0"},
	{"open mapping's key", "a: {b: 1, c^\n", `key a prefix="c" replace="c" flow @0 beside b`},
	{"open mapping's value", "a: {b: 1, c: ^\nd: 1\n", `value a.c flow @2`},
	{"quote in a flow", "a: [\"b^\nc: 1\n", `item a[0] prefix="b" replace="b" flow double @0`},
	{"nested flow", "a: {b: [c, {d: e^}]}\n", `value a.b[1].d prefix="e" replace="e" flow @2`},
	{"before a flow", "a: ^[b]\n", "value a @2"},
	{"behind a flow", "a: [b]^\n", "value a @2"},
	{"blank line, outer column", "a:\n  b: 1\n^\n", "key  own @0 beside a"},
	{"blank line, inner column", "a:\n  b: 1\n  ^\n", "key a own @2 beside b"},
	{"blank line between", "a:\n ^ \n  b: 1\n", "key a own @2 beside b"},
	{"blank line above a mapping", "a:\n  ^\n  b: 1\n", "key a own @2 beside b"},
	{"blank line in a list", "a:\n  - b\n  ^\n  - c\n", "item a[1] dash own @2 beside b,c"},
	{"blank line above a list", "a:\n  ^\n  - b\n", "item a[0] dash own @2 beside b"},
	{"blank line, odd column", "a:\n    - b\n  ^\n", "item a[1] dash own @4 beside b"},
	{"blank line in an item", "a:\n  - b: 1\n    ^\n", "key a[0] own @4 beside b"},
	{"blank line, zero-indented list", "a:\n- b\n^\n", "item a[1] dash own @0 beside b | key  own @0 beside a"},
	{"key without value, deeper", "a:\n  ^\nb: 1\n", "value a own @2"},
	{"key without value, same column", "a:\n^\nb: 1\n", "key  own @0 beside a,b | value a dash own @0"},
	{"dash without value, deeper", "a:\n  -\n    ^\n", "item a[0] own @4"},
	{"end of file", "a:\n  b:\n    ^", "value a.b own @4"},
	{"CRLF", "a:\r\n  b: c^\r\n", `value a.b prefix="c" replace="c" @4`},
	{"CRLF blank", "a:\r\n  b: c\r\n  ^\r\n", `key a own @2 beside b`},
	{"BOM", "\ufeffa^b: 1\n", `key  prefix="a" replace="ab" own @0`},
	{"BOM alone", "\ufeff^", `key  own @0`},
	{"non-ASCII", "ä: ö^ü\n", `value ä prefix="ö" replace="öü" @2`},
	{"first key of an item, value there", "a:\n  - b: 1\n  - b:x^\n", `value a[1].b prefix="x" replace="x" space @6`},
	{"item with a colon", "a:\n  - b\n  - cmd:x^\n", `item a[1] prefix="cmd:x" replace="cmd:x" @2 beside b`},
	{"first key below a key, value there", "a:\n  b:x^\n", `value a.b prefix="x" replace="x" space @4`},
	{"stray word", "a:\n  - 'b'\n    zz^\n", `item a[0] prefix="zz" replace="zz" own @4`},
}

func TestCursor(t *testing.T) {
	for _, c := range cursorCases {
		t.Run(c.name, func(t *testing.T) {
			at := strings.IndexByte(c.text, '^')
			tree := Parse(text.New(c.text[:at] + c.text[at+1:]))
			if got := describe(tree, tree.At(at)); got != c.want {
				t.Errorf("%q\ngot  %s\nwant %s", c.text, got, c.want)
			}
		})
	}
}
