package lsp_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// oddDocuments are definitions as no editor should hand them over.
func oddDocuments() map[string]string {
	base := fmt.Sprintf(soakBase, 1, 1, 1, 1)
	wide := strings.NewReplacer("Sample", "𝒳Sample𝒳", "sample", "𝒳sample𝒳", "nonroot", "𝒳", "install", "é𝒳").Replace(base)
	return map[string]string{
		"empty":              "",
		"directive alone":    "# syntax=dhi.io/build:2-debian13",
		"CRLF":               strings.ReplaceAll(base, "\n", "\r\n"),
		"CR":                 strings.ReplaceAll(base, "\n", "\r"),
		"mixed breaks":       strings.Replace(strings.Replace(base, "\n", "\r\n", 20), "platforms", "\rplatforms", 1),
		"BOM":                "\ufeff" + base,
		"BOM twice":          "\ufeff\ufeff" + base,
		"BOM inside":         strings.ReplaceAll(base, "- name", "- \ufeffname"),
		"NUL":                strings.ReplaceAll(base, "example", "exa\x00mple"),
		"NUL before":         "\x00" + base,
		"control characters": strings.ReplaceAll(base, "example", "\x1b[31m\x7f\u0085\u2028"),
		"invalid UTF-8":      strings.ReplaceAll(base, "example", "\xff\xfe\xc3("),
		"surrogates":         wide,
		"surrogates, CRLF":   strings.ReplaceAll(wide, "\n", "\r\n"),
		"tabs":               strings.ReplaceAll(base, "    ", "\t"),
		"no last break":      strings.TrimSuffix(base, "\n"),
		"many documents":     base + "---\n" + base + "...\n%YAML 1.2\n---\n" + base,
		"deep":               base + "x:\n" + strings.Repeat("[", 5000),
		"one long line":      base + "annotations: {a: \"" + strings.Repeat("𝒳 ${VERSION} ", 300) + "\"}\n",
	}
}

// TestOddDocuments asks everything at many places of odd documents, as clients
// that can do much and little. Nothing may fail, and every position of an
// answer must be one of the document.
func TestOddDocuments(t *testing.T) {
	for _, profile := range []lsptest.Profile{lsptest.Minimal, lsptest.VSCode, lsptest.Neovim, lsptest.Emacs} {
		t.Run(string(profile), func(t *testing.T) {
			c := lsptest.Start(t, services(), lsptest.Config{Profile: profile, Set: map[string]any{"rootUri": nil}})
			enc := text.UTF16
			switch c.Result.Capabilities.PositionEncoding {
			case protocol.PositionEncodingKindUTF8:
				enc = text.UTF8
			case protocol.PositionEncodingKindUTF32:
				enc = text.UTF32
			}
			dir := t.TempDir()
			for name, content := range oddDocuments() {
				askAll(t, c, enc, &soakDoc{uri: uri.File(filepath.Join(dir, name+".yaml")), text: content}, name)
			}
		})
	}
}

// askAll opens a document, asks everything about places in it, its last and
// those behind it, and closes it.
func askAll(t *testing.T, c *lsptest.Client, enc text.Encoding, d *soakDoc, name string) {
	t.Helper()
	c.Open(d.uri, "yaml", d.text)
	seen := text.New(string([]rune(d.text))) // as it is decoded
	places := []protocol.Position{{}, {Line: 1 << 31, Character: 1 << 31}, {Line: 0, Character: 1 << 31}}
	// Places in the middle of characters, too.
	for line := 0; line < seen.Lines(); line += max(1, seen.Lines()/6) {
		for _, column := range []int{0, 11, 12, 13} {
			places = append(places, protocol.Position{Line: uint32(line), Character: uint32(column)})
		}
	}
	for _, r := range requests {
		for i, at := range places {
			if r.params == nil && i > 0 {
				break
			}
			var raw jsontext.Value
			if err := c.Request(r.method, r.of(d, at), &raw); err != nil && !(&soak{}).refused(err) && !strings.Contains(err.Error(), "not offered") {
				t.Errorf("%s: %s at %v: %v", name, r.method, at, err)
				continue
			}
			var answer any
			if len(raw) > 0 {
				if err := json.Unmarshal(raw, &answer); err != nil {
					t.Errorf("%s: %s at %v: %v", name, r.method, at, err)
				}
			}
			if strings.Contains(r.method, "semanticTokens") {
				checkTokens(t, seen, enc, get(answer, "data"), name)
				continue
			}
			checkPositions(t, seen, enc, answer, fmt.Sprintf("%s: %s at %v", name, r.method, at))
		}
	}
	c.Close(d.uri)
}

// checkPositions looks through an answer for positions.
func checkPositions(t *testing.T, seen *text.Text, enc text.Encoding, v any, what string) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			checkPositions(t, seen, enc, item, what)
		}
	case map[string]any:
		if _, is := v["character"]; is {
			checkPosition(t, seen, enc, text.Position{Line: number(v["line"]), Column: number(v["character"])}, what)
		}
		for _, item := range v {
			checkPositions(t, seen, enc, item, what)
		}
	}
}

func checkPosition(t *testing.T, seen *text.Text, enc text.Encoding, p text.Position, what string) {
	t.Helper()
	if p.Line == seen.Lines() && p.Column == 0 {
		return // behind the last line, as whole lines end
	}
	if back := seen.Position(seen.Offset(p, enc), enc); back != p {
		t.Errorf("%s: the position %v is not in the text, which has %v there", what, p, back)
	}
}

// checkTokens follows the tokens, each told from the one before.
func checkTokens(t *testing.T, seen *text.Text, enc text.Encoding, data any, what string) {
	t.Helper()
	list := array(data)
	var p text.Position
	for i := 0; i+4 < len(list); i += 5 {
		if lines := number(list[i]); lines > 0 {
			p = text.Position{Line: p.Line + lines}
		}
		p.Column += number(list[i+1])
		end := text.Position{Line: p.Line, Column: p.Column + number(list[i+2])}
		checkPosition(t, seen, enc, p, what+": tokens")
		checkPosition(t, seen, enc, end, what+": tokens")
		if t.Failed() {
			return
		}
	}
}
