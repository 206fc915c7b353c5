package workspace_test

import (
	"maps"
	"reflect"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/workspacetest"
)

// TestQuestions holds the questions to what they are for: the change shows in
// the answers that the rules noted, and where one method alone tells of it, it
// does not show if that one notes nothing. A run with results of earlier ones
// is held to them in cmd/dhi-ls.
func TestQuestions(t *testing.T) {
	alone := map[string]bool{}
	for _, q := range workspacetest.Questions() {
		alone[q.Alone] = true
		t.Run(q.Rule+q.Alone, func(t *testing.T) {
			before := files(t, q.Before)
			after := maps.Clone(before)
			if !q.Then.Apply(after) || before[q.In] != after[q.In] {
				t.Fatal("the edit edits nothing, or the file whose findings should change")
			}
			var asked workspace.Asked
			then, root := modelOf(before), before[q.In]
			if root == "" {
				t.Fatal("there is no ", q.In)
			}
			self := then.Record(q.In)
			analysis.Across(self, then.View(self).Noting(&asked), opened(q.In, before), analysis.Options{})
			now := modelOf(after).Answers()
			if now.Same(self.Root(), then.Answers().Encode(self.Root(), &asked)) {
				t.Error("the change does not show in the answers")
			}
			if q.Alone != "" && !now.Same(self.Root(), then.Answers().Encode(self.Root(), asked.Without(q.Alone))) {
				t.Errorf("the change shows in more than what %s answers", q.Alone)
			}
		})
	}
	methods := reflect.TypeFor[rules.Workspace]()
	for i := range methods.NumMethod() {
		if name := methods.Method(i).Name; !alone[name] {
			t.Errorf("there is no question that %s alone answers", name)
		}
	}
}

// files are those of a workspace with edits made.
func files(t *testing.T, edits []workspacetest.Edit) map[string]string {
	out := map[string]string{}
	for _, f := range workspacetest.Group(0) {
		out[f.Path] = f.Content
	}
	for _, e := range edits {
		if !e.Apply(out) {
			t.Fatalf("nothing to edit: %+v", e)
		}
	}
	return out
}

func modelOf(files map[string]string) *workspace.Model {
	var list []*facts.Record
	for path, content := range files {
		if r := (&workspace.Loader{}).Record(path, []byte(content)); r != nil {
			list = append(list, r)
		}
	}
	return workspace.New(list)
}

func opened(path string, files map[string]string) func() *definition.Document {
	return func() *definition.Document { return analysis.Open(path, text.New(files[path]), analysis.Options{}) }
}
