package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Keyword says which demand of the schema a value does not meet.
type Keyword string

const (
	// UnknownField: a mapping has a key that is not known there.
	UnknownField Keyword = "unknown-field"
	// MissingField: a mapping lacks a key that it must have.
	MissingField Keyword = "missing-field"
	// WrongType: a value has another type than the field wants.
	WrongType Keyword = "wrong-type"
	// NotInEnum: a value is not one of those allowed.
	NotInEnum Keyword = "not-in-enum"
	// Pattern: a string has not the form the field wants.
	Pattern Keyword = "pattern"
	// MinItems: a list is too short.
	MinItems Keyword = "min-items"
	// UnknownVariant: the key that chooses between the forms of a mapping has
	// a value that none of them goes by.
	UnknownVariant Keyword = "unknown-variant"
	// Invalid: any other demand; Got has the words of the validator.
	Invalid Keyword = "invalid"
)

// Violation is one way in which a value breaks its schema.
type Violation struct {
	// Path leads to the offending value: keys, and list indexes as decimal
	// strings. For UnknownField it ends in the unknown key, for MissingField
	// it is that of the mapping that lacks the key.
	Path []string
	// Keyword is the demand that is not met.
	Keyword Keyword
	// Name is the unknown or missing key, otherwise the key of the value ("" for
	// the whole document and for items of a list).
	Name string
	// Want are the JSON types wanted (WrongType), or what a string should be,
	// in words (Pattern).
	Want []string
	// Got describes the value for people, such as `string "0"`.
	Got string
	// Allowed are the values (NotInEnum, UnknownVariant) or keys
	// (UnknownField) that are possible.
	Allowed []string
	// Suggestion is the one of Allowed that was most likely meant, "" if none
	// is near.
	Suggestion string
	// Belongs is the path of the mapping in which the unknown key would be
	// known, with "*" for list items; nil if there is no obvious one. An
	// empty path that is not nil is the top level.
	Belongs []string
	// OnKey says that the violation is best shown on the key that ends Path
	// (for the empty path: on the first key), not on its value.
	OnKey bool
}

// Message says what is wrong and what was expected, in one line without final
// stop. Text from the file appears with control characters escaped.
func (v Violation) Message() string {
	switch v.Keyword {
	case UnknownField:
		return "unknown field " + code(v.Name) + v.unknownHelp()
	case MissingField:
		return "missing field " + code(v.Name) + v.in()
	case WrongType:
		return fmt.Sprintf("%s must be %s, got %s", v.label(), typeList(v.Want), v.Got)
	case NotInEnum:
		return fmt.Sprintf("%s must be %s, got %s%s", v.label(), oneOf(v.Allowed), v.Got, v.didYouMean())
	case UnknownVariant:
		return fmt.Sprintf("unknown %s %s: expected %s%s", v.label(), v.Got, oneOf(v.Allowed), v.didYouMean())
	case Pattern:
		return fmt.Sprintf("%s must be %s, got %s", v.label(), strings.Join(v.Want, " or "), v.Got)
	case MinItems:
		return v.label() + " must not be empty"
	}
	return fmt.Sprintf("%s is not valid: %s", v.label(), v.Got)
}

func (v Violation) didYouMean() string {
	if v.Suggestion == "" {
		return ""
	}
	return "; did you mean " + code(v.Suggestion) + "?"
}

// maxListed is how many possible keys a message lists.
const maxListed = 8

func (v Violation) unknownHelp() string {
	switch {
	case v.Suggestion != "":
		return v.in() + v.didYouMean()
	case v.Belongs != nil && len(v.Belongs) == 0:
		return v.in() + "; it belongs at the top level"
	case v.Belongs != nil:
		return v.in() + "; it belongs in " + code(DottedPath(v.Belongs))
	case len(v.Allowed) > 0 && len(v.Allowed) <= maxListed:
		return v.in() + ": expected " + oneOf(v.Allowed)
	}
	return v.in()
}

