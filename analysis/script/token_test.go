package script

import (
	"fmt"
	"strings"
	"testing"
)

var tokenNames = map[TokenKind]string{
	TokenComment: "comment", TokenKeyword: "keyword", TokenCommand: "command", TokenFunction: "function",
	TokenOption: "option", TokenString: "string", TokenVariable: "variable", TokenOperator: "operator",
}

func TestTokens(t *testing.T) {
	for source, want := range map[string]string{
		"set -eux # why":    "command set, option -eux, comment # why",
		`echo "a $B c" 'd'`: `command echo, string "a , variable $B, string  c", string 'd'`,
		"if true; then x; elif y; then z; else w; fi": "keyword if, command true, keyword then, command x, keyword elif, command y, keyword then, command z, keyword else, command w, keyword fi",
		"for f in a; do cp $f b; done":                "keyword for, variable f, keyword in, keyword do, command cp, variable $f, keyword done",
		"A=1 export B=2":                              "variable A, command export",
		"export B=2 | tee x > y && z":                 "keyword export, variable B, operator |, command tee, operator >, operator &&, command z",
		"f() { x; }\nf":                               "function f, command x, command f",
		"x=$(date +%s)":                               "variable x, operator $(, command date, operator )",
		"cp ${source.dir}/a ${N:^(.)$}":               "command cp, variable ${source.dir}, variable ${N:^(.)$}",
		"case $x in a) b;; esac":                      "keyword case, variable $x, keyword in, command b, keyword esac",
		"cat <<E\ntext $V\nE\n":                       "command cat, operator <<, string text , variable $V, string \nE",
		"[[ -f a ]]":                                  "keyword [[, keyword ]]",
		"":                                            "",
	} {
		var got []string
		for _, token := range Tokens(source, Bash) {
			got = append(got, fmt.Sprintf("%s %s", tokenNames[token.Kind], source[token.Range.Start:token.Range.End]))
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%q:\n got %s\nwant %s", source, s, want)
		}
	}
}

// Any text gives tokens in order, inside of it.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"if x", "echo \"a$(b `c` ${d.e}", "cat <<E\nx", "for ((;;)) {", "\xff\x00$", "case x in"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		last := 0
		for _, token := range Tokens(source, Bash) {
			if token.Range.Start < last || token.Range.End <= token.Range.Start || token.Range.End > len(source) {
				t.Fatalf("token %v of %q", token, source)
			}
			last = token.Range.End
		}
	})
}
