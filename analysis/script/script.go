// Package script reads the shell scripts of runs steps: their syntax, the
// commands and variables they use, and what is worth knowing about them. It
// also drives ShellCheck.
//
// All offsets are bytes of the decoded script.
package script

import (
	"errors"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Dialect is the shell that runs a script.
type Dialect uint8

const (
	// Bash is the default of runs.
	Bash Dialect = iota
	// Ash is busybox's sh, which knows much of bash's grammar; scripts are
	// read as bash.
	Ash
	// POSIX is a strict sh such as dash.
	POSIX
	// Other is no shell of this family; the script is not read.
	Other
)

// DialectOf tells the dialect from a shell setting such as /bin/bash or
// "/bin/busybox sh"; an empty setting is Bash.
func DialectOf(shell string) Dialect {
	words := strings.Fields(shell)
	if len(words) == 0 {
		return Bash
	}
	switch base(words[0]) {
	case "bash":
		return Bash
	case "busybox", "ash", "sh":
		return Ash
	case "dash":
		return POSIX
	}
	return Other
}

// Problem is a syntax error.
type Problem struct {
	Range   text.Range
	Message string
}

// Arg is one word of a command, the command's name included.
type Arg struct {
	// Text has its quotes removed; expansions stay as they are written.
	Text string
	// Static says that no expansion is in it.
	Static bool
	Range  text.Range
}

// Command is one use of a command.
type Command struct {
	// Name is the last element of the command's path: curl for /usr/bin/curl.
	Name string
	// Range is the command with its arguments, NameRange the name alone as
	// it is written.
	Range, NameRange text.Range
	Args             []Arg
	// Wrapper is the command that runs this one, such as sudo or xargs.
	Wrapper string
	// Function is the function of the script in whose body the command
	// stands, empty outside.
	Function string
	// Local says that Name is a function defined in the script.
	Local bool
	// Pipeline numbers the pipelines of the script from 1; 0 is none. Stage
	// is the place in it, from 0, and Stages their number.
	Pipeline, Stage, Stages int

	// Guarded says that the script reckons with the command's failure: it is a
	// condition, or || follows.
	Guarded bool
	// Conditional says that the command runs in some cases only: in a branch of
	// if or case, in a loop, or behind && or ||.
	Conditional bool

	// subst marks commands in $( ) or <( ), whose output is not the stage's.
	subst bool
}

// Builtin reports whether the shell itself provides the command.
func (c *Command) Builtin() bool { return shellBuiltins[c.Name] }

// Function is a function that the script defines.
type Function struct {
	Name             string
	Range, NameRange text.Range
}

// VariableUse tells how a variable occurs.
type VariableUse uint8

const (
	// Read: $NAME or ${NAME...}.
	Read VariableUse = iota
	// Assigned: NAME=value, for NAME in, read NAME, export NAME.
	Assigned
)

// Variable is one occurrence of a shell variable.
type Variable struct {
	Name  string
	Range text.Range
	Use   VariableUse
}

// Script is a parsed script.
type Script struct {
	Source  string
	Dialect Dialect
	// Problems are the syntax errors; with any, the lists below hold what was
	// understood.
	Problems []Problem
	// Skipped says why the script was not read at all, empty if it was.
	Skipped string
	// Set is the first set command that changes options, nil without.
	Set *Set
	// Commands are all commands in the order of the text.
	Commands  []Command
	Functions []Function
	// Variables are the occurrences of shell variables.
	Variables []Variable
	// Substitutions are what DHI replaces before the shell runs: ${a.b} and
	// ${NAME:regex}, wherever they stand in the text.
	Substitutions []expr.Part
	Facts         []Fact
}

const (
	// maxScript and maxNesting bound, in bytes and in open brackets, what is
	// handed to the recursive parser, whose stack would not bear any depth.
	// The longest script of the public catalog has 11 KB, the deepest nests 7.
	maxScript  = 256 << 10
	maxNesting = 500
	// shortScript is the length, in bytes, up to which any nesting is borne.
	shortScript = 8 << 10
	// maxRecovered bounds how many missing tokens are passed over.
	maxRecovered = 10
)

// Parse reads a script. It accepts any text.
func Parse(source string, dialect Dialect) *Script {
	s := &Script{Source: source, Dialect: dialect}
	if s.Skipped = whySkip(source, dialect); s.Skipped != "" {
		return s
	}
	masked, parts := mask(source)
	s.Substitutions = parts
	c := &collector{s: s, src: source}
	s.read(masked, c)
	return s
}

func whySkip(source string, dialect Dialect) string {
	switch {
	case dialect == Other:
		return "the script's shell is none that dhi-ls reads"
	case len(source) > maxScript:
		return fmt.Sprintf("the script is longer than %d KiB", maxScript>>10)
	case len(source) > shortScript && nesting(source) > maxNesting:
		return fmt.Sprintf("the script nests more than %d brackets", maxNesting)
	}
	return ""
}

// nesting estimates how deep the brackets of the text nest.
func nesting(s string) int {
	depth, deepest := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '{', '[':
			depth++
			deepest = max(deepest, depth)
		case ')', '}', ']':
			depth = max(depth-1, 0)
		}
	}
	return deepest
}

