package markup

import (
	"testing"

	"go.lsp.dev/protocol"
)

func TestPlain(t *testing.T) {
	for markdown, want := range map[string]string{
		"A `word` and **bold**.":                        "A word and bold.",
		"# Title\n\ntext":                               "Title\n\ntext",
		"[the page](https://example.com)":               "the page (https://example.com)",
		"[https://a.b](https://a.b)":                    "https://a.b",
		"before\n\n```yaml\na: `b` **c**\n```\n\nafter": "before\n\na: `b` **c**\n\nafter",
		`a\*b \[c\]`:                                    "a*b [c]",
		"`a\\*b`":                                       `a\*b`,
		"`` a`b ``":                                     "a`b",
		"one\n\n---\n\ntwo":                             "one\n\ntwo",
		"":                                              "",
	} {
		if got := Plain(markdown); got != want {
			t.Errorf("%q: got %q, want %q", markdown, got, want)
		}
	}
}

func TestContent(t *testing.T) {
	if c := Content(protocol.MarkupKindMarkdown, "`a`"); c.Value != "`a`" || c.Kind != protocol.MarkupKindMarkdown {
		t.Errorf("got %+v", c)
	}
	if c := Content(protocol.MarkupKindPlainText, "`a`"); c.Value != "a" || c.Kind != protocol.MarkupKindPlainText {
		t.Errorf("got %+v", c)
	}
}

// TestText holds foreign text to come out of plain text as it went in.
func TestText(t *testing.T) {
	const foreign = "a*b_c [x](y) `z` <b> # | ~ \\"
	if got := Plain(Text(foreign)); got != foreign {
		t.Errorf("got %q", got)
	}
	if got := Plain(Code("a`b")); got != "a`b" {
		t.Errorf("got %q", got)
	}
}
