package rules

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// workspaceVariantRules compare the dev variant of an image with its runtime.
func workspaceVariantRules() []*Rule {
	return []*Rule{
		{ID: "variant-drift", Summary: "A dev variant differs from its runtime in what the two share", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Fix: UnsafeFix, Check: checkVariantDrift},
		{ID: "variant-part-missing", Summary: "A dev variant lacks a part that its runtime has", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Check: checkVariantParts},
		{ID: "variant-version-drift", Summary: "A dev variant is of another version than its runtime", Level: always(diagnostic.Warning), Kinds: Images, Fix: UnsafeFix, Check: checkVariantVersions},
		{ID: "dev-entrypoint-drift", Summary: "A dev variant runs something else than its runtime", Level: always(diagnostic.Info), Kinds: Images, Fix: UnsafeFix, Check: checkDevEntrypoint},
		{ID: "env-path-not-created", Summary: "An environment variable names a directory that only the other variant creates", Level: always(diagnostic.Warning), Kinds: Images, Check: checkEnvPath},
	}
}

// twins are the dev and the runtime variant of one image. The finding is the
// dev variant's, which inherits; the runtime gets a hint that offers to apply
// its own value there.
type twins struct {
	dev, runtime *facts.Record
	// other is the one that is not checked.
	other *facts.Record
}

func (p *Pass) twins() (twins, bool) {
	if runtime := p.runtimeOf(p.Self); runtime != nil {
		return twins{p.Self, runtime, runtime}, true
	}
	if dev := p.devOf(p.Self); dev != nil {
		return twins{dev, p.Self, dev}, true
	}
	return twins{}, false
}

// sharedKeys are the keys that dev and runtime have in common in all pairs of
// the public catalog, but for the dates, of which three lag behind.
var sharedKeys = []string{"platforms", "ports", "volumes", "annotations", "labels", "stop-signal", "work-dir", "os-release", "dates"}

func checkVariantDrift(p *Pass) {
	t, ok := p.twins()
	if !ok {
		return
	}
	for _, key := range sharedKeys {
		p.compareBlock(t, key)
	}
	p.compareUsers(t)
}

func (p *Pass) compareBlock(t twins, key string) {
	own, other := p.Self.Block(key), t.other.Block(key)
	if sameBlock(own, other) {
		return
	}
	f := p.reportBlocks(own, other, t.other, key)
	p.fixBlock(f, t, key)
}

// sameBlock reports whether two blocks are equal, or cannot be compared.
func sameBlock(own, other *facts.Block) bool {
	return own == nil && other == nil || own != nil && other != nil && (own.Equal(other) || open(own) || open(other))
}

// reportBlocks says how a block differs from that of another file.
func (p *Pass) reportBlocks(own, other *facts.Block, in *facts.Record, key string) *Finding {
	at, there := p.Self.Image.Range, in.Image.Range
	if own != nil {
		at = differentItem(own, other)
	}
	if other != nil {
		there = other.KeyRange
	}
	var f *Finding
	switch {
	case own == nil:
		f = p.Report(at, "`%s` is missing: `%s` has it", key, p.short(in))
	case other == nil:
		f = p.Report(at, "`%s` has no `%s`", p.short(in), key)
	default:
		f = p.Report(at, "`%s` differs from that of `%s`: %s", key, p.short(in), difference(own, other))
	}
	f.RelatedIn(in.Path, there, "`%s` there", key)
	if key == "dates" {
		f.AtMost(diagnostic.Info)
	}
	return f
}

// open reports whether a value holds a substitution, of which the result is
// not compared.
func open(b *facts.Block) bool { return strings.Contains(b.Raw, "${") }

// difference says what one of two lists has and the other has not.
func difference(own, other *facts.Block) string {
	lacks, has := missingItems(other, own), missingItems(own, other)
	switch {
	case len(lacks) > 0 && len(has) > 0:
		return quoteList(has) + " here, " + quoteList(lacks) + " there"
	case len(lacks) > 0:
		return quoteList(lacks) + " only there"
	case len(has) > 0:
		return quoteList(has) + " only here"
	}
	return "the order is another"
}

func missingItems(of, in *facts.Block) []string {
	var out []string
	for _, i := range of.Items {
		switch {
		case in.Has(i.Key, i.Value):
		case i.Key == "":
			out = append(out, shorten(i.Value))
		default:
			out = append(out, shorten(i.Key+": "+i.Value))
		}
	}
	return out
}