// read parses once; only a script with an error is parsed a second time, to
// get a tree that passes over what is missing.
func (s *Script) read(masked string, c *collector) {
	file, err := parseShell(masked, s.Dialect, 0)
	if err != nil {
		s.addProblem(err)
		var second error
		file, second = parseShell(masked, s.Dialect, maxRecovered)
		if second != nil && second.Error() != err.Error() {
			s.addProblem(second)
		}
	}
	if file != nil {
		c.collect(file)
	}
}

func parseShell(masked string, dialect Dialect, recover int) (*syntax.File, error) {
	lang := syntax.LangBash
	if dialect == POSIX {
		lang = syntax.LangPOSIX
	}
	p := syntax.NewParser(syntax.Variant(lang), syntax.RecoverErrors(recover))
	return p.Parse(strings.NewReader(masked), "")
}

func (s *Script) addProblem(err error) {
	var parse syntax.ParseError
	var lang syntax.LangError
	switch {
	case errors.As(err, &parse):
		at := s.offset(parse.Pos)
		s.Problems = append(s.Problems, Problem{s.tokenAt(at), friendly(parse.Text)})
	case errors.As(err, &lang):
		at := s.offset(lang.Pos)
		s.Problems = append(s.Problems, Problem{s.tokenAt(at), fmt.Sprintf("the script's shell does not know %s, which bash has", strings.ReplaceAll(lang.Feature, "`", ""))})
	default:
		s.Problems = append(s.Problems, Problem{text.At(0), err.Error()})
	}
}

// offset is the place of a position in the script, clamped: recovered
// positions lie nowhere.
func (s *Script) offset(p syntax.Pos) int {
	if !p.IsValid() || p.IsRecovered() {
		return len(s.Source)
	}
	return min(int(p.Offset()), len(s.Source))
}

// span is the range of a node, clamped to the script.
func (s *Script) span(n syntax.Node) text.Range {
	start, end := s.offset(n.Pos()), s.offset(n.End())
	return text.Range{Start: start, End: max(start, end)}
}

// tokenAt is the word or operator at the offset.
func (s *Script) tokenAt(at int) text.Range {
	end := at
	if rest := s.Source[at:]; len(rest) > 1 && (strings.HasPrefix(rest, "$(") || strings.HasPrefix(rest, "${")) {
		return text.Range{Start: at, End: at + 2}
	}
	for end < len(s.Source) && wordByte(s.Source[end]) {
		end++
	}
	for end == at || end < len(s.Source) && end-at < 3 && s.Source[end] == s.Source[at] && !wordByte(s.Source[at]) {
		if end >= len(s.Source) || s.Source[end] == '\n' {
			break
		}
		end++
	}
	return text.Range{Start: at, End: end}
}

func wordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
