package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// shellNames are variables that a shell sets, or what starts it.
var shellNames = []string{
	"PATH", "HOME", "PWD", "OLDPWD", "USER", "LOGNAME", "SHELL", "HOSTNAME", "TERM", "TMPDIR", "TZ", "LANG", "SHLVL", "COLUMNS", "LINES",
	"UID", "EUID", "PPID", "RANDOM", "SRANDOM", "SECONDS", "LINENO", "IFS", "REPLY", "OPTARG", "OPTIND", "OPTERR", "FUNCNAME", "PIPESTATUS", "OSTYPE",
	"HOSTTYPE", "MACHTYPE", "DIRSTACK", "GROUPS", "EPOCHSECONDS", "EPOCHREALTIME", "COPROC", "MAPFILE", "PS1", "PS2", "PS4", "SOURCE_DATE_EPOCH", "_",
}

// shellPrefixes begin families of such variables.
var shellPrefixes = []string{"BASH", "LC_", "COMP_", "READLINE_"}

// checkScriptVariables finds variables that set -u stops at: they are read, and
// nothing sets them. The environment of a stage that runs in another image is
// not known: there, only the names are reported that are nearly known ones.
func checkScriptVariables(p *Pass) {
	for _, s := range p.Scripts() {
		if s.Script.Set == nil || !s.Script.Set.Has("nounset") || len(s.Script.Problems) > 0 || readsMore(s.Script) {
			continue
		}
		known := p.scriptNames(&s)
		foreign := s.Stage.Uses.Set() || s.Step.Uses.Set()
		reported := map[string]bool{}
		for i := range s.Script.Variables {
			v := &s.Script.Variables[i]
			if v.Use == script.Read && !reported[v.Name] && !slices.Contains(known, v.Name) && !shellName(v.Name) && unguarded(s.Script.Source, v) && !mentioned(s.Script.Source, v.Name) {
				reported[v.Name] = true
				p.reportScriptVariable(&s, v, known, foreign)
			}
		}
	}
}

func (p *Pass) reportScriptVariable(s *ScriptRef, v *script.Variable, known []string, foreign bool) {
	names := slices.Clone(known)
	for _, b := range expr.Builtins(true) {
		names = append(names, b.Name)
	}
	meant, near := schema.Suggest(v.Name, names)
	if foreign && !near {
		return
	}
	at := p.In(s.Node, v.Range)
	f := p.Report(at, "`%s` is set nowhere: `set -u` stops the script here", v.Name)
	switch {
	case !near:
		f.Help("set it in the script, in the `environment` of the step, or in `vars`")
	case strings.Contains(meant, "."):
		f.Help("did you mean `${%s}`?", meant)
		if v.Range.Start > 0 && s.Script.Source[v.Range.Start-1] == '{' {
			f.Fix("Change to `"+meant+"`", false, Replace(at, meant))
		}
	default:
		f.Help("did you mean `%s`?", meant).Fix("Change to `"+meant+"`", false, Replace(at, meant))
	}
}

// readsMore reports whether a script takes in others, which may set anything.
func readsMore(s *script.Script) bool {
	return slices.ContainsFunc(s.Commands, func(c script.Command) bool { return c.Name == "." || c.Name == "source" || c.Name == "eval" })
}

// scriptNames are the variables that the script, its step or the definition
// set.
func (p *Pass) scriptNames(s *ScriptRef) []string {
	names := p.varNames()
	add := func(list []definition.Field) {
		for _, f := range list {
			names = append(names, f.Name())
		}
	}
	add(s.Stage.Environment)
	add(s.Step.Environment)
	for _, secret := range s.Step.Node.Get("secrets").Deref().Items() {
		if env := secret.Deref().Get("env").Deref(); env != nil {
			names = append(names, env.Value)
		}
	}
	for i := range s.Script.Variables {
		if v := &s.Script.Variables[i]; v.Use == script.Assigned {
			names = append(names, v.Name)
		}
	}
	return names
}

func shellName(name string) bool {
	return slices.Contains(shellNames, name) || slices.ContainsFunc(shellPrefixes, func(p string) bool { return strings.HasPrefix(name, p) }) ||
		strings.HasSuffix(strings.ToLower(name), "_proxy")
}

// unguarded reports whether the variable is read without a value for when it
// is not set, as ${NAME:-value} has.
func unguarded(source string, v *script.Variable) bool {
	if v.Range.Start == 0 || source[v.Range.Start-1] != '{' || v.Range.End >= len(source) {
		return true
	}
	return strings.IndexByte(":-+?=", source[v.Range.End]) < 0
}

// mentioned reports whether the name stands somewhere without a $, as a
// command that sets variables names it: mapfile, printf -v, getopts.
func mentioned(source, name string) bool {
	for from := 0; ; {
		i := strings.Index(source[from:], name)
		if i < 0 {
			return false
		}
		i += from
		from = i + len(name)
		if from < len(source) && isWordByte(source[from]) {
			continue
		}
		if i == 0 || !isWordByte(source[i-1]) && source[i-1] != '$' && source[i-1] != '{' {
			return true
		}
	}
}

var blankBehindBackslash = regexp.MustCompile(`(?m)\\([ \t]+)$`)

// checkContinuations finds commands that end before they should: by a blank
// behind the backslash, or by none. What follows is then a command of its own,
// and no command begins with a dash.
func checkContinuations(p *Pass) {
	for _, s := range p.Scripts() {
		if !p.checkBackslashes(&s) {
			p.checkDashes(&s)
		}
	}
}

// checkBackslashes reports blanks behind a backslash, and whether there are.
func (p *Pass) checkBackslashes(s *ScriptRef) bool {
	found := false
	for _, m := range blankBehindBackslash.FindAllStringSubmatchIndex(s.Script.Source, -1) {
		if inComment(s.Script.Source, m[0]) {
			continue
		}
		found = true
		blank := p.In(s.Node, text.Range{Start: m[2], End: m[3]})
		p.Report(blank, "a blank stands behind the backslash: the line ends here, and the next one is a command of its own").
			Fix("Remove the blank", false, Replace(blank, ""))
	}
	return found
}

func (p *Pass) checkDashes(s *ScriptRef) {
	for i := range s.Script.Commands {
		c := &s.Script.Commands[i]
		if c.Wrapper == "" && strings.HasPrefix(s.Script.Source[c.NameRange.Start:c.NameRange.End], "-") {
			p.Report(p.In(s.Node, c.NameRange), "`%s` begins a command of its own: the line before it does not go on here", shorten(c.Name)).
				Help("end the line before with a backslash, and nothing behind it")
			return
		}
	}
}

func inComment(source string, at int) bool {
	line := source[strings.LastIndexByte(source[:at], '\n')+1 : at]
	return strings.HasPrefix(strings.TrimSpace(line), "#")
}

// checkScriptBuiltins finds built-in values in scripts that do not exist. Only
// names that begin like ours are judged: others may be another program's text.
func checkScriptBuiltins(p *Pass) {
	for _, s := range p.Scripts() {
		for i := range s.Script.Substitutions {
			part := &s.Script.Substitutions[i]
			root, _, dotted := strings.Cut(part.Name, ".")
			if _, ok := expr.LookupBuiltin(part.Name, true); !ok && dotted && part.Closed && (root == "source" || root == "target") {
				p.reportBuiltin(s.Node, part, true)
			}
		}
	}
}
