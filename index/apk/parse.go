package apk

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the format's
	"encoding/base64"
	"io"
	"strconv"
	"strings"
	"unsafe"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// Parse reads the text of an APKINDEX, record by record. Letters that it does
// not know are skipped, as the format gains some with time. A package's texts
// are valid only while yield runs.
func Parse(r io.Reader, limits record.Limits, yield func(*record.Package) error) error {
	limits = limits.WithDefaults()
	p := parser{limits: limits, yield: yield}
	return record.NewStanzas(r, limits).Each(p.lines)
}

type parser struct {
	limits  record.Limits
	yield   func(*record.Package) error
	current record.Package
	open    bool // current has a line
	number  int  // of the line, from 1
	count   int
	joined  [len(repeatable)][]byte // the text of repeatable letters in current
	seen    map[[sha1.Size]byte]bool
}

// lines reads whole records.
func (p *parser) lines(text []byte) error {
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			end = len(text)
		}
		p.number++
		if end > p.limits.Line {
			return &record.LimitError{What: "line length", Limit: int64(p.limits.Line)}
		}
		if err := p.line(bytes.TrimSuffix(text[:end], []byte{'\r'})); err != nil {
			return err
		}
		text = text[min(end+1, len(text)):]
	}
	return p.flush()
}

func (p *parser) line(s []byte) error {
	if len(s) == 0 {
		return p.flush()
	}
	if len(s) < 2 || s[1] != ':' {
		return &record.SyntaxError{Line: p.number, Message: "expected a letter, a colon and a value"}
	}
	p.open = true
	return p.field(s[0], unsafe.String(unsafe.SliceData(s[2:]), len(s)-2))
}

func (p *parser) field(letter byte, value string) error {
	c := &p.current
	if to := p.text(letter); to != nil {
		*to = value
		if more := p.repeatable(letter); more != nil {
			// A repeated line adds to the first one.
			if len(*more) > 0 {
				*more = append(*more, ' ')
			}
			*more = append(*more, value...)
			*to = unsafe.String(unsafe.SliceData(*more), len(*more))
		}
		return nil
	}
	var to *int64
	switch letter {
	case 'S':
		to = &c.Size
	case 'I':
		to = &c.InstalledSize
	case 't':
		to = &c.BuildTime
	case 'k':
	default:
		return nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 {
		return &record.SyntaxError{Line: p.number, Message: "field " + string(letter) + ": " + strconv.Quote(value) + " is not a number"}
	}
	if letter == 'k' {
		c.Priority = int32(min(n, 1<<30))
		return nil
	}
	*to = n
	return nil
}

// repeatable is the room for the lines of a letter of which a record may have
// several; nil for the others.
func (p *parser) repeatable(letter byte) *[]byte {
	if i := strings.IndexByte(repeatable, letter); i >= 0 {
		return &p.joined[i]
	}
	return nil
}

// repeatable are the letters of relations.
const repeatable = "pDri"

// text is the field that a letter fills with its text.
func (p *parser) text(letter byte) *string {
	c := &p.current
	switch letter {
	case 'P':
		return &c.Name
	case 'V':
		return &c.Version
	case 'A':
		return &c.Arch
	case 'T':
		return &c.Description
	case 'U':
		return &c.Homepage
	case 'L':
		return &c.License
	case 'o':
		return &c.Origin
	case 'D':
		return &c.Depends
	case 'p':
		return &c.Provides
	case 'r':
		return &c.Replaces
	case 'i':
		return &c.InstallIf
	case 'C':
		return &c.Checksum
	}
	return nil
}

func (p *parser) flush() error {
	if !p.open {
		return nil
	}
	done := &p.current
	p.open = false
	defer p.reset()
	if done.Name == "" || done.Version == "" {
		return &record.SyntaxError{Line: p.number, Message: "a record without P: (name) or V: (version)"}
	}
	if p.count++; p.count > p.limits.Packages {
		return &record.LimitError{What: "packages", Limit: int64(p.limits.Packages)}
	}
	if p.repeated(done.Checksum) {
		return nil
	}
	return p.yield(done)
}

func (p *parser) reset() {
	p.current = record.Package{}
	for i := range p.joined {
		p.joined[i] = p.joined[i][:0]
	}
}

// repeated says whether a package with that checksum came before: to apk the
// checksum is the package, and the first record of it counts.
func (p *parser) repeated(checksum string) bool {
	text, ok := strings.CutPrefix(checksum, "Q1")
	if !ok {
		return false
	}
	if len(text) != base64.StdEncoding.EncodedLen(sha1.Size) {
		return false
	}
	var decoded [sha1.Size + 1]byte
	if n, err := base64.StdEncoding.Decode(decoded[:], []byte(text)); err != nil || n != sha1.Size {
		return false
	}
	sum := [sha1.Size]byte(decoded[:])
	if p.seen[sum] {
		return true
	}
	if p.seen == nil {
		p.seen = map[[sha1.Size]byte]bool{}
	}
	p.seen[sum] = true
	return false
}
