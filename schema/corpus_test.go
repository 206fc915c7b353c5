package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/internal/corpustest"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"go.yaml.in/yaml/v3"
)

// sharedCorpus is where the test data lies beside a checkout.
const sharedCorpus = "../../shared/corpus"

// publishedSchema returns the text of one of the published schemas, or skips.
func publishedSchema(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(sharedCorpus, name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s/%s is absent", sharedCorpus, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func compilePublished(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.CompileString("file:///"+name, publishedSchema(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sample is one file of the corpus, decoded.
type sample struct {
	path  string
	value any
}

// corpusFiles returns every definition and every info.yaml of the catalog.
func corpusFiles(t testing.TB) (definitions, infos []sample) {
	t.Helper()
	for _, f := range corpustest.Files(t) {
		to := &definitions
		if !f.Definition() {
			if path.Base(f.Path) != "info.yaml" {
				continue
			}
			to = &infos
		}
		var value any
		if err := yaml.Unmarshal([]byte(f.Content), &value); err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		*to = append(*to, sample{f.Path, value})
	}
	if len(definitions) == 0 || len(infos) == 0 {
		t.Fatalf("the corpus has %d definitions and %d info files", len(definitions), len(infos))
	}
	return definitions, infos
}

// TestCorpus holds the verdict on real files, and on mutations of them, to
// that of the published schemas.
func TestCorpus(t *testing.T) {
	definitionOracle := compilePublished(t, "definition.spec.json")
	infoOracle := compilePublished(t, "info.spec.json")
	definitions, infos := corpusFiles(t)
	t.Logf("%d definitions, %d info files", len(definitions), len(infos))

	for _, d := range definitions {
		if err := definitionOracle.Validate(d.value); err != nil {
			t.Errorf("%s: the published schema refuses it: %v", d.path, err)
		}
		for _, v := range Validate(Definition, d.value) {
			t.Errorf("%s: %s: %s", d.path, DottedPath(v.Path), v.Message())
		}
	}
	for _, d := range infos {
		if infoOracle.Validate(d.value) == nil {
			t.Errorf("%s: the published schema accepts it, contrary to what is documented", d.path)
		}
		for _, v := range Validate(Info, d.value) {
			t.Errorf("%s: %s: %s", d.path, DottedPath(v.Path), v.Message())
		}
	}

	rng := rand.New(rand.NewPCG(2, 2000))
	compareMutations(t, rng, Definition, definitionOracle, definitions, 2000, `{}`)
	compareMutations(t, rng, Info, infoOracle, infos, 500, strippedInfo)
}

// strippedInfo are the fields that the published schema requires although the
// published catalog lacks them.
const strippedInfo = `{"fips-compliant":false,"fips-modules":[],"stig-certified":false,"alternatives":[]}`

func compareMutations(t *testing.T, rng *rand.Rand, k Kind, oracle *jsonschema.Schema, samples []sample, n int, metadata string) {
	generate := generator{rng: rng, root: published(t, k)}
	refused, differ := 0, map[string]int{}
	for range n {
		s := samples[rng.IntN(len(samples))]
		value := clone(s.value)
		fillMetadata(value, metadata)
		var steps []string
		for range 1 + rng.IntN(3) {
			steps = append(steps, generate.mutate(value))
		}
		ours, theirs := Validate(k, value), oracle.Validate(value)
		if theirs != nil {
			refused++
		}
		if (len(ours) == 0) == (theirs == nil) {
			continue
		}
		reason := deliberate(oracle, value)
		if reason == "" {
			t.Errorf("%s: after %s: ours %s, theirs %v", s.path, strings.Join(steps, ", "), messages(ours), theirs)
		}
		differ[reason]++
	}
	t.Logf("%s: %d mutations, %d refused by the published schema, deliberate differences: %v", k, n, refused, differ)
	if refused < n/4 || refused > n*19/20 {
		t.Errorf("%d of %d mutations refused: the mutations show little", refused, n)
	}
}

func published(t *testing.T, k Kind) *object {
	name := "definition.spec.json"
	if k == Info {
		name = "info.spec.json"
	}
	value, err := parseJSON(publishedSchema(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return value.(*object)
}

// deliberate undoes each documented difference in turn and tells which of
// them made the published schema refuse the value; "" if none did.
func deliberate(oracle *jsonschema.Schema, value any) string {
	repairs := []struct {
		name   string
		repair func(root map[string]any)
	}{
		{"volumes", func(root map[string]any) { delete(root, "volumes") }},
		{"var_increment", dropIncrements},
		{"stripped info fields", func(root map[string]any) { fillMetadata(root, strippedInfo) }},
	}
	var used []string
	repaired, ok := clone(value).(map[string]any)
	if !ok {
		return ""
	}
	for _, r := range repairs {
		before := fmt.Sprint(repaired)
		r.repair(repaired)
		if fmt.Sprint(repaired) != before {
			used = append(used, r.name)
		}
		if oracle.Validate(repaired) == nil {
			return strings.Join(used, " and ")
		}
	}
	return ""
}

// dropIncrements removes the part of var_increment trackers that makes them
// match twice.
func dropIncrements(root map[string]any) {
	track, _ := root["track"].([]any)
	for _, item := range track {
		tracker, _ := item.(map[string]any)
		if tracker["type"] == "var_increment" {
			delete(tracker, "set")
		}
	}
}

func fillMetadata(value any, fields string) {
	root, _ := value.(map[string]any)
	metadata, ok := root["metadata"].(map[string]any)
	if !ok {
		return
	}
	var extra map[string]any
	if err := json.Unmarshal([]byte(fields), &extra); err != nil {
		panic(err)
	}
	for key, v := range extra {
		if _, ok := metadata[key]; !ok {
			metadata[key] = v
		}
	}
}

func messages(list []Violation) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = DottedPath(v.Path) + ": " + v.Message()
	}
	return out
}

func clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, member := range v {
			m[key] = clone(member)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = clone(item)
		}
		return list
	}
	return value
}

