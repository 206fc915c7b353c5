// Package facts holds what the workspace remembers of a file: a small record
// of what other files may be compared with, each fact with its place in the
// text, and no tree. A record never changes.
package facts

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Text is a scalar with its place.
type Text struct {
	Value string
	Range text.Range
}

// Present reports whether the scalar stands in the file.
func (t Text) Present() bool { return t.Range.End > 0 }

// Item is a member of a list or a mapping; the key is empty in a list.
type Item struct {
	Key, Value string
	// Range is where the value stands.
	Range text.Range
}

// Block is a top-level key with all that belongs to it.
type Block struct {
	Key string
	// KeyRange is the key, Range all its lines with the last break.
	KeyRange, Range text.Range
	// Raw is the text of the lines.
	Raw string
	// Items are the members; a scalar is one item.
	Items []Item
}

// Equal reports whether both blocks hold the same members; the order counts
// in lists.
func (b *Block) Equal(other *Block) bool {
	if b.Raw == other.Raw {
		return true
	}
	if len(b.Items) != len(other.Items) {
		return false
	}
	for i := range b.Items {
		one, two := &b.Items[i], &other.Items[i]
		if one.Key == two.Key && one.Value == two.Value {
			continue
		}
		if one.Key == "" || !other.Has(one.Key, one.Value) {
			return false
		}
	}
	return true
}

// Has reports whether the block holds the member.
func (b *Block) Has(key, value string) bool {
	for i := range b.Items {
		if b.Items[i].Key == key && b.Items[i].Value == value {
			return true
		}
	}
	return false
}

// Value is the value behind a key of the block.
func (b *Block) Value(key string) (string, bool) {
	for i := range b.Items {
		if b.Items[i].Key == key {
			return b.Items[i].Value, true
		}
	}
	return "", false
}

// Account is a user or a group.
type Account struct {
	Name Text
	// UID is empty for groups.
	UID, GID string
	// Range is the whole entry.
	Range text.Range
}

// Package is an entry of a packages list.
type Package struct {
	// Name is the package, Version its pin or constraint, with variables
	// resolved; Exact says that both stand so in the file.
	Name, Version string
	Operator      string
	Exclude       bool
	Exact         bool
	// Stage is the build stage, empty at the top level.
	Stage string
	// Range is the name, VersionRange the version; the whole entry for both
	// where the entry is not Exact.
	Range, VersionRange text.Range
}

// Pinned reports whether the entry names one exact version.
func (p *Package) Pinned() bool { return p.Operator == "=" && p.Version != "" && !p.Exclude }

// ReferenceKind says where a reference stands.
type ReferenceKind uint8

const (
	// Artifact is an item of contents.artifacts.
	Artifact ReferenceKind = iota + 1
	// Builder is the image that a build stage runs in.
	Builder
	// Step is the image that a step runs in.
	Step
	// Variable is a variable that holds a reference.
	Variable
	// ChartImage is an image of a chart.
	ChartImage
)

func (k ReferenceKind) String() string {
	return [...]string{"", "artifact", "builder image", "image of a step", "variable", "image of the chart"}[k]
}

// Reference names an image.
type Reference struct {
	Kind ReferenceKind
	// Name is the alias of a chart's image, or the name of the variable.
	Name string
	// Image is the name of a hardened image without its registry; of others it
	// is registry and repository.
	Image string
	// DHI tells hardened images.
	DHI         bool
	Tag, Digest string
	// Exact says that the reference stands so in the file and the ranges of
	// its parts are known; else they are those of the whole.
	Exact                        bool
	Range, TagRange, DigestRange text.Range
	// NameRange is the alias of a chart's image, or the name of the variable.
	NameRange text.Range
	// Stage is the build stage, empty at the top level.
	Stage string
}

// Pulls reports whether the reference is one that a build fetches, not a
// variable that may repeat it.
func (r *Reference) Pulls() bool { return r.DHI && r.Kind != Variable }

