package buildplace

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
)

// kinds are the paths of the nodes that a build can fail on. Those in stages
// count from the stage.
var (
	scopeKinds = map[string]locate.Kind{
		"contents.packages[]":             locate.Package,
		"contents.repositories[]":         locate.Repository,
		"contents.keyring[]":              locate.Key,
		"contents.files[].url":            locate.FileURL,
		"contents.files[].checksum":       locate.FileChecksum,
		"contents.artifacts[].name":       locate.Artifact,
		"contents.artifacts[].includes[]": locate.Include,
		"paths[].path":                    locate.Path,
		"paths[].source":                  locate.PathSource,
		"accounts.users[].name":           locate.User,
		"accounts.groups[].name":          locate.Group,
		"accounts.run-as":                 locate.RunAs,
		"work-dir":                        locate.WorkDir,
	}
	stageKinds = map[string]locate.Kind{
		"name":                    locate.Stage,
		"uses":                    locate.Uses,
		"shell":                   locate.Shell,
		"privileged":              locate.Privileged,
		"outputs[].source":        locate.OutputSource,
		"outputs[].target":        locate.OutputTarget,
		"pipeline[].name":         locate.Step,
		"pipeline[].uses":         locate.Uses,
		"pipeline[].runs":         locate.Runs,
		"pipeline[].run-as":       locate.RunAs,
		"pipeline[].shell":        locate.Shell,
		"pipeline[].work-dir":     locate.WorkDir,
		"pipeline[].privileged":   locate.Privileged,
		"pipeline[].secrets[].id": locate.Secret,
	}
	topKinds = map[string]locate.Kind{"platforms[]": locate.Platform}
)

const (
	stagePath = "contents.builds[]"
	stepPath  = stagePath + ".pipeline[]"
)

// place is where the walk is: the path without indices, and the stage and the
// step around it.
type place struct {
	path, stage, name string
	step              int
}

// walker collects the nodes of a tree. Aliases are not followed: what a build
// names is the text that stands there.
type walker struct {
	*Document
	resolve *resolver
}

func (w *walker) walk(n *syntax.Node, p place) {
	if n.Kind != syntax.Missing {
		w.spans = append(w.spans, trimmed(w.tree.Text, n.Range))
	}
	switch n.Kind {
	case syntax.Mapping:
		w.mapping(n, p)
	case syntax.Sequence:
		w.sequence(n, p)
	case syntax.Scalar:
		w.scalar(n, p)
	}
}

func (w *walker) mapping(n *syntax.Node, p place) {
	for i := range n.Entries {
		e := &n.Entries[i]
		if e.Key == nil {
			continue
		}
		next := p
		next.path = strings.TrimPrefix(p.path+"."+e.Key.Value, ".")
		w.walk(e.Value, next)
	}
}

func (w *walker) sequence(n *syntax.Node, p place) {
	p.path += "[]"
	for i := range n.Entries {
		next := p
		item := n.Entries[i].Value
		switch p.path {
		case stagePath:
			next.stage = nameOf(item, fmt.Sprint("stage ", i))
		case stepPath:
			next.step, next.name = i, nameOf(item, "")
		}
		w.walk(item, next)
	}
}

func nameOf(item *syntax.Node, otherwise string) string {
	if name := item.Get("name"); name != nil && name.Kind == syntax.Scalar && name.Value != "" {
		return name.Value
	}
	return otherwise
}

func (w *walker) scalar(n *syntax.Node, p place) {
	node := locate.Node{
		Kind: locate.Value, Range: trimmed(w.tree.Text, n.Range), Value: n.Value, Resolved: w.resolve.values(n.Value),
		Stage: p.stage, Step: p.name, StepIndex: p.step,
	}
	w.add(node)
	kind, ok := kindOf(p.path)
	if !ok {
		return
	}
	node.Kind = kind
	w.add(node)
	if kind == locate.Runs {
		w.origins[node.Range.Start] = n
	}
}

func kindOf(path string) (locate.Kind, bool) {
	rel, staged := strings.CutPrefix(path, stagePath+".")
	if kind, ok := scopeKinds[rel]; ok {
		return kind, true
	}
	others := topKinds
	if staged {
		others = stageKinds
	}
	kind, ok := others[rel]
	return kind, ok
}

// trimmed leaves blanks and breaks at the end of a range out.
func trimmed(t *text.Text, r text.Range) text.Range {
	r.End = r.Start + len(strings.TrimRight(t.Slice(r), " \t\r\n"))
	return r
}
