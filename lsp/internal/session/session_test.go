package session

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

func TestPath(t *testing.T) {
	for u, want := range map[uri.URI]string{
		"file:///w/a%20b.yaml":                "/w/a b.yaml",
		"file:///w/a b.yaml":                  "/w/a b.yaml",
		"untitled:Untitled-1":                 "",
		"vscode-remote://ssh-remote%2Bx/a":    "",
		"git:/w/a.yaml?%7B%22ref%22%3A%22%22": "",
	} {
		if got, ok := Path(u); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", u, got, ok)
		}
	}
}

// A snapshot does not change when the session does.
func TestSnapshotsAreImmutable(t *testing.T) {
	s := New(nil)
	s.Put(NewDocument("file:///a", "yaml", 1, "one", text.UTF8))
	before := s.Snapshot()
	s.Put(NewDocument("file:///a", "yaml", 2, "two", text.UTF8))
	s.Put(NewDocument("file:///b", "yaml", 1, "", text.UTF8))
	s.ChangeFolders([]Folder{{URI: "file:///w"}}, nil)
	settings := DefaultSettings()
	settings.CodeLens.Build = false
	if !s.Configure(settings, nil) || s.Configure(settings, nil) {
		t.Error("Configure does not know what a change is")
	}
	s.Close("file:///a")
	doc, ok := before.Document("file:///a")
	if !ok || doc.Version != 1 || doc.Text.String() != "one" || len(before.Documents()) != 1 || len(before.Folders) != 0 || !before.Settings("file:///a").CodeLens.Build {
		t.Errorf("the snapshot has changed: %+v", before)
	}
	after := s.Snapshot()
	if _, open := after.Document("file:///a"); open || len(after.Documents()) != 1 || after.Settings("file:///a").CodeLens.Build {
		t.Errorf("the session has not: %+v", after)
	}
	if after.Generation == before.Generation {
		t.Error("the generation did not grow")
	}
}

func TestInnermostFolder(t *testing.T) {
	s := New(nil)
	s.ChangeFolders([]Folder{{URI: "file:///w"}, {URI: "file:///w/in/"}, {URI: "file:///w/i"}}, nil)
	own := DefaultSettings()
	own.InlayHints.Modes = false
	s.Configure(DefaultSettings(), map[Key]Settings{KeyOf("file:///w/in/"): own})
	now := s.Snapshot()
	for u, want := range map[uri.URI]uri.URI{
		"file:///w/a.yaml": "file:///w", "file:///w/in/a.yaml": "file:///w/in/", "file:///w/inn/a.yaml": "file:///w",
		"file:///w": "file:///w", "file:///other": "",
	} {
		if f, _ := now.Folder(u); f.URI != want {
			t.Errorf("%s is in %q, want %q", u, f.URI, want)
		}
	}
	if now.Settings("file:///w/in/a.yaml").InlayHints.Modes || !now.Settings("file:///w/a.yaml").InlayHints.Modes {
		t.Error("settings of folders")
	}
}

func TestDeriveOncePerVersion(t *testing.T) {
	var runs atomic.Int32
	lines := Derive(func(d *Document) int { runs.Add(1); return d.Text.Lines() })
	d := NewDocument("file:///a", "yaml", 1, "a\nb", text.UTF8)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if lines.Of(d) != 2 {
				t.Error("wrong value")
			}
		})
	}
	wg.Wait()
	next, err := d.Apply(&Changes{ContentChanges: []Change{{Text: new(string)}}})
	if err != nil || lines.Of(next) != 1 || runs.Load() != 2 || next.Version != 2 {
		t.Errorf("%d runs, version %d, %v", runs.Load(), next.Version, err)
	}
}

func TestPositions(t *testing.T) {
	for enc, column := range map[text.Encoding]uint32{text.UTF8: 6, text.UTF16: 3, text.UTF32: 2} {
		d := NewDocument("file:///a", "yaml", 1, "x\né𝒳y", enc)
		p := protocol.Position{Line: 1, Character: column}
		if d.Offset(p) != 8 || d.Position(8) != p {
			t.Errorf("encoding %d: offset %d, position %+v", enc, d.Offset(p), d.Position(8))
		}
		r := d.Bytes(protocol.Range{Start: protocol.Position{Line: 4294967295, Character: 4294967295}, End: protocol.Position{}})
		if r != d.Text.Full() {
			t.Errorf("a reversed range behind the end is %v", r)
		}
	}
}

func TestParseSettings(t *testing.T) {
	for raw, want := range map[string]int{
		``: 0, `null`: 0, `{}`: 0, `{"trusted":true,"trace":{"server":"off"}}`: 0, `{"diagnostics":{"limit":5}}`: 0,
		`[]`: 1, `"x"`: 1, `{"x":1}`: 1, `{"diagnostics":5}`: 1, `{"diagnostics":{"limit":"5"}}`: 1, `{"diagnostics":{"lmit":5},"y":2}`: 2,
	} {
		settings, problems := ParseSettings(jsontext.Value(raw), DefaultSettings())
		if len(problems) != want {
			t.Errorf("%s: %q", raw, problems)
		}
		if want > 0 && settings != DefaultSettings() {
			t.Errorf("%s: used although wrong: %+v", raw, settings)
		}
	}
}

func FuzzParseChanges(f *testing.F) {
	f.Add([]byte(`{"textDocument":{"uri":"file:///a","version":2},"contentChanges":[{"range":{"start":{"line":0,"character":1},"end":{"line":1,"character":0}},"rangeLength":3,"text":"x"}]}`))
	f.Add([]byte(`{"textDocument":{"uri":"file:///a"},"contentChanges":[{"text":"x"},{"range":{"start":{"line":-1e300},"end":{"line":1e300}},"text":"\ud800"}]}`))
	f.Fuzz(func(t *testing.T, params []byte) {
		changes, err := ParseChanges(params)
		if err != nil {
			return
		}
		for _, enc := range []text.Encoding{text.UTF8, text.UTF16, text.UTF32} {
			d := NewDocument("file:///a", "yaml", 1, "é𝒳\r\nx\n", enc)
			if next, _ := d.Apply(changes); next == nil {
				t.Fatal("no next version")
			}
		}
	})
}
