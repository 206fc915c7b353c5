package rules

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// pathListRules compare the paths of a list with each other and with the
// accounts.
func pathListRules() []*Rule {
	return []*Rule{
		{ID: "path-duplicate", Summary: "A path is listed twice with the same content", Level: always(diagnostic.Warning), Fix: SafeFix, Check: checkPathTwice},
		{ID: "path-duplicate-conflict", Summary: "A path is listed twice with different content", Level: always(diagnostic.Warning), Check: checkPathConflict},
		{ID: "path-below-file", Summary: "A path is below one that is a file", Level: always(diagnostic.Error), Check: checkBelowFile},
		{ID: "path-uid-unknown", Summary: "A path, a file or an output belongs to a user that does not exist", Level: always(diagnostic.Warning), Check: checkPathUID},
		{ID: "path-gid-unknown", Summary: "A path, a file or an output belongs to a group that does not exist", Level: always(diagnostic.Warning), Check: checkPathGID},
		{ID: "home-of-unknown-user", Summary: "A home directory belongs to no user of the image", Level: always(diagnostic.Info), Check: checkHomes},
	}
}

// place is the cleaned path of an entry; false where it is not known or is
// bound to a condition or a platform.
func (p *Pass) place(d definition.Path) (string, bool) {
	if d.Node.Entry("if") != nil || len(d.Platforms) > 0 {
		return "", false
	}
	value := d.Path.Value()
	if strings.HasPrefix(value, "${source.dir}") || strings.HasPrefix(value, "${target.dir}") {
		return path.Clean(value), !strings.Contains(value[2:], "${")
	}
	value, ok := p.known(d.Path)
	if !ok || !strings.HasPrefix(value, "/") {
		return "", false
	}
	return path.Clean(value), true
}

func checkPathTwice(p *Pass) {
	p.eachPathTwice(func(before, d definition.Path, at string) {
		if !same(before.Node, d.Node) {
			return
		}
		f := p.Report(d.Path.Range(), "path `%s` is listed twice", at).Tag(diagnostic.Unnecessary).Related(before.Path.Range(), "listed first here")
		if edit, ok := p.RemoveEntry(d.Node); ok {
			f.Fix("Remove the repeated path", true, edit)
		}
	})
}

func checkPathConflict(p *Pass) {
	p.eachPathTwice(func(before, d definition.Path, at string) {
		if same(before.Node, d.Node) || before.Type.Value() == "delete" || merges(before, d) {
			return
		}
		p.Report(d.Path.Range(), "path `%s` is listed twice with different settings: the later one counts, or the build fails", at).
			Related(before.Path.Range(), "listed first here")
	})
}

// merges says that a directory is filled from several sources.
func merges(a, b definition.Path) bool {
	return a.Type.Value() == "directory" && b.Type.Value() == "directory" && a.Source.Value() != b.Source.Value()
}

// eachPathTwice calls f for entries with the path of an earlier one of the
// same list.
func (p *Pass) eachPathTwice(f func(before, d definition.Path, at string)) {
	for _, s := range p.pathScopes() {
		if len(s.paths) < 2 {
			continue
		}
		last := make(map[string]definition.Path, len(s.paths))
		for _, d := range s.paths {
			at, ok := p.place(d)
			if !ok {
				continue
			}
			if before, twice := last[at]; twice {
				f(before, d, at)
			}
			last[at] = d
		}
	}
}

func checkBelowFile(p *Pass) {
	for _, s := range p.pathScopes() {
		if len(s.paths) < 2 {
			continue
		}
		files := map[string]definition.Path{}
		for _, d := range s.paths {
			at, ok := p.place(d)
			if !ok {
				continue
			}
			p.reportBelow(files, d, at)
			delete(files, at)
			if t := d.Type.Value(); t == "file" || t == "emptyfile" {
				files[at] = d
			}
		}
	}
}

// reportBelow looks for a file among the folders above a path.
func (p *Pass) reportBelow(files map[string]definition.Path, d definition.Path, at string) {
	for up := path.Dir(at); len(files) > 0 && up != "/" && up != "."; up = path.Dir(up) {
		if file, ok := files[up]; ok && d.Type.Value() != "delete" {
			p.Report(d.Path.Range(), "`%s` cannot exist: `%s` is a file", at, up).Related(file.Path.Range(), "made a file here")
			return
		}
	}
}

// checkConfigHomes looks for home directories of unknown users in the
// configuration that a package brings to the images which install it.
func (p *Pass) checkConfigHomes() {
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		config := s.With.Get("oci-config").Deref()
		users := config.Get("accounts").Deref().Get("users").Deref().Items()
		if len(users) == 0 {
			return
		}
		seen := map[string]bool{"root": true}
		for _, u := range users {
			name := u.Get("name").Deref()
			if name == nil || strings.Contains(name.Value, "${") {
				return
			}
			seen[name.Value] = true
		}
		look := func(n *syntax.Node) {
			if n = n.Deref(); n == nil || n.Kind != syntax.Scalar {
				return
			}
			for _, part := range strings.Split(n.Value, ":") {
				rest, below := strings.CutPrefix(part, "/home/")
				name, _, _ := strings.Cut(rest, "/")
				if !below || name == "" || seen[name] || strings.Contains(name, "{") {
					continue
				}
				seen[name] = true
				p.Report(n.Range, "`%s` is in the home directory of `%s`, who is no user of this configuration", part, name)
			}
		}
		look(config.Get("work-dir"))
		if env := config.Get("environment").Deref(); env != nil {
			for i := range env.Entries {
				look(env.Entries[i].Value)
			}
		}
		for _, e := range config.Get("paths").Deref().Items() {
			look(e.Get("path"))
		}
	})
}

// checkHomes reports each unknown user once.
func checkHomes(p *Pass) {
	p.checkConfigHomes()
	if p.Def.Accounts == nil {
		return
	}
	seen := map[string]bool{}
	look := func(f definition.Field, what string) {
		value, ok := p.known(f)
		rest, below := strings.CutPrefix(value, "/home/")
		if !ok || !below {
			return
		}
		name, _, _ := strings.Cut(rest, "/")
		if name == "" || seen[name] || p.hasUser(accountScope{p.Def.Accounts, nil}, name) {
			return
		}
		seen[name] = true
		p.Report(f.Range(), "%s is in the home directory of `%s`, who is no user in `accounts.users`", what, name).
			Help("take the home of a user of the image, or add the user")
	}
	look(p.Def.WorkDir, "the working directory")
	for _, e := range p.Def.Environment {
		if e.Name() == "HOME" {
			look(e, "`HOME`")
		}
	}
	for _, d := range p.Def.Paths {
		look(d.Path, "the path")
	}
}