// Pin is one use of an image by tag and digest.
type Pin struct {
	// Image is the name with the tag.
	Image, Digest string
	In            *Record
	// Range is the digest.
	Range text.Range
}

// Product is a package that the definition builds.
type Product struct {
	Name string
	// Version is as a pin names it, with its release; empty if not known.
	Version string
	// Range is where the name stands, or the definition's image.
	Range text.Range
	// Named says that a step names the package; else its name follows from the
	// definition's.
	Named bool
}

// Path is an entry of the image's paths.
type Path struct {
	Type   string
	Path   Text
	Source Text
	// Stage is the build stage, empty for the image's own paths.
	Stage string
}

// Record is what is remembered of a file.
type Record struct {
	// Path is the file's path with forward slashes, as it was given.
	Path  string
	Place definition.Place
	// Kind is NotOurs for the values of a chart.
	Kind definition.Kind
	Dist definition.Dist

	Directive                    string
	Name, Image, Variant, Flavor Text
	Tags                         []Text
	// TagList is the list of the tags.
	TagList text.Range
	// TagIndent is the text before each tag, "  - ".
	TagIndent string
	// Blocks are top-level keys that variants share, in the order of the file.
	Blocks []Block
	// After is where a block that is missing may be put: behind the last key.
	After int

	RunAs         Text
	RootEnabled   bool
	Users, Groups []Account

	Vars       []Item
	Packages   []Package
	References []Reference
	Products   []Product
	Paths      []Path
	Targets    []string // of the outputs
	Stages     []Text
	// Includes are the files that the definition includes, as it names them.
	Includes []Text

	Release, EndOfLife string

	// DisplayName and Categories are those of an info.yaml.
	DisplayName Text
	Categories  []string

	// Placeholders are the names before the dot in ${name.part} of a chart's
	// values.
	Placeholders []Text

	// Silences says that the text has a comment that silences findings.
	Silences bool

	blob  string
	print uint64
}

// Root is the workspace that the record belongs to: the root of its catalog,
// or for a file outside of one its folder, with a mark that no path has.
func (r *Record) Root() string { return RootOf(r.Path, r.Place) }

// RootOf is the workspace of a path.
func RootOf(path string, place definition.Place) string {
	if place.InCatalog() {
		return place.Root
	}
	if name, ok := valuesOf(path); ok {
		return name.Root
	}
	return "\x00" + path[:strings.LastIndexByte(path, '/')+1]
}

// InCatalog reports whether the file stands in a catalog layout.
func (r *Record) InCatalog() bool { return r.Place.InCatalog() }

// ImageName is the name of the image without its registry, "" where it is
// not known.
func (r *Record) ImageName() string {
	name := r.Image.Value
	if strings.Contains(name, "${") {
		return ""
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}

// Block is the block of the key, nil where the file has none.
func (r *Record) Block(key string) *Block {
	for i := range r.Blocks {
		if r.Blocks[i].Key == key {
			return &r.Blocks[i]
		}
	}
	return nil
}

// Var is the value of a variable.
func (r *Record) Var(name string) (*Item, bool) {
	for i := range r.Vars {
		if r.Vars[i].Key == name {
			return &r.Vars[i], true
		}
	}
	return nil, false
}

// Version is the version of what the definition builds, "" where no variable
// tells it.
func (r *Record) Version() string {
	for _, name := range []string{"SEMVER_VERSION", "VERSION", "DHI_VERSION"} {
		if v, ok := r.Var(name); ok && !strings.ContainsAny(v.Value, "${}") {
			return v.Value
		}
	}
	return ""
}

// HasTag reports whether the definition claims the tag.
func (r *Record) HasTag(tag string) bool {
	for i := range r.Tags {
		if r.Tags[i].Value == tag {
			return true
		}
	}
	return false
}

// Encoded is the record as bytes, from which Decode makes it again.
func (r *Record) Encoded() string { return r.blob }

// Print is a short name of all that the record holds but its path.
func (r *Record) Print() uint64 { return r.print }
