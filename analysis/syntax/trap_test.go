package syntax

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func TestNumberTrap(t *testing.T) {
	for _, c := range []struct {
		value, message string
		sure           bool
	}{
		{"1.10", "`1.10` without quotes is the number 1.1", true},
		{"3.0", "`3.0` without quotes is the number 3", true},
		{"12", "`12` without quotes is a number", true},
		{"0755", "`0755` without quotes is the number 493, since its leading zero makes it octal, or 755 to other YAML readers", true},
		{"0o17", "`0o17` without quotes is the number 15", true},
		{"0x1f", "`0x1f` without quotes is the number 31", true},
		{"1_000", "`1_000` without quotes is the number 1000", true},
		{"1e3", "`1e3` without quotes is the number 1000", true},
		{".inf", "`.inf` without quotes is the number +Inf", true},
		{"true", "`true` without quotes is a boolean", true},
		{"null", "`null` without quotes is null and no text", true},
		{"~", "`~` without quotes is null and no text", true},
		{"on", "`on` without quotes is a boolean to readers of YAML 1.1", false},
		{"No", "`No` without quotes is a boolean to readers of YAML 1.1", false},
		{"22:22", "`22:22` without quotes is the number 1342, in base 60, to readers of YAML 1.1", false},
		{"-1:30", "`-1:30` without quotes is the number -90, in base 60, to readers of YAML 1.1", false},
		{"2026-02-03", "`2026-02-03` without quotes is a date to some YAML readers", false},
		{"1.2.3", "", false},
		{"4.2-debian13", "", false},
		{"2026-02-03-dev", "", false},
		{`"1.10"`, "", false},
		{"'on'", "", false},
		{"text", "", false},
		{"8080/tcp", "", false},
	} {
		src := "key: " + c.value + " # note\n"
		tree := Parse(text.New(src))
		n := tree.Root.Get("key")
		trap, ok := n.NumberTrap()
		if trap.Message != c.message || trap.Sure != c.sure || ok != (c.message != "") {
			t.Errorf("%s: %q %v", c.value, trap.Message, trap.Sure)
			continue
		}
		if n.Raw(tree) != c.value {
			t.Errorf("raw %q, want %q", n.Raw(tree), c.value)
		}
		if !ok {
			continue
		}
		fixed, err := text.Apply(src, []text.Edit{trap.Edit})
		if err != nil {
			t.Fatal(err)
		}
		if n := Parse(text.New(fixed)).Root.Get("key"); n.Type != String || n.Value != c.value || n.Style != DoubleQuoted {
			t.Errorf("%s: the fix makes %q", c.value, fixed)
		}
	}
	var none *Node
	if _, ok := none.NumberTrap(); ok {
		t.Error("a trap in nothing")
	}
}

// TestTraps holds what the tree itself calls a trap to its span, and its fix
// to a text without any problem in which the value is what was written.
func TestTraps(t *testing.T) {
	for _, c := range []struct{ name, text, span, fixed string }{
		{"bare exclusion", "p:\n  - !gawk\n  - bash\n", "!gawk", "p:\n  - '!gawk'\n  - bash\n"},
		{"tag before text", "p: !x y z # c\n", "!x y z", "p: '!x y z' # c\n"},
		{"bare tag of a key", "a: !x\nb: 1\n", "!x", "a: '!x'\nb: 1\n"},
		{"tag in a flow list", "p: [!gawk, bash]\n", "!gawk", "p: ['!gawk', bash]\n"},
		{"anchor without value", "a: &x\nb: 1\n", "&x", "a: '&x'\nb: 1\n"},
		{"expression lost", "a: #{ target.arch == \"x\" ? 'a' : 'b' }\n", "#{ target.arch == \"x\" ? 'a' : 'b' }", "a: '#{ target.arch == \"x\" ? ''a'' : ''b'' }'\n"},
		{"expression cut off", "a: v #{ x }\n", "v #{ x }", "a: 'v #{ x }'\n"},
		{"expression of an item", "a:\n  - #{ x }\n", "#{ x }", "a:\n  - '#{ x }'\n"},
		{"tag of a mapping", "a: !x\n  b: 1\n", "!x", "a: \n  b: 1\n"},
		{"tab behind a dash", "a:\n  -\tb\n", "\t", "a:\n  - b\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := Parse(text.New(c.text))
			if len(tree.Problems) != 1 {
				t.Fatalf("problems %+v", tree.Problems)
			}
			p := tree.Problems[0]
			if p.Code != CodeTrap || !p.Lenient || tree.Text.Slice(p.Range) != c.span || p.Fix == "" {
				t.Fatalf("%+v at %q", p, tree.Text.Slice(p.Range))
			}
			fixed, err := text.Apply(c.text, p.Edits)
			if err != nil || fixed != c.fixed {
				t.Fatalf("fixed %q %v", fixed, err)
			}
			if again := Parse(text.New(fixed)); len(again.Problems) > 0 {
				t.Errorf("still %+v", again.Problems)
			}
		})
	}
}

