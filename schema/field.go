package schema

import (
	"encoding/json"
	"slices"
)

// Names of the types a value can have, as JSON Schema spells them.
const (
	TypeString  = "string"
	TypeInteger = "integer"
	TypeNumber  = "number"
	TypeBoolean = "boolean"
	TypeArray   = "array"
	TypeObject  = "object"
	TypeNull    = "null"
)

// Field describes one place of a file: what may stand there and what it
// means. Fields are shared and must not be changed.
type Field struct {
	// Name is the key; "" for the root and the items of a list, "*" for the
	// values of a free map.
	Name string
	// Title is a short name for people, in sentence case.
	Title string
	// Description explains the field in Markdown: two or three sentences,
	// mostly with an example.
	Description string
	// Types are the JSON types a value may have. Empty means any type.
	Types []string
	// Enum lists the only values allowed; empty where values are free.
	Enum []string
	// Default is what the field means when it is left out, nil if unknown.
	// Numbers are json.Number, lists []any.
	Default any
	// Examples are values that may stand here.
	Examples []any
	// Pattern is a regular expression that strings must match, PatternHint
	// what it asks for in words.
	Pattern, PatternHint string
	// Role names the meaning of the value where the type does not tell it,
	// such as "package", "image-reference", "octal-mode" or "script".
	Role string
	// Sources says where the field is known from: "guide" (the format's build
	// guide), "schema" (the published schema), "catalog" (use in the public
	// catalog).
	Sources []string
	// Usage counts how often the public catalog has the field.
	Usage Usage
	// Required are the keys that a mapping must have.
	Required []string
	// Properties are the known keys of a mapping, in canonical order.
	Properties []*Field
	// Closed says that a mapping allows no other keys than Properties.
	Closed bool
	// Additional describes the values of keys that are not in Properties; nil
	// where there is nothing to say about them.
	Additional *Field
	// Items describes the items of a list.
	Items *Field
	// Discriminator is the key whose value chooses among Variants; "" where
	// there is no choice. Properties then unites those of all variants.
	Discriminator string
	// Variants are the alternatives of a mapping.
	Variants []*Field

	// index finds Properties by name; nil where a search is as good.
	index map[string]*Field
	// plain says that fits knows every demand the schema makes here.
	plain bool
}

// Usage counts occurrences in the definitions of the public catalog (2,582
// images, 4,727 packages and 117 charts in August 2026), by kind.
type Usage struct {
	Image, Package, Chart int
}

// Total is the number of occurrences in all kinds.
func (u Usage) Total() int { return u.Image + u.Package + u.Chart }

