// Package entry reads the small languages of single values in a definition:
// package entries, repository lines, image references and the uses of a step.
// Every part has a byte range in the string that was given; ${} may stand
// anywhere.
package entry

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Family is the family of a distribution, which decides the grammar of
// versions and repositories.
type Family uint8

const (
	// UnknownFamily: not known, only what holds for all families is said.
	UnknownFamily Family = iota
	// Alpine uses apk.
	Alpine
	// Debian uses apt and dpkg.
	Debian
)

// Kind classifies a problem, so that a caller can choose rule and severity.
type Kind uint8

const (
	// Malformed: no reading makes the value valid.
	Malformed Kind = iota + 1
	// UnusedForm: understood by the package manager, perhaps, but no form of
	// the format: name<version, name@repo, name:arch.
	UnusedForm
	// MalformedVersion: the version breaks the family's grammar.
	MalformedVersion
	// NoRelease: an apk version pinned without its -rN.
	NoRelease
	// UnknownOption: an option of a deb line that apt does not know.
	UnknownOption
	// MalformedTemplate: a ${} in the value is half typed or wrong; package
	// expr tells more.
	MalformedTemplate
)

// Problem is one defect with its exact place.
type Problem struct {
	Kind    Kind
	Range   text.Range
	Message string
	// Fix, if not nil, mends it; FixTitle says how.
	Fix      *text.Edit
	FixTitle string
}

// Entry is one entry of a packages list: name, !name, name=version,
// name~version or cmd:name.
type Entry struct {
	Source string
	// Exclude is true for !name; ExcludeRange is the exclamation mark.
	Exclude      bool
	ExcludeRange text.Range
	// Namespace is the part before the colon in cmd:name, so:name, pc:name.
	Namespace      string
	NamespaceRange text.Range
	// Name is the package without its namespace, ${} included as written.
	Name      string
	NameRange text.Range
	// Operator is "", "=", "~" or one of those the format does not use.
	Operator      string
	OperatorRange text.Range
	Version       string
	VersionRange  text.Range
	// HasTemplate says that name or version hold a ${}.
	HasTemplate bool
	Problems    []Problem
}

// FullName is the name with its namespace, as the package index knows it.
func (e *Entry) FullName() string {
	if e.Namespace == "" {
		return e.Name
	}
	return e.Namespace + ":" + e.Name
}

// FullNameRange covers namespace and name.
func (e *Entry) FullNameRange() text.Range {
	if e.Namespace == "" {
		return e.NameRange
	}
	return e.NamespaceRange.Union(e.NameRange)
}

// Pinned reports whether the entry names one exact version.
func (e *Entry) Pinned() bool { return e.Operator == "=" && e.Version != "" }

// String is the canonical text of the entry.
func (e *Entry) String() string {
	mark := ""
	if e.Exclude {
		mark = "!"
	}
	return mark + e.FullName() + e.Operator + e.Version
}

// Place is the part of an entry in which a cursor stands.
type Place uint8

const (
	// InName: in or right behind the name, also in an empty entry.
	InName Place = iota
	// InVersion: behind the operator.
	InVersion
	// InOther: somewhere else.
	InOther
)

// At tells the part at the byte offset and the range a completion replaces.
func (e *Entry) At(offset int) (Place, text.Range) {
	switch {
	case e.Operator != "" && offset >= e.OperatorRange.End && offset <= e.VersionRange.End:
		return InVersion, e.VersionRange
	case e.FullNameRange().Contains(offset):
		return InName, e.FullNameRange()
	}
	return InOther, text.At(offset)
}

const (
	blanks    = " \t\r\n\v\f"
	opBytes   = "=<>~"
	nameStops = opBytes + blanks + "@/()[]!,"
)

// apkNamespaces are the prefixes of apk's provided names. Python's and
// OCaml's carry a version.
var apkNamespaces = []string{"cmd", "so", "pc", "dbus", "cmake", "py", "py3", "ocaml4", "ocaml5", "gem", "perl", "lua", "tex", "font", "p"}

func isNamespace(s string) bool {
	base, _, _ := strings.Cut(s, ".")
	base, _, _ = strings.Cut(base, "-")
	for _, n := range apkNamespaces {
		if base == n {
			return true
		}
	}
	return false
}

// debArches are the qualifiers that apt takes behind a colon.
var debArches = map[string]bool{
	"amd64": true, "arm64": true, "armhf": true, "armel": true, "i386": true, "ppc64el": true, "s390x": true,
	"riscv64": true, "mips64el": true, "loong64": true, "all": true, "any": true, "native": true,
}

// Parse reads an entry. Any text yields an entry; what is wrong is in
// Problems.
func Parse(s string) Entry {
	p := &entryParser{e: Entry{Source: s}}
	p.m, p.e.HasTemplate = mask(s)
	p.parse()
	p.templates()
	return p.e
}

