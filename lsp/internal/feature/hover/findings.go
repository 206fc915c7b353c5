package hover

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	pages "github.com/dhi-ls/dhi-ls/docs/rules"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
)

// maxFindings is how many rules one hover explains.
const maxFindings = 3

// findings explains the rules of the findings at the place.
func (h *place) findings() {
	result := engine.Findings(h.s, h.d)
	if result == nil {
		return
	}
	said := map[string]bool{}
	for i := range result.Diagnostics {
		d := &result.Diagnostics[i]
		if !d.Range.Contains(h.offset) || said[d.Code] || len(said) == maxFindings {
			continue
		}
		said[d.Code] = true
		h.explain(d.Code, d.Range)
	}
}

// comment explains the rule whose name is under the cursor in a comment.
func (h *place) comment() {
	if h.cursor.Role != syntax.RoleComment {
		return
	}
	s := h.d.Text.String()
	at := text.At(h.offset)
	for at.Start > 0 && ruleLetter(s[at.Start-1]) {
		at.Start--
	}
	for at.End < len(s) && ruleLetter(s[at.End]) {
		at.End++
	}
	if h.suppression(at) {
		h.explain(s[at.Start:at.End], at)
	}
}

// suppression reports whether the comment around the place is one that
// silences rules.
func (h *place) suppression(at text.Range) bool {
	line := h.d.Text.LineRange(h.d.Text.LineOf(at.Start))
	before := h.d.Text.Slice(text.Range{Start: line.Start, End: at.Start})
	_, rest, ok := strings.Cut(before, "dhi-ls:")
	return ok && strings.Contains(rest, "ignore")
}

func ruleLetter(b byte) bool {
	return b == '-' || b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// explain is the beginning of the rule's page with a link to all of it.
func (h *place) explain(id string, at text.Range) {
	rule, ok := rules.Find(id)
	if !ok {
		return
	}
	section := "**" + rule.ID + "** " + rule.Summary + "."
	if page, err := pages.Page(rule.ID); err == nil {
		if why := paragraph(page, "## Why"); why != "" {
			section += "\n\n" + why
		}
	}
	h.say(section+"\n\n[The page of the rule]("+rule.URL()+")", at)
}

// paragraph is the first one below a heading of a page.
func paragraph(page, heading string) string {
	_, rest, ok := strings.Cut(page, "\n"+heading+"\n")
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimSpace(rest), "\n\n")
	if strings.HasPrefix(first, "#") || strings.HasPrefix(first, "```") {
		return ""
	}
	return first
}