// Comments that look like an expression only from afar are none.
func TestNoTraps(t *testing.T) {
	for _, src := range []string{
		"a: b # {c}\n", "a: 'b #{ c }'\n", "# {a}\na: 1\n", "a:\n  #{ commented out }\n  b: 1\n", "a: |\n  #{ x }\n  !y\n", "a: b!c\n", "a: b&c\n", "a: x#{y}\n",
	} {
		if tree := Parse(text.New(src)); len(tree.Problems) > 0 {
			t.Errorf("%q: %+v", src, tree.Problems)
		}
	}
}

// TestLibraryTraps holds the tree and the second opinion to the places where
// goccy/go-yaml 1.19.2 is known to err.
func TestLibraryTraps(t *testing.T) {
	t.Run("a bare tag keeps its siblings", func(t *testing.T) {
		for src, want := range map[string]string{
			"p:\n  - !gawk\n  - bash\nq: 1\n": `map[p:[ bash] q:1]`,
			"p:\n  - bash\n  - !gawk\nq: 1\n": `map[p:[bash ] q:1]`,
			"a: !x\nb: 1\n":                   `map[a: b:1]`,
		} {
			if got := sprint(Parse(text.New(src)).Root.Any()); got != want {
				t.Errorf("%q: %s, want %s", src, got, want)
			}
		}
	})
	t.Run("CRLF keeps lines", func(t *testing.T) {
		src := "# one\r\n# two\r\na: 1\r\nb: {c: [}\r\n"
		tree := Parse(text.New(src))
		if len(tree.Problems) == 0 || tree.Text.Human(tree.Problems[0].Range.Start).Line != 4 {
			t.Errorf("%+v", tree.Problems)
		}
	})
	t.Run("a byte order mark is no part of the key", func(t *testing.T) {
		tree := Parse(text.New("\ufeffa: 1\n"))
		if tree.Root.Get("a") == nil || len(tree.Problems)+len(SecondOpinion(tree)) > 0 {
			t.Errorf("%v %+v", tree.Root.Any(), SecondOpinion(tree))
		}
	})
	t.Run("a block scalar knows its columns", func(t *testing.T) {
		src := "a:\n  b: |\n    one\n      two\n"
		tree := Parse(text.New(src))
		n := tree.Root.At("a", "b")
		m := tree.SourceMap(n)
		if at := strings.Index(n.Value, "two"); tree.Text.Human(m.Offset(at)) != (text.Human{Line: 4, Column: 7}) {
			t.Errorf("at %v", tree.Text.Human(m.Offset(at)))
		}
	})
	t.Run("a value that begins with , } or %", func(t *testing.T) {
		for _, src := range []string{"a: ,b\n", "a: }b\n", "a: %b\n"} {
			tree := Parse(text.New(src))
			if len(tree.Problems) != 1 || tree.Problems[0].Code != CodeSyntax || tree.Problems[0].Fix == "" {
				t.Errorf("%q: %+v", src, tree.Problems)
			}
		}
	})
	t.Run("a value below its key at the same column", func(t *testing.T) {
		tree := Parse(text.New("a:\nb\nc: 1\n"))
		if len(tree.Problems) != 1 || tree.Text.LineOf(tree.Problems[0].Range.Start) != 1 {
			t.Errorf("%+v", tree.Problems)
		}
	})
	t.Run("huge mappings are not handed on", func(t *testing.T) {
		tree := Parse(text.New("k: 0x1\n" + strings.Repeat("# c\n", maxSecondLines)))
		if got := SecondOpinion(tree); got != nil || tree.Regular {
			t.Errorf("%+v", got)
		}
	})
}
