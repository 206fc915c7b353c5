package facts

import (
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Of makes the record of a document; nil for one that nothing is remembered
// of.
func Of(doc *definition.Document) *Record {
	blob := Encode(doc)
	if blob == "" {
		return nil
	}
	r, ok := Decode(doc.Path, blob)
	if !ok {
		panic("facts: a record that was written cannot be read")
	}
	return r
}

// Encode is the record of a document as bytes, from which Decode makes it;
// empty for a document that nothing is remembered of. The strings of a record
// are parts of these bytes, so that it does not keep the text it was read
// from.
func Encode(doc *definition.Document) string {
	r := &Record{Path: doc.Path, Place: doc.Place, Kind: doc.Kind}
	if doc.Kind == definition.NotOurs {
		if !IsValues(doc.Path) {
			return ""
		}
		r.Placeholders = placeholders(doc.Text.String())
		return encode(r)
	}
	r.Silences = strings.Contains(doc.Text.String(), "dhi-ls:")
	b := &builder{Record: r, doc: doc}
	if doc.Kind == definition.Info {
		b.info()
		return encode(r)
	}
	if doc.Def == nil {
		return ""
	}
	b.env = expr.Env{Platform: "linux/amd64", Vars: b.variable}
	if p := doc.Def.Platforms; len(p) > 0 && p[0].Set() {
		b.env.Platform = p[0].Value()
	}
	b.head()
	b.includes()
	b.accounts()
	b.contents()
	b.products()
	return encode(r)
}

// builder fills a record from a document.
type builder struct {
	*Record
	doc  *definition.Document
	env  expr.Env
	vars map[string]definition.Field
}

func (b *builder) variable(name string) (string, bool) {
	if b.vars == nil {
		b.vars = make(map[string]definition.Field, len(b.doc.Def.Vars))
		for _, v := range b.doc.Def.Vars {
			b.vars[v.Name()] = v
		}
	}
	v, ok := b.vars[name]
	return v.Value(), ok && v.Set()
}

// resolve is the value of s and whether all of it is known.
func (b *builder) resolve(s string) (string, bool) {
	if !strings.Contains(s, "${") && !strings.Contains(s, "#{") {
		return s, true
	}
	v, open := expr.Resolve(s, b.env)
	return v, len(open) == 0
}

// text is a field with its variables resolved, as far as they are known.
func (b *builder) text(f definition.Field) Text {
	if !f.Set() {
		return Text{}
	}
	v, _ := b.resolve(f.Value())
	return Text{v, f.Node.Range}
}

// in maps a range of a scalar's value to the file.
func (b *builder) in(n *syntax.Node, r text.Range) text.Range {
	if n.Style == syntax.Plain && n.Body.Len() == len(n.Value) {
		return r.Shift(n.Body.Start)
	}
	return b.doc.Tree.SourceMap(n).Range(r)
}

// shared are the top-level keys that variants of an image have in common.
var shared = map[string]bool{
	"platforms": true, "ports": true, "volumes": true, "annotations": true, "labels": true, "stop-signal": true, "work-dir": true,
	"entrypoint": true, "cmd": true, "environment": true, "os-release": true, "dates": true,
}

func (b *builder) head() {
	d := b.doc.Def
	b.Dist = b.doc.Dist()
	b.Directive = b.doc.Directive.RefValue
	b.Name, b.Image, b.Variant, b.Flavor = b.text(d.Name), b.text(d.Image), b.text(d.Variant), b.text(d.Flavor)
	for _, t := range d.Tags {
		if t.Set() {
			b.Tags = append(b.Tags, b.text(t))
		}
	}
	for _, v := range d.Vars {
		if v.Set() {
			b.Vars = append(b.Vars, Item{v.Name(), v.Value(), v.Node.Range})
		}
	}
	b.Release, b.EndOfLife = d.Dates.Release.Value(), d.Dates.EndOfLife.Value()
	if d.Root == nil {
		return
	}
	if e := d.Root.Entry("tags"); e != nil {
		b.tagList(e)
	}
	for i := range d.Root.Entries {
		e := &d.Root.Entries[i]
		if e.Key != nil && shared[e.Key.Value] && b.Kind == definition.Image {
			b.block(e)
		}
	}
	if n := len(d.Root.Entries); n > 0 && d.Root.Style == syntax.Block {
		b.After = b.lines(d.Root.Entries[n-1].Range).End
	}
}

// lines are the whole lines of a range.
func (b *builder) lines(r text.Range) text.Range {
	t := b.doc.Text
	return text.Range{Start: t.LineStart(t.LineOf(r.Start)), End: t.LineStart(t.LineOf(max(r.Start, r.End-1)) + 1)}
}

func (b *builder) tagList(e *syntax.Entry) {
	v := e.Value.Deref()
	b.TagList = v.Range
	if v.Kind != syntax.Sequence || v.Style != syntax.Block || len(v.Entries) == 0 || v != e.Value {
		return
	}
	first := v.Entries[0].Value
	start := b.doc.Text.LineStart(b.doc.Text.LineOf(first.Range.Start))
	b.TagIndent = b.doc.Text.Slice(text.Range{Start: start, End: first.Range.Start})
}

func (b *builder) block(e *syntax.Entry) {
	v := e.Value.Deref()
	block := Block{Key: e.Key.Value, KeyRange: e.Key.Range, Range: b.lines(e.Range)}
	block.Raw = b.doc.Text.Slice(block.Range)
	switch v.Kind {
	case syntax.Scalar:
		block.Items = []Item{{"", v.Value, v.Range}}
	case syntax.Sequence, syntax.Mapping:
		block.Items = make([]Item, 0, len(v.Entries))
		for i := range v.Entries {
			item := Item{Range: v.Entries[i].Value.Range}
			if value := v.Entries[i].Value.Deref(); value != nil {
				item.Value = value.Value
			}
			if k := v.Entries[i].Key; k != nil {
				item.Key = k.Value
			}
			block.Items = append(block.Items, item)
		}
	}
	b.Blocks = append(b.Blocks, block)
}

func (b *builder) includes() {
	for _, item := range b.doc.Def.Root.Get("includes").Deref().Items() {
		if item.Kind == syntax.Scalar && item.Value != "" {
			v, _ := b.resolve(item.Value)
			b.Includes = append(b.Includes, Text{v, item.Range})
		}
	}
}

func (b *builder) accounts() {
	a := b.doc.Def.Accounts
	if a == nil {
		return
	}
	b.RunAs, b.RootEnabled = b.text(a.RunAs), a.Root.True()
	for _, u := range a.Users {
		b.Users = append(b.Users, Account{b.text(u.Name), u.UID.Value(), u.GID.Value(), u.Node.Range})
	}
	for _, g := range a.Groups {
		b.Groups = append(b.Groups, Account{Name: b.text(g.Name), GID: g.GID.Value(), Range: g.Node.Range})
	}
}

func (b *builder) contents() {
	d := b.doc.Def
	for _, v := range d.Vars {
		if holdsReference(v) {
			b.reference(v, Variable, Text{v.Name(), v.KeyRange()}, "")
		}
	}
	b.paths(d.Paths, "")
	b.scope(d.Contents, "")
	for i := range d.Contents.Builds {
		s := &d.Contents.Builds[i]
		stage := s.Name.Value()
		if s.Name.Set() {
			b.Stages = append(b.Stages, Text{stage, s.Name.Node.Range})
		}
		b.reference(s.Uses, Builder, Text{}, stage)
		b.scope(s.Contents, stage)
		b.paths(s.Paths, stage)
		for _, o := range s.Outputs {
			if o.Target.Set() {
				b.Targets = append(b.Targets, o.Target.Value())
			}
		}
		for j := range s.Pipeline {
			b.step(&s.Pipeline[j], stage)
		}
	}
}

// holdsReference tells variables that hold an image reference: by a digest, or
// by their name.
func holdsReference(v definition.Field) bool {
	s := v.Value()
	return strings.Contains(s, "@sha256:") || strings.HasSuffix(v.Name(), "_REFERENCE") && strings.Contains(s, "/") && strings.Contains(s, ":")
}

func (b *builder) scope(c *definition.Contents, stage string) {
	for i := range c.Packages {
		b.pkg(&c.Packages[i], stage)
	}
	for i := range c.Artifacts {
		b.reference(c.Artifacts[i].Name, Artifact, Text{}, stage)
	}
}

func (b *builder) pkg(e *definition.PackageEntry, stage string) {
	if !e.Set() {
		return
	}
	parsed, exact := e.Entry, true
	if e.HasTemplate {
		value, known := b.resolve(e.Value())
		if !known {
			return
		}
		parsed, exact = entry.Parse(value), false
	}
	p := Package{Name: parsed.FullName(), Version: parsed.Version, Operator: parsed.Operator, Exclude: parsed.Exclude, Exact: exact, Stage: stage}
	p.Range, p.VersionRange = e.Node.Range, e.Node.Range
	if exact {
		p.Range, p.VersionRange = b.in(e.Node, parsed.FullNameRange()), b.in(e.Node, parsed.VersionRange)
	}
	b.Packages = append(b.Packages, p)
}

func (b *builder) paths(list []definition.Path, stage string) {
	for _, p := range list {
		if stage != "" && !p.Source.Set() {
			continue
		}
		b.Paths = append(b.Paths, Path{Type: p.Type.Value(), Path: b.text(p.Path), Source: b.text(p.Source), Stage: stage})
	}
}

func (b *builder) step(s *definition.Step, stage string) {
	if !s.Uses.Set() {
		return
	}
	if uses := entry.ParseUses(s.Uses.Value()); uses.Kind == entry.UsesImage {
		b.reference(s.Uses, Step, Text{}, stage)
	}
	if s.With == nil || s.With.Kind != syntax.Mapping {
		return
	}
	for _, image := range s.With.At("chart", "images").Items() {
		image = image.Deref()
		ref, name := image.Get("ref").Deref(), image.Get("name").Deref()
		if ref == nil || name == nil {
			continue
		}
		b.reference(definition.Field{Node: ref}, ChartImage, Text{name.Value, name.Range}, stage)
	}
}

func (b *builder) reference(f definition.Field, kind ReferenceKind, name Text, stage string) {
	if !f.Set() {
		return
	}
	value, known := b.resolve(f.Value())
	if !known || value == "" {
		return
	}
	ref := entry.ParseReference(value)
	if len(ref.Problems) > 0 || ref.Whole {
		return
	}
	r := Reference{Kind: kind, Name: name.Value, NameRange: name.Range, Tag: ref.Tag.Text, Digest: ref.Digest.Text, Stage: stage, Exact: value == f.Value()}
	if r.Image, r.DHI = ref.DHIName(); !r.DHI {
		r.Image = value[ref.NameRange().Start:ref.NameRange().End]
	}
	r.Range = f.Node.Range
	r.TagRange, r.DigestRange = r.Range, r.Range
	if r.Exact {
		r.Range = b.in(f.Node, text.Range{Start: 0, End: len(value)})
		if r.Tag != "" {
			r.TagRange = b.in(f.Node, ref.Tag.Range)
		}
		if r.Digest != "" {
			r.DigestRange = b.in(f.Node, ref.Digest.Range)
		}
	}
	b.References = append(b.References, r)
}

func (b *builder) info() {
	root := b.doc.Tree.Root
	if root == nil {
		return
	}
	meta := root.Get("metadata").Deref()
	if n := meta.Get("display-name").Deref(); n != nil && n.Kind == syntax.Scalar {
		b.DisplayName = Text{n.Value, n.Range}
	}
	for _, c := range meta.Get("categories").Deref().Items() {
		if c.Kind == syntax.Scalar {
			b.Categories = append(b.Categories, c.Value)
		}
	}
}

// valuesOf is the place of a chart's values.
func valuesOf(path string) (definition.Place, bool) {
	dir, ok := strings.CutSuffix(path, "/config/values.yaml")
	if !ok {
		return definition.Place{}, false
	}
	place := definition.PlaceOf(dir + "/info.yaml")
	place.File, place.Info = "values", false
	return place, place.Section == "chart"
}

// IsValues reports whether the path is that of a chart's values.
func IsValues(path string) bool {
	_, ok := valuesOf(path)
	return ok
}

var placeholder = regexp.MustCompile(`\$\{([A-Za-z0-9][A-Za-z0-9._-]*)\.(?:registry|repository|tag|digest|ref)\}`)

func placeholders(s string) []Text {
	var out []Text
	for _, m := range placeholder.FindAllStringSubmatchIndex(s, -1) {
		out = append(out, Text{s[m[2]:m[3]], text.Range{Start: m[2], End: m[3]}})
	}
	return out
}
