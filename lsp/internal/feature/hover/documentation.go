package hover

import (
	jsonv1 "encoding/json"
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
	"github.com/dhi-ls/dhi-ls/schema"
	"github.com/go-json-experiment/json"
)

// maxExamples is how many examples of a field are shown.
const maxExamples = 3

// documentation is what the schema says of the field.
func (h *place) documentation() {
	f := h.field
	if f == nil || f.Description == "" && f.Title == "" {
		return
	}
	if h.isValue() && (f.Role == "script" || f.Role == "file-content") {
		return // it is a text of its own, not a place to explain the format
	}
	section := "**" + title(f, h.path) + "** " + markup.Code(schema.DottedPath(shown(h.path))) + "\n\n" + f.Description
	if facts := h.facts(); len(facts) > 0 {
		section += "\n\n- " + strings.Join(facts, "\n- ")
	}
	h.say(section, text.Range{})
}

func title(f *schema.Field, path []string) string {
	if f.Title != "" {
		return markup.Text(f.Title)
	}
	if len(path) > 0 {
		return markup.Text(path[len(path)-1])
	}
	return "Definition"
}

// shown is the path with the items of lists as *.
func shown(path []string) []string {
	out := make([]string, len(path))
	for i, s := range path {
		if strings.Trim(s, "0123456789") == "" && i > 0 {
			s = "*"
		}
		out[i] = s
	}
	return out
}

// facts are the short statements about a field.
func (h *place) facts() []string {
	f := h.field
	var out []string
	if len(f.Types) > 0 && f.Types[0] != "" {
		out = append(out, "Type: "+strings.Join(f.Types, " or "))
	}
	if h.required() {
		out = append(out, "Required")
	}
	if len(f.Enum) > 0 {
		out = append(out, "One of "+codes(f.Enum))
	} else if f.PatternHint != "" {
		out = append(out, "Form: "+f.PatternHint)
	}
	if f.Default != nil {
		out = append(out, "Default: "+markup.Code(written(f.Default)))
	} else if d := h.inherited(); d != "" {
		out = append(out, "Default: "+d)
	}
	if len(f.Examples) > 0 && len(f.Enum) == 0 {
		var list []string
		for _, e := range f.Examples[:min(maxExamples, len(f.Examples))] {
			if s := written(e); !strings.Contains(s, "\n") {
				list = append(list, s)
			}
		}
		if len(list) > 0 {
			out = append(out, "Examples: "+codes(list))
		}
	}
	return out
}

// required reports whether what holds the field must have it.
func (h *place) required() bool {
	if len(h.path) == 0 {
		return false
	}
	name, outer := h.path[len(h.path)-1], h.path[:len(h.path)-1]
	if h.action != nil {
		in, ok := h.action.Input(name)
		return ok && in.Required && len(outer) > 0 && outer[len(outer)-1] == "with"
	}
	kind := schema.Definition
	if h.doc.Def == nil {
		kind = schema.Info
	}
	if f := schema.Lookup(kind, outer); f != nil && f.Requires(name) {
		return true
	}
	if len(outer) > 0 || h.doc.Def == nil {
		return false
	}
	for _, r := range schema.RequiredFields(schema.Subject(h.doc.Kind.String())) {
		if r == name {
			return true
		}
	}
	return false
}

// inherited says where the value comes from when the field is left out.
func (h *place) inherited() string {
	path := strings.Join(shown(h.path), ".")
	scope := h.scope()
	switch path {
	case "contents.builds.*.contents.repositories", "contents.builds.*.contents.keyring":
		return "that of the top level"
	case "contents.builds.*.pipeline.*.shell", "contents.builds.*.pipeline.*.work-dir":
		if scope == nil || scope.Stage == nil {
			return ""
		}
		f := scope.Stage.Shell
		if strings.HasSuffix(path, "work-dir") {
			f = scope.Stage.WorkDir
		}
		if f.Set() {
			return "that of the build stage, " + markup.Code(f.Value())
		}
		return "that of the build stage"
	}
	return ""
}

// written is a value as YAML writes it in one line.
func written(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case jsonv1.Number:
		return v.String()
	}
	raw, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

func codes(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = markup.Code(s)
	}
	return strings.Join(out, ", ")
}
