package rules

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/schema"
)

// fileInputs are the inputs that name files which an action reads.
var fileInputs = map[string][]string{
	"cosign/verify-blob": {"blob", "signature"},
	"dpkg/patch":         {"patches"},
	"dpkg/source":        {"file"},
	"git/patch":          {"patch", "patches"},
	"gpg/verify":         {"file", "keys", "signature"},
	"mvn/patch":          {"dependencies", "properties"},
	"npm/bump":           {"bumps"},
	"patch":              {"patch", "patches"},
	"yarn/bump":          {"bumps"},
	"yq/patch":           {"file", "patches"},
}

// sourceRoot is where ${source.dir} is: definitions write either.
const sourceRoot = "/src"

// checkStepInputs wants the files that actions read from ${source.dir} to be
// put there: by `files` or `paths` of the stage, at the path, above it or below.
func checkStepInputs(p *Pass) {
	p.eachStage(func(b *definition.Build) {
		there, all := stageFiles(b)
		if all || len(there) == 0 {
			return
		}
		for i := range b.Pipeline {
			s := &b.Pipeline[i]
			for _, name := range fileInputs[actionName(s)] {
				eachScalar(s.With.Get(name), maxInputs, func(n *syntax.Node) { p.checkStepInput(b, i, n, there) })
			}
		}
	})
}

// stageFiles are the paths that the stage puts files at, below ${source.dir};
// all says that one of them is that directory itself.
func stageFiles(b *definition.Build) (list []string, all bool) {
	add := func(f definition.Field) {
		if at, ok := belowSource(f.Value()); ok {
			list = append(list, at)
			all = all || at == ""
		}
	}
	for i := range b.Paths {
		add(b.Paths[i].Path)
	}
	for i := range b.Contents.Files {
		add(b.Contents.Files[i].Path)
	}
	return list, all
}

// belowSource is a path without ${source.dir} in front.
func belowSource(s string) (string, bool) {
	for _, root := range []string{sourceDir, sourceRoot} {
		if rest, ok := strings.CutPrefix(s, root); ok && (rest == "" || rest[0] == '/') {
			return strings.TrimSuffix(rest, "/"), true
		}
	}
	return "", false
}

func (p *Pass) checkStepInput(b *definition.Build, step int, n *syntax.Node, there []string) {
	path, ok := belowSource(n.Value)
	if !ok || path == "" || strings.ContainsAny(path, "$#*?[{ \n") {
		return
	}
	if slices.ContainsFunc(there, func(have string) bool {
		return within(path, have) || within(have, path) || strings.ContainsAny(have, "$#")
	}) || madeBefore(b, step, path) {
		return
	}
	f := p.Report(n.Range, "nothing puts `%s` into the stage, and this step reads it", shorten(n.Value))
	if meant, ok := schema.Suggest(path, there); ok {
		meant = strings.TrimSuffix(n.Value, path) + meant
		f.Help("did you mean `%s`?", meant).Fix("Change to `"+meant+"`", false, Replace(n.Range, meant))
		return
	}
	f.Help("add it to `paths` of the stage, with its place in the repository as `source`, or to `files`")
}

// madeBefore reports whether a step before may make the file: by a script that
// names it, or the directory of its first part, or by unpacking something.
func madeBefore(b *definition.Build, step int, path string) bool {
	first, _, nested := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	for i := range step {
		s := &b.Pipeline[i]
		if actionName(s) == "dpkg/source" {
			return true
		}
		runs := s.Runs.Value()
		if !s.Runs.Set() {
			continue
		}
		// A script in ${source.dir} may unpack anything there.
		if strings.Contains(runs, "/"+first) || !nested && strings.Contains(runs, first) || s.WorkDir.Value() == sourceDir {
			return true
		}
	}
	return false
}
