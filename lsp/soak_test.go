package lsp_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

var (
	soakSteps = flag.Int("soak", 2000, "edits and requests of the soak test")
	soakDocs  = flag.Int("soakdocs", 10, "documents of the soak test")
	soakSeed  = flag.Uint64("soakseed", 1, "seed of the soak test")
)

// soakBase is what the documents of the soak begin as.
const soakBase = `# syntax=dhi.io/build:2-debian13

name: Sample %d.x
image: example.org/sample
variant: runtime
tags:
  - "%d"
  - %d-debian13
platforms: [linux/amd64, linux/arm64]
vars:
  ARCH: '#{ target.arch == "amd64" ? "x86_64" : "aarch64" }'
  VERSION: 1.2.%d
contents:
  repositories:
    - deb https://example.org/debian trixie main
  packages:
    - '!mawk'
    - base-files
    - sample=${VERSION}-1
  builds:
    - name: compile
      contents:
        files:
          - url: https://example.org/${ARCH}/sample-${VERSION}.tar.gz
            path: ${source.dir}
            uid: 0
            gid: 0
      pipeline:
        - name: build
          uses: go/build@v1
          with:
            output: ${target.dir}/sample
        - name: install
          work-dir: ${source.dir}
          runs: |
            set -eux -o pipefail
            for f in a "é $X"; do # 日本
              cp "$f" ${target.dir}/
            done
      outputs:
        - source: ${target.dir}
          target: /usr/bin/sample
          uid: 65532
          gid: 65532
accounts:
  run-as: nonroot
  users:
    - name: nonroot
      uid: 65532
      gid: 65532
  groups:
    - name: nonroot
      gid: 65532
      members: [nonroot]
os-release:
  name: Sample
  id: debian
  version-id: "13"
paths:
  - type: directory
    path: /srv
    mode: "0755"
    uid: 65532
    gid: 65532
cmd:
  - sample
`

// typed are pieces that people type, paste and break definitions with.
var typed = []string{
	"\n", "\r\n", " ", "  ", "- ", ":", ": ", "a", "x: y\n", "${", "}", "#{ ", "\"", "'", "#", "[", "]", "{", "|\n", "!", "&a ", "*a", "\t",
	"packages:\n", "\n    - busybox", "é", "𝒳", "# dhi-ls: ignore[wrong-type] x\n", "uses: ", "target.", "\ufeff", "<<: ", "0755", "---\n",
}

// soakDoc is a document as the client has it.
type soakDoc struct {
	uri     uri.URI
	base    string
	text    string
	version int32
	tokens  string // the last result id
}

// soak is a client that does what comes to its mind.
type soak struct {
	t    *testing.T
	rnd  *rand.Rand
	c    *lsptest.Client
	docs []*soakDoc
}

