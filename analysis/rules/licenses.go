package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

const licensesKey = "org.opencontainers.image.licenses"

// licenseUses are the steps whose input `license` is an SPDX expression.
var licenseUses = []string{spdxUses, "dhi/build-pkg:", "abuild/apk@"}

func checkLicenses(p *Pass) {
	for _, a := range p.Def.Annotations {
		if a.Name() == licensesKey {
			p.checkLicense(a)
		}
	}
	for _, c := range p.Def.Scopes() {
		for i := range c.Files {
			for _, pkg := range c.Files[i].SPDXPackages {
				p.checkLicense(pkg.License)
			}
		}
		if c.Stage == nil {
			continue
		}
		for i := range c.Stage.Pipeline {
			step := &c.Stage.Pipeline[i]
			for _, u := range licenseUses {
				if strings.HasPrefix(step.Uses.Value(), u) {
					p.checkLicense(withField(step, "license"))
				}
			}
		}
	}
}

// checkLicense reports what is wrong with one expression.
func (p *Pass) checkLicense(f definition.Field) {
	s, ok := p.known(f)
	if !ok || strings.Contains(s, "@{") {
		return
	}
	exact := s == f.Value()
	for _, pr := range licenseProblems(s) {
		found := p.Report(p.within(f, s, pr.at), "%s", pr.message)
		if pr.deprecated {
			found.AtMost(diagnostic.Hint).Tag(diagnostic.Deprecated)
		}
		if pr.replacement == "" {
			continue
		}
		found.Help("write `%s`", pr.replacement)
		if exact {
			found.Fix("Change to `"+pr.replacement+"`", false, Replace(p.In(f.Node, pr.at), pr.replacement))
		}
	}
}

type licenseProblem struct {
	at                   text.Range
	message, replacement string
	deprecated           bool
}

// licenseProblems reads an SPDX licence expression: identifiers joined by
// AND, OR and WITH, with parentheses.
func licenseProblems(s string) []licenseProblem {
	if s == "NOASSERTION" || s == "NONE" || s == "" {
		return nil
	}
	words := licenseWords(s)
	if whole, ok := freeText(s, words); ok {
		return []licenseProblem{whole}
	}
	var out []licenseProblem
	depth := 0
	operand := true // an identifier is expected
	exception := false
	for _, w := range words {
		word := s[w.Start:w.End]
		switch operator := licenseOperator(word); {
		case word == "(" && operand && !exception:
			depth++
			continue
		case word == ")" && !operand && depth > 0:
			depth--
			continue
		case operator != "" && !operand:
			if word != operator {
				out = append(out, licenseProblem{at: w, message: "the operators of SPDX expressions are written in capitals", replacement: operator})
			}
			operand, exception = true, operator == "WITH"
			continue
		case word == "(", word == ")", operator != "", !operand:
			return append(out, licenseProblem{at: w, message: "`" + shorten(word) + "` is not expected here: an SPDX expression joins identifiers by AND, OR and WITH"})
		}
		if pr := identifierProblem(word, exception); pr != nil {
			pr.at = w
			out = append(out, *pr)
		}
		operand, exception = false, false
	}
	if operand || depth > 0 {
		out = append(out, licenseProblem{at: text.Range{Start: 0, End: len(s)}, message: "the SPDX expression is not complete"})
	}
	return out
}

// freeText recognises a name of several words, such as "Apache 2.0", for
// which an identifier is known.
func freeText(s string, words []text.Range) (licenseProblem, bool) {
	if len(words) < 2 {
		return licenseProblem{}, false
	}
	for _, w := range words {
		if word := s[w.Start:w.End]; licenseOperator(word) != "" || word == "(" || word == ")" {
			return licenseProblem{}, false
		}
	}
	pr := licenseProblem{at: text.Range{Start: 0, End: len(s)}, message: "`" + shorten(s) + "` is no SPDX expression: expected identifiers joined by AND or OR"}
	if id, ok := schema.SuggestLicense(s); ok {
		pr.replacement = id
	}
	return pr, true
}

func licenseOperator(word string) string {
	switch up := strings.ToUpper(word); up {
	case "AND", "OR", "WITH":
		return up
	}
	return ""
}

// licenseWords splits at blanks and around parentheses.
func licenseWords(s string) []text.Range {
	var out []text.Range
	start := -1
	flush := func(end int) {
		if start >= 0 {
			out = append(out, text.Range{Start: start, End: end})
			start = -1
		}
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ', '\t', '\n', '\r':
			flush(i)
		case '(', ')':
			flush(i)
			out = append(out, text.Range{Start: i, End: i + 1})
		default:
			if start < 0 {
				start = i
			}
		}
	}
	flush(len(s))
	return out
}

func identifierProblem(word string, exception bool) *licenseProblem {
	if exception {
		if _, ok := schema.LookupLicenseException(word); ok || strings.HasPrefix(word, "AdditionRef-") {
			return nil
		}
		pr := &licenseProblem{message: "`" + shorten(word) + "` is no exception on the SPDX list"}
		pr.replacement, _ = schema.Suggest(word, schema.LicenseExceptions())
		return pr
	}
	if strings.HasPrefix(word, "LicenseRef-") || strings.HasPrefix(word, "DocumentRef-") {
		return nil
	}
	l, ok := schema.LookupLicense(word)
	if !ok {
		l, ok = schema.LookupLicense(strings.TrimSuffix(word, "+"))
	}
	switch {
	case !ok:
		pr := &licenseProblem{message: "`" + shorten(word) + "` is no identifier of the SPDX licence list"}
		pr.replacement, _ = schema.SuggestLicense(word)
		return pr
	case l.Deprecated:
		return &licenseProblem{message: "`" + word + "` is deprecated on the SPDX licence list", replacement: l.Replacement, deprecated: true}
	}
	return nil
}
