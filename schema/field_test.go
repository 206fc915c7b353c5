package schema

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// eachField visits every field below f once for each way to it.
func eachField(f *Field, path []string, visit func(path []string, f *Field)) {
	visit(path, f)
	for _, p := range f.Properties {
		eachField(p, appendPath(path, p.Name), visit)
	}
	if f.Items != nil {
		eachField(f.Items, appendPath(path, "*"), visit)
	}
	if f.Additional != nil {
		eachField(f.Additional, appendPath(path, "(any)"), visit)
	}
	for _, v := range f.Variants {
		for _, p := range v.Properties {
			eachField(p, appendPath(path, p.Name), visit)
		}
	}
}

func allKinds() []Kind { return append(Kinds(), actionInputs) }

// TestEveryFieldIsDocumented holds every field to a title and a description
// that says more than the title.
func TestEveryFieldIsDocumented(t *testing.T) {
	for _, k := range allKinds() {
		fields := 0
		eachField(k.compiled().root, nil, func(path []string, f *Field) {
			fields++
			where := k.String() + ": " + DottedPath(path)
			if f.Title == "" || len(f.Title) > 60 {
				t.Errorf("%s: title %q", where, f.Title)
			}
			if len(f.Description) < 12 || !strings.HasSuffix(strings.TrimRight(f.Description, "`)"), ".") && !hasExample(f.Description) {
				t.Errorf("%s: description %q", where, f.Description)
			}
			if strings.EqualFold(strings.TrimSuffix(f.Description, "."), f.Title) {
				t.Errorf("%s: the description only repeats the title", where)
			}
			if strings.Count(f.Description, "```")%2 != 0 || strings.Count(f.Description, "`")%2 != 0 {
				t.Errorf("%s: unbalanced backquotes", where)
			}
		})
		if fields < 20 {
			t.Errorf("%s: only %d fields", k, fields)
		}
		t.Logf("%s: %d places", k, fields)
	}
}

func hasExample(description string) bool { return strings.Contains(description, "\nExample") }

// TestExamplesAreValid holds examples, defaults and enums to the field's own
// schema.
func TestExamplesAreValid(t *testing.T) {
	for _, k := range allKinds() {
		eachField(k.compiled().root, nil, func(path []string, f *Field) {
			values := slices.Clone(f.Examples)
			if f.Default != nil {
				values = append(values, f.Default)
			}
			for _, value := range values {
				if !f.accepts(value) {
					t.Errorf("%s: %s: example %v does not fit the field", k, DottedPath(path), value)
				}
			}
		})
	}
}

func (f *Field) accepts(value any) bool {
	if n, ok := value.(json.Number); ok {
		_, err := n.Int64()
		return err == nil && f.Allows(TypeInteger)
	}
	if s, ok := value.(string); ok {
		if len(f.Enum) > 0 && !slices.Contains(f.Enum, s) {
			return false
		}
		if f.Pattern != "" && !regexp.MustCompile(f.Pattern).MatchString(s) {
			return false
		}
	}
	if list, ok := value.([]any); ok && f.Items != nil {
		for _, item := range list {
			if !f.Items.accepts(item) {
				return false
			}
		}
	}
	return f.Allows(typeOf(value))
}

// TestDescribedExamples decodes every one-line example of a description that
// shows the field itself and validates it in its place.
func TestDescribedExamples(t *testing.T) {
	example := regexp.MustCompile("(?m)^Example: `([^`]+)`")
	block := regexp.MustCompile("(?s)Example:\n```yaml\n(.*?)```")
	for _, k := range allKinds() {
		checked := 0
		eachField(k.compiled().root, nil, func(path []string, f *Field) {
			snippets := append(example.FindAllStringSubmatch(f.Description, -1), block.FindAllStringSubmatch(f.Description, -1)...)
			for _, match := range snippets {
				value := decode(t, match[1])
				parent, ok := exampleParent(path, f, value)
				if !ok {
					continue
				}
				checked++
				for _, v := range k.validator().run(wrap(parent, value)) {
					if slices.Equal(v.Path[:min(len(v.Path), len(path))], generic(path)) && v.Keyword != MissingField {
						t.Errorf("%s: %s: example %q: %s", k, DottedPath(path), match[1], v.Message())
					}
				}
			}
		})
		t.Logf("%s: %d examples checked", k, checked)
		if checked < 5 {
			t.Errorf("%s: only %d examples checked", k, checked)
		}
	}
}

// exampleParent tells where an example belongs: one that is a mapping with the
// field as its only key into the field's mapping, a list for the items of a
// list into that list. Other examples show values or other fields.
func exampleParent(path []string, f *Field, value any) ([]string, bool) {
	if len(path) == 0 {
		return nil, false
	}
	parent := path[:len(path)-1]
	switch v := value.(type) {
	case map[string]any:
		return parent, len(v) == 1 && hasMember(v, f.Name)
	case []any:
		return parent, path[len(path)-1] == "*" && len(v) == 1
	}
	return nil, false
}

// generic replaces the placeholders of eachField by what wrap makes of them.
func generic(path []string) []string {
	out := slices.Clone(path)
	for i, segment := range out {
		if segment == "*" {
			out[i] = "0"
		}
	}
	return out
}

