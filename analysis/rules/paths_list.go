package rules

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
)

// pathListRules compare the paths of a list with each other and with the
// accounts.
func pathListRules() []*Rule {
	return []*Rule{
		{ID: "path-duplicate", Summary: "A path is listed twice with the same content", Level: always(diagnostic.Warning), Fix: SafeFix, Check: checkPathTwice},
		{ID: "path-duplicate-conflict", Summary: "A path is listed twice with different content", Level: always(diagnostic.Warning), Check: checkPathConflict},
		{ID: "path-below-file", Summary: "A path is below one that is a file", Level: always(diagnostic.Error), Check: checkBelowFile},
		{ID: "path-uid-unknown", Summary: "A path belongs to a user that does not exist", Level: always(diagnostic.Warning), Check: checkPathUID},
		{ID: "path-gid-unknown", Summary: "A path belongs to a group that does not exist", Level: always(diagnostic.Warning), Check: checkPathGID},
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

func checkPathUID(p *Pass) {
	p.checkOwner("uid", func(d definition.Path) definition.Field { return d.UID }, func(a *definition.Accounts, known map[int64]bool) bool {
		for _, u := range a.Users {
			uid, ok := u.UID.Int()
			if !ok {
				return false
			}
			known[uid] = true
		}
		if who, ok := p.runAs(a); ok && who.numeric {
			known[who.number] = true
		}
		return true
	})
}

func checkPathGID(p *Pass) {
	p.checkOwner("gid", func(d definition.Path) definition.Field { return d.GID }, func(a *definition.Accounts, known map[int64]bool) bool {
		for _, u := range a.Users {
			gid, ok := u.GID.Int()
			if !ok {
				return false
			}
			known[gid] = true
		}
		for _, g := range a.Groups {
			gid, ok := g.GID.Int()
			if !ok {
				return false
			}
			known[gid] = true
		}
		return true
	})
}

// checkOwner compares the owners of the image's paths with its accounts.
func (p *Pass) checkOwner(what string, of func(definition.Path) definition.Field, collect func(*definition.Accounts, map[int64]bool) bool) {
	a := p.Def.Accounts
	if a == nil || len(p.Def.Paths) == 0 || len(a.Users) == 0 {
		return
	}
	known := map[int64]bool{0: true}
	if !collect(a, known) {
		return
	}
	for _, d := range p.Def.Paths {
		field := of(d)
		if id, ok := field.Int(); ok && !known[id] && id > 0 && id <= maxID {
			p.Report(field.Range(), "no user or group in `accounts` has the %s %d", what, id)
		}
	}
}

// checkHomes reports each unknown user once.
func checkHomes(p *Pass) {
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
		p.Report(f.Range(), "%s is in the home directory of `%s`, who is no user in `accounts.users`", what, name)
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
