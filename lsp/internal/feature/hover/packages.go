package hover

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
	"github.com/dhi-ls/dhi-ls/schema"
)

// maxCandidates is how many versions of a package are shown.
const maxCandidates = 6

// pkg is an entry of packages: what it asks for and what the repositories of
// its scope offer.
func (h *place) pkg(value string) {
	e := entry.Parse(value)
	if e.Name == "" {
		return
	}
	h.say(asks(&e, h.doc.Dist().Family), text.Range{})
	source := h.s.Services.Packages
	if source == nil || strings.Contains(e.FullName(), "${") {
		return
	}
	scope, ok := packages.ScopeOf(h.doc, h.scope(), "")
	if !ok {
		return
	}
	h.say(offers(source, scope, &e), text.Range{})
	h.say(h.installed(&e), text.Range{})
}

// asks is the entry in words.
func asks(e *entry.Entry, family string) string {
	name := "**" + markup.Text(e.FullName()) + "**"
	switch {
	case e.Exclude:
		return name + " is not installed, even where another package asks for it, unless the list names it too."
	case e.Operator == "=":
		return name + " in exactly the version " + markup.Code(e.Version)
	case e.Operator == "~" && family == "alpine":
		return name + " in a version that begins with " + markup.Code(e.Version)
	case e.Namespace != "":
		return "Any package that provides " + name
	case e.Operator != "":
		return name + " " + markup.Code(e.Operator+e.Version)
	}
	return name + " in the newest version of the repositories"
}

// offered is what the repositories of a scope have by a name.
type offered struct {
	rows    []offer
	states  map[packages.State]string
	lacking []string // platforms
}

// offer is one version with the platforms that have it.
type offer struct {
	packages.Candidate
	platforms []string
}

func offersOf(source packages.Source, scope packages.Scope, name string) offered {
	o := offered{states: map[packages.State]string{}}
	for _, platform := range scope.Platforms {
		answer := source.Lookup(scope, platform, name)
		if len(answer.Candidates) == 0 {
			answer = source.Providers(scope, platform, name)
		}
		o.states[answer.State] = answer.Detail
		if len(answer.Candidates) == 0 {
			o.lacking = append(o.lacking, platform)
		}
		for _, c := range answer.Candidates {
			o.add(c, platform)
		}
	}
	return o
}

func (o *offered) add(c packages.Candidate, platform string) {
	i := slices.IndexFunc(o.rows, func(r offer) bool { return r.Name == c.Name && r.Version == c.Version && r.Repository == c.Repository })
	if i < 0 {
		i, o.rows = len(o.rows), append(o.rows, offer{Candidate: c})
	}
	o.rows[i].platforms = append(o.rows[i].platforms, platform)
}

// offers are the candidates of the repositories, by version.
func offers(source packages.Source, scope packages.Scope, e *entry.Entry) string {
	o := offersOf(source, scope, e.FullName())
	var parts []string
	say := func(part string) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(o.rows) > 0 {
		c := o.rows[0].Candidate
		say(markup.Text(c.Description))
		say(items(labelled("Licence", c.License), labelled("Home page", c.Homepage), size(c), dependencies(source, scope.Family, o.rows, e)))
		say("Versions:")
	}
	var versions []string
	for i, r := range o.rows {
		if i == maxCandidates {
			versions = append(versions, fmt.Sprintf("and %d more", len(o.rows)-i))
			break
		}
		versions = append(versions, r.text(e.FullName(), len(scope.Platforms)))
	}
	say(items(versions...))
	say(doubt(o.states, o.lacking, len(o.rows) > 0))
	return strings.Join(parts, "\n\n")
}

// items is a list of those that are not empty.
func items(list ...string) string {
	var b strings.Builder
	for _, item := range list {
		if item != "" {
			b.WriteString("\n- " + item)
		}
	}
	return strings.TrimPrefix(b.String(), "\n")
}

