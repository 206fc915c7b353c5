package rules

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
)

// pathSourceRules look for the files that paths are copied from.
func pathSourceRules() []*Rule {
	return []*Rule{
		{ID: "path-source-missing", Summary: "The source of a path is not there", Level: always(diagnostic.Error), Need: NeedsDisk, Check: checkPathSource},
		{ID: "path-source-kind", Summary: "The source of a file is a directory, or the reverse", Level: always(diagnostic.Warning), Need: NeedsDisk, Check: checkSourceKind},
	}
}

// maxContexts is how many folders above a definition may be the root of its
// build context.
const maxContexts = 8

// source is what is known of a local source.
type source struct {
	// found says what is there; NotThere only where the folder that should
	// hold it is known.
	found Presence
	at    string
	// certain says that the root of the build context is known.
	certain bool
}

// localSource is the path of a source in the build context; false for
// symbolic links, and for what is no fixed path in it.
func (p *Pass) localSource(d definition.Path) (string, bool) {
	if t := d.Type.Value(); t != "file" && t != "directory" {
		return "", false
	}
	value, ok := p.known(d.Source)
	if !ok || value == "" || strings.HasPrefix(value, "/") || strings.Contains(value, "://") || strings.ContainsAny(value, "*?[") {
		return "", false
	}
	value = path.Clean(value)
	return value, value != ".." && !strings.HasPrefix(value, "../")
}

// findSource looks for a source. In a catalog the build context is its root;
// elsewhere it is a folder that holds the definition, near or far.
func (p *Pass) findSource(name string) source {
	roots := []string{p.Doc.Place.Root}
	certain := p.Doc.Place.InCatalog()
	if !certain {
		roots = contexts(p.Doc.Path)
	}
	out := source{found: Unknown, certain: certain}
	for _, root := range roots {
		at := join(root, name)
		switch found := p.Disk.Stat(at); found {
		case File, Dir:
			return source{found, at, certain}
		case Unknown:
			return source{found: Unknown}
		}
		if out.found == Unknown && p.Disk.Stat(join(root, path.Dir(name))) == Dir {
			out.found, out.at = NotThere, at
		}
	}
	return out
}

// join keeps the root of the file system and the empty root.
func join(root, name string) string {
	switch root {
	case "":
		return name
	case "/":
		return "/" + name
	}
	return root + "/" + name
}

// contexts are the folder of a file and those above it, as far as its path
// tells.
func contexts(file string) []string {
	var out []string
	for dir := path.Dir(path.Clean(file)); len(out) < maxContexts; dir = path.Dir(dir) {
		if dir == "." {
			return append(out, "")
		}
		out = append(out, dir)
		if dir == "/" {
			break
		}
	}
	return out
}

func checkPathSource(p *Pass) {
	p.eachPath(func(d definition.Path) {
		name, ok := p.localSource(d)
		if !ok {
			return
		}
		s := p.findSource(name)
		if s.found != NotThere {
			return
		}
		f := p.Report(d.Source.Range(), "the source `%s` is not there", s.at)
		if !s.certain {
			// The build context may be another folder.
			f.AtMost(diagnostic.Warning).Help("sources are relative to the folder that is given to the build")
		}
	})
}

func checkSourceKind(p *Pass) {
	p.eachPath(func(d definition.Path) {
		name, ok := p.localSource(d)
		if !ok {
			return
		}
		s, t := p.findSource(name), d.Type.Value()
		switch {
		case s.found == Dir && t == "file":
			p.Report(d.Source.Range(), "`%s` is a directory, but the path is of type `file`", d.Source.Value()).Related(d.Type.Range(), "the type")
		case s.found == File && t == "directory":
			p.Report(d.Source.Range(), "`%s` is a file, but the path is of type `directory`", d.Source.Value()).Related(d.Type.Range(), "the type")
		}
	})
}
