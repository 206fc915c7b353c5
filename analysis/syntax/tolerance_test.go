package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Broken texts with the problems they have, at their place, and the tree that
// is read all the same.
var broken = []struct{ text, problems, tree string }{
	{"a", "1:1-1:2 expected `a: value`: the colon is missing", "{a:-}"},
	{"a:", "", "{a:-}"},
	{"a:\n  b", "", "{a:\"b\"}"},
	{"a: b: c\n", "1:4-1:8 `: ` inside an unquoted value reads as a second key: quote the value", "{a:\"b: c\"}"},
	{"a: \"b\nc: d\n", "1:4-1:6 the quote `\"` is not closed on this line", "{a:\"b\" c:\"d\"}"},
	{"a: 'b\nc: d\n", "1:4-1:6 the quote `'` is not closed on this line", "{a:\"b\" c:\"d\"}"},
	{"a: [b\nc: d\n", "1:4-1:5 `[` is not closed: expected `]`", "{a:[\"b\"] c:\"d\"}"},
	{"a: [b,\n  c\nd: e\n", "1:4-1:5 `[` is not closed: expected `]`", "{a:[\"b\" \"c\"] d:\"e\"}"},
	{"a: {b: c\nd: e\n", "1:4-1:5 `{` is not closed: expected `}`", "{a:{b:\"c\"} d:\"e\"}"},
	{"a: {b\nc: d\n", "1:4-1:5 `{` is not closed: expected `}`; 1:5-1:6 expected `b: value`", "{a:{b:-} c:\"d\"}"},
	{"a: [b, c}\nd: e\n", "1:4-1:5 `[` is not closed: expected `]`; 1:9-1:10 expected `]` here", "{a:[\"b\" \"c\"] d:\"e\"}"},
	{"a: [,b]\n", "1:5-1:6 expected a value before `,`", "{a:[\"b\"]}"},
	{"a: [b c, d\n", "1:4-1:5 `[` is not closed: expected `]`", "{a:[\"b c\" \"d\"]}"},
	{"a: {b: c d: e}\n", "1:11-1:12 expected `,` or `}`", "{a:{b:\"c d\" :\"e\"}}"},
	{"a: ]\nb: 1\n", "1:4-1:5 a value cannot begin with `]`: quote it", "{a:\"]\" b:\"1\"}"},
	{"a: @b\n", "1:4-1:6 a value cannot begin with `@`: quote it", "{a:\"@b\"}"},
	{"a: `b`\n", "1:4-1:7 a value cannot begin with a backtick: quote it", "{a:\"`b`\"}"},
	{"a: %b\n", "1:4-1:6 a value cannot begin with `%`: quote it", "{a:\"%b\"}"},
	{"a: ,b\n", "1:4-1:6 a value cannot begin with `,`: quote it", "{a:\",b\"}"},
	{"a: - b\n", "1:4-1:7 `- ` cannot begin a value here: put it on a line of its own, or quote the value", "{a:\"- b\"}"},
	{"a: ? b\n", "1:4-1:7 `? ` cannot begin a value here: put it on a line of its own, or quote the value", "{a:\"? b\"}"},
	{"a: | b\n", "1:4-1:7 `|` begins a block scalar, and nothing may follow it on the line: quote the value if it is meant as text", "{a:\"| b\"}"},
	{"a: > b\n", "1:4-1:7 `>` begins a block scalar, and nothing may follow it on the line: quote the value if it is meant as text", "{a:\"> b\"}"},
	{"a: 'b' c\n", "1:8-1:9 unexpected text behind the value: quote the whole value, or delete what is too much", "{a:\"b\"}"},
	{"a: \"b\" c\n", "1:8-1:9 unexpected text behind the value: quote the whole value, or delete what is too much", "{a:\"b\"}"},
	{"a: [b] c\n", "1:8-1:9 unexpected text behind the value: quote the whole value, or delete what is too much", "{a:[\"b\"]}"},
	{"a: \"\\q\"\n", "1:5-1:7 `\\q` is no escape sequence: write `\\\\` for a backslash, or use single quotes", "{a:\"\\\\q\"}"},
	{"a: \"\\\n", "1:4-1:6 the quote `\"` is not closed on this line", "{a:\"\\\\\"}"},
	{"a: *b\n", "1:4-1:6 `*b` is an alias, and nothing is anchored as `&b`: quote the text if it is not meant as one", "{a:*b}"},
	{"a: &\n", "1:4-1:5 `&` is no anchor: a value that begins with `&` has to be quoted", "{a:-}"},
	{"a: !\n", "1:4-1:5 `!` without quotes is a YAML tag and not text, so the value is empty: quote it", "{a:-}"},
	{"a: !x{y\n", "1:4-1:8 `!x{y` is no tag: a value that begins with `!` has to be quoted", "{a:-}"},
	{"a: 1\n b: 2\n", "2:2-2:3 `b` is indented deeper than the keys beside it: move it to column 1", "{a:\"1\" b:\"2\"}"},
	{"a: 1\n  b: 2\nc: 3\n", "2:3-2:4 `b` is indented deeper than the keys beside it: move it to column 1", "{a:\"1\" b:\"2\" c:\"3\"}"},
	{"a:\n  b: 1\n c: 2\n", "3:2-3:3 `c` stands at column 2, the keys it belongs to at column 3: align them", "{a:{b:\"1\" c:\"2\"}}"},
	{"a:\n   b: 1\n  c: 2\n  d: 3\n", "2:4-2:5 this stands at column 4, and what follows beside it at column 3: align them", "{a:{b:\"1\" c:\"2\" d:\"3\"}}"},
	{"a:\n    b: 1\n  c: 2\n", "2:5-2:6 this stands at column 5, and what follows beside it at column 3: align them", "{a:{b:\"1\" c:\"2\"}}"},
	{"a:\n  - b\n - c\n", "3:2-3:5 this item stands at column 2, its list at column 3: align them", "{a:[\"b\" \"c\"]}"},
	{"a:\n  - b\n   - c\n", "3:4-3:7 this is no list item: it is indented under a value and so continues its text", "{a:[\"b - c\"]}"},
	{"a:\n  - b\n    - c\n", "3:5-3:8 this is no list item: it is indented under a value and so continues its text", "{a:[\"b - c\"]}"},
	{"a:\n  - b: 1\n   c: 2\n", "3:4-3:5 `c` stands at column 4, the keys it belongs to at column 5: align them", "{a:[{b:\"1\" c:\"2\"}]}"},
	{"a:\n  - b: 1\n     c: 2\n", "3:6-3:7 `c` is indented deeper than the keys beside it: move it to column 5", "{a:[{b:\"1\" c:\"2\"}]}"},
	{"a:\n  - b: 1\n  c: 2\n", "3:3-3:4 `c` stands at column 3, the keys it belongs to at column 5: align them", "{a:[{b:\"1\" c:\"2\"}]}"},
	{"a:\n  - b\n  c: 2\n", "3:3-3:4 `c` is not expected here: the lines around it are items of a list", "{a:[\"b\"]}"},
	{"a:\n  - b\n c: 2\nd: 3\n", "3:2-3:3 `c` stands at column 2, the keys it belongs to at column 1: align them", "{a:[\"b\"] c:\"2\" d:\"3\"}"},
	{"a:\n  b:\n    - c\n   d:\n    - e\n  f: 1\n", "4:4-4:5 `d` stands at column 4, the keys it belongs to at column 3: align them", "{a:{b:[\"c\"] d:[\"e\"] f:\"1\"}}"},
	{"a:\n  b: 1\n c: 2\n  d: 3\n", "3:2-3:3 `c` stands at column 2, the keys it belongs to at column 3: align them", "{a:{b:\"1\" c:\"2\" d:\"3\"}}"},
	{"a:\n  - b\n - c\n  - d\n", "3:2-3:5 this item stands at column 2, its list at column 3: align them", "{a:[\"b\" \"c\" \"d\"]}"},
	{"a:\n    - b\n\t- c\n    - d\n", "3:1-3:2 tab in the indentation: YAML wants blanks only", "{a:[\"b\" \"c\" \"d\"]}"},
	{"a:\n  - b: 1\n  \tc: 2\n", "3:3-3:4 tab in the indentation: YAML wants blanks only", "{a:[{b:\"1\" c:\"2\"}]}"},
	{"a:\n  -\n  b: 2\n", "3:3-3:4 `b` stands at column 3 and so outside of the list item above: indent it deeper than the dash", "{a:[{b:\"2\"}]}"},
	{"a: 1\n- b\n", "2:1-2:4 a list item is not expected here: the lines around it are keys of a mapping", "{a:\"1\"}"},
	{"a: 1\n  - b\n", "2:3-2:6 this is no list item: it is indented under a value and so continues its text", "{a:\"1 - b\"}"},
	{"- a\nb: 1\n", "2:1-2:2 `b` is not expected here: the lines around it are items of a list", "[\"a\"]"},
	{"a:\n  b: 1\n  - c\n", "3:3-3:6 a list item is not expected here: the lines around it are keys of a mapping", "{a:{b:\"1\"}}"},
	{"a:\n  - b\n  c\n  - d\n", "3:3-3:4 expected `- ` before this list item", "{a:[\"b\" \"c\" \"d\"]}"},
	{"a:\n- b\nc\n- d\n", "3:1-3:2 expected `- ` before this list item", "{a:[\"b\" \"c\" \"d\"]}"},
	{"a:\n  b c\n  d: e\n", "2:3-2:6 expected `b c: value`: the colon is missing", "{a:{b c:- d:\"e\"}}"},
	{"a:\n  b\n  - c\n", "3:3-3:6 this is no list item: it is indented under a value and so continues its text", "{a:\"b - c\"}"},
	{"a:\n  b\n    c: d\n", "2:3-2:4 expected `b: value`: the colon is missing", "{a:{b:{c:\"d\"}}}"},
	{"a:\n  -b\n  -c\n", "3:3-3:5 this is no list item and continues the text above: put a blank behind the dashes", "{a:\"-b -c\"}"},
	{"a:b\nc: d\n", "1:1-1:4 expected a blank behind the colon: `a: …`", "{a:b:- c:\"d\"}"},
	{"a:\n  b:c\n  d: e\n", "2:3-2:6 expected a blank behind the colon: `b: …`", "{a:{b:c:- d:\"e\"}}"},
	{"l:\n  - a:b\n    c: d\n", "2:5-2:8 expected a blank behind the colon: `a: …`", "{l:[{a:b:- c:\"d\"}]}"},
	{"a: b\nc\nd: e\n", "2:1-2:2 expected `c: value`: the colon is missing", "{a:\"b\" c:- d:\"e\"}"},
	{"a: b\na: c\n", "2:1-2:2 `a` is already set above: a mapping holds each key once, so one of the two is lost", "{a:\"b\" a:\"c\"}"},
	{"a: {b: 1, b: 2}\n", "1:11-1:12 `b` is already set above: a mapping holds each key once, so one of the two is lost", "{a:{b:\"1\" b:\"2\"}}"},
	{"\ta: b\n", "1:1-1:2 tab in the indentation: YAML wants blanks only", "{a:\"b\"}"},
	{"a:\n\tb: c\n", "2:1-2:2 tab in the indentation: YAML wants blanks only", "{a:{b:\"c\"}}"},
	{"a:\n  \tb: c\n", "2:3-2:4 tab in the indentation: YAML wants blanks only", "{a:{b:\"c\"}}"},
	{"a: |\n\tb\n", "2:1-2:2 tab in the indentation: YAML wants blanks only", "{a:\"\"}"},
	{"a: |\n    b\n  c\n", "3:3-3:4 this line is indented by 2, the block's first line by 4: indent it at least as deep", "{a:\"b\\nc\\n\"}"},
	{"a: |\n  b\n c\n", "3:2-3:3 this line is indented by 1, the block's first line by 2: indent it at least as deep", "{a:\"b\\nc\\n\"}"},
	{"a: |\n  b\n# c\n  d\ne: f\n", "3:1-3:4 this line is indented by 0, less than the block's text by 2, and so ends the block: indent it", "{a:\"b\\n# c\\nd\\n\" e:\"f\"}"},
	{"a: 'b'\n  c\nd: e\n", "2:3-2:4 this text belongs nowhere: the value above it is complete", "{a:\"b\" d:\"e\"}"},
	{"a: b\n---\nc: d\n", "2:1-2:4 a second document begins here: a definition is one document, and what follows is not read", "{a:\"b\"}"},
	{"a: b\n...\nc: d\n", "3:1-3:5 the document ends at the `...` above: what follows is not read", "{a:\"b\"}"},
	{"--- a\n", "1:1-1:6 write the content below the `---` line", ""},
	{"%x\na: b\n", "1:1-1:3 a line that begins with `%` is an instruction to YAML readers, and this is none they know", "{a:\"b\"}"},
	{"%YAML 1.2\na: b\n", "1:1-1:10 expected a `---` line behind this instruction to YAML readers", "{a:\"b\"}"},
	{"[a, b]\n", "", "[\"a\" \"b\"]"},
	{"'a'\n", "1:1-1:4 a definition is a mapping: write `key: value` lines", "\"a\""},
	{"|\n  a\n", "1:1-2:4 a definition is a mapping: write `key: value` lines", "\"a\\n\""},
	{"- a\n- b\n", "", "[\"a\" \"b\"]"},
	{"a: \x01b\n", "1:4-1:5 control character U+0001: YAML allows none; delete it", "{a:\"\\x01b\"}"},
	{"a: b\xffc\n", "1:5-1:6 byte 0xFF is not valid UTF-8: save the file as UTF-8", "{a:\"b\\xffc\"}"},
	{"a:\n  - b\n      c\n", "", "{a:[\"b c\"]}"},
	{"a: b\n  - c\n", "2:3-2:6 this is no list item: it is indented under a value and so continues its text", "{a:\"b - c\"}"},
	{"? a\n: b\n", "1:1-1:2 `?` begins a key in YAML's long form, which is not read here: write `key: value`", ""},
	{": b\n", "", ""},
	{"a: b #c\n  d: e\n", "2:3-2:4 `d` is indented deeper than the keys beside it: move it to column 1", "{a:\"b\" d:\"e\"}"},
	{"- - a\n - b\n", "2:2-2:5 this item stands at column 2, its list at column 3: align them", "[[\"a\" \"b\"]]"},
	{"a: [b, [c, {d: e\nf: g\n", "1:4-1:5 `[` is not closed: expected `]`; 1:8-1:9 `[` is not closed: expected `]`; 1:12-1:13 `{` is not closed: expected `}`", "{a:[\"b\" [\"c\" {d:\"e\"}]] f:\"g\"}"},
	{"a: \"b\n  c\n  d: e\nf: g\n", "1:4-1:6 the quote `\"` is not closed on this line", "{a:\"b\" d:\"e\" f:\"g\"}"},
	{"image: x\ncontents:\n  packages:\n    - a\n    - !b\n  builds\n    - name: c\n      runs: |\n        d\n      e: 'f\naccounts:\n  root: tru:e\n", "5:7-5:9 `!b` without quotes is a YAML tag and not text, so the value is empty: quote it; 6:3-6:9 expected `builds: value`: the colon is missing; 10:10-10:12 the quote `'` is not closed on this line", "{image:\"x\" contents:{packages:[\"a\" -] builds:[{name:\"c\" runs:\"d\\n\" e:\"f\"}]} accounts:{root:\"tru:e\"}}"},
}

