package rules

import (
	"path"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func pathRules() []*Rule {
	rules := []*Rule{
		{ID: "path-symlink-no-source", Summary: "A symbolic link leads nowhere", Level: always(diagnostic.Error), Check: checkSymlinkSource},
		{ID: "path-symlink-self", Summary: "A symbolic link leads to itself", Level: always(diagnostic.Error), Check: checkSymlinkSelf},
		{ID: "path-file-no-content", Summary: "A file has neither content nor source", Level: always(diagnostic.Warning), Fix: UnsafeFix, Check: checkFileContent},
		{ID: "path-content-and-source", Summary: "A file has both content and source", Level: always(diagnostic.Error), Check: checkContentAndSource},
		{ID: "path-field-unused", Summary: "A field has no effect on this type of path", Level: always(diagnostic.Warning), Fix: UnsafeFix, Check: checkFieldUnused},
		{ID: "path-uid-gid-missing", Summary: "A path has no owner", Level: always(diagnostic.Warning), Check: checkPathOwner},
		{ID: "path-not-absolute", Summary: "A path is not absolute", Level: always(diagnostic.Error), Fix: UnsafeFix, Check: checkPathAbsolute},
		{ID: "path-trailing-slash", Summary: "A path ends in a slash", Level: Level{diagnostic.Hint, diagnostic.Info}, Fix: SafeFix, Check: checkTrailingSlash},
		{ID: "path-under-var-run", Summary: "A path is below /var/run, which is a link to /run", Level: always(diagnostic.Warning), Fix: UnsafeFix, Check: checkVarRun},
		{ID: "work-dir-not-absolute", Summary: "The working directory of the image is not absolute", Level: always(diagnostic.Error), Check: checkWorkDir},
	}
	rules = append(append(append(rules, modeRules()...), pathListRules()...), pathSourceRules()...)
	for _, r := range rules {
		r.Kinds = Definitions
	}
	return rules
}

// pathScope is a list of paths: the image's own, or that of a build stage.
type pathScope struct {
	paths []definition.Path
	stage *definition.Build
}

func (p *Pass) pathScopes() []pathScope {
	var out []pathScope
	if len(p.Def.Paths) > 0 {
		out = append(out, pathScope{p.Def.Paths, nil})
	}
	for i := range p.Def.Contents.Builds {
		if b := &p.Def.Contents.Builds[i]; len(b.Paths) > 0 {
			out = append(out, pathScope{b.Paths, b})
		}
	}
	return out
}

// eachPath calls f for the paths of the image and of the stages.
func (p *Pass) eachPath(f func(definition.Path)) {
	for _, s := range p.pathScopes() {
		for _, path := range s.paths {
			f(path)
		}
	}
}

// pathKey is where a finding about the whole entry stands.
func pathKey(d definition.Path) text.Range {
	switch {
	case d.Path.Set():
		return d.Path.Range()
	case d.Type.Set():
		return d.Type.Range()
	}
	return text.Range{Start: d.Node.Range.Start, End: d.Node.Range.Start}
}

func checkSymlinkSource(p *Pass) {
	p.eachPath(func(d definition.Path) {
		if d.Type.Value() == "symlink" && (!d.Source.Present() || d.Source.Set() && d.Source.Value() == "") {
			p.Report(pathKey(d), "the symbolic link `%s` has no `source`: expected the path it leads to", d.Path.Value())
		}
	})
}

// checkSymlinkSelf follows the links of one list until they leave it.
func checkSymlinkSelf(p *Pass) {
	for _, s := range p.pathScopes() {
		var links map[string]string
		for _, d := range s.paths {
			from, to, ok := p.link(d)
			if !ok {
				continue
			}
			if links == nil {
				links = map[string]string{}
			}
			links[from] = to
		}
		for _, d := range s.paths {
			from, to, ok := p.link(d)
			if !ok || links[from] != to {
				continue
			}
			for steps := 0; steps <= len(links); steps++ {
				if to == from {
					p.reportLoop(d, steps)
					break
				}
				if to, ok = links[to]; !ok {
					break
				}
			}
		}
	}
}

func (p *Pass) reportLoop(d definition.Path, steps int) {
	if steps == 0 {
		p.Report(d.Source.Range(), "the symbolic link `%s` leads to itself", d.Path.Value())
		return
	}
	p.Report(d.Source.Range(), "the symbolic link `%s` leads back to itself over %d other(s) of this list", d.Path.Value(), steps)
}

// link is the absolute path and target of a symbolic link.
func (p *Pass) link(d definition.Path) (from, to string, ok bool) {
	if d.Type.Value() != "symlink" {
		return "", "", false
	}
	from, ok1 := p.known(d.Path)
	to, ok2 := p.known(d.Source)
	if !ok1 || !ok2 || !strings.HasPrefix(from, "/") || to == "" {
		return "", "", false
	}
	if !strings.HasPrefix(to, "/") {
		to = path.Join(path.Dir(path.Clean(from)), to)
	}
	return path.Clean(from), path.Clean(to), true
}

func checkFileContent(p *Pass) {
	p.eachPath(func(d definition.Path) {
		if d.Type.Value() != "file" || d.Content.Present() || d.Source.Present() {
			return
		}
		p.Report(pathKey(d), "the file `%s` has neither `content` nor `source`", d.Path.Value()).
			Help("give its content, or say `type: emptyfile`").
			Fix("Change to `emptyfile`", false, Replace(d.Type.Node.Range, "emptyfile"))
	})
}

func checkContentAndSource(p *Pass) {
	p.eachPath(func(d definition.Path) {
		if d.Type.Value() == "file" && d.Content.Set() && d.Source.Set() {
			p.Report(d.Source.KeyRange(), "`source` and `content` contradict each other: the file can have only one of them").
				Related(d.Content.KeyRange(), "the other one")
		}
	})
}

// unusedFields are the fields that say nothing about a type of path; mode of
// a symbolic link has a rule of its own.
var unusedFields = map[string][]string{
	"directory": {"content"},
	"symlink":   {"content", "recursive"},
	"delete":    {"content", "source", "mode"},
	"emptyfile": {"content", "source", "recursive"},
	"file":      {"recursive"},
}

func checkFieldUnused(p *Pass) {
	p.eachPath(func(d definition.Path) {
		for _, name := range unusedFields[d.Type.Value()] {
			e := d.Node.Entry(name)
			if e == nil || e.Key == nil || e.Value.Deref().IsNull() || name == "recursive" && !d.Recursive.True() {
				continue
			}
			f := p.Report(e.Key.Range, "`%s` has no effect on a path of type `%s`", name, d.Type.Value())
			if name == "content" && d.Type.Value() != "symlink" && d.Type.Value() != "delete" {
				f.Help("a file with content is `type: file`")
			}
			if edit, ok := p.RemoveEntry(e.Value); ok {
				f.Fix("Remove `"+name+"`", false, edit)
			}
		}
	})
}

func checkPathOwner(p *Pass) {
	p.eachPath(func(d definition.Path) {
		if d.Type.Value() == "delete" {
			return
		}
		var missing []string
		if !d.UID.Present() {
			missing = append(missing, "uid")
		}
		if !d.GID.Present() {
			missing = append(missing, "gid")
		}
		if len(missing) > 0 && d.Path.Set() && d.Type.Set() {
			p.Report(pathKey(d), "path `%s` lacks %s", d.Path.Value(), listNames(missing))
		}
	})
}

func checkPathAbsolute(p *Pass) {
	p.eachPath(func(d definition.Path) {
		value, _ := p.Resolve(d.Path.Value())
		if !d.Path.Set() || strings.HasPrefix(value, "/") || strings.HasPrefix(value, "${") || strings.HasPrefix(value, "#{") {
			return
		}
		if value == "" {
			p.Report(d.Path.Range(), "the path is empty: expected an absolute path such as `/etc/app`")
			return
		}
		f := p.Report(d.Path.Range(), "`%s` is not absolute: expected a path that begins with `/`", value)
		f.Help("in a build stage, begin it with `${source.dir}/` or `${target.dir}/`")
		if value == d.Path.Value() && p.Def.Contents != nil && !strings.HasPrefix(value, ".") && p.topLevel(d) {
			f.Fix("Begin it with `/`", false, Replace(text.At(d.Path.Node.Body.Start), "/"))
		}
	})
}

// topLevel says that the path is one of the image itself.
func (p *Pass) topLevel(d definition.Path) bool {
	return d.Node.Parent != nil && d.Node.Parent == p.Def.Root.Get("paths")
}

func checkTrailingSlash(p *Pass) {
	p.eachPath(func(d definition.Path) {
		value := d.Path.Value()
		trimmed := strings.TrimRight(value, "/")
		if trimmed == "" || trimmed == value || d.Path.Node.Body.Len() != len(value) {
			return
		}
		body := d.Path.Node.Body
		r := text.Range{Start: body.Start + len(trimmed), End: body.End}
		p.Report(r, "the path ends in a slash").Fix("Remove the slash", true, Replace(r, ""))
	})
}

const varRun = "/var/run"

func checkVarRun(p *Pass) {
	for _, d := range p.Def.Paths {
		value, ok := p.known(d.Path)
		if !ok || !strings.HasPrefix(value, varRun+"/") || len(value) == len(varRun)+1 {
			continue
		}
		f := p.Report(d.Path.Range(), "`%s` is below `/var/run`, which is a symbolic link to `/run`: expected `%s`", value, strings.TrimPrefix(value, "/var"))
		if value == d.Path.Value() && d.Path.Node.Body.Len() == len(value) {
			start := d.Path.Node.Body.Start
			f.Fix("Change to `"+strings.TrimPrefix(value, "/var")+"`", false, Replace(text.Range{Start: start, End: start + len("/var")}, ""))
		}
	}
}

func checkWorkDir(p *Pass) {
	if value, ok := p.known(p.Def.WorkDir); ok && !strings.HasPrefix(value, "/") {
		p.Report(p.Def.WorkDir.Range(), "the working directory `%s` is not absolute: the container does not start", value)
	}
}

// modeRules are about the permissions of paths.
func modeRules() []*Rule {
	return []*Rule{
		{ID: "path-misspelt", Summary: "A path is nearly one that the definition makes", Level: always(diagnostic.Warning), Fix: UnsafeFix, Check: checkMisspeltPaths},
		{ID: "path-mode-malformed", Summary: "A mode is no octal number", Level: always(diagnostic.Error), Check: checkModeGrammar},
		{ID: "path-mode-not-4-digits", Summary: "A mode has not four digits", Level: Level{diagnostic.Hint, diagnostic.Info}, Fix: SafeFix, Check: checkModeDigits},
		{ID: "path-dir-no-mode", Summary: "A directory has no mode", Level: Level{diagnostic.Hint, diagnostic.Off}, Check: checkDirMode},
		{ID: "path-file-no-mode", Summary: "A file with content has no mode", Level: always(diagnostic.Info), Check: checkFileMode},
		{ID: "path-mode-on-symlink", Summary: "A symbolic link has a mode", Level: always(diagnostic.Info), Fix: SafeFix, Check: checkSymlinkMode},
		{ID: "path-world-writable-directory", Summary: "Everybody may write to a directory", Level: always(diagnostic.Warning), Fix: UnsafeFix, Check: checkWorldWritable},
		{ID: "path-script-not-executable", Summary: "A script cannot be executed", Level: always(diagnostic.Warning), Fix: UnsafeFix, Check: checkScriptMode},
	}
}

// mode reads an octal mode of at most 07777.
func (p *Pass) mode(f definition.Field) (int64, bool) {
	value, ok := p.known(f)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(value, 8, 16)
	return int64(n), err == nil && n <= 0o7777
}

func checkModeGrammar(p *Pass) {
	p.eachPath(func(d definition.Path) {
		value, known := p.known(d.Mode)
		if _, ok := p.mode(d.Mode); known && !ok {
			p.Report(d.Mode.Range(), "`%s` is no mode: expected an octal number such as \"0755\"", value)
		}
	})
}

func checkModeDigits(p *Pass) {
	p.eachPath(func(d definition.Path) {
		n, ok := p.mode(d.Mode)
		value := d.Mode.Value()
		if !ok || len(value) == 4 || strings.Contains(value, "$") {
			return
		}
		want := strconv.FormatInt(n|1<<12, 8)[1:]
		p.Report(d.Mode.Range(), "mode `%s` is usually written with four digits: \"%s\"", value, want).
			Fix("Change to \""+want+"\"", true, Replace(d.Mode.Node.Range, `"`+want+`"`))
	})
}

func checkDirMode(p *Pass) {
	for _, d := range p.Def.Paths {
		if d.Type.Value() == "directory" && !d.Mode.Present() && !d.Source.Present() {
			p.Report(pathKey(d), "the directory `%s` has no `mode`", d.Path.Value())
		}
	}
}

func checkFileMode(p *Pass) {
	p.eachPath(func(d definition.Path) {
		if d.Type.Value() == "file" && d.Content.Present() && !d.Mode.Present() {
			p.Report(pathKey(d), "the file `%s` has no `mode`", d.Path.Value()).Help("add mode: \"0644\", or \"0755\" for a program")
		}
	})
}

func checkSymlinkMode(p *Pass) {
	p.eachPath(func(d definition.Path) {
		if d.Type.Value() != "symlink" || !d.Mode.Set() {
			return
		}
		f := p.Report(d.Mode.KeyRange(), "`mode` has no effect on a symbolic link").Tag(diagnostic.Unnecessary)
		if edit, ok := p.RemoveEntry(d.Mode.Node); ok {
			f.Fix("Remove `mode`", true, edit)
		}
	})
}

const (
	othersWrite = 0o002
	sticky      = 0o1000
	executable  = 0o111
)

// checkWorldWritable lets directories for temporary files have the sticky bit.
func checkWorldWritable(p *Pass) {
	for _, d := range p.Def.Paths {
		mode, ok := p.mode(d.Mode)
		value, known := p.known(d.Path)
		if d.Type.Value() != "directory" || !ok || !known || mode&othersWrite == 0 {
			continue
		}
		if mode&sticky == 0 {
			want := strconv.FormatInt(mode|sticky, 8)
			f := p.Report(d.Mode.Range(), "everybody may write to `%s`, and delete the files of others", value)
			if !strings.Contains(d.Mode.Value(), "$") {
				f.Fix("Set the sticky bit: \""+want+"\"", false, Replace(d.Mode.Node.Range, `"`+want+`"`))
			}
			continue
		}
		if base := path.Base(value); base != "tmp" && base != "temp" {
			p.Report(d.Mode.Range(), "everybody may write to `%s`", value).AtMost(diagnostic.Info).
				Help("give it to the user of the image by uid and gid, with the mode \"0755\"")
		}
	}
}

func checkScriptMode(p *Pass) {
	for _, d := range p.Def.Paths {
		mode, ok := p.mode(d.Mode)
		if !ok || d.Type.Value() != "file" || mode&executable != 0 || !strings.HasPrefix(d.Content.Value(), "#!") {
			continue
		}
		want := strconv.FormatInt((mode|(mode&0o444)>>2)|1<<12, 8)[1:]
		f := p.Report(d.Mode.Range(), "`%s` begins with `#!`, but nobody may execute it", d.Path.Value())
		if !strings.Contains(d.Mode.Value(), "$") {
			f.Fix("Change the mode to \""+want+"\"", false, Replace(d.Mode.Node.Range, `"`+want+`"`))
		}
	}
}