// TestSoak edits and asks at random for as long as -soak says. Memory stays
// flat, nothing goes on afterwards, no request fails, and in the end the
// server answers as one that has just been started.
func TestSoak(t *testing.T) {
	s := &soak{t: t, rnd: rand.New(rand.NewPCG(*soakSeed, 0))}
	s.c = lsptest.Start(t, services(), lsptest.Config{Profile: lsptest.VSCode})
	dir := t.TempDir()
	for i := range *soakDocs {
		d := &soakDoc{uri: uri.File(filepath.Join(dir, fmt.Sprintf("%d.yaml", i)))}
		d.base = fmt.Sprintf(soakBase, i, i, i, i)
		s.docs = append(s.docs, d)
		s.open(s.c, d)
	}
	s.c.Sync()
	var warm uint64
	quiet := runtime.NumGoroutine()
	for i := range *soakSteps {
		if i == *soakSteps/4 {
			s.c.Sync()
			warm = heap()
		}
		s.step()
	}
	s.c.Sync()
	if now := heap(); now > warm+warm/4+8<<20 {
		t.Errorf("the heap grew from %d to %d KiB", warm>>10, now>>10)
	}
	s.settles(quiet)
	s.compare()
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what finalizers let go
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// settles waits until no more goroutines run than when nothing had been asked.
func (s *soak) settles(quiet int) {
	deadline := time.Now().Add(lsptest.Patience)
	for runtime.NumGoroutine() > quiet {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			s.t.Fatalf("%d goroutines run, at the start %d:\n%s", runtime.NumGoroutine(), quiet, stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(time.Millisecond)
	}
}

// open shows a document to a server, with the version it has now.
func (s *soak) open(c *lsptest.Client, d *soakDoc) {
	if d.version == 0 {
		d.version, d.text = 1, d.base
	}
	c.Notify(protocol.MethodTextDocumentDidOpen, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{
		URI: d.uri, LanguageID: "yaml", Version: d.version, Text: d.text,
	}})
}

func (s *soak) step() {
	d := s.docs[s.rnd.IntN(len(s.docs))]
	switch n := s.rnd.IntN(100); {
	case n < 50:
		s.edit(d)
	case n < 52 || len(d.text) > 3*len(d.base):
		s.change(d, 0, len(d.text), d.base)
	case n < 53:
		s.c.Close(d.uri)
		d.version, d.tokens = 0, ""
		s.open(s.c, d)
	case n < 57:
		s.cancelled(d)
	default:
		s.ask(d, requests[s.rnd.IntN(len(requests))])
	}
}

// edit types, pastes or deletes something somewhere.
func (s *soak) edit(d *soakDoc) {
	runes := []rune(d.text)
	start := s.rnd.IntN(len(runes) + 1)
	end := start
	if s.rnd.IntN(3) == 0 {
		end = min(len(runes), start+s.rnd.IntN(1+s.rnd.IntN(60)))
	}
	fresh := ""
	if start == end || s.rnd.IntN(2) == 0 {
		fresh = typed[s.rnd.IntN(len(typed))]
	}
	s.change(d, len(string(runes[:start])), len(string(runes[:end])), fresh)
}

func (s *soak) change(d *soakDoc, start, end int, fresh string) {
	t := text.New(d.text)
	from, to := t.Position(start, text.UTF16), t.Position(end, text.UTF16)
	start, end = t.Offset(from, text.UTF16), t.Offset(to, text.UTF16) // not between CR and LF
	d.version++
	d.text = d.text[:start] + fresh + d.text[end:]
	s.c.Change(d.uri, d.version, lsptest.Range(uint32(from.Line), uint32(from.Column), uint32(to.Line), uint32(to.Column)), fresh)
}

// request is one kind of question; place wants a position, whole does not.
type soakRequest struct {
	method string
	params func(d *soakDoc, at protocol.Position) map[string]any
}

func place(d *soakDoc, at protocol.Position) map[string]any {
	return map[string]any{"textDocument": lsptest.Doc(d.uri), "position": at}
}

func (r soakRequest) of(d *soakDoc, at protocol.Position) map[string]any {
	params := map[string]any{"textDocument": lsptest.Doc(d.uri)}
	if r.params != nil {
		for k, v := range r.params(d, at) {
			params[k] = v
		}
	}
	return params
}

func around(_ *soakDoc, at protocol.Position) map[string]any {
	return map[string]any{"range": protocol.Range{Start: at, End: protocol.Position{Line: at.Line + 1}}}
}

var requests = []soakRequest{
	{protocol.MethodTextDocumentDiagnostic, nil},
	{protocol.MethodTextDocumentHover, place},
	{protocol.MethodTextDocumentCompletion, place},
	{protocol.MethodTextDocumentSignatureHelp, place},
	{protocol.MethodTextDocumentDefinition, place},
	{protocol.MethodTextDocumentReferences, func(d *soakDoc, at protocol.Position) map[string]any {
		return map[string]any{"position": at, "context": map[string]any{"includeDeclaration": true}}
	}},
	{protocol.MethodTextDocumentDocumentHighlight, place},
	{protocol.MethodTextDocumentLinkedEditingRange, place},
	{protocol.MethodTextDocumentPrepareRename, place},
	{protocol.MethodTextDocumentRename, func(d *soakDoc, at protocol.Position) map[string]any {
		return map[string]any{"position": at, "newName": "other"}
	}},
	{protocol.MethodTextDocumentDocumentSymbol, nil},
	{protocol.MethodTextDocumentFoldingRange, nil},
	{protocol.MethodTextDocumentDocumentLink, nil},
	{protocol.MethodTextDocumentCodeLens, nil},
	{protocol.MethodTextDocumentSemanticTokensFull, nil},
	{protocol.MethodTextDocumentSemanticTokensFullDelta, func(d *soakDoc, _ protocol.Position) map[string]any {
		return map[string]any{"previousResultId": d.tokens}
	}},
	{protocol.MethodTextDocumentSemanticTokensRange, around},
	{protocol.MethodTextDocumentInlayHint, func(*soakDoc, protocol.Position) map[string]any {
		return map[string]any{"range": lsptest.Range(0, 0, 1000, 0)}
	}},
	{protocol.MethodTextDocumentSelectionRange, func(_ *soakDoc, at protocol.Position) map[string]any {
		return map[string]any{"positions": []protocol.Position{at}}
	}},
	{protocol.MethodTextDocumentFormatting, func(*soakDoc, protocol.Position) map[string]any {
		return map[string]any{"options": formatOptions}
	}},
	{protocol.MethodTextDocumentRangeFormatting, func(d *soakDoc, at protocol.Position) map[string]any {
		params := around(d, at)
		params["options"] = formatOptions
		return params
	}},
	{protocol.MethodTextDocumentOnTypeFormatting, func(d *soakDoc, at protocol.Position) map[string]any {
		return map[string]any{"position": at, "ch": "\n", "options": formatOptions}
	}},
	{protocol.MethodTextDocumentCodeAction, func(d *soakDoc, at protocol.Position) map[string]any {
		params := around(d, at)
		params["context"] = map[string]any{"diagnostics": []any{}}
		return params
	}},
}

// allowed are the errors that tell a person something, and no fault.
var allowed = []error{jsonrpc2.ErrInvalidParams, jsonrpc2.NewError(-32800, ""), jsonrpc2.NewError(-32803, "")}

func (s *soak) refused(err error) bool {
	for _, a := range allowed {
		if errors.Is(err, a) {
			return true
		}
	}
	return false
}

func (s *soak) somewhere(d *soakDoc) protocol.Position {
	p := text.New(d.text).Position(s.rnd.IntN(len(d.text)+1), text.UTF16)
	return protocol.Position{Line: uint32(p.Line), Character: uint32(p.Column)}
}

var resultID = regexp.MustCompile(`"resultId":"(\w+)",?`)

func (s *soak) ask(d *soakDoc, r soakRequest) {
	at := s.somewhere(d)
	var raw jsontext.Value
	if err := s.c.Request(r.method, r.of(d, at), &raw); err != nil && !s.refused(err) {
		s.t.Fatalf("%s at %v: %v\n%s", r.method, at, err, d.text)
	}
	if m := resultID.FindSubmatch(raw); m != nil && strings.Contains(r.method, "semanticTokens/full") {
		d.tokens = string(m[1])
	}
}

// cancelled asks and thinks better of it.
func (s *soak) cancelled(d *soakDoc) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(time.Duration(s.rnd.IntN(300))*time.Microsecond, cancel)
	r := requests[s.rnd.IntN(len(requests))]
	err := s.c.RequestContext(ctx, r.method, r.of(d, s.somewhere(d)), nil)
	if err != nil && ctx.Err() == nil && !s.refused(err) {
		s.t.Fatalf("%s: %v", r.method, err)
	}
	cancel()
}

