package lsp_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// ask sends a request and gives its answer as plain JSON values.
func (r *markerRun) ask(method string, params any) (any, error) {
	var raw jsontext.Value
	if err := r.client.Request(method, params, &raw); err != nil {
		return nil, err
	}
	var value any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &value); err != nil {
			return nil, err
		}
	}
	return value, nil
}

func (r *markerRun) encoding() text.Encoding {
	return map[protocol.PositionEncodingKind]text.Encoding{"utf-8": text.UTF8, "utf-16": text.UTF16, "utf-32": text.UTF32}[r.enc]
}

// position is the client's position of a byte of the base text.
func (r *markerRun) position(d *markedDoc, offset int) map[string]any {
	p := d.text.Position(d.forth[offset], r.encoding())
	return map[string]any{"line": p.Line, "character": p.Column}
}

// params names the document and, for a place, its cursor.
func (r *markerRun) params(at loc) map[string]any {
	d := r.docs[at.file.name]
	return map[string]any{"textDocument": lsptest.Doc(d.uri), "position": r.position(d, at.cursor)}
}

func (r *markerRun) rangeOf(at loc) map[string]any {
	d := r.docs[at.file.name]
	return map[string]any{"start": r.position(d, at.start), "end": r.position(d, at.end)}
}

// offset is the byte of the base text that a client's position means. A
// position that is not in the text is an error.
func (r *markerRun) offset(d *markedDoc, v any) (int, error) {
	line, character := number(get(v, "line")), number(get(v, "character"))
	p := text.Position{Line: line, Column: character}
	offset := d.text.Offset(p, r.encoding())
	if d.text.Position(offset, r.encoding()) != p {
		return 0, fmt.Errorf("the position %d:%d is not in the text", line, character)
	}
	return d.origin(offset)
}

// bytes is the range of the base text that a client's range means.
func (r *markerRun) bytes(d *markedDoc, v any) (text.Range, error) {
	start, err := r.offset(d, get(v, "start"))
	if err != nil {
		return text.Range{}, err
	}
	end, err := r.offset(d, get(v, "end"))
	if err == nil && end < start {
		err = fmt.Errorf("the range is reversed")
	}
	return text.Range{Start: start, End: end}, err
}

// show writes a client's range, or what is wrong with it.
func (r *markerRun) show(d *markedDoc, v any) string {
	at, err := r.bytes(d, v)
	if err != nil {
		return "[" + err.Error() + "]"
	}
	return d.written.show(at.Start, at.End)
}

// doc finds an open document by its URI.
func (r *markerRun) doc(v any) (*markedDoc, error) {
	name := r.relative(str(v))
	if d, ok := r.docs[name]; ok {
		return d, nil
	}
	return nil, fmt.Errorf("%s is no document of the archive", name)
}

// relative makes URIs of files of the archive names, in any text.
func (r *markerRun) relative(s string) string {
	s = strings.ReplaceAll(s, string(uri.File(r.root))+"/", "")
	return strings.ReplaceAll(s, filepath.ToSlash(r.root)+"/", "")
}

// apply makes the edits of a document and returns the text as in the base.
func (r *markerRun) apply(d *markedDoc, edits []any) (string, error) {
	var list []text.Edit
	for _, e := range edits {
		at, err := r.bytes(d, get(e, "range"))
		if err != nil {
			return "", err
		}
		fresh := str(get(e, "newText"))
		if r.variant.crlf && strings.Contains(strings.ReplaceAll(fresh, "\r\n", ""), "\n") {
			return "", fmt.Errorf("the edit %q brings lone line feeds into a text of CRLF", fresh)
		}
		list = append(list, text.Edit{Range: at, New: plain(fresh)})
	}
	slices.SortStableFunc(list, func(a, b text.Edit) int { return a.Range.Start - b.Range.Start })
	return text.Apply(d.base.String(), list)
}

// diff shows what edits do to their documents.
func (r *markerRun) diff(workspaceEdit any) (string, error) {
	byDoc := map[string][]any{}
	for u, edits := range object(get(workspaceEdit, "changes")) {
		byDoc[r.relative(u)] = array(edits)
	}
	for _, change := range array(get(workspaceEdit, "documentChanges")) {
		name := r.relative(str(get(get(change, "textDocument"), "uri")))
		byDoc[name] = append(byDoc[name], array(get(change, "edits"))...)
	}
	var names []string
	for name := range byDoc {
		names = append(names, name)
	}
	slices.Sort(names)
	var out strings.Builder
	for _, name := range names {
		d, err := r.doc(name)
		if err != nil {
			return "", err
		}
		after, err := r.apply(d, byDoc[name])
		if err != nil {
			return "", err
		}
		out.WriteString(unified(name, d.base.String(), after))
	}
	return out.String(), nil
}

// unified is a diff without context.
func unified(name, before, after string) string {
	edits := udiff.Lines(before, after)
	s, err := udiff.ToUnified(name, name, before, edits, 0)
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(s, "\\ No newline at end of file\n", "(no newline)\n")
}

// markup is the text of a MarkupContent, a string or a MarkedString.
func (r *markerRun) markup(v any) string {
	if s, ok := v.(string); ok {
		return r.relative(plain(s))
	}
	return r.relative(plain(str(get(v, "value"))))
}

// The plain JSON values of an answer.

func get(v any, key string) any { return object(v)[key] }

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func array(v any) []any {
	list, _ := v.([]any)
	return list
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

func number(v any) int {
	f, ok := v.(float64)
	if !ok {
		return -1
	}
	return int(f)
}
