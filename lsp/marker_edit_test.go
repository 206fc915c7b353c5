package lsp_test

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"go.lsp.dev/protocol"
)

var formatOptions = map[string]any{"tabSize": 2, "insertSpaces": true}

// utf16Slice is the part of a string between two UTF-16 offsets.
func utf16Slice(s string, start, end int) string {
	units := utf16.Encode([]rune(s))
	if start < 0 || end < start || end > len(units) {
		return fmt.Sprintf("[no part %d-%d of %q]", start, end, s)
	}
	return string(utf16.Decode(units[start:end]))
}

func markRangeFormat(r *markerRun, m *marker) error {
	at, err := m.at(m.args[0])
	if err != nil {
		return err
	}
	d := r.docs[m.file.name]
	answer, err := r.ask(protocol.MethodTextDocumentRangeFormatting, map[string]any{
		"textDocument": lsptest.Doc(d.uri), "range": r.rangeOf(at), "options": formatOptions,
	})
	if err != nil {
		return err
	}
	return r.expectEdits(d, answer, m.args[1:])
}

func (r *markerRun) expectEdits(d *markedDoc, answer any, args []arg) error {
	got, err := r.editText(d, answer)
	if err != nil {
		return err
	}
	return r.expect(args, got)
}

func markOnType(r *markerRun, m *marker) error {
	if len(m.args) < 3 {
		return fmt.Errorf("want a place, the character typed and what to expect")
	}
	at, err := m.at(m.args[0])
	if err != nil {
		return err
	}
	params := r.params(at)
	params["ch"], params["options"] = m.args[1].text, formatOptions
	answer, err := r.ask(protocol.MethodTextDocumentOnTypeFormatting, params)
	if err != nil {
		return err
	}
	return r.expectEdits(r.docs[m.file.name], answer, m.args[2:])
}

