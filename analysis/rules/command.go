package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

func commandRules() []*Rule {
	return []*Rule{
		{ID: "runtime-no-entrypoint-or-cmd", Summary: "A runtime image does not say what to run", Level: always(diagnostic.Info), Kinds: Images, Check: checkRuntimeCommand},
		{ID: "dev-no-entrypoint-or-cmd", Summary: "A dev image does not say what to run", Level: always(diagnostic.Info), Kinds: Images, Check: checkDevCommand},
		{ID: "entrypoint-has-flags", Summary: "The entrypoint holds flags, which users can't replace", Level: always(diagnostic.Hint), Kinds: Images, Check: checkEntrypointFlags},
		{ID: "entrypoint-shell-appended", Summary: "A shell stands behind the program of the entrypoint", Level: always(diagnostic.Warning), Kinds: Images, Fix: UnsafeFix, Check: checkShellAppended},
		{ID: "entrypoint-shell-form", Summary: "A command is written as one string", Level: always(diagnostic.Warning), Kinds: Images, Check: checkShellForm},
	}
}

func checkRuntimeCommand(p *Pass) { p.checkCommand(variantRuntime) }

func checkDevCommand(p *Pass) { p.checkCommand(variantDev) }

func (p *Pass) checkCommand(variant string) {
	if p.Def.Variant.Value() != variant || len(p.Def.Entrypoint) > 0 || len(p.Def.Cmd) > 0 ||
		hasContent(p, "entrypoint") || hasContent(p, "cmd") {
		return
	}
	p.absent(p.Report(p.Def.Variant.Range(), "the image has neither `entrypoint` nor `cmd`: it can't be run without a command").Help("add one of them; an image of data or libraries needs none"), p.Def.Root, "entrypoint", "cmd")
}

// hasContent reports whether the key holds anything, if only half typed.
func hasContent(p *Pass, key string) bool {
	e := p.Def.Root.Entry(key)
	return e != nil && !e.Value.IsNull() && !(e.Value.Kind == syntax.Sequence && len(e.Value.Entries) == 0)
}

// program is the name of a program without its directory.
func program(f definition.Field) string { return path.Base(f.Value()) }

// wrappers are programs whose arguments are another program to run.
var wrappers = []string{
	"tini", "tini-static", "dumb-init", "catatonit", "s6-svscan", "env", "exec", "nice", "setpriv", "gosu", "su-exec", "sudo",
	"chroot", "nsenter", "unshare", "stdbuf", "timeout", "xvfb-run", "nohup", "doppler", "catchsegv", "busybox",
}

// interpreters take flags before what they run, so that the flags belong to
// the entrypoint.
var interpreters = []string{"java", "python", "python3", "node", "deno", "bun", "ruby", "perl", "php", "dotnet", "erl", "sh", "bash", "ash", "Rscript", "lua"}

var shells = []string{"sh", "bash", "ash", "dash", "zsh", "busybox"}

func checkEntrypointFlags(p *Pass) {
	e := p.Def.Entrypoint
	if len(e) < 2 || slices.Contains(wrappers, program(e[0])) || slices.Contains(interpreters, program(e[0])) {
		return
	}
	for _, arg := range e[1:] {
		if strings.HasPrefix(arg.Value(), "-") && arg.Value() != "--" && arg.Value() != "-" {
			p.Report(arg.Range(), "flags in `entrypoint` stay when users give a command; in `cmd` they can be replaced").Help("move to `cmd` what users may want to change")
			return
		}
	}
}

// checkShellAppended finds the left-over of a merge: the shell that a dev
// variant once had, as an argument of the program.
func checkShellAppended(p *Pass) {
	for _, list := range [][]definition.Field{p.Def.Entrypoint, p.Def.Cmd} {
		if len(list) != 2 {
			continue
		}
		first, last := program(list[0]), program(list[1])
		if !slices.Contains(shells, last) || slices.Contains(shells, first) || slices.Contains(wrappers, first) ||
			strings.Contains(first, "entrypoint") || strings.Contains(list[0].Value(), "${") {
			continue
		}
		f := p.Report(list[1].Range(), "`%s` gets a shell as its argument", list[0].Value())
		f.Help("remove it, or make the shell the only item of the list")
		if edit, ok := p.RemoveEntry(list[1].Node); ok {
			f.Fix("Remove the shell", false, edit)
		}
	}
}

// checkShellForm finds "program --flag" as one item: the format has the exec
// form only, in which it is the name of a program.
func checkShellForm(p *Pass) {
	list := p.Def.Entrypoint
	if len(list) == 0 {
		list = p.Def.Cmd
	}
	if len(list) != 1 {
		return
	}
	name, args, ok := strings.Cut(list[0].Value(), " ")
	if !ok || strings.TrimSpace(args) == "" || !strings.HasPrefix(name, "/") && !strings.HasPrefix(strings.TrimSpace(args), "-") {
		return
	}
	p.Report(list[0].Range(), "a program of the name `%s` will be looked for: no shell splits the command", shorten(list[0].Value())).
		Help("write each argument as an item of its own")
}
