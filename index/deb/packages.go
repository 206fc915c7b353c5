package deb

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unsafe"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// asString looks at b as a string without copying it; whoever keeps it clones
// it.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Parse reads the text of a Packages file, stanza by stanza. Fields that it
// does not need are skipped. A package's texts are valid only while yield runs.
func Parse(r io.Reader, limits record.Limits, yield func(*record.Package) error) error {
	limits = limits.WithDefaults()
	p := parser{limits: limits, yield: yield}
	return record.NewStanzas(r, limits).Each(p.lines)
}

type parser struct {
	limits  record.Limits
	yield   func(*record.Package) error
	current record.Package
	number  int // of the line, from 1
	count   int
}

// lines reads whole stanzas.
func (p *parser) lines(text []byte) error {
	open := false
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			end = len(text)
		}
		p.number++
		if end > p.limits.Line {
			return &record.LimitError{What: "line length", Limit: int64(p.limits.Line)}
		}
		line := text[:end]
		text = text[min(end+1, len(text)):]
		if blank(line) {
			if err := p.flush(open); err != nil {
				return err
			}
			open = false
			continue
		}
		open = true
		more := continuation(text)
		if err := p.line(line, text[:more]); err != nil {
			return err
		}
		if more > 0 {
			p.number += bytes.Count(text[:more], []byte{'\n'})
			text = text[more:]
		}
	}
	return p.flush(open)
}

// blank is true for a line of white space.
func blank(line []byte) bool {
	return len(line) == 0 || line[0] <= ' ' && len(bytes.TrimSpace(line)) == 0
}

// continuation is the length of the lines that go on with the field before.
func continuation(text []byte) int {
	n := 0
	for n < len(text) && (text[n] == ' ' || text[n] == '\t') {
		end := bytes.IndexByte(text[n:], '\n')
		if end < 0 {
			end = len(text) - n - 1
		}
		if blank(text[n : n+end+1]) {
			break
		}
		n += end + 1
	}
	return n
}

// line takes a field in, with the lines that continue it.
func (p *parser) line(line, more []byte) error {
	if line[0] == '#' {
		return nil
	}
	if line[0] == ' ' || line[0] == '\t' {
		return nil // it continues nothing
	}
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || bytes.IndexByte(line[:colon], ' ') >= 0 || bytes.IndexByte(line[:colon], '\t') >= 0 {
		return &record.SyntaxError{Line: p.number, Message: "expected a field name, a colon and a value"}
	}
	name, value := asString(line[:colon]), trim(line[colon+1:])
	to := textField(&p.current, name)
	if to == nil {
		if err := setField(&p.current, name, asString(value)); err != nil {
			return &record.SyntaxError{Line: p.number, Message: err.Error()}
		}
		return nil
	}
	if len(more) > 0 {
		value = unfold(value, more)
	}
	*to = asString(value)
	return nil
}

// unfold joins a value with the lines that continue it.
func unfold(value, more []byte) []byte {
	all := append(make([]byte, 0, len(value)+len(more)+1), value...)
	for line := range bytes.Lines(more) {
		all = append(append(all, ' '), trim(line)...)
	}
	return all
}

// trim is bytes.TrimSpace for what fields begin and end with.
func trim(b []byte) []byte {
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}

func (p *parser) flush(open bool) error {
	if !open {
		return nil
	}
	c := &p.current
	if c.Name == "" || c.Version == "" {
		return &record.SyntaxError{Line: p.number, Message: "a stanza without Package or Version"}
	}
	if p.count++; p.count > p.limits.Packages {
		return &record.LimitError{What: "packages", Limit: int64(p.limits.Packages)}
	}
	if c.Origin == "" {
		c.Origin = c.Name
	}
	err := p.yield(c)
	p.current = record.Package{}
	return err
}

// priorities are Debian's Priority values in dpkg's order.
var priorities = map[string]int32{"required": 1, "important": 2, "standard": 3, "optional": 4, "extra": 5}

// setField stores a field that is not kept as it is written.
func setField(p *record.Package, name, value string) error {
	switch name {
	case "Description":
		// The lines behind the first are the long description.
		p.Description = value
	case "Source":
		p.Origin, _, _ = strings.Cut(value, " ")
	case "Size":
		return number(&p.Size, name, value, 1)
	case "Installed-Size":
		return number(&p.InstalledSize, name, value, 1024)
	case "Priority":
		p.Priority = priorities[value]
	case "Essential":
		setFlag(p, value, record.Essential)
	case "Important", "Protected":
		setFlag(p, value, record.Important)
	case "Multi-Arch":
		p.Flags |= multiArch[value]
	}
	return nil
}

var multiArch = map[string]record.Flags{
	"same": record.MultiArchSame, "foreign": record.MultiArchForeign, "allowed": record.MultiArchAllowed,
}

func textField(p *record.Package, name string) *string {
	switch name {
	case "Package":
		return &p.Name
	case "Version":
		return &p.Version
	case "Architecture":
		return &p.Arch
	case "Homepage":
		return &p.Homepage
	case "Depends":
		return &p.Depends
	case "Pre-Depends":
		return &p.PreDepends
	case "Provides":
		return &p.Provides
	case "Conflicts":
		return &p.Conflicts
	case "Breaks":
		return &p.Breaks
	case "Replaces":
		return &p.Replaces
	case "Recommends":
		return &p.Weak[0]
	case "Suggests":
		return &p.Weak[1]
	case "Enhances":
		return &p.Weak[2]
	}
	return nil
}

func number(to *int64, name, value string, unit int64) error {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 || n > 1<<50 {
		return &fieldError{name, strings.Clone(value)}
	}
	*to = n * unit
	return nil
}

type fieldError struct{ name, value string }

func (e *fieldError) Error() string {
	return "field " + e.name + ": " + strconv.Quote(e.value) + " is not a number"
}

func setFlag(p *record.Package, value string, f record.Flags) {
	if value == "yes" {
		p.Flags |= f
	}
}

// Names makes the function that lists the names a package provides, for an
// architecture; Debian has no install_if.
func Names(arch string) func(p *record.Package, provides, installIf func(name string)) {
	return func(p *record.Package, provides, _ func(name string)) {
		if strings.ContainsAny(p.Provides, "[|") {
			groups, _ := ParseRelations(p.Provides, arch)
			for _, g := range groups {
				provides(g[0].Name)
			}
			return
		}
		rest := p.Provides
		for rest != "" {
			end := strings.IndexByte(rest, ',')
			if end < 0 {
				end = len(rest)
			}
			if name := plainName(rest[:end]); name != "" {
				provides(name)
			}
			rest = rest[min(end+1, len(rest)):]
		}
	}
}

// plainName is the name of a relation without alternatives and architectures;
// empty when the relation cannot be read.
func plainName(relation string) string {
	start := 0
	for start < len(relation) && relation[start] <= ' ' {
		start++
	}
	end := start
	for end < len(relation) && relation[end] > ' ' && relation[end] != '(' && relation[end] != '<' && relation[end] != ':' {
		end++
	}
	// What is not of the usual form "name (= version)" is read in full.
	if behind := strings.TrimRight(relation[end:], " \t\n"); behind != "" && !(strings.HasPrefix(behind, " (= ") && strings.HasSuffix(behind, ")")) {
		r, _, err := ParseRelation(relation, "")
		if err != nil {
			return ""
		}
		return r.Name
	}
	return relation[start:end]
}
