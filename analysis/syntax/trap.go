package syntax

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Raw is the node as it is written.
func (n *Node) Raw(t *Tree) string { return t.Text.Slice(n.Range) }

// A Trap tells what becomes of a scalar without quotes where a string is
// expected.
type Trap struct {
	// Message says what it reads as: "`1.10` without quotes is the number 1.1".
	Message string
	// Sure says that it is no string to the tree either. Otherwise it is one
	// here, and something else to readers of YAML 1.1.
	Sure bool
	// Fix is the title of Edit, which puts the scalar in quotes.
	Fix  string
	Edit text.Edit
}

// NumberTrap says whether the node, where a string is expected, is a plain
// scalar that some reader takes for a number, boolean, date or null. The forms
// of YAML 1.1 are those of https://yaml.org/type/.
func (n *Node) NumberTrap() (Trap, bool) {
	if n == nil || n.Kind != Scalar || n.Style != Plain || n.Value == "" {
		return Trap{}, false
	}
	reads, sure := n.readsAs()
	if reads == "" {
		return Trap{}, false
	}
	return Trap{
		Message: fmt.Sprintf("`%s` without quotes is %s", clip(n.Value), reads), Sure: sure,
		Fix: "Quote the value", Edit: text.Edit{Range: n.Range, New: `"` + n.Value + `"`},
	}, true
}

var (
	base60 = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`)
	octal  = regexp.MustCompile(`^[-+]?0[0-7_]+$`)
)

// readsAs describes the value, and says whether the tree reads it so.
func (n *Node) readsAs() (string, bool) {
	v := n.Value
	switch n.Type {
	case Null:
		return "null and no text", true
	case Bool:
		return "a boolean", true
	case Int:
		return n.intReads(), true
	case Float:
		return "the number " + strconv.FormatFloat(parseFloat(v), 'g', -1, 64), true
	}
	if _, ok := YAML11Bool(v); ok {
		return "a boolean to readers of YAML 1.1", false
	}
	switch {
	case base60.MatchString(v):
		return fmt.Sprintf("the number %d, in base 60, to readers of YAML 1.1", sexagesimal(v)), false
	case timestamp.MatchString(v):
		return "a date to some YAML readers", false
	}
	return "", false
}

func (n *Node) intReads() string {
	v := n.Value
	plain := strings.TrimLeft(strings.ReplaceAll(v, "_", ""), "0+")
	switch i, isInt := n.scalarAny().(int64); {
	case octal.MatchString(v) && plain != "":
		return fmt.Sprintf("the number %d, since its leading zero makes it octal, or %s to other YAML readers", i, plain)
	case isInt && strconv.FormatInt(i, 10) != v:
		return fmt.Sprintf("the number %d", i)
	}
	return "a number"
}

// sexagesimal is the value of digits in base 60, its fraction dropped.
func sexagesimal(s string) int64 {
	negative := strings.HasPrefix(s, "-")
	s, _, _ = strings.Cut(strings.TrimLeft(strings.ReplaceAll(s, "_", ""), "+-"), ".")
	var n int64
	for _, part := range strings.Split(s, ":") {
		digits, err := strconv.ParseInt(part, 10, 32)
		if err != nil {
			return n
		}
		n = n*60 + digits
	}
	if negative {
		return -n
	}
	return n
}

// YAML11Bool is the boolean that YAML 1.1 takes the word for, where the core
// schema of YAML 1.2 has a string: yes, no, on, off, y and n.
func YAML11Bool(word string) (value, ok bool) {
	switch word {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON":
		return true, true
	case "n", "N", "no", "No", "NO", "off", "Off", "OFF":
		return false, true
	}
	return false, false
}
