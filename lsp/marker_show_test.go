package lsp_test

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"
)

// symbolKinds are the names of protocol.SymbolKind.
var symbolKinds = strings.Fields("none file module namespace package class method property field constructor enum interface function variable constant string number boolean array object key null enummember struct event operator typeparameter")

// itemKinds are the names of protocol.CompletionItemKind.
var itemKinds = strings.Fields("none text method function constructor field variable class interface module property unit value enum keyword snippet color file reference folder enummember constant struct event operator typeparameter")

// kindName is the name of a kind, or its number.
func kindName(names []string, v any) string {
	if n := number(v); n >= 0 && n < len(names) {
		return names[n]
	}
	return fmt.Sprint(v)
}

// excerpt is a text for people, its middle left out where it is long.
func excerpt(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return fmt.Sprintf("%q … %q", string(r[:most/2]), string(r[len(r)-most/3:]))
	}
	return fmt.Sprintf("%q", s)
}

// generic turns a protocol value into plain JSON values.
func generic(v any) (any, error) {
	raw, err := protocol.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	err = json.Unmarshal(raw, &out)
	return out, err
}

func (r *markerRun) hoverText(d *markedDoc, answer any) (string, error) {
	where := ""
	if at := get(answer, "range"); at != nil {
		where = r.show(d, at) + "\n"
	}
	return where + r.markup(get(answer, "contents")), nil
}

func (r *markerRun) signatureText(_ *markedDoc, answer any) (string, error) {
	var out strings.Builder
	for _, s := range array(get(answer, "signatures")) {
		label := str(get(s, "label"))
		fmt.Fprintf(&out, "%s\n%s\n", label, r.markup(get(s, "documentation")))
		active := number(firstOf(s, "activeParameter"))
		if active < 0 {
			active = number(get(answer, "activeParameter"))
		}
		for i, p := range array(get(s, "parameters")) {
			mark := " "
			if i == active {
				mark = "*"
			}
			name := str(get(p, "label"))
			if ends := array(get(p, "label")); len(ends) == 2 {
				name = utf16Slice(label, number(ends[0]), number(ends[1]))
			}
			fmt.Fprintf(&out, "%s %s: %s\n", mark, name, strings.ReplaceAll(r.markup(get(p, "documentation")), "\n", "\n    "))
		}
	}
	return out.String(), nil
}

func (r *markerRun) symbolText(d *markedDoc, answer any) (string, error) {
	var out strings.Builder
	var show func(list []any, indent string) error
	show = func(list []any, indent string) error {
		for _, s := range list {
			doc := d
			at := get(s, "range")
			if l := get(s, "location"); l != nil {
				var err error
				if doc, err = r.doc(get(l, "uri")); err != nil {
					return err
				}
				at = get(l, "range")
				fmt.Fprintf(&out, "%s:", doc.file.name)
			}
			kind := kindName(symbolKinds, get(s, "kind"))
			fmt.Fprintf(&out, "%s%s %s", indent, kind, plain(str(get(s, "name"))))
			if v := firstOf(s, "detail", "containerName"); v != nil {
				fmt.Fprintf(&out, " (%s)", plain(str(v)))
			}
			if array(get(s, "tags")) != nil {
				out.WriteString(" deprecated")
			}
			fmt.Fprintf(&out, " %s", r.show(doc, at))
			if v := get(s, "selectionRange"); v != nil {
				outer, _ := r.bytes(doc, at)
				if inner, _ := r.bytes(doc, v); !outer.Covers(inner) {
					return fmt.Errorf("the selection range of %v is outside of its range", s)
				}
				fmt.Fprintf(&out, " name %s", r.show(doc, v))
			}
			out.WriteString("\n")
			if err := show(array(get(s, "children")), indent+"  "); err != nil {
				return err
			}
		}
		return nil
	}
	err := show(array(answer), "")
	return out.String(), err
}

