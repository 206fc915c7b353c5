package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/script"
)

// checkScriptCommands reports the first use of each command that nothing in
// its stage provides.
func checkScriptCommands(p *Pass) {
	scripts := p.Scripts()
	for from := 0; from < len(scripts); {
		to := from + 1
		for to < len(scripts) && scripts[to].Stage == scripts[from].Stage {
			to++
		}
		stage := &stageCommands{p: p, stage: scripts[from].Stage, scripts: scripts[from:to], told: map[string]bool{}}
		stage.check()
		from = to
	}
}

// stageCommands looks at the scripts of one stage.
type stageCommands struct {
	p       *Pass
	stage   *definition.Build
	scripts []ScriptRef
	tools   *toolbox
	told    map[string]bool
}

func (s *stageCommands) check() {
	if s.stage.Uses.Set() || s.uses("abuild/") {
		return
	}
	for i := range s.scripts {
		ref := &s.scripts[i]
		if ref.Step.Uses.Set() || ref.Script.Skipped != "" || len(ref.Script.Problems) > 0 || ownCommands(ref) {
			continue
		}
		for j := range ref.Script.Commands {
			c := &ref.Script.Commands[j]
			if s.told[c.Name] || !looksUp(ref.Script, c) {
				continue
			}
			s.told[c.Name] = true
			if s.tools == nil {
				if s.tools = s.p.toolbox(s.stage.Contents); s.tools == nil {
					return
				}
			}
			s.command(ref, c)
		}
	}
}

// command reports a command unless something may provide it.
func (s *stageCommands) command(ref *ScriptRef, c *script.Command) {
	holders, lacks := s.tools.lack(c.Name)
	// What no package is known to hold, its writer gets from somewhere else.
	if !lacks || len(holders) == 0 || fromBuilder(holders, c.Name) || s.brings(c.Name) {
		return
	}
	basic := slices.ContainsFunc(holders, isBasic)
	if basic && (s.uses("dpkg/") || s.uses("deb/")) || !basic && (s.unknownPath(ref) || s.mayBeInstalled(c)) {
		return
	}
	f := s.p.Report(s.p.In(ref.Node, c.NameRange), "`%s` is not provided by any package of %s", c.Name, s.stage.Contents.ScopeName())
	if c.Conditional {
		f.AtMost(diagnostic.Info)
	}
	s.p.suggestPackages(f, s.tools, holders, c.Name)
}

// uses reports whether a step of the stage is an action with that beginning.
// Actions that build packages of the distribution bring its base system along.
func (s *stageCommands) uses(prefix string) bool {
	return slices.ContainsFunc(s.stage.Pipeline, func(step definition.Step) bool { return strings.HasPrefix(step.Uses.Value(), prefix) })
}

// isBasic reports whether a package of the base system holds the command:
// nobody builds or installs another one in passing.
func isBasic(h packages.CommandHolder) bool {
	return h.Priority == 1 || h.Priority == 2 || h.Package == "busybox"
}

// builderCommands are there in stages that list no package for them. That the
// frontend brings the tools along with which it installs packages is inferred
// from definitions of the catalog that run tar and sh with neither listed.
var builderCommands = []string{"sh", "tar", "apk", "bash"}

func fromBuilder(holders []packages.CommandHolder, name string) bool {
	return slices.Contains(builderCommands, name) ||
		slices.ContainsFunc(holders, func(h packages.CommandHolder) bool { return h.Package == "dpkg" })
}

// ownCommands reports whether a script's commands may be its own: its shell is
// busybox, which runs its applets without looking for them, or the script
// defines commands in ways that are not followed.
func ownCommands(ref *ScriptRef) bool {
	if strings.Contains(shellOf(ref.Stage, ref.Step), "busybox") {
		return true
	}
	return slices.ContainsFunc(ref.Script.Commands, func(c script.Command) bool {
		switch c.Name {
		case ".", "source", "eval", "alias", "hash", "chroot":
			return true
		}
		return false
	})
}

// looksUp reports whether the shell looks a command up in the PATH and stops
// when it is not there.
func looksUp(s *script.Script, c *script.Command) bool {
	if c.Builtin() || c.Local || c.Guarded || c.Wrapper == "busybox" {
		return false
	}
	typed := s.Source[c.NameRange.Start:c.NameRange.End]
	return !strings.Contains(typed, "/") || slices.Contains(standardDirs, path.Dir(typed))
}

