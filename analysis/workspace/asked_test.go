package workspace

import (
	"iter"
	"reflect"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/workspacetest"
)

func generated() map[string]*facts.Record {
	out := map[string]*facts.Record{}
	for _, f := range workspacetest.Group(0) {
		if r := (&Loader{}).Record(f.Path, []byte(f.Content)); r != nil {
			out[f.Path] = r
		}
	}
	return out
}

func modelOf(records map[string]*facts.Record) *Model {
	var list []*facts.Record
	for _, r := range records {
		list = append(list, r)
	}
	return New(list)
}

// TestEveryMethodNotes calls every method of a view, and holds it to noting
// questions whose answers change when the records it read do. Who adds a method
// that reads the model has to note what it asks.
func TestEveryMethodNotes(t *testing.T) {
	records := generated()
	self := records["image/app-0-a/alpine-3.23/1.yaml"]
	maker := records["package/apk/main/lib-0-a/alpine-3.23/1.yaml"]
	// In the second model every record is another one, by a comment above it.
	changed := map[string]*facts.Record{}
	for _, f := range workspacetest.Group(0) {
		if r := (&Loader{}).Record(f.Path, []byte(f.Content+"x-more: 1\nprobe: 2\nnotes: [a, b]\n# dhi-ls: ignore[variant-drift]\n")); r != nil {
			changed[f.Path] = r
		}
	}
	delete(changed, "image/app-0-b/alpine-3.23/1.yaml")
	delete(changed, "image/app-0-b/alpine-3.23/1-dev.yaml")
	delete(changed, "image/app-0-b/debian-13/1.yaml")
	delete(changed, "image/app-0-b/debian-13/1-dev.yaml")
	before, after := modelOf(records), modelOf(changed)

	view := reflect.ValueOf(before.View(self))
	for i := range view.NumMethod() {
		method := view.Type().Method(i)
		if method.Name == "Noting" || method.Name == "Graph" { // a graph is made by the other methods
			continue
		}
		t.Run(method.Name, func(t *testing.T) {
			var asked Asked
			var args []reflect.Value
			for k := 1; k < method.Type.NumIn(); k++ {
				args = append(args, argument(t, method.Name, k, method.Type.In(k), self, maker))
			}
			drain(reflect.ValueOf(before.View(self).Noting(&asked)).Method(i).Call(args))
			if len(asked.list) == 0 {
				t.Fatal("notes no question")
			}
			answers := before.Answers().Encode(self.Root(), &asked)
			if !before.Answers().Same(self.Root(), answers) {
				t.Error("the same model answers otherwise")
			}
			if !modelOf(records).Answers().Same(self.Root(), answers) {
				t.Error("a model of the same records answers otherwise")
			}
			if after.Answers().Same(self.Root(), answers) {
				t.Errorf("all records are others, and the answers to %v are not", asked.list)
			}
		})
	}
}

// argument is one for which the generated workspace has an answer.
func argument(t *testing.T, method string, k int, in reflect.Type, self, maker *facts.Record) reflect.Value {
	if in == reflect.TypeFor[string]() && (method == "Pins" || method == "Digest") { // an image and a tag
		return reflect.ValueOf([]string{self.References[0].Image, self.References[0].Tag}[k-1])
	}
	words := map[string]string{
		"Image": "app-0-a", "Clashing": "app-0-a", "Referring": "pkg-lib-0-a", "Displayed": "APP-0-A", "UsersOf": "pkg-lib-0-a",
		"UsersOfPackage": "tzdata", "Packages": "app-0-a", "UsersOfFile": "chart/app-0-a/config/values.yaml",
	}
	switch in {
	case reflect.TypeFor[*facts.Record]():
		return reflect.ValueOf(self)
	case reflect.TypeFor[*facts.Reference]():
		return reflect.ValueOf(&self.References[0])
	case reflect.TypeFor[string]():
		if word, ok := words[method]; ok {
			return reflect.ValueOf(word)
		}
		return reflect.ValueOf(maker.Products[0].Name)
	}
	if in.Kind() == reflect.Func {
		t.Fatalf("give an argument of type %v to %s here", in, method)
	}
	return reflect.Zero(in)
}

// drain reads what is returned lazily.
func drain(results []reflect.Value) {
	for _, r := range results {
		if seq, ok := r.Interface().(iter.Seq[*facts.Record]); ok {
			for range seq {
				continue
			}
		}
	}
}
