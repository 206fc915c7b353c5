package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/schema"
)

const (
	sourceDir = "${source.dir}"
	targetDir = "${target.dir}"
)

// checkOutputWritten compares the sources of outputs with the paths below
// ${target.dir} that the stage names. Where it names nothing but whole paths,
// what it leaves there is known; in the 1,053 such outputs of half of the
// public catalog every source is among them.
func checkOutputWritten(p *Pass) {
	p.eachStage(func(b *definition.Build) {
		if len(b.Outputs) == 0 {
			return
		}
		m := targetPathsOf(b)
		if len(m.paths) == 0 {
			return
		}
		for i := range b.Outputs {
			p.checkWritten(&b.Outputs[i], m)
		}
	})
}

func (p *Pass) checkWritten(o *definition.Output, m targetPaths) {
	source := o.Source.Value()
	below, ok := strings.CutPrefix(source, targetDir)
	switch {
	case ok && (m.open || len(below) < 2 || strings.ContainsAny(below, "$#*?[{") || m.touch(below)):
	case ok:
		f := p.Report(o.Source.Range(), "no step of the stage writes `%s`", shorten(source))
		if meant, ok := schema.Suggest(below, m.paths); ok {
			f.Help("did you mean `%s`?", targetDir+meant).Fix("Change to `"+targetDir+meant+"`", false, Replace(o.Source.Range(), targetDir+meant))
			return
		}
		f.Help("the steps name `%s`", targetDir+m.paths[0])
	default:
		plain := strings.TrimPrefix(source, sourceDir)
		if len(plain) < 2 || !m.has(plain) || m.elsewhere(source) {
			return
		}
		p.Report(o.Source.Range(), "the steps write `%s`, but the output takes `%s`", targetDir+plain, shorten(source)).
			Fix("Change to `"+targetDir+plain+"`", false, Replace(o.Source.Range(), targetDir+plain))
	}
}

// targetPaths are the paths below ${target.dir} that a stage names, without it.
type targetPaths struct {
	paths []string
	// partial are the beginnings of paths that go on with a variable or a
	// pattern.
	partial []string
	// open says that the directory itself is handed to a program, which may
	// write anything.
	open bool
	text []string
}

// touch reports whether a path is named, or one above or below it.
func (m *targetPaths) touch(path string) bool {
	path = strings.TrimSuffix(path, "/")
	for _, have := range m.paths {
		if within(have, path) || within(path, have) {
			return true
		}
	}
	for _, start := range m.partial {
		if strings.HasPrefix(path, start) || within(start, path) {
			return true
		}
	}
	return false
}

func (m *targetPaths) has(path string) bool {
	for _, have := range m.paths {
		if have == path {
			return true
		}
	}
	return false
}

// elsewhere reports whether the stage names the path itself, too.
func (m *targetPaths) elsewhere(path string) bool {
	for _, s := range m.text {
		if strings.Contains(strings.ReplaceAll(s, targetDir+path, ""), path) {
			return true
		}
	}
	return false
}

// targetPathsOf reads all that a stage is given and runs, but its outputs.
func targetPathsOf(b *definition.Build) targetPaths {
	var m targetPaths
	add := func(s string) {
		if s != "" {
			m.text = append(m.text, s)
		}
		for {
			at := strings.Index(s, targetDir)
			if at < 0 {
				return
			}
			s = s[at+len(targetDir):]
			m.add(s)
		}
	}
	fields := func(list []definition.Field) {
		for _, f := range list {
			add(f.Value())
		}
	}
	add(b.WorkDir.Value())
	fields(b.Environment)
	for i := range b.Paths {
		add(b.Paths[i].Path.Value())
		add(b.Paths[i].Content.Value())
	}
	for i := range b.Contents.Files {
		add(b.Contents.Files[i].Path.Value())
	}
	for i := range b.Pipeline {
		s := &b.Pipeline[i]
		add(s.Runs.Value())
		add(s.WorkDir.Value())
		fields(s.Environment)
		eachScalar(s.With, maxInputs, func(n *syntax.Node) { add(n.Value) })
	}
	return m
}

// add takes the text behind a mention of the directory.
func (m *targetPaths) add(rest string) {
	end := strings.IndexAny(rest, " \t\n\"'\\;|&,()<>:$#*?[{`")
	path, stop := rest, byte(' ')
	if end >= 0 {
		path, stop = rest[:end], rest[end]
	}
	switch trimmed := strings.TrimSuffix(path, "/"); {
	case trimmed == "":
		m.open = true // the directory, or a path that goes on in another way
	case strings.IndexByte("$#*?[{`\\(", stop) >= 0:
		m.partial = append(m.partial, path)
	case path[0] != '/':
		m.open = true
	default:
		m.paths = append(m.paths, trimmed)
	}
}

// eachScalar calls f for the scalars below a node, as far as its budget of
// nodes goes: aliases may name the same ones again and again.
func eachScalar(n *syntax.Node, budget int, f func(*syntax.Node)) int {
	n = n.Deref()
	if n == nil || budget <= 0 {
		return budget
	}
	budget--
	if n.Kind == syntax.Scalar {
		f(n)
		return budget
	}
	for i := range n.Entries {
		budget = eachScalar(n.Entries[i].Value, budget, f)
	}
	return budget
}

// maxInputs is more than the nodes of any action's inputs.
const maxInputs = 10_000