// completions asks for the items at a place, with the defaults of the list put
// into each. at is the place with the cursor at its end unless ^ says where.
func (r *markerRun) completions(m *marker) ([]any, error) {
	if len(m.args) == 0 {
		return nil, fmt.Errorf("want a place")
	}
	at, err := m.at(m.args[0])
	if err != nil {
		return nil, err
	}
	if !strings.Contains(m.args[0].text, "^") {
		at.cursor = at.end
	}
	answer, err := r.ask(protocol.MethodTextDocumentCompletion, r.params(at))
	if err != nil {
		return nil, err
	}
	items := array(answer)
	if items == nil {
		items = array(get(answer, "items"))
	}
	defaults := object(get(answer, "itemDefaults"))
	for _, v := range items {
		for k, value := range defaults {
			if _, has := object(v)[k]; !has {
				object(v)[k] = value
			}
		}
	}
	// What a client shows first: the order of sortText.
	slices.SortStableFunc(items, func(a, b any) int { return strings.Compare(sortText(a), sortText(b)) })
	for _, v := range items {
		if err := r.filterable(m, at, v); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// filterable holds an item to what clients do, which compare what stands
// between the start of the edit and the cursor with the item's filterText. One
// without is compared with the label by some and with what it inserts by
// others.
func (r *markerRun) filterable(m *marker, at loc, item any) error {
	edit, err := r.itemEdit(m, item)
	if err != nil {
		return err
	}
	d := r.docs[m.file.name]
	b, err := r.bytes(d, get(edit, "range"))
	if err != nil {
		return err
	}
	typed, with := d.base.Slice(text.Range{Start: b.Start, End: at.cursor}), str(firstOf(item, "filterText", "label"))
	if !inOrder(strings.ToLower(typed), strings.ToLower(plain(with))) {
		return fmt.Errorf("%q is typed, which a client does not find in %q", typed, with)
	}
	if fresh := str(get(edit, "newText")); get(item, "filterText") == nil && !strings.HasPrefix(fresh, with) {
		return fmt.Errorf("the item %q lacks a filterText, and inserts %q", with, fresh)
	}
	return nil
}

// inOrder says whether the letters of typed stand in s in their order.
func inOrder(typed, s string) bool {
	for _, r := range typed {
		i := strings.IndexRune(s, r)
		if i < 0 {
			return r == ' ' && inOrder(strings.ReplaceAll(typed, " ", ""), s)
		}
		s = s[i+len(string(r)):]
	}
	return true
}

func sortText(item any) string {
	if s, ok := get(item, "sortText").(string); ok {
		return s
	}
	return str(get(item, "label"))
}

func markComplete(r *markerRun, m *marker) error {
	items, err := r.completions(m)
	if err != nil {
		return err
	}
	var labels []string
	var list strings.Builder
	for _, v := range items {
		labels = append(labels, plain(str(get(v, "label"))))
		fmt.Fprintf(&list, "%s %s", kindName(itemKinds, get(v, "kind")), plain(str(get(v, "label"))))
		if detail := plain(str(firstOf(v, "detail"))); detail != "" {
			fmt.Fprintf(&list, " (%s)", detail)
		}
		list.WriteString("\n")
	}
	if first, ok := m.named["first"]; ok && (len(labels) == 0 || labels[0] != first.text) {
		return fmt.Errorf("want %q first, got %q", first.text, labels)
	}
	if not, ok := m.named["not"]; ok && slices.Contains(labels, not.text) {
		return fmt.Errorf("%q is among %q", not.text, labels)
	}
	for _, a := range m.args[1:] {
		if a.kind != stringArg {
			if err := r.expect([]arg{a}, list.String()); err != nil {
				return err
			}
		} else if !slices.Contains(labels, a.text) {
			return fmt.Errorf("%q is not among %q", a.text, labels)
		}
	}
	return nil
}

// markAccept accepts an item and compares what it does to the text.
func markAccept(r *markerRun, m *marker) error {
	if len(m.args) < 3 {
		return fmt.Errorf("want a place, a label and what to expect")
	}
	items, err := r.completions(m)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(items, func(v any) bool { return plain(str(get(v, "label"))) == m.args[1].text })
	if i < 0 {
		return fmt.Errorf("there is no item %q among %d", m.args[1].text, len(items))
	}
	item := items[i]
	if provider := r.client.Result.Capabilities.CompletionProvider; provider != nil && provider.ResolveProvider != nil && *provider.ResolveProvider {
		defaults := get(item, "editRange") // the list's, no member of the item
		if item, err = r.ask(protocol.MethodCompletionItemResolve, item); err != nil {
			return err
		}
		if o := object(item); o != nil && defaults != nil {
			o["editRange"] = defaults
		}
	}
	edit, err := r.itemEdit(m, item)
	if err != nil {
		return err
	}
	if text := str(get(edit, "newText")); r.variant.crlf {
		edit["newText"] = strings.ReplaceAll(plain(text), "\n", "\r\n") // as editors do with completions
	}
	d := r.docs[m.file.name]
	return r.expectEdits(d, append(array(get(item, "additionalTextEdits")), any(edit)), m.args[2:])
}

// itemEdit is the edit of a completion item; of two, the one that replaces.
func (r *markerRun) itemEdit(m *marker, item any) (map[string]any, error) {
	if e := object(get(item, "textEdit")); e != nil {
		return map[string]any{"range": firstOf(e, "replace", "range"), "newText": e["newText"]}, nil
	}
	text := firstOf(item, "textEditText", "insertText", "label")
	if at := get(item, "editRange"); at != nil {
		if replace := get(at, "replace"); replace != nil {
			at = replace
		}
		return map[string]any{"range": at, "newText": text}, nil
	}
	return nil, fmt.Errorf("the item %q does not say what it replaces", m.args[1].text)
}

// actions asks for the code actions of a place with the findings there.
func (r *markerRun) actions(m *marker) ([]any, error) {
	if len(m.args) < 2 {
		return nil, fmt.Errorf("want a place and what to expect")
	}
	at, err := m.at(m.args[0])
	if err != nil {
		return nil, err
	}
	if strings.Contains(m.args[0].text, "^") {
		at.start, at.end = at.cursor, at.cursor
	}
	answer, err := r.ask(protocol.MethodTextDocumentDiagnostic, map[string]any{"textDocument": lsptest.Doc(r.docs[m.file.name].uri)})
	if err != nil {
		answer = nil // a client that is pushed to sends none here
	}
	touching := []any{}
	for _, v := range array(get(answer, "items")) {
		if b, err := r.bytes(r.docs[m.file.name], get(v, "range")); err == nil && b.Start <= at.end && at.start <= b.End {
			touching = append(touching, v)
		}
	}
	context := map[string]any{"diagnostics": touching}
	if kind, ok := m.named["kind"]; ok {
		context["only"] = []any{kind.text}
	}
	found, err := r.ask(protocol.MethodTextDocumentCodeAction, map[string]any{
		"textDocument": lsptest.Doc(r.docs[m.file.name].uri), "range": r.rangeOf(at), "context": context,
	})
	return array(found), err
}

// markCodeActions compares the kinds and titles of the actions.
func markCodeActions(r *markerRun, m *marker) error {
	found, err := r.actions(m)
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, v := range found {
		fmt.Fprintf(&out, "%s: %s", str(get(v, "kind")), plain(str(get(v, "title"))))
		if why := get(v, "disabled"); why != nil {
			fmt.Fprintf(&out, " (disabled: %s)", plain(str(get(why, "reason"))))
		}
		out.WriteString("\n")
	}
	return r.expect(m.args[1:], out.String())
}

// markCodeAction takes the action of a title and compares what it does.
func markCodeAction(r *markerRun, m *marker) error {
	if len(m.args) < 3 {
		return fmt.Errorf("want a place, a title and what to expect")
	}
	found, err := r.actions(m)
	if err != nil {
		return err
	}
	var titles []string
	for _, v := range found {
		title := plain(str(get(v, "title")))
		titles = append(titles, title)
		if a := m.args[1]; a.text != title && (a.kind != regexpArg || !a.re.MatchString(title)) {
			continue
		}
		if get(v, "edit") == nil && get(v, "command") == nil {
			if v, err = r.ask(protocol.MethodCodeActionResolve, v); err != nil {
				return err
			}
		}
		got, err := r.diff(get(v, "edit"))
		if err != nil {
			return err
		}
		if command := get(v, "command"); command != nil {
			if _, bare := command.(string); bare {
				command = v
			}
			got += r.commandText(command)
		}
		return r.expect(m.args[2:], got)
	}
	return fmt.Errorf("there is no action %q among %q", m.args[1].text, titles)
}
