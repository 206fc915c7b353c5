package lsp_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"go.lsp.dev/protocol"
)

// markerKinds are all markers but loc. internal/feature/testdata/README.md
// describes them.
var markerKinds = map[string]func(*markerRun, *marker) error{
	"diag":       markDiag,
	"nodiag":     func(r *markerRun, m *marker) error { _, err := r.findings(m.file); return err },
	"hover":      placed(protocol.MethodTextDocumentHover, nil, (*markerRun).hoverText),
	"signature":  placed(protocol.MethodTextDocumentSignatureHelp, nil, (*markerRun).signatureText),
	"definition": places(protocol.MethodTextDocumentDefinition, nil),
	"references": places(protocol.MethodTextDocumentReferences, func(m *marker) map[string]any {
		return map[string]any{"context": map[string]any{"includeDeclaration": m.named["declaration"].text != "false"}}
	}),
	"highlight":   places(protocol.MethodTextDocumentDocumentHighlight, nil),
	"linked":      places(protocol.MethodTextDocumentLinkedEditingRange, nil),
	"prepare":     markPrepare,
	"rename":      markRename,
	"renameerr":   markRenameError,
	"symbols":     whole(protocol.MethodTextDocumentDocumentSymbol, (*markerRun).symbolText),
	"folding":     whole(protocol.MethodTextDocumentFoldingRange, (*markerRun).foldingText),
	"links":       whole(protocol.MethodTextDocumentDocumentLink, (*markerRun).linkText),
	"lens":        whole(protocol.MethodTextDocumentCodeLens, (*markerRun).lensText),
	"inlay":       whole(protocol.MethodTextDocumentInlayHint, (*markerRun).inlayText),
	"tokens":      whole(protocol.MethodTextDocumentSemanticTokensFull, (*markerRun).tokenText),
	"format":      whole(protocol.MethodTextDocumentFormatting, (*markerRun).editText),
	"rangeformat": markRangeFormat,
	"ontype":      markOnType,
	"selection":   markSelection,
	"wsymbol":     markWorkspaceSymbol,
	"complete":    markComplete,
	"accept":      markAccept,
	"codeaction":  markCodeAction,
	"codeactions": markCodeActions,
}

// formatter makes an answer about a document text for people.
type formatter func(r *markerRun, d *markedDoc, answer any) (string, error)

// placed is a kind that asks about a place and compares the answer with
// strings that it holds, with none, or with a golden.
func placed(method string, more func(*marker) map[string]any, show formatter) func(*markerRun, *marker) error {
	return func(r *markerRun, m *marker) error {
		if len(m.args) < 2 {
			return fmt.Errorf("want a place and what to expect")
		}
		at, err := m.at(m.args[0])
		if err != nil {
			return err
		}
		params := r.params(at)
		if more != nil {
			for k, v := range more(m) {
				params[k] = v
			}
		}
		answer, err := r.ask(method, params)
		if err != nil {
			return err
		}
		got := ""
		if answer != nil {
			if got, err = show(r, r.docs[m.file.name], answer); err != nil {
				return err
			}
		}
		return r.expect(m.args[1:], got)
	}
}

// expect compares a text with the arguments.
func (r *markerRun) expect(args []arg, got string) error {
	for _, a := range args {
		switch {
		case a.kind == goldenArg:
			if err := r.golden(a, got); err != nil {
				return err
			}
		case a.kind == identArg && a.text == "none":
			if got != "" {
				return fmt.Errorf("want nothing, got:\n%s", got)
			}
		case a.kind == regexpArg:
			if !a.re.MatchString(got) {
				return fmt.Errorf("no match of %s in:\n%s", a.text, got)
			}
		case !strings.Contains(got, a.text):
			return fmt.Errorf("%q is not in:\n%s", a.text, got)
		}
	}
	return nil
}

// whole is a kind that asks about a document.
func whole(method string, show formatter) func(*markerRun, *marker) error {
	return func(r *markerRun, m *marker) error {
		d := r.docs[m.file.name]
		params := map[string]any{"textDocument": lsptest.Doc(d.uri)}
		switch method {
		case protocol.MethodTextDocumentFormatting:
			params["options"] = map[string]any{"tabSize": 2, "insertSpaces": true}
		case protocol.MethodTextDocumentInlayHint:
			params["range"] = map[string]any{"start": r.position(d, 0), "end": r.position(d, d.base.Len())}
		}
		answer, err := r.ask(method, params)
		if err != nil {
			return err
		}
		got, err := show(r, d, answer)
		if err != nil {
			return err
		}
		if len(m.args) == 0 {
			return fmt.Errorf("want @golden or none")
		}
		return r.expect(m.args, got)
	}
}

// places is a kind whose answer is a list of places, in any order.
func places(method string, more func(*marker) map[string]any) func(*markerRun, *marker) error {
	return func(r *markerRun, m *marker) error {
		if len(m.args) < 2 {
			return fmt.Errorf("want a place and the places to expect, or none")
		}
		at, err := m.at(m.args[0])
		if err != nil {
			return err
		}
		var want []string
		for _, a := range m.args[1:] {
			if a.kind == identArg && a.text == "none" {
				continue
			}
			to, ok := r.locs[a.text]
			if !ok {
				return fmt.Errorf("there is no loc(%s, …)", a.text)
			}
			want = append(want, to.file.name+":"+r.docs[to.file.name].written.show(to.start, to.end))
		}
		params := r.params(at)
		if more != nil {
			for k, v := range more(m) {
				params[k] = v
			}
		}
		answer, err := r.ask(method, params)
		if err != nil {
			return err
		}
		var got []string
		for _, v := range locations(answer) {
			d := r.docs[m.file.name]
			if u := firstOf(v, "uri", "targetUri"); u != nil {
				if d, err = r.doc(u); err != nil {
					return err
				}
			}
			got = append(got, d.file.name+":"+r.show(d, firstOf(v, "targetSelectionRange", "range")))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			return fmt.Errorf("want %s, got %s", want, got)
		}
		return nil
	}
}

