// Package markup writes text as the client can show it.
package markup

import (
	"regexp"
	"strings"

	"go.lsp.dev/protocol"
)

// Content is Markdown for a client that shows it, and plain text made of it
// for the others.
func Content(kind protocol.MarkupKind, markdown string) *protocol.MarkupContent {
	if kind == protocol.MarkupKindMarkdown {
		return &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: markdown}
	}
	return &protocol.MarkupContent{Kind: protocol.MarkupKindPlainText, Value: Plain(markdown)}
}

var (
	heading = regexp.MustCompile(`^#{1,6} +`)
	link    = regexp.MustCompile(`^\[([^\]\n]+)\]\(([^)\s]+)\)`)
)

// punctuation is what a backslash takes the meaning from.
const punctuation = "\\`*_{}[]()#+-.!|<>~"

// Plain takes the marks out of Markdown. Code stays as it is.
func Plain(markdown string) string {
	var out strings.Builder
	inCode, blank := false, true
	for _, l := range strings.Split(markdown, "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), "```") {
			inCode = !inCode
			continue
		}
		if !inCode {
			l = inline(l)
			if l == "" && blank { // also where a rule was
				continue
			}
			blank = l == ""
		} else {
			blank = false
		}
		out.WriteString(l + "\n")
	}
	return strings.TrimRight(out.String(), "\n")
}

// inline takes the marks out of a line.
func inline(l string) string {
	if l == "---" {
		return ""
	}
	l = strings.TrimSuffix(heading.ReplaceAllString(l, ""), "  ")
	var out strings.Builder
	for l != "" {
		text, size := mark(l)
		out.WriteString(text)
		l = l[size:]
	}
	return out.String()
}

// mark is the text of what a line begins with, and how many bytes it takes.
func mark(l string) (text string, size int) {
	switch {
	case l[0] == '\\' && len(l) > 1 && strings.IndexByte(punctuation, l[1]) >= 0:
		return l[1:2], 2
	case l[0] == '`':
		return span(l)
	case l[0] == '[':
		if m := link.FindStringSubmatch(l); m != nil && m[1] == m[2] {
			return m[1], len(m[0])
		} else if m != nil {
			return inline(m[1]) + " (" + m[2] + ")", len(m[0])
		}
	case strings.HasPrefix(l, "**"):
		return "", 2
	}
	return l[:1], 1
}

// span reads inline code: a run of backticks up to the next one as long.
func span(l string) (string, int) {
	fence := len(l) - len(strings.TrimLeft(l, "`"))
	for at := fence; at < len(l); {
		open := strings.IndexByte(l[at:], '`')
		if open < 0 {
			break
		}
		at += open
		run := len(l[at:]) - len(strings.TrimLeft(l[at:], "`"))
		if run == fence {
			body := l[fence:at]
			if len(body) > 2 && body[0] == ' ' && body[len(body)-1] == ' ' {
				body = body[1 : len(body)-1]
			}
			return body, at + run
		}
		at += run
	}
	return l[:fence], fence
}

// Code writes a word as inline code, whatever is in it.
func Code(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if !strings.Contains(s, "`") {
		return "`" + s + "`"
	}
	return "`` " + s + " ``"
}

var special = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "|", `\|`, "~", `\~`)

// Text writes foreign text so that nothing in it is a mark.
func Text(s string) string { return special.Replace(strings.Join(strings.Fields(s), " ")) }

// Block is text in a fence of its language.
func Block(language, s string) string {
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimRight(s, "\n") + "\n" + fence
}
