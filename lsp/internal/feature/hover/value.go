package hover

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/links"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
	"github.com/dhi-ls/dhi-ls/schema"
)

// roles say what a value means, by the role of its field.
var roles = map[string]func(h *place, value string){
	"octal-mode":      (*place).mode,
	"platform":        (*place).platform,
	"signal":          (*place).signal,
	"checksum":        (*place).checksum,
	"spdx-license":    (*place).license,
	"purl":            (*place).purl,
	"source-url":      (*place).sourceURL,
	"image-reference": (*place).image,
	"action":          (*place).uses,
	"repository":      (*place).repository,
	"keyring":         (*place).key,
	"package":         (*place).pkg,
	"os-id":           (*place).release,
	"os-version":      (*place).release,
	"os-codename":     (*place).release,
}

// value explains what the scalar says.
func (h *place) value() {
	if h.node != nil && h.node.IsKey {
		h.annotation()
		return
	}
	if !h.isValue() || h.doc.Def == nil {
		return
	}
	value, open := expr.Resolve(h.node.Value, engine.Env(h.doc, h.platforms()[0]))
	if len(open) > 0 {
		value = h.node.Value
	}
	role := ""
	if h.field != nil {
		role = h.field.Role
	}
	switch show, ok := roles[role]; {
	case ok:
		show(h, value)
	case strings.HasPrefix(value, "pkg:"):
		h.purl(value)
	case strings.HasPrefix(value, "dhi.io/"), strings.HasPrefix(value, "dhi/"):
		h.image(value)
	}
}

// annotation explains a known key of annotations and labels.
func (h *place) annotation() {
	p := h.node.Path()
	if !p.Match("annotations", "*") && !p.Match("labels", "*") {
		return
	}
	if a, ok := schema.LookupAnnotation(h.node.Value); ok {
		h.say("**"+markup.Text(a.Title)+"** "+markup.Code(a.Key)+"\n\n"+a.Doc, h.node.Range)
		h.field = nil // what holds for all keys says less
	}
}

// mode reads an octal mode aloud.
func (h *place) mode(value string) {
	if mode, letters, ok := markup.Mode(value); ok {
		h.say(fmt.Sprintf("%s %s\n\n%s", markup.Code(value), markup.Code(letters), strings.Join(aloud(mode), "\n")), text.Range{})
	}
}

// aloud says who may do what.
func aloud(mode uint64) []string {
	var out []string
	for i, who := range []string{"Owner", "Group", "Others"} {
		bits := mode >> (6 - 3*i) & 7
		var may []string
		for j, what := range []string{"read", "write", "execute"} {
			if bits&(4>>j) != 0 {
				may = append(may, what)
			}
		}
		line := strings.Join(may, ", ")
		if line == "" {
			line = "nothing"
		}
		out = append(out, "- "+who+": "+line)
	}
	for _, special := range []struct {
		bit  uint64
		what string
	}{
		{0o4000, "setuid: a program runs as the file's owner"},
		{0o2000, "setgid: a program runs with the file's group; files in a directory get its group"},
		{0o1000, "sticky: in a directory, only a file's owner may delete or rename it"},
	} {
		if mode&special.bit != 0 {
			out = append(out, "- "+special.what)
		}
	}
	return out
}

func (h *place) platform(value string) {
	if p, ok := schema.LookupPlatform(value); ok {
		h.say(fmt.Sprintf("%s\n\n- `target.arch`: `%s`\n- apk: `%s`\n- deb: `%s`\n- `uname -m`: `%s`", markup.Code(p.Name), p.Arch, p.APK, p.Deb, p.Machine), text.Range{})
	}
}

func (h *place) signal(value string) {
	s, ok := schema.ParseSignal(value)
	if !ok {
		return
	}
	h.say(fmt.Sprintf("**%s** signal %d\n\n%s", s.Name, s.Number, s.Doc), text.Range{})
}

// checksum tells the forms of a checksum apart.
func (h *place) checksum(value string) {
	hex := func(s string) bool { return s != "" && strings.Trim(s, "0123456789abcdef") == "" }
	algorithm, digest, prefixed := strings.Cut(value, ":")
	switch {
	case len(value) == 40 && hex(value):
		h.say("Commit: the source is the checkout of exactly this commit.", text.Range{})
	case strings.HasPrefix(value, "https://"), strings.HasPrefix(value, "http://"):
		h.say("Address of a checksum file: what it says on the day of the build is believed. A digest in the definition pins the source.", text.Range{})
	case prefixed && algorithm == "sha256" && len(digest) == 64 && hex(digest):
		h.say("SHA-256 digest of the downloaded file.", text.Range{})
	case prefixed && algorithm == "sha256" && hex(digest):
		h.say(fmt.Sprintf("SHA-256 digest with %d digits; a whole one has 64.", len(digest)), text.Range{})
	}
}

