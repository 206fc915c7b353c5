package workspace_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

const toolPath = "package/apk/main/tool/alpine-3.23/1.yaml"

func catalog() *workspace.Model {
	return workspace.New(records(map[string]string{
		"image/a/alpine-3.23/1.yaml": sample("a", "1-alpine3.23") + "  packages:\n    - tool=1-r0\n    - '!tool'\n  builds:\n    - name: stage\n      uses: dhi.io/gone:1\n      paths:\n        - type: directory\n          path: /x\n          source: image/a/patch\n",
		"image/b/alpine-3.24/1.yaml": sample("b", "1-alpine3.24") + "  packages:\n    - tool\nos-release:\n  id: alpine\n  version-id: \"3.24\"\n",
		toolPath:                     "# syntax=dhi.io/build:2-alpine3.23\n\nimage: dhi.io/pkg-tool\nvariant: runtime\ntags:\n  - 1-alpine3.23\nvars:\n  VERSION: \"1\"\n  REL: \"0\"\ncontents:\n  builds:\n    - name: tool\n      pipeline:\n        - uses: dhi/build-pkg:0\n          with:\n            name: tool\n            version: \"1\"\n            rel: 0\n",
	}))
}

func TestResolve(t *testing.T) {
	m := catalog()
	a := m.Record("image/a/alpine-3.23/1.yaml")
	v := m.View(a)
	targets, exact := v.Resolve(&a.References[0])
	if !exact || len(targets) != 1 || targets[0].In.Path != toolPath || targets[0].Range != m.Record(toolPath).Tags[0].Range {
		t.Errorf("%v %+v", exact, targets)
	}
	ref := a.References[0]
	ref.Tag = "9"
	if targets, exact := v.Resolve(&ref); exact || len(targets) != 1 || targets[0].Range != m.Record(toolPath).Image.Range {
		t.Errorf("%v %+v", exact, targets)
	}
	ref.Image = "nothing"
	if targets, _ := v.Resolve(&ref); len(targets) > 0 {
		t.Errorf("%+v", targets)
	}
}

func TestUsers(t *testing.T) {
	m := catalog()
	v := m.View(m.Record(toolPath))
	if got := v.UsersOf("pkg-tool", nil); len(got) != 2 || got[0].How != "artifact" {
		t.Errorf("%+v", got)
	}
	if got := v.UsersOf("pkg-tool", m.Record("image/b/alpine-3.24/1.yaml").Tags); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := v.UsersOfPackage("tool", definition.Dist{Family: "alpine", Release: "3.23"}); len(got) != 1 || got[0].In.Path != "image/a/alpine-3.23/1.yaml" || got[0].Detail != "1-r0" {
		t.Errorf("%+v", got)
	}
	if got := v.UsersOfPackage("tool", definition.Dist{}); len(got) != 2 {
		t.Errorf("%+v", got)
	}
	for file, want := range map[string]int{"image/a/patch/x.patch": 1, "image/a/patch": 1, "image/a/pat": 0} {
		if got := v.UsersOfFile(file); len(got) != want {
			t.Errorf("%s: %+v", file, got)
		}
	}
}

func TestSymbols(t *testing.T) {
	var got []string
	for _, s := range catalog().Symbols("to", 10) {
		got = append(got, s.Name+" in "+s.Container)
	}
	if diff := cmp.Diff([]string{"tool in pkg-tool alpine-3.23", "tool in pkg-tool", "pkg-tool in pkg-tool alpine-3.23"}, got); diff != "" {
		t.Error(diff)
	}
	for query, want := range map[string]string{"tool alpine": "tool", "pkg-tool": "pkg-tool", "pto": "pkg-tool", "alpine-3.23 pkg": "pkg-tool"} {
		if found := catalog().Symbols(query, 1); len(found) != 1 || found[0].Name != want {
			t.Errorf("%q: %+v", query, found)
		}
	}
	if found := catalog().Symbols("tool debian", 10); len(found) > 0 {
		t.Errorf("a word that is nowhere: %+v", found)
	}
	if n := len(catalog().Symbols("", 2)); n != 2 {
		t.Error(n)
	}
}

func TestGraph(t *testing.T) {
	m := catalog()
	tool := m.Record(toolPath)
	v := m.View(tool)
	edges := func(g workspace.Graph) []string {
		var out []string
		for _, e := range g.Edges {
			out = append(out, e.From+" -> "+e.To+" "+e.How+" "+e.Detail)
		}
		return out
	}
	a := "image/a/alpine-3.23/1.yaml"
	if diff := cmp.Diff([]string{a + " -> " + toolPath + " artifact 1-alpine3.23", a + " -> " + toolPath + " package tool=1-r0", "image/b/alpine-3.24/1.yaml -> " + toolPath + " artifact 1-alpine3.23"},
		edges(v.Graph(some(tool), workspace.UsedBy, 0))); diff != "" {
		t.Error(diff)
	}
	uses := v.Graph(some(m.Record(a)), workspace.Uses, 1)
	if diff := cmp.Diff([]string{a + " -> dhi.io/gone:1 builder image 1", a + " -> " + toolPath + " artifact 1-alpine3.23", a + " -> " + toolPath + " package tool=1-r0"}, edges(uses)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a -> dhi.io/gone:1 builder image ", "a -> pkg-tool artifact ", "a -> pkg-tool package "}, edges(uses.ByImage())); diff != "" {
		t.Error(diff)
	}
}

func some(r *facts.Record) []*facts.Record { return []*facts.Record{r} }