func (r *markerRun) foldingText(d *markedDoc, answer any) (string, error) {
	var out strings.Builder
	for _, f := range array(answer) {
		start, end := number(get(f, "startLine")), number(get(f, "endLine"))
		if start < 0 || end <= start || end >= d.base.Lines() {
			return "", fmt.Errorf("no fold: %v", f)
		}
		fmt.Fprintf(&out, "%d-%d", start+1, end+1)
		if kind := str(get(f, "kind")); kind != "" {
			fmt.Fprintf(&out, " %s", kind)
		}
		if text := str(get(f, "collapsedText")); text != "" {
			fmt.Fprintf(&out, " %q", plain(text))
		}
		out.WriteString("\n")
	}
	return out.String(), nil
}

func (r *markerRun) linkText(d *markedDoc, answer any) (string, error) {
	var out strings.Builder
	for _, l := range array(answer) {
		fmt.Fprintf(&out, "%s %s", r.show(d, get(l, "range")), r.relative(plain(str(get(l, "target")))))
		if tip := str(get(l, "tooltip")); tip != "" {
			fmt.Fprintf(&out, " (%s)", plain(tip))
		}
		out.WriteString("\n")
	}
	return out.String(), nil
}

func (r *markerRun) lensText(d *markedDoc, answer any) (string, error) {
	var out strings.Builder
	for _, l := range array(answer) {
		command := get(l, "command")
		if command == nil {
			resolved, err := r.ask(protocol.MethodCodeLensResolve, l)
			if err != nil {
				return "", err
			}
			command = get(resolved, "command")
		}
		fmt.Fprintf(&out, "%s %s", r.show(d, get(l, "range")), r.commandText(command))
	}
	return out.String(), nil
}

// commandText is a command with its title and arguments.
func (r *markerRun) commandText(v any) string {
	raw, err := json.Marshal(get(v, "arguments"), json.Deterministic(true))
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s: %s %s\n", plain(str(get(v, "title"))), str(get(v, "command")), r.relative(plain(string(raw))))
}

func (r *markerRun) inlayText(d *markedDoc, answer any) (string, error) {
	var out strings.Builder
	for _, h := range array(answer) {
		offset, err := r.offset(d, get(h, "position"))
		if err != nil {
			return "", err
		}
		label := str(get(h, "label"))
		for _, part := range array(get(h, "label")) {
			label += str(get(part, "value"))
		}
		at := d.base.Human(offset)
		fmt.Fprintf(&out, "%d:%d %s\n", at.Line, at.Column, plain(label))
	}
	return out.String(), nil
}

func (r *markerRun) tokenText(d *markedDoc, answer any) (string, error) {
	provider, err := generic(&r.client.Result.Capabilities)
	if err != nil {
		return "", err
	}
	legend := get(get(provider, "semanticTokensProvider"), "legend")
	types, modifiers := array(get(legend, "tokenTypes")), array(get(legend, "tokenModifiers"))
	var out strings.Builder
	line, character := 0, 0
	data := array(get(answer, "data"))
	for ; len(data) >= 5; data = data[5:] {
		if number(data[0]) > 0 {
			character = 0
		}
		line, character = line+number(data[0]), character+number(data[1])
		at, err := r.bytes(d, map[string]any{
			"start": map[string]any{"line": float64(line), "character": float64(character)},
			"end":   map[string]any{"line": float64(line), "character": float64(character + number(data[2]))},
		})
		if err != nil {
			return "", err
		}
		if number(data[3]) >= len(types) {
			return "", fmt.Errorf("token type %d is not in the legend", number(data[3]))
		}
		fmt.Fprintf(&out, "%s %v", d.written.show(at.Start, at.End), types[number(data[3])])
		for i, name := range modifiers {
			if number(data[4])&(1<<i) != 0 {
				fmt.Fprintf(&out, ".%v", name)
			}
		}
		fmt.Fprintf(&out, " %q\n", d.base.Slice(at))
	}
	return out.String(), nil
}

// editText shows what the edits of a formatter do.
func (r *markerRun) editText(d *markedDoc, answer any) (string, error) {
	after, err := r.apply(d, array(answer))
	if err != nil {
		return "", err
	}
	return unified(d.file.name, d.base.String(), after), nil
}