// license explains the identifier under the cursor in an SPDX expression.
func (h *place) license(string) {
	s, within := h.node.Value, h.within()
	at := text.At(within)
	letter := func(b byte) bool { return b == '.' || b == '+' || b == '-' || b == ':' || wordByte(b) && b != '_' }
	for at.Start > 0 && letter(s[at.Start-1]) {
		at.Start--
	}
	for at.End < len(s) && letter(s[at.End]) {
		at.End++
	}
	word := s[at.Start:at.End]
	if id, ok := schema.LookupLicenseException(word); ok {
		h.say("**"+id+"** exception of the SPDX License List\n\n[Its text](https://spdx.org/licenses/"+id+".html)", h.in(at))
		return
	}
	l, ok := schema.LookupLicense(strings.TrimSuffix(word, "+"))
	if !ok {
		if id, ok := schema.SuggestLicense(word); ok {
			h.say(markup.Code(word)+" is not on the SPDX License List; "+markup.Code(id)+" is.", h.in(at))
		}
		return
	}
	section := "**" + l.ID + "** " + markup.Text(l.Name) + ", a licence of the SPDX License List"
	if l.Deprecated {
		section += "\n\nThe identifier is deprecated."
		if l.Replacement != "" {
			section += " Use " + markup.Code(l.Replacement) + "."
		}
	}
	h.say(section+"\n\n[Its text](https://spdx.org/licenses/"+l.ID+".html)", h.in(at))
}

func (h *place) purl(value string) {
	kind, _, _ := strings.Cut(strings.TrimPrefix(value, "pkg:"), "/")
	t, ok := schema.LookupPurlType(strings.ToLower(kind))
	if !ok || !strings.HasPrefix(value, "pkg:") {
		return
	}
	section := "**" + markup.Text(t.Name) + "** package URL\n\n" + t.Doc
	if page, ok := links.Purl(value); ok {
		section += "\n\n[The package](" + page + ")"
	}
	h.say(section, text.Range{})
}

func (h *place) sourceURL(value string) {
	address, ref, hasRef := strings.Cut(strings.TrimPrefix(value, "git+"), "#")
	if !strings.HasPrefix(value, "git+") {
		return
	}
	section := "Git repository " + markup.Code(address)
	switch {
	case len(ref) == 40 && strings.Trim(ref, "0123456789abcdef") == "":
		section += ", commit " + markup.Code(ref)
	case hasRef && ref != "":
		section += ", tag or branch " + markup.Code(ref)
	default:
		section += ", default branch"
	}
	if page, ok := links.URL(value); ok {
		section += "\n\n[Show it](" + page + ")"
	}
	h.say(section, text.Range{})
}

// uses is the action of a step, or the image it runs in.
func (h *place) uses(value string) {
	if a, ok := schema.LookupAction(value); ok {
		h.say(actionText(a), text.Range{})
		return
	}
	if u := entry.ParseUses(value); u.Kind == entry.UsesImage {
		h.image(value)
	}
}

func actionText(a schema.Action) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** %s", markup.Text(a.Uses), a.Summary)
	if a.ReplacedBy != "" {
		b.WriteString("\n\nSuperseded by " + markup.Code(a.ReplacedBy) + ".")
	}
	b.WriteString("\n\n" + a.Doc)
	if len(a.Inputs) > 0 {
		b.WriteString("\n\nInputs:\n")
	}
	for _, in := range a.Inputs {
		b.WriteString("\n- " + markup.Code(in.Name))
		if len(in.Types) > 0 {
			b.WriteString(" (" + strings.Join(in.Types, " or ") + ")")
		}
		if in.Required {
			b.WriteString(" required")
		}
		line, _, _ := strings.Cut(in.Description, "\n")
		if first, _, _ := strings.Cut(line, ". "); first != "" {
			b.WriteString(": " + strings.TrimSuffix(first, ".") + ".")
		}
	}
	return b.String()
}

// release names the distribution of os-release.
func (h *place) release(string) {
	dist := h.doc.Dist()
	if d, ok := schema.LookupDistribution(schema.Family(dist.Family), dist.Release); ok {
		h.say(distribution(d), text.Range{})
	}
}

// distribution is what is known of a release.
func distribution(d schema.Distribution) string {
	section := "**" + markup.Text(d.PrettyName) + "**"
	if d.PrettyName == "" {
		section = "**" + markup.Text(d.Directory) + "**"
	}
	section += "\n\n- folder " + markup.Code(d.Directory) + "\n- frontend and tags " + markup.Code(d.Directive)
	if d.Codename != "" {
		section += "\n- codename " + markup.Code(d.Codename)
	}
	if len(d.Repositories) > 0 {
		section += "\n- repositories " + codes(d.Repositories)
	}
	if d.HardenedRepository != "" {
		section += "\n- hardened packages " + markup.Code(d.HardenedRepository)
	}
	return section
}

// directive explains the first line.
func (h *place) directive() {
	d := h.doc.Directive
	if d.State != definition.OurDirective || !d.Line.Contains(h.offset) {
		return
	}
	section := "**Build frontend** " + markup.Code(d.RefValue) + "\n\nBuildKit fetches this image and has it build the definition. Its tag chooses the format's version and the distribution."
	if d.WellFormed {
		section += "\n\n- version " + markup.Code(d.Version) + " of the frontend"
		if d.Suffix != "" {
			section += ", variant " + markup.Code(d.Suffix)
		}
		if d.Family == "helm" {
			section += "\n- builds Helm charts"
		} else {
			section += "\n- builds for " + markup.Text(d.Family) + " " + markup.Text(d.Release)
		}
	}
	if release, ok := schema.LookupDistribution(schema.Family(d.Family), d.Release); ok && d.WellFormed {
		section += "\n\n" + distribution(release)
	}
	h.say(section, d.Ref)
}