// differentItem reaches from the key to the first member that only own has. It
// begins at the key, so that a comment above it speaks of it.
func differentItem(own, other *facts.Block) text.Range {
	if other != nil {
		for i := range own.Items {
			if item := &own.Items[i]; !other.Has(item.Key, item.Value) && item.Range.Len() > 0 {
				return own.KeyRange.Union(item.Range)
			}
		}
	}
	return own.KeyRange
}

// fixBlock offers to take the other's block, on the dev variant, and to put
// this one into the siblings.
func (p *Pass) fixBlock(f *Finding, t twins, key string) {
	if t.dev == p.Self {
		if edit, ok := copyBlock(t.runtime, t.dev, key); ok {
			f.Fix("Take `"+key+"` from `"+p.short(t.runtime)+"`", false, edit)
		}
	} else {
		f.AtMost(diagnostic.Hint)
	}
	p.applyTo(f, key)
}

// applyTo offers to put the block of this file into all definitions of the
// same release that share the key and have another value.
func (p *Pass) applyTo(f *Finding, key string) {
	own := p.Self.Block(key)
	if own == nil {
		return
	}
	var edits []diagnostic.Edit
	var last *facts.Record
	for _, o := range p.siblings(key) {
		if sameBlock(own, o.Block(key)) {
			continue
		}
		edit, ok := copyBlock(p.Self, o, key)
		if !ok {
			return // all or none
		}
		edit.File, last = o.Path, o
		edits = append(edits, edit)
	}
	switch len(edits) {
	case 0:
	case 1:
		f.Fix("Apply `"+key+"` to `"+p.short(last)+"`", false, edits...)
	default:
		f.Fix("Apply `"+key+"` to the "+strconv.Itoa(len(edits))+" siblings", false, edits...)
	}
}

// copyBlock is the edit of to that gives it the block of from.
func copyBlock(from, to *facts.Record, key string) (diagnostic.Edit, bool) {
	b := from.Block(key)
	if b == nil || !strings.HasSuffix(b.Raw, "\n") || strings.ContainsAny(b.Raw, "&*") {
		return diagnostic.Edit{}, false
	}
	if have := to.Block(key); have != nil {
		return Replace(have.Range, b.Raw), strings.HasSuffix(have.Raw, "\n")
	}
	// The keys stand in one order in all files: the block goes behind the one
	// it follows in the other file.
	for i := slices.IndexFunc(from.Blocks, func(o facts.Block) bool { return o.Key == key }) - 1; i >= 0; i-- {
		if before := to.Block(from.Blocks[i].Key); before != nil && strings.HasSuffix(before.Raw, "\n") {
			return Replace(text.At(before.Range.End), b.Raw), true
		}
	}
	return diagnostic.Edit{}, false
}

// compareUsers finds users of the runtime that the dev variant lacks, or has
// with other numbers.
func (p *Pass) compareUsers(t twins) {
	if t.dev != p.Self {
		return
	}
	for _, u := range t.runtime.Users {
		if !u.Name.Present() || strings.Contains(u.Name.Value+u.UID+u.GID, "${") {
			continue
		}
		i := slices.IndexFunc(t.dev.Users, func(o facts.Account) bool { return o.Name.Value == u.Name.Value })
		switch {
		case i < 0:
			p.Report(p.accountsRange(), "user `%s` of `%s` is missing", u.Name.Value, p.short(t.runtime)).
				RelatedIn(t.runtime.Path, u.Name.Range, "the user of the runtime variant")
		case t.dev.Users[i].UID != u.UID || t.dev.Users[i].GID != u.GID:
			own := t.dev.Users[i]
			p.Report(own.Name.Range, "user `%s` is %s:%s here, but %s:%s in `%s`", u.Name.Value, own.UID, own.GID, u.UID, u.GID, p.short(t.runtime)).
				RelatedIn(t.runtime.Path, u.Name.Range, "the user of the runtime variant")
		}
	}
}

// packagesRange is where a missing package is reported: the first one of the
// image, or the image.
func (p *Pass) packagesRange() text.Range {
	for i := range p.Self.Packages {
		if k := &p.Self.Packages[i]; k.Stage == "" {
			return k.Range
		}
	}
	return p.Self.Image.Range
}

func (p *Pass) accountsRange() text.Range {
	switch {
	case len(p.Self.Users) > 0:
		return p.Self.Users[0].Name.Range
	case p.Self.RunAs.Present():
		return p.Self.RunAs.Range
	}
	return p.Self.Image.Range
}