// text is a version with what is not as asked: another name, few of the
// platforms.
func (o offer) text(asked string, platforms int) string {
	line := markup.Code(o.Version)
	if o.Name != asked {
		line += " of " + markup.Code(o.Name)
	}
	if o.Repository != "" {
		line += " from " + markup.Code(o.Repository)
	}
	if len(o.platforms) < platforms {
		line += " for " + strings.Join(o.platforms, ", ")
	}
	return line
}

// doubts are the states in which an answer is not the whole truth.
var doubts = []struct {
	state packages.State
	words string
}{
	{packages.Absent, "The package index is not there, so what the repositories offer is not known."},
	{packages.Closed, "A repository needs a login, so it may offer more."},
	{packages.Stale, "The package index is out of date."},
}

// doubt says what is not known, or what is surely not there.
func doubt(states map[packages.State]string, lacking []string, found bool) string {
	for _, d := range doubts {
		detail, ok := states[d.state]
		if !ok {
			continue
		}
		if detail != "" {
			return d.words + " " + markup.Text(detail)
		}
		return d.words
	}
	if len(lacking) > 0 && found {
		return "No repository of the scope has it for " + strings.Join(lacking, ", ") + "."
	}
	if len(lacking) > 0 {
		return "No repository of the scope has it."
	}
	return ""
}

func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + ": " + markup.Text(value)
}

func size(c packages.Candidate) string {
	if c.InstalledSize <= 0 {
		return ""
	}
	return "Installed size: " + markup.Bytes(c.InstalledSize)
}

// repository is a line of repositories.
func (h *place) repository(value string) {
	family := entry.UnknownFamily
	switch h.doc.Dist().Family {
	case "alpine":
		family = entry.Alpine
	case "debian":
		family = entry.Debian
	}
	r := entry.ParseRepository(value, family)
	if r.URL.Text == "" {
		return
	}
	known, ok := schema.LookupRepository(r.URL.Text)
	section := "Package repository " + markup.Code(r.URL.Text)
	if ok {
		section = "**" + markup.Text(known.Title) + "** package repository"
	}
	if release, has := r.AlpineRelease(); has {
		section += "\n- release " + markup.Code(release.Text)
	}
	if component, has := r.AlpineComponent(); has {
		section += "\n- component " + markup.Code(component.Text)
	}
	if r.Suite.Text != "" {
		section += "\n- suite " + markup.Code(r.Suite.Text)
	}
	if len(r.Components) > 0 {
		var list []string
		for _, c := range r.Components {
			list = append(list, c.Text)
		}
		section += "\n- components " + codes(list)
	}
	if signed, has := r.Option("signed-by"); has {
		section += "\n- verified with the keyring file " + markup.Code(signed.Value.Text)
	}
	if ok {
		section += "\n- " + h.keys(known.Keys(r.URL.Text))
	}
	h.say(strings.Replace(section, "\n- ", "\n\n- ", 1), text.Range{})
}

// keys says which keys a repository needs, and whether the scope lists them.
func (h *place) keys(wanted []string) string {
	if len(wanted) == 0 {
		return "needs no key: the build frontend trusts it"
	}
	var listed []string
	if scope := h.scope(); scope != nil {
		for _, k := range scope.EffectiveKeyring() {
			listed = append(listed, k.Value())
		}
	}
	for _, k := range wanted {
		if slices.Contains(listed, k) {
			return "key " + markup.Code(k) + ", which the keyring lists"
		}
	}
	return "needs " + codes(wanted) + " in the keyring"
}

// key is an entry of keyring: the known repositories that it is for.
func (h *place) key(value string) {
	scope := h.scope()
	if scope == nil {
		return
	}
	var of []string
	for _, f := range scope.EffectiveRepositories() {
		r := entry.ParseRepository(f.Value(), entry.UnknownFamily)
		if known, ok := schema.LookupRepository(r.URL.Text); ok && slices.Contains(known.Keys(r.URL.Text), value) {
			of = append(of, f.Value())
		}
	}
	if len(of) > 0 {
		h.say("Signing key of "+codes(of), text.Range{})
	}
}
