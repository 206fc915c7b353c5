package facts

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// coder writes a record or reads one: the same list of fields serves both.
type coder struct {
	out     []byte
	in      string
	at      int
	reading bool
	bad     bool
	// placeless leaves the ranges out.
	placeless bool
}

func (c *coder) int(v *int) {
	if !c.reading {
		c.out = binary.AppendUvarint(c.out, uint64(*v))
		return
	}
	n, width := uint64(0), 0
	for shift := uint(0); ; shift += 7 {
		if c.at+width >= len(c.in) || shift > 35 {
			c.bad = true
			*v = 0
			return
		}
		b := c.in[c.at+width]
		width++
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			break
		}
	}
	c.at += width
	*v = int(n)
}

func (c *coder) string(s *string) {
	n := len(*s)
	c.int(&n)
	if !c.reading {
		c.out = append(c.out, *s...)
		return
	}
	if c.bad || n > len(c.in)-c.at {
		c.bad = true
		return
	}
	*s = c.in[c.at : c.at+n]
	c.at += n
}

func (c *coder) bool(b *bool) {
	n := 0
	if *b {
		n = 1
	}
	c.int(&n)
	if c.reading {
		*b = n == 1
	}
}

// rng writes the start and the length.
func (c *coder) rng(r *text.Range) {
	if c.placeless {
		return
	}
	n := r.End - r.Start
	c.int(&r.Start)
	c.int(&n)
	if c.reading {
		r.End = r.Start + n
	}
}

func (c *coder) text(t *Text) {
	c.string(&t.Value)
	c.rng(&t.Range)
}

func (c *coder) item(i *Item) {
	c.string(&i.Key)
	c.string(&i.Value)
	c.rng(&i.Range)
}

// list codes the members of a slice; each takes at least one byte.
func list[T any](c *coder, s *[]T, one func(*T)) {
	n := len(*s)
	c.int(&n)
	if c.reading {
		if c.bad || n > len(c.in)-c.at {
			c.bad = true
			return
		}
		if n > 0 {
			*s = make([]T, n)
		}
	}
	for i := range *s {
		if c.bad {
			return
		}
		one(&(*s)[i])
	}
}

func (c *coder) block(b *Block) {
	c.string(&b.Key)
	c.rng(&b.KeyRange)
	c.rng(&b.Range)
	c.string(&b.Raw)
	list(c, &b.Items, c.item)
}

func (c *coder) account(a *Account) {
	c.text(&a.Name)
	c.string(&a.UID)
	c.string(&a.GID)
	c.rng(&a.Range)
}

func (c *coder) pkg(p *Package) {
	c.string(&p.Name)
	c.string(&p.Version)
	c.string(&p.Operator)
	c.bool(&p.Exclude)
	c.bool(&p.Exact)
	c.string(&p.Stage)
	c.rng(&p.Range)
	c.rng(&p.VersionRange)
}

func (c *coder) reference(r *Reference) {
	kind := int(r.Kind)
	c.int(&kind)
	if kind > int(ChartImage) {
		c.bad = true
		return
	}
	if c.reading {
		r.Kind = ReferenceKind(kind)
	}
	c.string(&r.Name)
	c.string(&r.Image)
	c.bool(&r.DHI)
	c.string(&r.Tag)
	c.string(&r.Digest)
	c.bool(&r.Exact)
	c.rng(&r.Range)
	c.rng(&r.TagRange)
	c.rng(&r.DigestRange)
	c.rng(&r.NameRange)
	c.string(&r.Stage)
}

func (c *coder) product(p *Product) {
	c.string(&p.Name)
	c.string(&p.Version)
	c.rng(&p.Range)
	c.bool(&p.Named)
}

func (c *coder) path(p *Path) {
	c.string(&p.Type)
	c.text(&p.Path)
	c.text(&p.Source)
	c.string(&p.Stage)
}

func (c *coder) record(r *Record) {
	kind := int(r.Kind)
	c.int(&kind)
	if kind > int(definition.Info) {
		c.bad = true
		return
	}
	if c.reading {
		r.Kind = definition.Kind(kind)
	}
	c.string(&r.Dist.Family)
	c.string(&r.Dist.Release)
	c.string(&r.Directive)
	for _, t := range []*Text{&r.Name, &r.Image, &r.Variant, &r.Flavor, &r.RunAs, &r.DisplayName} {
		c.text(t)
	}
	list(c, &r.Tags, c.text)
	c.rng(&r.TagList)
	c.string(&r.TagIndent)
	list(c, &r.Blocks, c.block)
	c.int(&r.After)
	c.bool(&r.RootEnabled)
	list(c, &r.Users, c.account)
	list(c, &r.Groups, c.account)
	list(c, &r.Vars, c.item)
	list(c, &r.Packages, c.pkg)
	list(c, &r.References, c.reference)
	list(c, &r.Products, c.product)
	list(c, &r.Paths, c.path)
	list(c, &r.Targets, c.string)
	list(c, &r.Stages, c.text)
	list(c, &r.Includes, c.text)
	c.string(&r.Release)
	c.string(&r.EndOfLife)
	list(c, &r.Categories, c.string)
	list(c, &r.Placeholders, c.text)
	c.bool(&r.Silences)
}

// encode is the record as a small string.
func encode(r *Record) string {
	c := &coder{}
	c.record(r)
	return string(c.out)
}

// Substance is the record as bytes without the places: two versions of a file
// with the same substance are the same for all other files.
func (r *Record) Substance() string {
	c := &coder{placeless: true}
	own := *r
	own.After = 0
	c.record(&own)
	return string(c.out)
}

// Decode makes the record of the path from what Encoded returned; false when
// the bytes are no record.
func Decode(path, blob string) (*Record, bool) {
	c := &coder{in: blob, reading: true}
	r := &Record{Path: path, Place: definition.PlaceOf(path), blob: blob, print: xxhash.Sum64String(blob)}
	c.record(r)
	if r.Kind == definition.NotOurs {
		r.Place, _ = valuesOf(path)
	}
	return r, !c.bad && c.at == len(blob)
}