func TestBroken(t *testing.T) {
	for _, c := range broken {
		for name, src := range map[string]string{"LF": c.text, "CRLF": strings.ReplaceAll(c.text, "\n", "\r\n"), "BOM": "\ufeff" + c.text} {
			tree := Parse(text.New(src))
			if got := problemList(tree); got != c.problems {
				t.Errorf("%s %q:\nproblems %s\nwant     %s", name, c.text, got, c.problems)
			}
			if got := outline(tree.Root); got != c.tree {
				t.Errorf("%s %q:\ntree %s\nwant %s", name, c.text, got, c.tree)
			}
			for _, p := range tree.Problems {
				fixed, err := text.Apply(src, p.Edits)
				if err != nil || (p.Fix != "") != (fixed != src) {
					t.Errorf("%s %q: fix %q makes %q (%v)", name, c.text, p.Fix, fixed, err)
				}
			}
		}
	}
}

func problemList(t *Tree) string {
	var out []string
	for _, p := range t.Problems {
		h := t.Text.HumanRange(p.Range)
		out = append(out, fmt.Sprintf("%d:%d-%d:%d %s", h.Start.Line, h.Start.Column, h.End.Line, h.End.Column, p.Message))
	}
	return strings.Join(out, "; ")
}

// outline writes a tree with the decoded scalars, a missing value as -.
func outline(n *Node) string {
	if n == nil {
		return ""
	}
	var members []string
	for i := range n.Entries {
		s := outline(n.Entries[i].Value)
		if n.Kind == Mapping {
			s = n.Entries[i].Key.Value + ":" + s
		}
		members = append(members, s)
	}
	switch n.Kind {
	case Missing:
		return "-"
	case Alias:
		return "*" + n.Value
	case Sequence:
		return "[" + strings.Join(members, " ") + "]"
	case Mapping:
		return "{" + strings.Join(members, " ") + "}"
	}
	return fmt.Sprintf("%q", n.Value)
}
