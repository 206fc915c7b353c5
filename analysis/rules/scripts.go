package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func scriptRules() []*Rule {
	return []*Rule{
		{ID: "runs-syntax", Summary: "A script has a syntax error", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkScriptSyntax},
		{ID: "runs-no-set", Summary: "A script goes on after a command that failed", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkScriptSet},
		{ID: "runs-variable-undefined", Summary: "A script reads a variable that nothing sets", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkScriptVariables},
		{ID: "runs-command-cut", Summary: "A command of a script ends before it should", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkContinuations},
		{ID: "runs-set-variant", Summary: "A script does not start as the catalog's do", Level: catalogOnly(diagnostic.Info), Kinds: Definitions, Check: checkSetVariant},
		{ID: "runs-curl-pipe-sh", Summary: "A script executes what it downloads", Level: always(diagnostic.Warning), Kinds: Definitions, Check: reportFact(script.PipeToShell)},
		{ID: "runs-network-fetch", Summary: "A script downloads something", Level: always(diagnostic.Info), Kinds: Definitions, Check: reportFact(script.NetworkFetch)},
		{ID: "runs-package-manager", Summary: "A script installs packages", Level: always(diagnostic.Warning), Kinds: Definitions, Check: reportFact(script.PackageInstall)},
		{ID: "runs-chmod-777", Summary: "A script lets everybody write", Level: always(diagnostic.Warning), Kinds: Definitions, Check: reportFact(script.WorldWritable)},
		{ID: "runs-tls-disabled", Summary: "A script does not verify certificates", Level: always(diagnostic.Warning), Kinds: Definitions, Check: reportFact(script.TLSDisabled)},
		{ID: "runs-sudo", Summary: "A script uses sudo", Level: always(diagnostic.Info), Kinds: Definitions, Check: reportFact(script.Sudo)},
		{ID: shellCheckRule, Summary: "ShellCheck has a remark", Level: always(diagnostic.Warning), Kinds: Definitions, Need: NeedsShellCheck, Fix: UnsafeFix, Check: func(*Pass) {}},
	}
}

func checkScriptSyntax(p *Pass) {
	for _, s := range p.Scripts() {
		for _, pr := range s.Script.Problems {
			p.Report(p.In(s.Node, pr.Range), "syntax error in the script: %s", pr.Message)
		}
	}
}

// factTexts are what is said of a fact, and how to mend it. %c is the command,
// %d the detail.
var factTexts = map[script.FactKind][2]string{
	script.PipeToShell:    {"`%c` executes what was just downloaded, whatever it is today", "list the file in `contents.files` with its checksum, and run it from there"},
	script.NetworkFetch:   {"`%c` downloads `%d`, which no checksum pins and no SBOM lists", "list it in `contents.files` with a checksum"},
	script.PackageInstall: {"`%c` installs packages that the definition does not list", "list them in the stage's `contents.packages`"},
	script.WorldWritable:  {"the mode `%d` lets every user write", "give the file to the user that needs it"},
	script.TLSDisabled:    {"`%d` switches the verification of certificates off", "install `ca-certificates`, or pin the file by its checksum in `contents.files`"},
	script.Sudo:           {"`%c` is not needed: name the user in the step's `run-as`", ""},
}

func reportFact(kind script.FactKind) func(*Pass) {
	words := factTexts[kind]
	return func(p *Pass) {
		for _, s := range p.Scripts() {
			for i := range s.Script.Facts {
				f := &s.Script.Facts[i]
				if f.Kind != kind || kind == script.NetworkFetch && executed(s.Script, f) {
					continue
				}
				message := strings.NewReplacer("%c", f.Command, "%d", f.Detail).Replace(words[0])
				found := p.Report(p.In(s.Node, f.Range), "%s", message).Help("%s", words[1])
				if kind == script.WorldWritable && staysInStage(&s, f) {
					found.AtMost(diagnostic.Info)
				}
			}
		}
	}
}

// staysInStage reports whether a fact concerns nothing that gets into an image
// or a package: what does is below ${target.dir} in all outputs, and the line
// does not name that.
func staysInStage(s *ScriptRef, f *script.Fact) bool {
	source := s.Script.Source
	start := strings.LastIndexByte(source[:f.Range.Start], '\n') + 1
	end := len(source)
	if n := strings.IndexByte(source[f.Range.End:], '\n'); n >= 0 {
		end = f.Range.End + n
	}
	if strings.Contains(source[start:end], targetDir) || strings.Contains(s.Step.WorkDir.Value(), targetDir) {
		return false
	}
	for i := range s.Stage.Outputs {
		if !strings.HasPrefix(s.Stage.Outputs[i].Source.Value(), targetDir) {
			return false
		}
	}
	return true
}

// executed reports whether what is fetched is also executed, which is reported
// on its own.
func executed(s *script.Script, fetch *script.Fact) bool {
	for i := range s.Facts {
		if f := &s.Facts[i]; f.Kind == script.PipeToShell && f.Range.Covers(fetch.Range) {
			return true
		}
	}
	return false
}

// catalogSet is how every script of the catalog starts.
const catalogSet = "set -eux -o pipefail"

func checkScriptSet(p *Pass) {
	for _, s := range p.Scripts() {
		if len(s.Script.Problems) > 0 || s.Script.Skipped != "" || stopsByItself(&s) {
			continue
		}
		if set := s.Script.Set; set != nil {
			if !set.Has("errexit") {
				p.Report(p.In(s.Node, set.Range), "without `-e`, the script goes on after a command that failed").
					Help("start it with %s", setFor(s.Script.Dialect))
			}
			continue
		}
		f := p.Report(p.In(s.Node, text.Range{Start: 0, End: firstLineEnd(s.Script.Source)}), "without `set -e`, the script goes on after a command that failed").
			Help("start it with %s", setFor(s.Script.Dialect))
		p.fixSet(f, &s)
	}
}

// setFor is the line for a shell: dash has no pipefail.
func setFor(d script.Dialect) string {
	if d == script.POSIX {
		return "set -eux"
	}
	return catalogSet
}

// stopsByItself reports whether a script needs no set -e: its shell has it, or
// it is one command, whose result is the script's.
func stopsByItself(s *ScriptRef) bool {
	for _, word := range strings.Fields(shellOf(s.Stage, s.Step)) {
		if word == "errexit" || len(word) > 1 && word[0] == '-' && word[1] != '-' && strings.Contains(word, "e") {
			return true
		}
	}
	source := strings.TrimSpace(strings.ReplaceAll(s.Script.Source, "\\\n", " "))
	return !strings.ContainsAny(source, "\n;|") || len(s.Script.Commands) == 0
}

func firstLineEnd(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}

// fixSet puts the line before the script.
func (p *Pass) fixSet(f *Finding, s *ScriptRef) {
	if s.Node.Style != syntax.Literal || strings.HasPrefix(s.Script.Source, "#!") {
		return
	}
	start := p.In(s.Node, text.At(0)).Start
	t := p.Doc.Text
	indent := start - t.LineStart(t.LineOf(start))
	f.Fix("Insert "+setFor(s.Script.Dialect), false, Replace(text.At(start), setFor(s.Script.Dialect)+t.Newline()+t.Newline()+spaces(indent)))
}

func checkSetVariant(p *Pass) {
	for _, s := range p.Scripts() {
		set := s.Script.Set
		if set == nil || len(s.Script.Problems) > 0 {
			continue
		}
		if at := set.Range; !set.First || s.Script.Source[at.Start:at.End] != catalogSet {
			p.Report(p.In(s.Node, at), "scripts of the catalog start with `%s`", catalogSet)
		}
	}
}
