package expr

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Names of vars are UPPER_SNAKE by custom; the catalog also has
// PATCH_CVE-2025-1234 and lower case. Built-ins are dotted.
var upperPrefix = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*`)

// IsVarName reports whether ${name} can name a variable of vars.
func IsVarName(name string) bool { return nameSegment(name) == len(name) && name != "" }

// isBuiltinName reports whether the name is dotted, as in source.dir.
func isBuiltinName(name string) bool {
	n := nameSegment(name)
	dotted := false
	for n > 0 && n < len(name) && name[n] == '.' {
		seg := nameSegment(name[n+1:])
		if seg == 0 {
			return false
		}
		dotted = true
		n += 1 + seg
	}
	return dotted && n == len(name)
}

// nameSegment is the length of the name that s begins with.
func nameSegment(s string) int {
	if s == "" || !isLetter(s[0]) && s[0] != '_' {
		return 0
	}
	n := 1
	for n < len(s) && (isLetter(s[n]) || isDigit(s[n]) || s[n] == '_' || s[n] == '-') {
		n++
	}
	return n
}

// substitution reads the ${ at offset open.
func (p *parser) substitution(open int) {
	if strings.HasPrefix(p.s[open:], "${{") {
		p.doubled(open)
		return
	}
	nameAt := open + 2
	end := nameAt + nameLength(p.s[nameAt:])
	part := Part{Kind: Variable, NameRange: text.Range{Start: nameAt, End: end}, Name: p.s[nameAt:end]}
	part.Range = text.Range{Start: open, End: end}
	switch c := byteAt(p.s, end); {
	case c == '}':
		part.Closed = true
		part.Range.End = end + 1
		p.named(part)
	case c == ':':
		p.colon(part, end)
	default:
		p.irregular(part, end)
	}
}

func nameLength(s string) int {
	n := 0
	for n < len(s) && (isLetter(s[n]) || isDigit(s[n]) || strings.IndexByte("_-.", s[n]) >= 0) {
		n++
	}
	return n
}

func byteAt(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

// closing is the offset of the brace that closes what starts at i: the first
// } behind balanced text, a backslash taking the next byte. Where braces do
// not balance it is the first } at all; -1 without any.
func closing(s string, i int) int {
	depth, limit := 0, min(len(s), i+maxSubstitution)
	for j := i; j < limit; j++ {
		switch s[j] {
		case '\\':
			j++
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return j
			}
			depth--
		}
	}
	return -1
}

// named finishes ${name}, the common case.
func (p *parser) named(part Part) {
	switch {
	case part.Name == "":
		p.report(EmptyName, part.Range, "", "${} names no variable: write ${NAME}")
	case IsVarName(part.Name):
	case isBuiltinName(part.Name):
		part.Kind = Builtin
	case dashExpansion(part.Name):
		part.Kind = Shell
		p.shellNote(part)
	default:
		p.report(BadName, part.NameRange, part.Name, fmt.Sprintf("%q is no name: names have letters, digits, _ and -, and start with a letter or _", part.Name))
	}
	p.add(part)
}

// dashExpansion tells ${NAME-} and ${NAME-.} from names.
func dashExpansion(name string) bool {
	head, _, ok := strings.Cut(name, "-")
	return ok && shellName(head) == head && head != ""
}

// colon reads what follows ${NAME: .
func (p *parser) colon(part Part, colon int) {
	part.HasRegex = true
	part.RegexRange = text.Range{Start: colon + 1, End: colon + 1}
	brace := closing(p.s, colon+1)
	if brace < 0 && strings.IndexByte(p.s[colon:min(len(p.s), colon+maxSubstitution)], '}') >= 0 {
		brace = colon + strings.IndexByte(p.s[colon:], '}')
	}
	if brace < 0 {
		p.unclosedRegex(part)
		return
	}
	part.Closed = true
	part.RegexRange.End = brace
	part.Regex = p.s[colon+1 : brace]
	part.Range.End = brace + 1
	switch {
	case part.Name == "":
		p.report(EmptyName, part.Range, "", "the substitution names no variable: write ${NAME:regex}")
	case p.isShellOperand(part.Regex):
		part.Kind = Shell
		p.shellNote(part)
	case isBuiltinName(part.Name):
		part.Kind = Builtin
		p.regexProblems(part)
	case !IsVarName(part.Name):
		p.report(BadName, part.NameRange, part.Name, fmt.Sprintf("%q is no name: names have letters, digits, _ and -, and start with a letter or _", part.Name))
	default:
		p.regexProblems(part)
	}
	p.add(part)
}

// regexLike are the marks of a regular expression that shell arithmetic, as
// in ${NAME:(-3):2}, does not have.
var regexLike = regexp.MustCompile(`^\^|\$$|[.\\]|\[[\^0-9a-zA-Z]+-|\][+*]`)

// isShellOperand tells what follows the colon in the shell's ${NAME:-x} and,
// in scripts, ${NAME:offset:length} from a regular expression.
func (p *parser) isShellOperand(s string) bool {
	if s != "" && strings.IndexByte("-+=?", s[0]) >= 0 {
		return true
	}
	return p.script && !regexLike.MatchString(s)
}

// unclosedRegex ends ${NAME:re at the next blank: a regular expression has
// none in practice, and the text behind stays readable.
func (p *parser) unclosedRegex(part Part) {
	end := part.RegexRange.Start
	for end < len(p.s) && strings.IndexByte(" \t\r\n", p.s[end]) < 0 {
		end++
	}
	part.RegexRange.End = end
	part.Regex = p.s[part.RegexRange.Start:end]
	part.Range.End = end
	pr := p.report(Unclosed, part.Range, part.Name, fmt.Sprintf("${%s: is not closed: expected }", part.Name))
	pr.fix("Close the substitution", text.At(end), "}")
	p.add(part)
}

func (p *parser) shellNote(part Part) {
	p.report(ShellExpansion, part.Range, part.Name, fmt.Sprintf("%s is shell syntax: the format knows ${NAME} and ${NAME:regex}", p.s[part.Range.Start:part.Range.End]))
}

func (p *parser) regexProblems(part Part) {
	re, err := regexp.Compile(part.Regex)
	switch {
	case part.Regex == "":
		p.report(BadRegex, part.Range, part.Name, fmt.Sprintf("the regular expression behind %s: is missing: write ${NAME:regex} with one (group), or ${%s}", part.Name, part.Name))
	case err != nil:
		p.report(BadRegex, part.RegexRange, part.Name, "the regular expression is invalid: "+regexMessage(err))
	case re.NumSubexp() == 0:
		p.report(NoGroup, part.RegexRange, part.Name, "the regular expression has no capture group: the result of ${NAME:regex} is what its first (group) matches")
	}
}

func regexMessage(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

// doubled reads ${{ ... }}.
func (p *parser) doubled(open int) {
	end := strings.Index(p.s[open:min(len(p.s), open+maxSubstitution)], "}}")
	if end < 0 {
		part := Part{Kind: Variable, Range: text.Range{Start: open, End: open + 3}, NameRange: text.At(open + 3)}
		p.report(Unclosed, part.Range, "", "${{ is not closed, and the format has no ${{ }}: write ${NAME}")
		p.add(part)
		return
	}
	part := Part{Kind: Variable, Range: text.Range{Start: open, End: open + end + 2}, Closed: true}
	inner := p.s[open+3 : open+end]
	part.Name = strings.TrimSpace(inner)
	start := open + 3 + strings.Index(inner, part.Name)
	part.NameRange = text.Range{Start: start, End: start + len(part.Name)}
	pr := p.report(Doubled, part.Range, part.Name, "the format has no ${{ }}: write ${NAME}, or #{ expression }")
	switch {
	case isBuiltinName(part.Name):
		part.Kind = Builtin
		fallthrough
	case IsVarName(part.Name):
		pr.fix("Write ${"+part.Name+"}", part.Range, "${"+part.Name+"}")
	default:
		part.Name = ""
	}
	p.add(part)
}

const (
	closers = ")]>"
	// shellOps are the bytes that follow the name in a shell parameter
	// expansion other than :.
	shellOps = "%#/^,@[+=?"
)

// irregular reads ${NAME followed by neither } nor a colon.
func (p *parser) irregular(part Part, end int) {
	c := byteAt(p.s, end)
	if part.Name != "" && strings.IndexByte(closers, c) >= 0 && c != 0 {
		p.wrongCloser(part, end)
		return
	}
	brace := closing(p.s, end)
	if brace < 0 || strings.IndexByte(p.s[end:brace], '\n') >= 0 {
		p.unclosedName(part)
		return
	}
	inner := p.s[part.NameRange.Start:brace]
	isShell := part.Name != "" && strings.IndexByte(shellOps, c) >= 0 ||
		part.Name == "" && strings.IndexByte("#!@*?", c) >= 0
	if trimmed := strings.TrimSpace(inner); !isShell && trimmed != inner && nameLength(trimmed) == len(trimmed) {
		p.spacedName(part, inner, trimmed, brace)
		return
	}
	if !isShell && strings.Contains(inner, "${") {
		p.unclosedName(part)
		return
	}
	part.Closed = true
	part.Range.End = brace + 1
	if isShell {
		part.Kind = Shell
		if part.Name == "" {
			part.Name = shellName(inner[1:])
			part.NameRange = text.Range{Start: part.NameRange.Start + 1, End: part.NameRange.Start + 1 + len(part.Name)}
		}
		p.shellNote(part)
	} else {
		part.NameRange.End = brace
		part.Name = inner
		p.report(BadName, part.NameRange, inner, fmt.Sprintf("%q is no name: names have letters, digits, _ and -, and start with a letter or _", inner))
	}
	p.add(part)
}

// wrongCloser reads ${NAME) .
func (p *parser) wrongCloser(part Part, end int) {
	closer := text.Range{Start: end, End: end + 1}
	part.Range.End = end + 1
	fix, title, found := "}", "Replace by }", "expected }, found "+p.s[end:end+1]
	if byteAt(p.s, end+1) == '}' {
		part.Range.End++
		fix, title, found = "", "Remove "+p.s[end:end+1], "unexpected "+p.s[end:end+1]
	}
	part.Closed = true
	pr := p.report(WrongCloser, part.Range, part.Name, fmt.Sprintf("${%s is closed by the wrong character: %s", part.Name, found))
	pr.fix(title, closer, fix)
	if isBuiltinName(part.Name) {
		part.Kind = Builtin
	}
	p.add(part)
}

// spacedName reads ${ NAME }.
func (p *parser) spacedName(part Part, inner, trimmed string, brace int) {
	part.Closed = true
	part.Range.End = brace + 1
	part.Name = trimmed
	start := part.NameRange.Start + strings.Index(inner, trimmed)
	part.NameRange = text.Range{Start: start, End: start + len(trimmed)}
	if trimmed == "" {
		p.report(EmptyName, part.Range, "", "the substitution names no variable: write ${NAME}")
		p.add(part)
		return
	}
	if isBuiltinName(trimmed) {
		part.Kind = Builtin
	}
	pr := p.report(BadName, part.Range, trimmed, fmt.Sprintf("blanks are not allowed in a substitution: write ${%s}", trimmed))
	pr.fix("Remove the blanks", part.Range, "${"+trimmed+"}")
	p.add(part)
}

// unclosedName reads ${NAME without any closing brace. ${VERSION.tar.gz and
// ${VERSION-linux name VERSION.
func (p *parser) unclosedName(part Part) {
	name := part.Name
	if up := upperPrefix.FindString(name); up != "" && len(up) < len(name) && strings.IndexByte(".-", name[len(up)]) >= 0 {
		name = up
	}
	part.Name = name
	part.NameRange.End = part.NameRange.Start + len(name)
	part.Range.End = part.NameRange.End
	message := "${ is not closed: expected a name and }"
	if name != "" {
		message = fmt.Sprintf("${%s is not closed: expected }", name)
	}
	pr := p.report(Unclosed, part.Range, name, message)
	if name != "" {
		pr.fix("Close the substitution", text.At(part.Range.End), "}")
	}
	if isBuiltinName(name) || strings.HasPrefix(name, "source.") || strings.HasPrefix(name, "target.") {
		part.Kind = Builtin
	}
	p.add(part)
}