// wrap puts a value where a path leads.
func wrap(path []string, value any) any {
	for _, segment := range slices.Backward(path) {
		if segment == "*" {
			value = []any{value}
			continue
		}
		value = map[string]any{segment: value}
	}
	return value
}

func TestLookup(t *testing.T) {
	tests := []struct {
		path  string
		title string
		types string
	}{
		{"", "Docker Hardened Image definition", "object"},
		{"name", "Display name", "string"},
		{"contents", "Contents", "object"},
		{"contents/packages", "Packages", "array"},
		{"contents/packages/0", "Package", "string"},
		{"contents/packages/*", "Package", "string"},
		{"contents/builds/3/pipeline/0/runs", "Script", "string"},
		{"contents/builds/0/contents/packages/0", "Package", "string"},
		{"contents/builds/0/accounts/users/0/uid", "User id", "integer"},
		{"vars/ANYTHING", "Value", "string"},
		{"vars/0", "Value", "string"},
		{"track/0/set", "Variables to set", "string array object"},
		{"track/0/set/0/value", "Value", "string"},
		{"paths/0/mode", "Permissions", "string"},
	}
	for _, test := range tests {
		f := Lookup(Definition, split(test.path))
		if f == nil || f.Title != test.title || strings.Join(f.Types, " ") != test.types {
			t.Errorf("%s: %+v", test.path, f)
		}
	}
	for _, path := range []string{"nam", "name/x", "contents/packages/x", "contents/packages/0/0", "contents/0", "vars/A/B", "paths/-1"} {
		if f := Lookup(Definition, split(path)); f != nil {
			t.Errorf("%s: found %+v", path, f)
		}
	}
	if Lookup(Kind(99), []string{"x"}) != nil || Source(Kind(99)) != nil {
		t.Error("an unknown kind has fields")
	}
}

func split(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

func TestContextOfSharedFields(t *testing.T) {
	top, stage := Lookup(Definition, []string{"accounts"}), Lookup(Definition, split("contents/builds/0/accounts"))
	if top.Description == stage.Description {
		t.Error("accounts of the image and of a stage have one description")
	}
	if !slices.Equal(top.Keys(), stage.Keys()) {
		t.Errorf("keys %v and %v", top.Keys(), stage.Keys())
	}
}

func TestFieldDetails(t *testing.T) {
	variant := Lookup(Definition, []string{"variant"})
	if !slices.Equal(variant.Enum, []string{"dev", "runtime", "helm"}) || variant.Default != "runtime" {
		t.Errorf("variant: %+v", variant)
	}
	if variant.Usage.Total() != 7426 {
		t.Errorf("usage of variant: %+v", variant.Usage)
	}
	path := Lookup(Definition, split("paths/0"))
	if !path.Closed || !path.Requires("type") || path.Requires("mode") {
		t.Errorf("path entry: %+v", path)
	}
	if f := Lookup(Definition, []string{"vars"}); f.Closed || f.Additional == nil || KeyOrder(Definition, []string{"vars"}) != nil {
		t.Errorf("vars: %+v", f)
	}
	if got := Lookup(Definition, split("track/0")).Variant("json_file").Keys(); !slices.Equal(got, []string{"type", "url", "set", "name"}) {
		t.Errorf("keys of a file tracker: %v", got)
	}
	if Lookup(Definition, split("track/0")).Variant("none") != nil || variant.Variant("dev") != nil {
		t.Error("found a variant that does not exist")
	}
	if !slices.Equal(KeyOrder(Definition, split("contents"))[:4], []string{"repositories", "keyring", "packages", "files"}) {
		t.Errorf("order of contents: %v", KeyOrder(Definition, split("contents")))
	}
}

func TestPlaces(t *testing.T) {
	var got []string
	for _, p := range Places(Definition, "packages") {
		got = append(got, DottedPath(p))
	}
	want := []string{"contents", "contents.files[].spdx", "contents.builds[].contents", "contents.builds[].contents.files[].spdx"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if Places(Definition, "nowhere") != nil {
		t.Error("found a place for an unknown key")
	}
}

func TestSource(t *testing.T) {
	for _, k := range Kinds() {
		var doc map[string]any
		if err := json.Unmarshal(Source(k), &doc); err != nil {
			t.Fatalf("%s: %v", k, err)
		}
		if doc["$id"] != k.URL() || doc["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s: $id %v, $schema %v", k, doc["$id"], doc["$schema"])
		}
		if parsed, err := ParseKind(k.String()); err != nil || parsed != k {
			t.Errorf("%s: parsed as %v, %v", k, parsed, err)
		}
		Source(k)[0] = 'x'
		if Source(k)[0] != '{' {
			t.Errorf("%s: a caller can change the source", k)
		}
	}
	if _, err := ParseKind("actions"); err == nil {
		t.Error("actions is no kind for users")
	}
}

func TestRequiredFields(t *testing.T) {
	if got := RequiredFields(Image); !slices.Equal(got, []string{"name", "image", "variant", "tags", "platforms", "contents"}) {
		t.Errorf("image: %v", got)
	}
	if slices.Contains(RequiredFields(Package), "name") || !slices.Contains(RequiredFields(Chart), "name") {
		t.Error("packages need no name, charts do")
	}
	for _, name := range RequiredFields(Image) {
		if Lookup(Definition, []string{name}) == nil {
			t.Errorf("required field %s is not known", name)
		}
	}
}