// versionWords are parts of the names of variables that both variants have in
// common: they tell what is built, not which variant.
var versionWords = []string{"VERSION", "CHECKSUM", "COMMIT", "SHA256", "_SHA", "REVISION"}

func isVersionVar(name string) bool {
	if name == "REL" || name == "DHI_REL" {
		return true
	}
	for _, w := range versionWords {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

func checkVariantVersions(p *Pass) {
	t, ok := p.twins()
	if !ok || t.dev != p.Self {
		return
	}
	if p.otherRelease(t) {
		return
	}
	for i := range t.dev.Vars {
		own := &t.dev.Vars[i]
		other, ok := t.runtime.Var(own.Key)
		if !ok || other.Value == own.Value || !isVersionVar(own.Key) {
			continue
		}
		p.Report(own.Range, "`%s` is `%s`, but `%s` in `%s`", own.Key, shorten(own.Value), shorten(other.Value), p.short(t.runtime)).
			RelatedIn(t.runtime.Path, other.Range, "the same variable there")
	}
	p.comparePins(t.dev, t.runtime)
	p.compareReferences(t)
	p.compareEnvironment(t)
}

// otherRelease reports whether the two are of different versions as a whole.
// What follows from that is not told one by one: it changes together.
func (p *Pass) otherRelease(t twins) bool {
	own, ok1 := t.dev.Var("SEMVER_VERSION")
	other, ok2 := t.runtime.Var("SEMVER_VERSION")
	if !ok1 || !ok2 || own.Value == other.Value || strings.Contains(own.Value+other.Value, "${") {
		return false
	}
	p.Report(own.Range, "`SEMVER_VERSION` is `%s`, but `%s` in `%s`", shorten(own.Value), shorten(other.Value), p.short(t.runtime)).
		Help("bring the whole file to the same version, its tags, pins and sources included: dhi-ls upgrade does it").
		RelatedIn(t.runtime.Path, other.Range, "the version there")
	return true
}

// comparePins finds packages that a file pins to another version than the
// other one does.
func (p *Pass) comparePins(self, there *facts.Record) {
	pins := map[string]*facts.Package{}
	for i := range there.Packages {
		if k := &there.Packages[i]; k.Pinned() {
			pins[k.Stage+"\x00"+k.Name] = k
		}
	}
	for i := range self.Packages {
		own := &self.Packages[i]
		other := pins[own.Stage+"\x00"+own.Name]
		if other == nil || !own.Pinned() || own.Version == other.Version {
			continue
		}
		f := p.Report(own.VersionRange, "`%s` is pinned to `%s`, but to `%s` in `%s`", own.Name, own.Version, other.Version, p.short(there))
		f.RelatedIn(there.Path, other.VersionRange, "the same package there")
		if own.Exact && other.Exact {
			f.Fix("Change to `"+other.Version+"`", false, Replace(own.VersionRange, other.Version))
		}
	}
}

// compareReferences compares the versions in the variables that hold a
// reference: a dev variant may take the dev variant of the same version.
func (p *Pass) compareReferences(t twins) {
	for i := range t.dev.References {
		own := &t.dev.References[i]
		if own.Kind != facts.Variable {
			continue
		}
		for j := range t.runtime.References {
			other := &t.runtime.References[j]
			if other.Kind != facts.Variable || other.Name != own.Name || other.Image != own.Image {
				continue
			}
			mine, _ := splitTag(own.Tag)
			theirs, _ := splitTag(other.Tag)
			if mine != "" && theirs != "" && mine != theirs {
				p.Report(own.TagRange, "`%s` is of version `%s` of `%s`, but of `%s` in `%s`", own.Name, mine, own.Image, theirs, p.short(t.runtime)).
					RelatedIn(t.runtime.Path, other.TagRange, "the same variable there")
			}
		}
	}
}

// checkDevEntrypoint compares what is run: dev variants inherit entrypoint and
// cmd of their runtime.
func checkDevEntrypoint(p *Pass) {
	t, ok := p.twins()
	if !ok || t.dev != p.Self {
		return
	}
	for _, key := range []string{"entrypoint", "cmd"} {
		own, other := t.dev.Block(key), t.runtime.Block(key)
		if sameBlock(own, other) || appendedShell(own) {
			continue
		}
		if other == nil && key == "cmd" && t.runtime.Block("entrypoint") == nil {
			continue // the runtime runs nothing: there is nothing to inherit
		}
		at, there := t.dev.Image.Range, t.runtime.Image.Range
		if own != nil {
			at = own.KeyRange
			if n := len(own.Items); n > 0 && other != nil {
				at = own.KeyRange.Union(own.Items[n-1].Range)
			}
		}
		if other != nil {
			there = other.KeyRange
		}
		p.reportCommand(t, key, own, other, at).RelatedIn(t.runtime.Path, there, "the runtime variant")
	}
}

func (p *Pass) reportCommand(t twins, key string, own, other *facts.Block, at text.Range) *Finding {
	var f *Finding
	switch {
	case own == nil:
		f = p.Report(at, "`%s` is missing: `%s` runs `%s`", key, p.short(t.runtime), commandLine(other))
	case other == nil:
		f = p.Report(at, "`%s` is `%s`, but `%s` has none", key, commandLine(own), p.short(t.runtime))
	case len(own.Items) == 1 && slices.Contains(shells, path.Base(own.Items[0].Value)):
		f = p.Report(at, "`%s` is a shell, but `%s` in `%s`", key, commandLine(other), p.short(t.runtime))
		f.Help("dev variants inherit `entrypoint` and `cmd`, so that they can stand in for the runtime")
	default:
		f = p.Report(at, "`%s` is `%s`, but `%s` in `%s`", key, commandLine(own), commandLine(other), p.short(t.runtime))
	}
	if edit, ok := copyBlock(t.runtime, t.dev, key); ok {
		f.Fix("Take `"+key+"` from `"+p.short(t.runtime)+"`", false, edit)
	}
	return f
}

// appendedShell tells what entrypoint-shell-appended reports.
func appendedShell(b *facts.Block) bool {
	return b != nil && len(b.Items) == 2 && slices.Contains(shells, path.Base(b.Items[1].Value))
}

func commandLine(b *facts.Block) string {
	words := make([]string, len(b.Items))
	for i := range b.Items {
		words[i] = b.Items[i].Value
	}
	return shorten(strings.Join(words, " "))
}

// checkEnvPath finds a variable whose value is a path which another variant of
// the same image creates and this one does not. Paths that packages never put
// anything at are reported without another variant (env-path-unmade).
func checkEnvPath(p *Pass) {
	env := p.Self.Block("environment")
	if env == nil {
		return
	}
	var siblings []*facts.Record
	for _, item := range env.Items {
		if !strings.HasPrefix(item.Value, "/") || strings.ContainsAny(item.Value, ":${ ") || ownRoot(item.Value) || brings(p.Self, item.Value) {
			continue
		}
		if siblings == nil {
			siblings = p.variants()
		}
		for _, o := range siblings {
			i := slices.IndexFunc(o.Paths, func(c facts.Path) bool { return c.Stage == "" && c.Type == "directory" && c.Path.Value == item.Value })
			if v, _ := valueOf(o, item.Key); i < 0 || v != item.Value {
				continue
			}
			p.Report(item.Range, "nothing creates `%s`, but `%s`, which has the same variable, does", item.Value, p.short(o)).
				RelatedIn(o.Path, o.Paths[i].Path.Range, "the path there").Help("add the directory to `paths`, as it stands there")
			break
		}
	}
}

func valueOf(r *facts.Record, key string) (string, bool) {
	b := r.Block("environment")
	if b == nil {
		return "", false
	}
	return b.Value(key)
}

// brings reports whether the definition itself may bring the path along: by
// an entry of paths at, above or below it, or by the output of a stage.
func brings(r *facts.Record, file string) bool {
	for i := range r.Paths {
		if c := &r.Paths[i]; c.Stage == "" && within(c.Path.Value, file) {
			return true
		}
	}
	for _, target := range r.Targets {
		if within(target, file) || within(file, target) || target == "/" {
			return true
		}
	}
	for i := range r.References {
		if r.References[i].Kind == facts.Artifact && r.References[i].Stage == "" {
			return true // an artifact may hold anything
		}
	}
	return false
}

// variants are the other definitions of the image in the same folder.
func (p *Pass) variants() []*facts.Record {
	var out []*facts.Record
	for _, o := range p.Workspace.Image(p.Self.ImageName()) {
		if o.Path != p.Self.Path && o.Kind == definition.Image && path.Dir(o.Path) == path.Dir(p.Self.Path) && o.Image.Value == p.Self.Image.Value {
			out = append(out, o)
		}
	}
	return out
}
