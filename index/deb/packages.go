package deb

import (
	"io"
	"strconv"
	"strings"
	"unsafe"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// asString looks at b as a string without copying it; whoever keeps it clones.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Parse reads the text of a Packages file, stanza by stanza. Fields that it
// does not need are skipped.
func Parse(r io.Reader, limits record.Limits, yield func(*record.Package) error) error {
	limits = limits.WithDefaults()
	var current record.Package
	count := 0
	var open *string // the field that a following line continues
	reader := &stanzas{limits: limits}
	reader.field = func(name, value string) error {
		if name == "" {
			if open != nil {
				*open += " " + strings.TrimSpace(value)
			}
			return nil
		}
		var err error
		open, err = setField(&current, name, value)
		if err != nil {
			return &record.SyntaxError{Line: reader.number, Message: err.Error()}
		}
		return nil
	}
	reader.end = func() error {
		done := current
		current, open = record.Package{}, nil
		if done.Name == "" || done.Version == "" {
			return &record.SyntaxError{Line: reader.number, Message: "a stanza without Package or Version"}
		}
		if count++; count > limits.Packages {
			return &record.LimitError{What: "packages", Limit: int64(limits.Packages)}
		}
		if done.Origin == "" {
			done.Origin = done.Name
		}
		return yield(&done)
	}
	return reader.run(r)
}

// priorities are Debian's Priority values in dpkg's order.
var priorities = map[string]int32{"required": 1, "important": 2, "standard": 3, "optional": 4, "extra": 5}

// setField stores one field and returns the place that continuation lines add
// to, if there is one.
func setField(p *record.Package, name, value string) (*string, error) {
	if to := textField(p, name); to != nil {
		*to = strings.Clone(value)
		return to, nil
	}
	switch name {
	case "Description":
		// The lines behind the first are the long description.
		p.Description = strings.Clone(value)
	case "Source":
		source, _, _ := strings.Cut(value, " ")
		p.Origin = strings.Clone(source)
	case "Size":
		return nil, number(&p.Size, name, value, 1)
	case "Installed-Size":
		return nil, number(&p.InstalledSize, name, value, 1024)
	case "Priority":
		p.Priority = priorities[value]
	case "Essential":
		setFlag(p, value, record.Essential)
	case "Important", "Protected":
		setFlag(p, value, record.Important)
	case "Multi-Arch":
		p.Flags |= multiArch[value]
	}
	return nil, nil
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
	case "Filename":
		return &p.Filename
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
func Names(arch string) func(*record.Package) (provides, installIf []string) {
	return func(p *record.Package) (provides, installIf []string) {
		if p.Provides == "" {
			return nil, nil
		}
		groups, _ := ParseRelations(p.Provides, arch)
		for _, g := range groups {
			provides = append(provides, g[0].Name)
		}
		return provides, nil
	}
}