// unknownPath reports whether a command may lie where nobody has looked: the
// PATH was changed, or an artifact or a file may hold it anywhere.
func (s *stageCommands) unknownPath(ref *ScriptRef) bool {
	if len(s.stage.Contents.Artifacts) > 0 {
		return true
	}
	named := func(e definition.Field) bool { return e.Name() == "PATH" }
	if slices.ContainsFunc(s.stage.Environment, named) || slices.ContainsFunc(ref.Step.Environment, named) {
		return true
	}
	return slices.ContainsFunc(ref.Script.Variables, func(v script.Variable) bool { return v.Name == "PATH" && v.Use == script.Assigned })
}

// mayBeInstalled reports whether a command that stands before c in the stage's
// scripts may have brought c along.
func (s *stageCommands) mayBeInstalled(c *script.Command) bool {
	for i := range s.scripts {
		sc := s.scripts[i].Script
		for j := range sc.Commands {
			before := &sc.Commands[j]
			if before == c {
				return false
			}
			if installsOthers(sc, before) || s.installsItself(before) && s.isAbout(c.Name) {
				return true
			}
		}
	}
	return false
}

// installers put commands of any name into the PATH.
var installers = []string{
	"pip", "pip3", "pipx", "uv", "npm", "pnpm", "yarn", "corepack", "gem", "bundle", "cargo", "rustup", "apt", "apt-get", "apk", "dpkg",
	"conda", "cpan", "cpanm", "luarocks", "composer", "sh", "bash", "busybox", "update-alternatives",
}

// preparations are scripts of upstream that install nothing.
var preparations = []string{"configure", "Configure", "config", "autogen.sh", "bootstrap", "bootstrap.sh", "buildconf"}

// installsOthers reports whether a command may install commands of any name:
// an installer, or a program that comes with the sources.
func installsOthers(sc *script.Script, c *script.Command) bool {
	if slices.Contains(installers, c.Name) {
		return true
	}
	typed := sc.Source[c.NameRange.Start:c.NameRange.End]
	if strings.Contains(typed, "/") && !slices.Contains(standardDirs, path.Dir(typed)) {
		return !slices.Contains(preparations, c.Name)
	}
	return slices.ContainsFunc(c.Args, func(a script.Arg) bool { return slices.Contains(installers, a.Text) })
}

// installsItself reports whether a command installs what is built: make
// install and the like.
func (s *stageCommands) installsItself(c *script.Command) bool {
	return slices.ContainsFunc(c.Args, func(a script.Arg) bool { return strings.Contains(a.Text, "install") })
}

// isAbout reports whether the stage may be there to build a command: its name
// occurs in that of the image, the stage or its sources.
func (s *stageCommands) isAbout(name string) bool {
	words := []string{s.p.Def.Image.Value(), s.stage.Name.Value(), s.stage.WorkDir.Value()}
	for _, f := range s.stage.Contents.Files {
		words = append(words, strings.TrimPrefix(f.URL.Value(), "git+"), f.Path.Value(), f.SPDXName.Value())
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.TrimPrefix(w, "https://git"), name) })
}

// brings reports whether the stage may put the command there: as a file, an
// artifact or a path, or by one of its scripts.
func (s *stageCommands) brings(name string) bool {
	for _, dir := range standardDirs {
		if s.p.supplies(s.tools, dir+"/"+name) {
			return true
		}
	}
	return slices.ContainsFunc(s.scripts, func(ref ScriptRef) bool { return mentions(ref.Script, name) })
}

// calls reports whether what ends at an offset is the name of a command.
func calls(s *script.Script, end int) bool {
	return slices.ContainsFunc(s.Commands, func(c script.Command) bool { return c.NameRange.End == end })
}

// mentions reports whether a script names a path that ends in the name, or
// gives it to a command that makes files.
func mentions(s *script.Script, name string) bool {
	for at := 0; ; {
		i := strings.Index(s.Source[at:], "/"+name)
		if i < 0 {
			break
		}
		at += i + 1 + len(name)
		if at == len(s.Source) || strings.IndexByte(" \t\n\"';)|&", s.Source[at]) >= 0 && !calls(s, at) {
			return true
		}
	}
	for i := range s.Commands {
		switch c := &s.Commands[i]; c.Name {
		case "ln", "cp", "mv", "install", "tee", "chmod":
			if slices.ContainsFunc(c.Args, func(a script.Arg) bool { return a.Text == name }) {
				return true
			}
		}
	}
	return false
}