// in names the mapping that a key is unknown to or missing from.
func (v Violation) in() string {
	parent := v.Path
	if v.Keyword == UnknownField && len(parent) > 0 {
		parent = parent[:len(parent)-1]
	}
	if len(parent) == 0 {
		return ""
	}
	return " in " + code(lastName(parent))
}

// label names the value: its key, with the index for items of a list.
func (v Violation) label() string {
	if len(v.Path) == 0 {
		return "the document"
	}
	return code(lastName(v.Path))
}

// lastName is the last key of a path with the indexes behind it.
func lastName(path []string) string {
	start := len(path) - 1
	for start > 0 && isIndex(path[start]) {
		start--
	}
	return DottedPath(path[start:])
}

// DottedPath writes a path for people: contents.builds[0].pipeline, with [] for
// any item of a list.
func DottedPath(path []string) string {
	var b strings.Builder
	for i, segment := range path {
		switch {
		case segment == "*":
			b.WriteString("[]")
		case isIndex(segment) && i > 0:
			b.WriteString("[" + segment + "]")
		case i > 0:
			b.WriteString("." + segment)
		default:
			b.WriteString(segment)
		}
	}
	return b.String()
}

// typeNames are the types in the words of YAML.
var typeNames = map[string]string{
	TypeString:  "a string",
	TypeInteger: "an integer",
	TypeNumber:  "a number",
	TypeBoolean: "true or false",
	TypeArray:   "a list",
	TypeObject:  "a mapping",
	TypeNull:    "empty",
}

func typeList(types []string) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = typeNames[t]
	}
	return strings.Join(names, " or ")
}

func oneOf(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = code(v)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return "one of " + strings.Join(quoted, ", ")
}

// maxShown is how many letters of a value a message repeats.
const maxShown = 60

// code quotes text from a file in backquotes, with everything escaped that
// could disturb a terminal or the line.
func code(text string) string {
	quoted := strconv.Quote(shorten(text))
	quoted = quoted[1 : len(quoted)-1]
	return "`" + strings.ReplaceAll(quoted, `\"`, `"`) + "`"
}

func shorten(text string) string {
	n := 0
	for i := range text {
		if n++; n > maxShown {
			return text[:i] + "…"
		}
	}
	return text
}

// describe says what a value is: its type and, for scalars, its text.
func describe(value any) string {
	switch v := value.(type) {
	case nil:
		return "nothing"
	case string:
		return "string " + strconv.Quote(shorten(v))
	case bool:
		return strconv.FormatBool(v)
	}
	switch typeOf(value) {
	case TypeArray:
		return "a list"
	case TypeObject:
		return "a mapping"
	case TypeInteger, TypeNumber:
		return "number " + shorten(fmt.Sprint(value))
	}
	return "string " + strconv.Quote(shorten(fmt.Sprint(value)))
}

// quoteValue is describe for values whose type is right: "rutime", 7.
func quoteValue(value any) string {
	if s, ok := value.(string); ok {
		return strconv.Quote(shorten(s))
	}
	return describe(value)
}

// sortViolations brings violations in the order of their paths; of one path
// unknown keys come by name.
func sortViolations(list []Violation) []Violation {
	slices.SortStableFunc(list, compareViolations)
	return slices.CompactFunc(list, func(a, b Violation) bool {
		return a.Keyword == b.Keyword && a.Name == b.Name && slices.Equal(a.Path, b.Path)
	})
}

func compareViolations(a, b Violation) int {
	if c := slices.CompareFunc(a.Path, b.Path, compareSegments); c != 0 {
		return c
	}
	if c := strings.Compare(string(a.Keyword), string(b.Keyword)); c != 0 {
		return c
	}
	return strings.Compare(a.Name, b.Name)
}

func compareSegments(a, b string) int {
	if isIndex(a) && isIndex(b) && len(a) != len(b) {
		return len(a) - len(b) // 9 before 10
	}
	return strings.Compare(a, b)
}