// TestKeyOrder holds the canonical order of keys to the order of properties
// in the published schemas, on every level.
func TestKeyOrder(t *testing.T) {
	for _, k := range []Kind{Definition, Info} {
		checked := 0
		var walk func(node *object, path []string)
		walk = func(node *object, path []string) {
			if items := node.object("items"); items != nil {
				walk(items, appendPath(path, "*"))
			}
			props := node.object("properties")
			if props == nil {
				return
			}
			ours := slices.DeleteFunc(KeyOrder(k, path), func(key string) bool { return key == "volumes" })
			if !slices.Equal(ours, props.keys) {
				t.Errorf("%s %s: order %v, published %v", k, DottedPath(path), ours, props.keys)
			}
			checked++
			for _, key := range props.keys {
				walk(props.object(key), appendPath(path, key))
			}
		}
		walk(published(t, k), nil)
		if checked < 5 {
			t.Errorf("%s: only %d mappings compared", k, checked)
		}
	}
	compareVariants(t)
}

// compareVariants does the same for the forms of a tracker, and for their
// required keys.
func compareVariants(t *testing.T) {
	items := published(t, Definition).object("properties").object("track").object("items")
	for _, branch := range items.list("oneOf")[:8] {
		node := branch.(*object)
		props := node.object("properties")
		for _, typ := range props.object("type").strings("enum") {
			ours := Lookup(Definition, []string{"track", "0"}).Variant(typ)
			if !slices.Equal(ours.Keys(), props.keys) {
				t.Errorf("tracker %s: order %v, published %v", typ, ours.Keys(), props.keys)
			}
			if !slices.Equal(ours.Required, node.strings("required")) {
				t.Errorf("tracker %s: required %v, published %v", typ, ours.Required, node.strings("required"))
			}
		}
	}
}

// TestActionsOfPublishedSchema holds the list of actions to the published one.
func TestActionsOfPublishedSchema(t *testing.T) {
	uses := pointer(published(t, Definition), "/properties/contents/properties/builds/items/properties/pipeline/items/properties/uses").(*object)
	var names []string
	for _, alternative := range uses.list("anyOf") {
		if name := alternative.(*object).string("const"); name != "" {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if _, ok := LookupAction(name); !ok {
			t.Errorf("action %s is not known", name)
		}
	}
	for _, a := range Actions() {
		if !a.Image && !slices.Contains(names, a.Uses) {
			t.Errorf("action %s is not in the published schema", a.Uses)
		}
	}
	if len(names) != 42 {
		t.Errorf("%d actions in the published schema, expected 42", len(names))
	}
}
