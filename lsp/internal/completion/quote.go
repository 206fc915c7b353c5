package completion

import (
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// other is what a plain scalar reads as, in YAML 1.1 or 1.2, when it is not a
// string: https://yaml.org/type/.
var other = regexp.MustCompile(`^(?i:~|null|true|false|y|n|yes|no|on|off|[-+]?\.(inf)|\.nan|[-+]?(0b[01_]+|0x[0-9a-f_]+|0o?[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])*(\.[0-9_]*)?(e[-+]?[0-9]+)?|\.[0-9_]+(e[-+]?[0-9]+)?)|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?)$`)

// quote writes a value in the quotes that are open, or in those it needs.
// wantString says that the place takes strings only.
func quote(value string, open syntax.Style, flow, wantString bool) string {
	if open == syntax.SingleQuoted || open == syntax.DoubleQuoted {
		return escape(value, open)
	}
	switch {
	case value == "":
		return `""`
	case strings.ContainsAny(value, "\n\t"):
		return `"` + escape(value, syntax.DoubleQuoted) + `"`
	case wantString && readsAsOther(value):
		return `"` + value + `"`
	case special(value, flow):
		return "'" + escape(value, syntax.SingleQuoted) + "'"
	}
	return value
}

// readsAsOther says that a plain scalar is not a string. The first byte tells
// most names apart, of which lists of packages are full.
func readsAsOther(value string) bool {
	return strings.IndexByte("~nNtTfFyYoO-+.0123456789", value[0]) >= 0 && other.MatchString(value)
}

// special says whether a plain scalar could not be written like this.
func special(value string, flow bool) bool {
	if strings.ContainsRune("!&*%@`|>'\"#[]{},", rune(value[0])) {
		return true
	}
	if strings.ContainsRune("-?:", rune(value[0])) && (len(value) == 1 || value[1] == ' ') {
		return true
	}
	if strings.Contains(value, ": ") || strings.Contains(value, " #") || strings.HasSuffix(value, ":") || value != strings.TrimSpace(value) {
		return true
	}
	return flow && strings.ContainsAny(value, ",[]{}")
}

func escape(value string, open syntax.Style) string {
	switch open {
	case syntax.SingleQuoted:
		return strings.ReplaceAll(value, "'", "''")
	case syntax.DoubleQuoted:
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(value)
	}
	return value
}
