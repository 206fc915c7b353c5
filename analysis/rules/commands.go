package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
)

// commandIndexRules look for commands that nothing provides: neither the
// packages of the scope with all that they need, nor anything else of the
// definition.
func commandIndexRules() []*Rule {
	return []*Rule{
		{ID: "entrypoint-not-provided", Summary: "Nothing provides the program that the image starts", Level: always(diagnostic.Warning), Kinds: Images, Need: NeedsIndex, Fix: UnsafeFix, Check: checkEntrypointProvided},
		{ID: "runs-command-not-provided", Summary: "A script uses a command that nothing in its stage provides", Level: always(diagnostic.Warning), Kinds: Definitions, Need: NeedsIndex, Fix: UnsafeFix, Check: checkScriptCommands},
		{ID: "shebang-not-provided", Summary: "Nothing provides the interpreter of a script", Level: always(diagnostic.Warning), Kinds: Definitions, Need: NeedsIndex, Fix: UnsafeFix, Check: checkShebangs},
	}
}

// NoticeCommands is the code of notices that say why commands were not checked
// although the indexes are there.
const NoticeCommands = "commands-unchecked"

// standardDirs are the folders of a PATH that nobody has changed, those that
// hold the same behind each other: /bin leads to /usr/bin where the two are
// merged.
var standardDirs = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}

// toolbox is what can be run in a scope: in the image, or in a build stage.
type toolbox struct {
	*definition.Contents
	at     packages.Scope
	source packages.Commands
	paths  []definition.Path
	// installed are the packages of the closure for each platform.
	installed []installedOn
}

type installedOn struct {
	platform string
	names    map[string]bool
}

type sharedCommands struct {
	toolboxes map[*definition.Contents]*toolbox
}

// toolbox is what can be run in a scope, nil where it is not known: an index
// is missing, old or closed, an entry cannot be read or installed, a package's
// files are in no list, or the stage runs in another image. A stage that lists
// no packages counts as not known; an image without any holds nothing but what
// the definition puts there.
func (p *Pass) toolbox(c *definition.Contents) *toolbox {
	if t, ok := p.shared.toolboxes[c]; ok {
		return t
	}
	if p.shared.toolboxes == nil {
		p.shared.toolboxes = map[*definition.Contents]*toolbox{}
	}
	t := p.openToolbox(c)
	p.shared.toolboxes[c] = t
	return t
}

func (p *Pass) openToolbox(c *definition.Contents) *toolbox {
	source, ok := p.Packages.(packages.Commands)
	if !ok || c.Stage != nil && len(c.Packages) == 0 {
		return nil
	}
	at, ok := packages.ScopeOf(p.Doc, c, "")
	if !ok {
		return nil
	}
	t := &toolbox{Contents: c, at: at, source: source, paths: p.Def.Paths}
	if c.Stage != nil {
		t.paths = c.Stage.Paths
	}
	for _, platform := range at.Platforms {
		names, ok := p.closure(t, platform)
		if !ok {
			return nil
		}
		t.installed = append(t.installed, installedOn{platform, names})
	}
	return t
}

// closure are the packages that a scope installs on a platform.
func (p *Pass) closure(t *toolbox, platform string) (map[string]bool, bool) {
	entries, _, whole := packages.Entries(p.Doc, t.Contents, platform)
	if !slices.ContainsFunc(entries, func(e string) bool { return !strings.HasPrefix(e, "!") }) {
		return nil, whole && t.Stage == nil
	}
	if !whole || !p.covered(t.at, platform) {
		return nil, false
	}
	r := t.source.Resolve(t.at, platform, entries)
	if r.State != packages.Known || len(r.Problems) > 0 {
		return nil, false
	}
	names := make(map[string]bool, len(r.Packages))
	list := make([]string, 0, len(r.Packages))
	for i := range r.Packages {
		names[r.Packages[i].Name] = true
		list = append(list, r.Packages[i].Name)
	}
	if state, why := t.source.CommandsKnown(t.at, platform, list); state != packages.Known {
		p.Notice(NoticeCommands, "commands were not checked everywhere: %s", why)
		return nil, false
	}
	return names, true
}

// lack reports whether no package of the closure brings a command along on any
// platform, and says which packages would: none where nobody knows of one.
func (t *toolbox) lack(name string) (holders []packages.CommandHolder, lacks bool) {
	for _, on := range t.installed {
		if t.source.HasCommand(t.at, on.platform, name, on.names) {
			return nil, false
		}
	}
	for _, on := range t.installed {
		if holders == nil {
			holders = t.source.Command(t.at, on.platform, name)
		}
	}
	return holders, true
}

// suggestions are the packages to add for a command, the likeliest first.
func suggestions(holders []packages.CommandHolder, name string) []string {
	rank := func(h packages.CommandHolder) int {
		r := h.Priority * 4
		if h.Package == name {
			r -= 8
		}
		if h.StandIn {
			r += 2
		}
		return r
	}
	list := slices.DeleteFunc(slices.Clone(holders), func(h packages.CommandHolder) bool { return h.Companion })
	slices.SortStableFunc(list, func(a, b packages.CommandHolder) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return len(a.Package) - len(b.Package)
	})
	var names []string
	for _, h := range list {
		if !slices.Contains(names, h.Package) {
			names = append(names, h.Package)
		}
	}
	return names
}

// supplies reports whether something of the definition other than a package
// may put a file there. What cannot be known counts as supplied.
func (p *Pass) supplies(t *toolbox, file string) bool {
	for _, spelled := range spellings(file) {
		if p.suppliesExactly(t, spelled) {
			return true
		}
	}
	return false
}

// spellings are the paths that lead to the same file where /usr is merged.
func spellings(file string) []string {
	list := []string{file}
	for _, dir := range []string{"/bin/", "/sbin/"} {
		if rest, ok := strings.CutPrefix(file, "/usr"+dir); ok {
			return append(list, dir+rest)
		}
		if strings.HasPrefix(file, dir) {
			return append(list, "/usr"+file)
		}
	}
	return list
}

func (p *Pass) suppliesExactly(t *toolbox, file string) bool {
	holds := func(at definition.Field) bool {
		if v := at.Value(); v == "" || strings.HasPrefix(v, "${source.dir}") || strings.HasPrefix(v, "${target.dir}") {
			return false
		}
		v, known := p.known(at)
		return !known || within(file, v)
	}
	for _, d := range t.paths {
		plain := d.Type.Value() == "directory" && !d.Source.Set() && path.Clean(d.Path.Value()) != file
		if !plain && d.Type.Value() != "delete" && holds(d.Path) {
			return true
		}
	}
	for _, f := range t.Files {
		if holds(f.Path) {
			return true
		}
	}
	if t.artifactHolds(file) {
		return true
	}
	if t.Stage != nil {
		return slices.ContainsFunc(t.Stage.Caches, holds)
	}
	for i := range t.Builds {
		for _, o := range t.Builds[i].Outputs {
			if holds(o.Target) {
				return true
			}
		}
	}
	return false
}

func (t *toolbox) artifactHolds(file string) bool {
	for _, a := range t.Artifacts {
		if len(a.Includes) == 0 {
			return true
		}
		for _, g := range a.Includes {
			prefix := strings.TrimPrefix(g.Value(), "/")
			if i := strings.IndexAny(prefix, "*?[{$"); i >= 0 {
				if strings.HasPrefix(file[1:], prefix[:i]) {
					return true
				}
				continue
			}
			if within(file, "/"+prefix) {
				return true
			}
		}
	}
	return false
}
