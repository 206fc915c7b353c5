package hover

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/links"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
)

// maxValue is how many bytes of a value are shown.
const maxValue = 400

// template explains the substitution or expression under the cursor and what
// the scalar resolves to.
func (h *place) template() {
	if h.node == nil || h.node.Kind != syntax.Scalar || h.doc.Def == nil || !strings.ContainsAny(h.node.Value, "$#") {
		return
	}
	script := h.inScript()
	parse := expr.Parse
	if script {
		parse = expr.ParseScript
	}
	t := parse(h.node.Value)
	within := h.within()
	if i := t.PartAt(within); i >= 0 && t.Parts[i].Kind != expr.Literal {
		h.part(&t, &t.Parts[i], within, script)
	} else if script || h.shell() {
		h.shellVariable(within)
	}
	if !script && len(h.sections) == 0 && !t.Plain() {
		if file, ok := h.staged(); ok {
			h.say("Put there from "+markup.Code(file), text.Range{})
		} else if resolved, _ := expr.Resolve(h.node.Value, engine.Env(h.doc, "")); resolved != h.node.Value {
			h.say(h.values(h.node.Value, "Resolves to"), text.Range{})
		}
	}
}

func (h *place) inScript() bool {
	return h.isValue() && len(h.path) > 0 && h.path[len(h.path)-1] == "runs" && strings.Contains(strings.Join(shown(h.path), "."), "pipeline.*.runs")
}

// shell reports whether a shell sees the scalar: the inputs and environments
// of steps.
func (h *place) shell() bool {
	for _, s := range h.path {
		if s == "with" || s == "environment" {
			return len(h.path) > 2
		}
	}
	return false
}

func (h *place) part(t *expr.Template, p *expr.Part, within int, script bool) {
	at := h.in(p.Range)
	switch p.Kind {
	case expr.Builtin:
		h.builtin(p.Name, at, script)
	case expr.Variable:
		if !h.declared(p.Name) && (script || h.shell()) {
			h.shellVariable(within)
			return
		}
		h.substitution(p, at)
	case expr.Expression:
		h.expression(t, p, within, at)
	case expr.Shell:
		h.shellVariable(within)
	}
}

func (h *place) builtin(name string, at text.Range, script bool) {
	info, ok := expr.LookupBuiltin(name, script)
	switch {
	case ok:
		section := "**" + name + "** built-in\n\n" + info.Doc
		if name == "target.arch" {
			section += "\n\n" + h.values("${target.arch}", "Value")
		}
		h.say(section, at)
	case name != "":
		section := markup.Code(name) + " is no built-in value."
		if _, known := expr.LookupBuiltin(name, true); known {
			section = markup.Code(name) + " is known in scripts only."
		}
		h.say(section, at)
	}
}

func (h *place) declared(name string) bool {
	_, ok := h.doc.Def.Var(name)
	return ok
}

// substitution is a use of a variable.
func (h *place) substitution(p *expr.Part, at text.Range) {
	if p.Name == "" {
		return
	}
	if !h.declared(p.Name) {
		h.say("`vars` does not define "+markup.Code(p.Name)+".", at)
		return
	}
	section := "**" + markup.Text(p.Name) + "** variable\n\n" + h.values("${"+p.Name+"}", "Value")
	if p.HasRegex {
		section += "\n\n" + h.values(h.node.Value[p.Range.Start:p.Range.End], "The part that matches "+markup.Code(p.Regex))
	}
	h.say(section, at)
}

// expression is a build expression; its value and what is under the cursor.
func (h *place) expression(t *expr.Template, p *expr.Part, within int, at text.Range) {
	section := "**Build expression**\n\n" + h.values(h.node.Value[p.Range.Start:p.Range.End], "Value")
	for _, ref := range t.References() {
		if !ref.Range.Contains(within) {
			continue
		}
		if ref.Builtin {
			if info, ok := expr.LookupBuiltin(ref.Name, false); ok {
				section = "**" + ref.Name + "** built-in\n\n" + info.Doc + "\n\n" + section
			}
		} else if h.declared(ref.Name) {
			section = "**" + markup.Text(ref.Name) + "** variable\n\n" + h.values("${"+ref.Name+"}", "Value") + "\n\n" + section
		} else {
			section = "`vars` does not define " + markup.Code(ref.Name) + ".\n\n" + section
		}
	}
	h.say(section, at)
}

// variable is the key of a variable.
func (h *place) variable() {
	if h.node == nil || !h.node.IsKey || h.doc.Def == nil || !h.node.Path().Match("vars", "*") {
		return
	}
	h.say("**"+markup.Text(h.node.Value)+"** variable\n\n"+h.values("${"+h.node.Value+"}", "Value"), h.node.Range)
}

// values is what a template resolves to, one value if all platforms have the
// same.
func (h *place) values(template, label string) string {
	platforms := h.platforms()
	list := make([]string, len(platforms))
	same := true
	for i, platform := range platforms {
		value, open := expr.Resolve(template, engine.Env(h.doc, platform))
		list[i] = shownValue(value, open)
		same = same && list[i] == list[0]
	}
	if same {
		return label + ": " + list[0]
	}
	var b strings.Builder
	b.WriteString(label + ":\n")
	for i, platform := range platforms {
		fmt.Fprintf(&b, "\n- %s: %s", platform, list[i])
	}
	return b.String()
}

func shownValue(value string, open []expr.Unresolved) string {
	out := "empty"
	if value != "" {
		out = markup.Code(clip(value))
	}
	for _, u := range open {
		if u.Reason != expr.Symbolic { // a built-in that only the build knows
			out += " (" + markup.Text(u.Message) + ")"
			break
		}
	}
	return out
}

func clip(s string) string {
	if len(s) <= maxValue {
		return s
	}
	r := []rune(s[:maxValue])
	return string(r[:len(r)-1]) + "…"
}

// shellVariables are those that builds of all languages know.
var shellVariables = map[string]string{
	"SOURCE_DATE_EPOCH": "The time that the build takes for now, in seconds since 1970, so that two builds of the same source give the same bytes. " +
		"The builder sets it. [The specification](https://reproducible-builds.org/specs/source-date-epoch/)",
}

// shellVariable explains $NAME and ${NAME…} of the shell.
func (h *place) shellVariable(within int) {
	s := h.node.Value
	at := text.At(min(within, len(s)))
	for at.Start > 0 && wordByte(s[at.Start-1]) {
		at.Start--
	}
	for at.End < len(s) && wordByte(s[at.End]) {
		at.End++
	}
	if doc, ok := shellVariables[s[at.Start:at.End]]; ok {
		h.say("**"+markup.Text(s[at.Start:at.End])+"** environment variable\n\n"+doc, h.in(at))
	}
}

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// staged is the local file or folder that the stage's paths put where the value
// says, below the root of the catalog.
func (h *place) staged() (string, bool) {
	if h.doc.Def == nil || h.s.Services.Disk == nil {
		return "", false
	}
	for i := range h.doc.Def.Contents.Builds {
		b := &h.doc.Def.Contents.Builds[i]
		if b.Node == nil || !b.Node.Range.Covers(h.node.Range) {
			continue
		}
		file, _, ok := links.Staged(h.s.Services.Disk, h.doc, b, h.node.Value)
		if h.doc.Place.InCatalog() {
			file = strings.TrimPrefix(file, h.doc.Place.Root+"/")
		}
		return file, ok
	}
	return "", false
}
