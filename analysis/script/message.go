package script

import (
	"regexp"
	"strings"
	"sync"
)

// message turns a text of the parser into words for people.
type message struct {
	pattern *regexp.Regexp
	text    string
}

// messages are tried in order.
var messages = sync.OnceValue(func() []message {
	return []message{
		{regexp.MustCompile("^reached .+ without closing quote (.+)$"), "the quote is not closed: expected $1"},
		{regexp.MustCompile("^reached .+ without matching (.+) with (.+)$"), "$1 is not closed: expected $2"},
		{regexp.MustCompile("^(.+) statement must end with (.+)$"), "$1 is not closed: expected $2"},
		{regexp.MustCompile("^`foo\\(\\)` must be followed by a statement$"), "the function has no body: expected { ... }"},
		{regexp.MustCompile("^`foo\\(` must be followed by `\\)`$"), "expected ) behind (, as a name before ( begins a function; quote the ( otherwise"},
		{regexp.MustCompile("^`(if|elif|while|until) <cond>` must be followed by (.+)$"), "expected $2 behind the condition of $1"},
		{regexp.MustCompile("^`?(?:for foo|for foo \\[in words\\])`? must be followed by (.+)$"), "expected $1 in the for loop"},
		{regexp.MustCompile("^`case x` must be followed by (.+)$"), "expected $1 behind the word of case"},
		{regexp.MustCompile("^(.+) must be followed by (.+)$"), "expected $2 behind $1"},
		{regexp.MustCompile("^unclosed here-document (.+)$"), "the here-document is not closed: expected a line with $1 alone"},
		{regexp.MustCompile("^(.+) can only be used (?:to end|in) a loop$"), "unexpected $1: no loop with its do is open"},
		{regexp.MustCompile("^(.+) can only be used to end an? (.+)$"), "unexpected $1: no $2 is open"},
		{regexp.MustCompile("^(.+) can only be used to close a (.+)$"), "unexpected $1: no $2 is open"},
		{regexp.MustCompile("^(.+) can only be used in an? (.+)$"), "unexpected $1: it belongs into a $2"},
		{regexp.MustCompile("^(.+) can only immediately follow a statement$"), "unexpected $1: expected a command before it"},
		{regexp.MustCompile("^(.+) is not a valid start for a statement$"), "unexpected $1: expected a command"},
		{regexp.MustCompile("^a command can only contain words and redirects; encountered (.+)$"), "unexpected $1 in a command: quote it, or put ; before it"},
		{regexp.MustCompile("^not a valid parameter expansion operator: (.+)$"), "$1 is no operator of ${ }"},
		{regexp.MustCompile("^statements must be separated by &, ; or a newline$"), "expected ; or a line break between two commands"},
		{regexp.MustCompile("^invalid UTF-8 encoding$"), "the script is not UTF-8"},
	}
})

// friendly rewrites a message of the parser, without its backquotes.
func friendly(said string) string {
	for _, m := range messages() {
		if m.pattern.MatchString(said) {
			said = m.pattern.ReplaceAllString(said, m.text)
			break
		}
	}
	said = strings.ReplaceAll(said, "\"`\"", "a backquote")
	return strings.ReplaceAll(said, "`", "")
}
