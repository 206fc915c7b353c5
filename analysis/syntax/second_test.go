package syntax

import (
	"fmt"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func sprint(v any) string { return fmt.Sprint(v) }

func TestSecondOpinion(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"regular", "a: 1\n", ""},
		{"all accept", "a: >\n  b\n", ""},
		{"the tree's own problem", "a: 'b\n", ""},
		{"merge of nothing", "a: 1\n<<: null\n", "yaml-strict 1:1 other YAML readers reject this (yaml.v3): `<<` takes over the keys of a mapping: its value has to be an alias of one"},
		{"both reject", "- # c\n  |\n  x\n ,: 1\n", "-"},
		{"CRLF and a byte order mark", "\ufeffa: 1\r\nb: 'x'\r\n", ""},
	} {
		tree := Parse(text.New(c.text))
		got := ""
		for _, p := range SecondOpinion(tree) {
			at := tree.Text.Human(p.Range.Start)
			got += fmt.Sprintf("%s %d:%d %s", p.Code, at.Line, at.Column, p.Message)
			if p.Lenient != (p.Code == CodeStrict) {
				t.Errorf("%s: lenient %v", p.Code, p.Lenient)
			}
		}
		if c.want != "-" && got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestOpinions builds what the two readers can say about one text.
func TestOpinions(t *testing.T) {
	tree := Parse(text.New("a: 1\r\né: b  \r\n"))
	here, there := &refusal{2, 4, "unexpected key name"}, &refusal{1, 0, "found odd thing"}
	for _, c := range []struct {
		name          string
		first, second *refusal
		want          string
	}{
		{"both", here, there, "yaml-syntax \"b\" expected `key: value`: the colon is missing, or the line is indented wrongly"},
		{"goccy", here, nil, "yaml-strict \"b\" other YAML readers reject this (goccy/go-yaml): expected `key: value`: the colon is missing, or the line is indented wrongly"},
		{"v3", nil, there, "yaml-strict \"a: 1\" other YAML readers reject this (yaml.v3): found odd thing"},
		{"behind the end", nil, &refusal{9, 1, "x"}, "yaml-strict \"\" other YAML readers reject this (yaml.v3): x"},
		{"none", nil, nil, ""},
	} {
		got := ""
		if p := tree.opinion(c.first, c.second); p != nil {
			got = fmt.Sprintf("%s %q %s", p.Code, tree.Text.Slice(p.Range), p.Message)
		}
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestReadYAML3 reads lines out of the messages of go.yaml.in/yaml/v3, which
// counts those of its parser from 0 and those of its scanner from 1.
func TestReadYAML3(t *testing.T) {
	for src, line := range map[string]int{
		"a: 1\nb: [\nc: }\n":     3,
		"a: 1\nb: @x\n":          2,
		"a: 1\nb: 2\n- c\n":      3,
		"a: 1\na: 2\n":           2,
		"a: *x\n":                0,
		"a: 1\nb:\n  - c\n d: e": 4,
	} {
		r := askYAML3([]byte(src))
		if r == nil || r.message == "" {
			t.Errorf("%q: %+v", src, r)
			continue
		}
		if r.line != line {
			t.Errorf("%q: line %d, want %d (%s)", src, r.line, line, r.message)
		}
	}
}