type entryParser struct {
	e Entry
	m string // the source with every ${} masked at equal length
	i int
	// clear says that the canonical text is surely what was meant.
	clear bool
}

func (p *entryParser) skipBlanks() text.Range {
	start := p.i
	for p.i < len(p.m) && strings.IndexByte(blanks, p.m[p.i]) >= 0 {
		p.i++
	}
	return text.Range{Start: start, End: p.i}
}

// takeUntil reads up to one of the stop bytes.
func (p *entryParser) takeUntil(stops string) text.Range {
	start := p.i
	if n := strings.IndexAny(p.m[p.i:], stops); n >= 0 {
		p.i += n
	} else {
		p.i = len(p.m)
	}
	return text.Range{Start: start, End: p.i}
}

func (p *entryParser) slice(r text.Range) string { return p.e.Source[r.Start:r.End] }

func (p *entryParser) report(kind Kind, r text.Range, format string, args ...any) {
	p.e.Problems = append(p.e.Problems, Problem{Kind: kind, Range: r, Message: fmt.Sprintf(format, args...)})
}

func (p *entryParser) parse() {
	p.clear = true
	spaces := []text.Range{p.skipBlanks()}
	spaces = append(spaces, p.exclamations())
	p.name()
	spaces = append(spaces, p.skipBlanks())
	if p.operator() {
		spaces = append(spaces, p.skipBlanks())
		p.e.VersionRange = p.takeUntil(blanks + "@()[],")
		p.e.Version = p.slice(p.e.VersionRange)
		p.version()
		spaces = append(spaces, p.skipBlanks())
	}
	if p.i < len(p.m) {
		p.rest()
		spaces = spaces[:2]
	}
	p.spaces(spaces)
	p.fixAll()
}

func (p *entryParser) exclamations() text.Range {
	start := p.i
	for p.i < len(p.m) && p.m[p.i] == '!' {
		p.i++
	}
	if p.i == start {
		p.e.ExcludeRange = text.At(start)
		return text.At(start)
	}
	p.e.Exclude = true
	p.e.ExcludeRange = text.Range{Start: start, End: start + 1}
	if p.i > start+1 {
		p.report(Malformed, text.Range{Start: start + 1, End: p.i}, "one ! excludes a package: remove the others")
	}
	return p.skipBlanks()
}

func (p *entryParser) name() {
	r := p.takeUntil(nameStops)
	masked := p.m[r.Start:r.End]
	p.e.NamespaceRange = text.At(r.Start)
	if colon := strings.IndexByte(masked, ':'); colon >= 0 {
		r = p.colon(r, r.Start+colon)
	}
	p.e.NameRange = r
	p.e.Name = p.slice(r)
	if r.Empty() {
		p.noName()
		return
	}
	for j := r.Start; j < r.End; j++ {
		if c := p.m[j]; !nameByte(c) {
			end := j + runeLen(p.m[j:])
			p.clear = false
			p.report(Malformed, text.Range{Start: j, End: end}, "%q is not allowed in a package name: names have letters, digits, + - . and _", p.e.Source[j:end])
			return
		}
	}
	if c := p.m[r.Start]; !alnum(c) && c != '_' {
		p.clear = false
		p.report(Malformed, text.Range{Start: r.Start, End: r.Start + 1}, "a package name starts with a letter or a digit, not with %c", c)
	}
}

func (p *entryParser) noName() {
	p.clear = false
	switch {
	case strings.TrimSpace(p.m) == "":
		p.report(Malformed, text.Range{Start: 0, End: len(p.m)}, "the entry is empty: expected a package name")
	case p.e.Namespace != "":
		p.report(Malformed, p.e.NamespaceRange, "expected a name behind %s:", p.e.Namespace)
	default:
		p.report(Malformed, text.Range{Start: 0, End: len(p.m)}, "the entry names no package: expected name, name=version or !name")
	}
}

// colon splits cmd:name, and tells it from name:arch. It returns the range of
// the name.
func (p *entryParser) colon(r text.Range, at int) text.Range {
	before, behind := p.m[r.Start:at], p.m[at+1:r.End]
	switch {
	case isNamespace(before):
	case debArches[behind]:
		p.report(UnusedForm, text.Range{Start: at, End: r.End}, ":%s: the format has no architecture in an entry; platforms choose it", behind)
		return text.Range{Start: r.Start, End: at}
	case before == "" || behind == "":
		p.report(Malformed, text.Range{Start: at, End: at + 1}, "unexpected : beside a name; apk's provided names are written cmd:name, so:name or pc:name")
		if before == "" {
			return text.Range{Start: at + 1, End: r.End}
		}
		return text.Range{Start: r.Start, End: at}
	default:
		p.clear = false
		p.report(UnusedForm, text.Range{Start: r.Start, End: at + 1}, "%q is no known kind of provided name; apk has cmd:, so:, pc: and py3.x:", p.e.Source[r.Start:at+1])
	}
	p.e.NamespaceRange = text.Range{Start: r.Start, End: at}
	p.e.Namespace = p.slice(p.e.NamespaceRange)
	return text.Range{Start: at + 1, End: r.End}
}