// Property returns the known key of that name, nil if there is none.
func (f *Field) Property(name string) *Field {
	if f == nil {
		return nil
	}
	if f.index != nil {
		return f.index[name]
	}
	for _, p := range f.Properties {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Allows says whether a value of a JSON type may stand here. An integer is
// also a number.
func (f *Field) Allows(typ string) bool {
	if len(f.Types) == 0 || slices.Contains(f.Types, typ) {
		return true
	}
	return typ == TypeInteger && slices.Contains(f.Types, TypeNumber)
}

// Keys returns the names of the known keys, in canonical order.
func (f *Field) Keys() []string {
	if f == nil || len(f.Properties) == 0 {
		return nil
	}
	keys := make([]string, len(f.Properties))
	for i, p := range f.Properties {
		keys[i] = p.Name
	}
	return keys
}

// Requires says whether the mapping must have the key.
func (f *Field) Requires(name string) bool { return f != nil && slices.Contains(f.Required, name) }

// Variant returns the alternative for a value of the discriminator, nil if
// there is none: for a tracker, Variant("github_release").
func (f *Field) Variant(value string) *Field {
	if f == nil || f.Discriminator == "" {
		return nil
	}
	for _, v := range f.Variants {
		if slices.Contains(v.Property(f.Discriminator).Enum, value) {
			return v
		}
	}
	return nil
}

// child returns the field that one segment of a path leads to.
func (f *Field) child(segment string) *Field {
	if p := f.Property(segment); p != nil {
		return p
	}
	if f.Items != nil && isIndex(segment) {
		return f.Items
	}
	return f.Additional
}

// isIndex says whether a path segment can be the index of a list: a decimal
// number, or "*" for any.
func isIndex(segment string) bool {
	if segment == "*" {
		return true
	}
	for _, c := range segment {
		if c < '0' || c > '9' {
			return false
		}
	}
	return segment != ""
}

// descend follows a path downwards, nil where it leaves the schema.
func (f *Field) descend(path []string) *Field {
	for _, segment := range path {
		if f == nil {
			return nil
		}
		f = f.child(segment)
	}
	return f
}

// builder makes fields out of schema nodes.
type builder struct{ root *object }

func (b builder) field(name string, node *object) *Field {
	f := &Field{Name: name, plain: true}
	if ref := node.string("$ref"); len(ref) > 1 {
		target, _ := pointer(b.root, ref[1:]).(*object)
		f = b.field(name, target)
	}
	b.describe(f, node)
	if items := node.object("items"); items != nil {
		f.Items = b.field("", items)
	}
	if props := node.object("properties"); props != nil {
		for _, key := range props.keys {
			f.Properties = append(f.Properties, b.field(key, props.object(key)))
		}
	}
	switch extra := node.get("additionalProperties").(type) {
	case *object:
		f.Additional = b.field("*", extra)
	case bool:
		f.Closed = !extra
	}
	b.unite(f, node)
	f.plain = f.plain && isPlain(node)
	f.index = indexOf(f.Properties)
	return f
}

// minIndexed is the number of properties from which a map is faster than a
// search.
const minIndexed = 8

func indexOf(props []*Field) map[string]*Field {
	if len(props) < minIndexed {
		return nil
	}
	index := make(map[string]*Field, len(props))
	for _, p := range props {
		index[p.Name] = p
	}
	return index
}

// describe sets what a node says about itself; beside a $ref it refines what
// the reference says.
func (b builder) describe(f *Field, node *object) {
	override(&f.Title, node.string("title"))
	override(&f.Description, node.string("description"))
	override(&f.Pattern, node.string("pattern"))
	override(&f.PatternHint, node.string("x-pattern"))
	override(&f.Role, node.string("x-role"))
	override(&f.Discriminator, node.string("x-discriminator"))
	overrideList(&f.Enum, node.strings("enum"))
	overrideList(&f.Required, node.strings("required"))
	overrideList(&f.Sources, node.strings("x-source"))
	overrideList(&f.Types, node.strings("type"))
	if t := node.string("type"); t != "" {
		f.Types = []string{t}
	}
	if d := node.get("default"); d != nil {
		f.Default = d
	}
	if examples := node.list("examples"); examples != nil {
		f.Examples = examples
	}
	if u := node.object("x-usage"); u != nil {
		f.Usage = Usage{Image: count(u, "image"), Package: count(u, "package"), Chart: count(u, "chart")}
	}
}

// unite folds the alternatives of oneOf and anyOf into the field, so that a
// reader who does not know which one applies still sees every key and type.
func (b builder) unite(f *Field, node *object) {
	branches := slices.Concat(node.list("oneOf"), node.list("anyOf"))
	for _, branch := range branches {
		schema, ok := branch.(*object)
		if !ok {
			continue
		}
		v := b.field(f.Name, schema)
		if f.Discriminator != "" {
			f.Variants = append(f.Variants, v)
		}
		f.absorb(v)
	}
}

func (f *Field) absorb(v *Field) {
	for _, t := range v.Types {
		if !slices.Contains(f.Types, t) {
			f.Types = append(f.Types, t)
		}
	}
	for _, e := range v.Enum {
		if !slices.Contains(f.Enum, e) {
			f.Enum = append(f.Enum, e)
		}
	}
	for _, p := range v.Properties {
		f.absorbProperty(p)
	}
	if f.Items == nil {
		f.Items = v.Items
	}
	if f.Additional == nil {
		f.Additional = v.Additional
	}
	if f.Role == "" {
		f.Role = v.Role
	}
	if len(f.Examples) == 0 {
		f.Examples = v.Examples
	}
}

func (f *Field) absorbProperty(p *Field) {
	for i, known := range f.Properties {
		if known.Name == p.Name {
			united := *known
			united.index, united.plain = nil, false
			united.Types = slices.Clone(known.Types)
			united.Enum = slices.Clone(known.Enum)
			united.absorb(p)
			f.Properties[i] = &united
			return
		}
	}
	f.Properties = append(f.Properties, p)
}

func override(to *string, s string) {
	if s != "" {
		*to = s
	}
}

func overrideList(to *[]string, list []string) {
	if len(list) > 0 {
		*to = list
	}
}

func count(o *object, key string) int {
	number, _ := o.get(key).(json.Number)
	n, err := number.Int64()
	if err != nil {
		return 0
	}
	return int(n)
}