// locations are the places of an answer: a list, one object, or ranges.
func locations(answer any) (out []any) {
	if ranges := array(get(answer, "ranges")); ranges != nil {
		for _, v := range ranges {
			out = append(out, map[string]any{"range": v})
		}
		return out
	}
	if object(answer) != nil {
		return []any{answer}
	}
	return array(answer)
}

func firstOf(v any, keys ...string) any {
	for _, k := range keys {
		if value := get(v, k); value != nil {
			return value
		}
	}
	return nil
}

// findings pulls or awaits the diagnostics of a file, once.
func (r *markerRun) findings(f *markedFile) (*markedDoc, error) {
	d := r.docs[f.name]
	if d.pulled {
		return d, nil
	}
	d.pulled = true
	var list []any
	if r.client.Result.Capabilities.DiagnosticProvider != nil {
		answer, err := r.ask(protocol.MethodTextDocumentDiagnostic, map[string]any{"textDocument": lsptest.Doc(d.uri)})
		if err != nil {
			return nil, err
		}
		list = array(get(answer, "items"))
	} else {
		pushed := r.client.WaitDiagnostics(d.uri, 1)
		for _, p := range pushed.Diagnostics {
			v, err := generic(&p)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
	}
	for _, v := range list {
		d.diagnostics = append(d.diagnostics, object(v))
	}
	return d, nil
}

// markDiag wants a finding of a rule at exactly the place.
func markDiag(r *markerRun, m *marker) error {
	if len(m.args) != 3 {
		return fmt.Errorf(`want diag(place, "rule", "message regexp")`)
	}
	at, err := m.at(m.args[0])
	if err != nil {
		return err
	}
	d, err := r.findings(m.file)
	if err != nil {
		return err
	}
	re, err := regexp.Compile(m.args[2].text)
	if err != nil {
		return err
	}
	where := d.written.show(at.start, at.end)
	for i, v := range d.diagnostics {
		if v != nil && r.show(d, v["range"]) == where && v["code"] == m.args[1].text && re.MatchString(plain(str(v["message"]))) {
			d.diagnostics[i] = nil
			return nil
		}
	}
	return fmt.Errorf("no such finding at %s; there are:\n%s", where, r.listFindings(d))
}

func (r *markerRun) listFindings(d *markedDoc) string {
	var out strings.Builder
	for _, v := range d.diagnostics {
		if v != nil {
			fmt.Fprintf(&out, "%s %v: %s\n", r.show(d, v["range"]), v["code"], plain(str(v["message"])))
		}
	}
	return out.String()
}

// unnamed are findings that no marker has named.
func (r *markerRun) unnamed(d *markedDoc) error {
	asked := slices.ContainsFunc(d.file.markers, func(m marker) bool { return m.name == "diag" || m.name == "nodiag" })
	list := r.listFindings(d)
	if !asked || r.archive.client.OtherDiagnostics || list == "" {
		return nil
	}
	return fmt.Errorf("%s: findings that no marker names:\n%s", d.file.name, list)
}

func markPrepare(r *markerRun, m *marker) error {
	return placed(protocol.MethodTextDocumentPrepareRename, nil, func(r *markerRun, d *markedDoc, answer any) (string, error) {
		at := answer
		if v := get(answer, "range"); v != nil {
			at = v
		}
		return r.show(d, at) + " " + str(get(answer, "placeholder")), nil
	})(r, m)
}

func (r *markerRun) rename(m *marker) (any, error) {
	if len(m.args) != 3 {
		return nil, fmt.Errorf("want a place, the new name and what to expect")
	}
	at, err := m.at(m.args[0])
	if err != nil {
		return nil, err
	}
	params := r.params(at)
	params["newName"] = m.args[1].text
	return r.ask(protocol.MethodTextDocumentRename, params)
}

func markRename(r *markerRun, m *marker) error {
	answer, err := r.rename(m)
	if err != nil {
		return err
	}
	diff, err := r.diff(answer)
	if err != nil {
		return err
	}
	return r.expect(m.args[2:], diff)
}

func markRenameError(r *markerRun, m *marker) error {
	if answer, err := r.rename(m); err != nil {
		return r.expect(m.args[2:], err.Error())
	} else {
		return fmt.Errorf("want an error, got %v", answer)
	}
}

func markSelection(r *markerRun, m *marker) error {
	at, err := m.at(m.args[0])
	if err != nil {
		return err
	}
	d := r.docs[m.file.name]
	answer, err := r.ask(protocol.MethodTextDocumentSelectionRange, map[string]any{
		"textDocument": lsptest.Doc(d.uri), "positions": []any{r.position(d, at.cursor)},
	})
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, v := range array(answer) {
		for ; v != nil; v = get(v, "parent") {
			bytes, err := r.bytes(d, get(v, "range"))
			if err != nil {
				return err
			}
			fmt.Fprintf(&out, "%s %s\n", d.written.show(bytes.Start, bytes.End), excerpt(d.base.Slice(bytes)))
		}
	}
	return r.expect(m.args[1:], out.String())
}

func markWorkspaceSymbol(r *markerRun, m *marker) error {
	if len(m.args) < 2 {
		return fmt.Errorf("want a query and what to expect")
	}
	answer, err := r.ask(protocol.MethodWorkspaceSymbol, map[string]any{"query": m.args[0].text})
	if err != nil {
		return err
	}
	got, err := r.symbolText(nil, answer)
	if err != nil {
		return err
	}
	return r.expect(m.args[1:], got)
}