var wrongOperators = map[string]string{"==": "=", "=~": "~", "~=": "~", "~~": "~", "===": "="}

// operator reads the operator, if one stands here.
func (p *entryParser) operator() bool {
	start := p.i
	for p.i < len(p.m) && strings.IndexByte(opBytes, p.m[p.i]) >= 0 {
		p.i++
	}
	p.e.OperatorRange = text.Range{Start: start, End: p.i}
	op := p.slice(p.e.OperatorRange)
	if op == "" {
		return false
	}
	p.e.Operator = op
	switch right := wrongOperators[op]; {
	case op == "=" || op == "~":
	case right != "":
		p.report(Malformed, p.e.OperatorRange, "%s is no operator: write name%sversion", op, right)
		p.e.Operator = right
	case op == "<" || op == ">" || op == "<=" || op == ">=":
		p.report(UnusedForm, p.e.OperatorRange, "%s: the format pins one version with name=version, or a prefix with name~version (apk)", op)
	default:
		p.clear = false
		p.report(Malformed, p.e.OperatorRange, "%s is no operator: expected = or ~", op)
	}
	return true
}

// version checks what holds for versions of every family.
func (p *entryParser) version() {
	r := p.e.VersionRange
	if r.Empty() {
		p.report(Malformed, p.e.OperatorRange, "expected a version behind %s", p.e.Operator)
		if p.e.Name != "" {
			p.e.Problems[len(p.e.Problems)-1].fix("Remove "+p.e.Operator, p.e.OperatorRange, "")
		}
		p.clear = false
		return
	}
	if strings.IndexByte(opBytes, p.m[r.Start]) >= 0 {
		p.clear = false // two operators: nobody knows which is meant
	}
	if p.e.Exclude {
		p.clear = false
		p.report(UnusedForm, p.e.OperatorRange.Union(r), "an exclusion has no version: write !%s", p.e.FullName())
	}
	for j := r.Start; j < r.End; j++ {
		if c := p.m[j]; !alnum(c) && strings.IndexByte(".+~:_-", c) < 0 {
			p.clear = false
			end := j + runeLen(p.m[j:])
			p.report(Malformed, text.Range{Start: j, End: end}, "%q is not allowed in a version", p.e.Source[j:end])
			return
		}
	}
}

// rest reports what stands behind the entry.
func (p *entryParser) rest() {
	p.clear = false
	r := text.Range{Start: p.i, End: len(strings.TrimRight(p.m, blanks))}
	switch c := p.m[p.i]; {
	case c == '@':
		p.report(UnusedForm, r, "%s: the format has no repository tag in an entry; repositories are listed in contents.repositories", p.slice(r))
	case c == '/':
		p.report(UnusedForm, r, "%s: the format has no suite in an entry; suites stand in contents.repositories", p.slice(r))
	case c == '(':
		p.report(Malformed, r, "the relation is not written in parentheses: write name=version")
	case c == ',' || p.i > 0 && strings.IndexByte(blanks, p.m[p.i-1]) >= 0:
		p.report(Malformed, r, "one entry names one package: put %s into an entry of its own", strings.Trim(p.slice(r), blanks+","))
	default:
		p.report(Malformed, text.Range{Start: p.i, End: p.i + runeLen(p.m[p.i:])}, "unexpected %s in a package entry", p.m[p.i:p.i+runeLen(p.m[p.i:])])
	}
}

func (p *entryParser) spaces(list []text.Range) {
	if p.e.Name == "" {
		return
	}
	for _, r := range list {
		if !r.Empty() {
			p.report(Malformed, r, "an entry has no blanks: write %s", p.e.String())
		}
	}
}

// fixAll offers the canonical text where it is surely what was meant.
func (p *entryParser) fixAll() {
	if !p.clear {
		return
	}
	whole := text.Range{Start: 0, End: len(p.m)}
	for i := range p.e.Problems {
		pr := &p.e.Problems[i]
		if pr.Kind == Malformed && pr.Fix == nil {
			pr.fix("Write "+p.e.String(), whole, p.e.String())
		}
	}
}

func (p *entryParser) templates() {
	if p.e.HasTemplate {
		p.e.Problems = append(p.e.Problems, templateProblems(p.e.Source)...)
	}
}

func (pr *Problem) fix(title string, r text.Range, with string) {
	pr.FixTitle, pr.Fix = title, &text.Edit{Range: r, New: with}
}
