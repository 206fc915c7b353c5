package lsp_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp/internal/builds"
	"github.com/dhi-ls/dhi-ls/lsp/internal/client"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// protocolDoc is docs/protocol.md by its headings.
func protocolDoc(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, s := range strings.Split(string(raw), "\n## ") {
		name, body, _ := strings.Cut(s, "\n")
		sections[name] = body
	}
	return sections
}

var firstCell = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|(.*)\\|$")

// rows are the first cells of a section's table, and the rest of each row.
func rows(section string) (names []string, rest map[string]string) {
	rest = map[string]string{}
	for _, m := range firstCell.FindAllStringSubmatch(section, -1) {
		names = append(names, m[1])
		rest[m[1]] = m[2]
	}
	return names, rest
}

func same(t *testing.T, what string, documented, want []string) {
	t.Helper()
	a, b := slices.Sorted(slices.Values(documented)), slices.Sorted(slices.Values(want))
	if !slices.Equal(a, b) {
		t.Errorf("%s of docs/protocol.md:\n%q, of the code:\n%q", what, a, b)
	}
}

func TestProtocolIsDocumented(t *testing.T) {
	doc := protocolDoc(t)
	commands, _ := rows(doc["Commands"])
	same(t, "the commands", commands, feature.CommandIDs())
	kinds, _ := rows(doc["Code actions"])
	var offered []string
	for _, k := range feature.CodeActionKinds {
		offered = append(offered, string(k))
	}
	same(t, "the kinds of code actions", kinds, offered)
	types, _ := rows(doc["Semantic tokens"])
	same(t, "the types of tokens", types, feature.TokenTypes)
	for _, m := range feature.TokenModifiers {
		if !strings.Contains(doc["Semantic tokens"], "`"+m+"`") {
			t.Errorf("the modifier %s is not documented", m)
		}
	}
}

// Every setting is documented with its type and default.
func TestSettingsAreDocumented(t *testing.T) {
	names, rest := rows(protocolDoc(t)["Settings"])
	var want []string
	types := map[reflect.Kind]string{reflect.Bool: "boolean", reflect.Int: "number", reflect.String: "string"}
	groups := reflect.ValueOf(session.DefaultSettings())
	for i := range groups.NumField() {
		group := groups.Type().Field(i).Name
		for j := range groups.Field(i).NumField() {
			field := groups.Field(i).Type().Field(j)
			name := strings.ToLower(group[:1]) + group[1:] + "." + field.Tag.Get("json")
			want = append(want, name)
			cells := fmt.Sprintf(" %s | `%v` |", types[field.Type.Kind()], groups.Field(i).Field(j))
			if !strings.HasPrefix(rest[name], cells) {
				t.Errorf("%s: %q, want %q", name, rest[name], cells)
			}
		}
	}
	same(t, "the settings", names, want)
}

func TestStatusIsDocumented(t *testing.T) {
	names, _ := rows(protocolDoc(t)["The notification `"+client.MethodStatus+"`"])
	same(t, "the status", names, members(reflect.TypeFor[client.Status](), ""))
}

func TestBuildLogIsDocumented(t *testing.T) {
	names, _ := rows(protocolDoc(t)["The notification `"+builds.MethodLog+"`"])
	var want []string
	for i := range reflect.TypeFor[builds.Log]().NumField() {
		name, _, _ := strings.Cut(reflect.TypeFor[builds.Log]().Field(i).Tag.Get("json"), ",")
		want = append(want, name)
	}
	same(t, "the log", names, want)
	for _, about := range []reflect.Type{reflect.TypeFor[builds.Options](), reflect.TypeFor[builds.Answer]()} {
		for _, name := range members(about, "") {
			if section := protocolDoc(t)["Builds"]; !strings.Contains(section, "`"+name+"`") && !strings.Contains(section, `"`+name+`"`) {
				t.Errorf("%s of %s is not documented", name, about)
			}
		}
	}
}

// members are the JSON names of a struct, those of structs in it with a path.
func members(t reflect.Type, path string) []string {
	var out []string
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Type.Kind() == reflect.Pointer {
			out = append(out, members(field.Type.Elem(), path+name+".")...)
			continue
		}
		out = append(out, path+name)
	}
	return out
}
