package expr

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

const (
	// maxChain bounds how deep variables may refer to each other.
	maxChain = 32
	// maxValue bounds, in bytes, a resolved value.
	maxValue = 64 << 10
	// maxOpen bounds the list of what is not resolved.
	maxOpen = 100
)

// Env is what values are resolved against.
type Env struct {
	// Vars gives the raw value of a variable, which may hold substitutions.
	Vars func(name string) (raw string, ok bool)
	// Platform is "linux/amd64" or "linux/arm64"; when empty, target.arch
	// stays unresolved.
	Platform string
	// Builtins gives values for ${a.b} beyond target.arch; those not given
	// stay in the value as they are written.
	Builtins map[string]string
}

// Reason says why something is not resolved.
type Reason uint8

const (
	// Undefined: no such variable.
	Undefined Reason = iota + 1
	// Symbolic: a built-in whose value only the build knows.
	Symbolic
	// Cycle: the variable refers to itself.
	Cycle
	// NoMatch: the regular expression does not match the value.
	NoMatch
	// InvalidRegex: the regular expression is invalid or has no group.
	InvalidRegex
	// InvalidExpression: the build expression cannot be evaluated.
	InvalidExpression
	// Malformed: a half-typed or wrong substitution.
	Malformed
	// TooLarge: a limit on depth or size is reached.
	TooLarge
)

// Unresolved is a part that stays in the value as written.
type Unresolved struct {
	// Range is the part of the resolved string in which it occurs, directly
	// or through variables.
	Range text.Range
	// Name is the variable or built-in that has no value.
	Name   string
	Reason Reason
	// Message is for people.
	Message string
	// Via are the variables that lead from the string to the place.
	Via []string
}

// Resolve replaces the substitutions of s by their values, recursively. What
// has no value stays as it is written and is listed.
func Resolve(s string, env Env) (string, []Unresolved) {
	if !strings.Contains(s, "${") && leadingExpression(s) < 0 {
		return s, nil
	}
	r := &resolver{env: env, done: map[string]resolved{}}
	return r.template(s)
}

// Value resolves the variable name, as Resolve does for "${name}".
func Value(name string, env Env) (string, []Unresolved) {
	return Resolve("${"+name+"}", env)
}

type resolved struct {
	value string
	open  []Unresolved
	found bool
}

type resolver struct {
	env   Env
	stack []string
	done  map[string]resolved
}

func (r *resolver) template(s string) (string, []Unresolved) {
	t := Parse(s)
	var b strings.Builder
	var open []Unresolved
	for i := range t.Parts {
		part := &t.Parts[i]
		source := s[part.Range.Start:part.Range.End]
		value, missing := r.part(part, source)
		if b.Len()+len(value) > maxValue && part.Kind != Literal {
			value, missing = source, r.open(part.Name, TooLarge, fmt.Sprintf("the value grows over %d bytes", maxValue))
		}
		b.WriteString(value)
		open = appendOpen(open, missing, part.Range)
	}
	return b.String(), open
}

// appendOpen adds what is missing in the part at place. The list is bounded:
// variables that multiply each other would multiply it too.
func appendOpen(open, missing []Unresolved, place text.Range) []Unresolved {
	for _, u := range missing {
		if len(open) >= maxOpen {
			return open
		}
		u.Range = place
		known := slices.ContainsFunc(open, func(o Unresolved) bool {
			return o.Range == place && o.Name == u.Name && o.Reason == u.Reason
		})
		if !known {
			open = append(open, u)
		}
	}
	return open
}

func (r *resolver) part(part *Part, source string) (string, []Unresolved) {
	switch {
	case part.Kind == Literal:
		return source, nil
	case part.Kind == Shell:
		return source, r.open(part.Name, Malformed, source+" is shell syntax, which only a shell resolves")
	case !part.Closed:
		return source, r.open(part.Name, Malformed, source+" is not closed")
	case part.Expr != nil:
		return r.expression(part.Expr, source)
	case !part.HasRegex && source != "${"+part.Name+"}":
		return source, r.open(part.Name, Malformed, source+" is malformed")
	case part.Kind == Builtin:
		return r.builtin(part, source)
	case !IsVarName(part.Name):
		return source, r.open(part.Name, Malformed, source+" names no variable")
	}
	v := r.variable(part.Name)
	if len(v.open) > 0 && !v.found {
		return source, v.open
	}
	return r.match(part, v, source)
}

func (r *resolver) open(name string, reason Reason, message string) []Unresolved {
	return []Unresolved{{Name: name, Reason: reason, Message: message, Via: slices.Clone(r.stack)}}
}

func (r *resolver) builtin(part *Part, source string) (string, []Unresolved) {
	if v, ok := r.member(part.Name); ok {
		return r.match(part, resolved{value: v, found: true}, source)
	}
	return source, r.open(part.Name, Symbolic, fmt.Sprintf("the value of %s is known only in the build", part.Name))
}

func (r *resolver) member(name string) (string, bool) {
	if v, ok := r.env.Builtins[name]; ok {
		return v, true
	}
	if name == "target.arch" && r.env.Platform != "" {
		return Arch(r.env.Platform), true
	}
	return "", false
}

// match applies the regular expression of ${NAME:regex}.
func (r *resolver) match(part *Part, v resolved, source string) (string, []Unresolved) {
	if !part.HasRegex {
		return v.value, v.open
	}
	if len(v.open) > 0 {
		return source, v.open
	}
	re, err := regexp.Compile(part.Regex)
	if err != nil {
		return source, r.open(part.Name, InvalidRegex, "the regular expression is invalid: "+regexMessage(err))
	}
	if re.NumSubexp() == 0 {
		return source, r.open(part.Name, InvalidRegex, "the regular expression has no capture group")
	}
	m := re.FindStringSubmatch(v.value)
	if m == nil {
		return source, r.open(part.Name, NoMatch, fmt.Sprintf("the value %q of %s does not match %s", v.value, part.Name, part.Regex))
	}
	return m[1], nil
}

// variable resolves a variable once per Resolve, so that variables that
// multiply each other cost no more than their number.
func (r *resolver) variable(name string) resolved {
	if v, ok := r.done[name]; ok {
		return v
	}
	if at := slices.Index(r.stack, name); at >= 0 {
		chain := strings.Join(append(slices.Clone(r.stack[at:]), name), " -> ")
		return resolved{open: r.open(name, Cycle, fmt.Sprintf("%s refers to itself: %s", name, chain))}
	}
	if len(r.stack) >= maxChain {
		return resolved{open: r.open(name, TooLarge, fmt.Sprintf("variables refer to each other over more than %d steps", maxChain))}
	}
	raw, ok := "", false
	if r.env.Vars != nil {
		raw, ok = r.env.Vars(name)
	}
	if !ok {
		return resolved{open: r.open(name, Undefined, fmt.Sprintf("%s is not defined in vars", name))}
	}
	r.stack = append(r.stack, name)
	value, open := r.template(raw)
	r.stack = r.stack[:len(r.stack)-1]
	v := resolved{value: value, open: open, found: true}
	r.done[name] = v
	return v
}