// opening is the part of a result id that counts the documents opened.
var opening = regexp.MustCompile(`(?:"resultId":")[0-9]+\.`)

// compare asks the server and a new one the same.
func (s *soak) compare() {
	fresh := lsptest.Start(s.t, services(), lsptest.Config{Profile: lsptest.VSCode})
	for _, d := range s.docs {
		s.open(fresh, d) // all of them: one knows of the others
	}
	for _, d := range s.docs {
		for _, r := range requests {
			if r.method == protocol.MethodTextDocumentSemanticTokensFullDelta {
				continue // what differs from what was sent before differs
			}
			at := s.somewhere(d)
			var old, new string
			same := func() bool {
				old, new = s.answer(s.c, d, r, at), s.answer(fresh, d, r, at)
				return opening.ReplaceAllString(old, "") == opening.ReplaceAllString(new, "")
			}
			// The new server reads the other files in the background.
			for until := time.Now().Add(lsptest.Patience); !same() && time.Now().Before(until) && !s.t.Failed(); {
				time.Sleep(10 * time.Millisecond)
			}
			if !same() {
				s.t.Errorf("%s of %s at %v:\nafter the soak %s\n   a new server %s", r.method, d.uri, at, old, new)
			}
		}
	}
}

func (s *soak) answer(c *lsptest.Client, d *soakDoc, r soakRequest, at protocol.Position) string {
	var raw jsontext.Value
	if err := c.Request(r.method, r.of(d, at), &raw); err != nil {
		return err.Error()
	}
	_ = raw.Canonicalize() // null has no members
	return resultID.ReplaceAllString(string(raw), "")
}
