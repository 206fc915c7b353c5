package rules

import (
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

var (
	writtenDigest = regexp.MustCompile(`sha256:([0-9A-Za-z]*)`)
	longHex       = regexp.MustCompile(`^[0-9a-f]{20,}$`)
)

// digestWords are parts of the names of variables that hold a digest alone,
// and the hex digits that it has.
var digestWords = []struct {
	word   string
	digits int
}{{"SHA256", 64}, {"SHA512", 128}, {"COMMIT", 40}}

// checkVarDigests looks at the digests in variables: what uses them may be in
// another file, or nothing yet.
func checkVarDigests(p *Pass) {
	for _, v := range p.Def.Vars {
		value := v.Value()
		for _, m := range writtenDigest.FindAllStringSubmatchIndex(value, -1) {
			if digits := value[m[2]:m[3]]; digits != "" && (len(digits) != 64 || !isHex(digits)) {
				p.reportDigest(p.In(v.Node, text.Range{Start: m[2], End: m[3]}), digits, 64)
			}
		}
		if !longHex.MatchString(value) {
			continue
		}
		for _, w := range digestWords {
			if strings.Contains(v.Name(), w.word) && len(value) != w.digits && !(w.digits == 40 && len(value) == 64) {
				p.reportDigest(v.Range(), value, w.digits)
				break
			}
		}
	}
}

func (p *Pass) reportDigest(at text.Range, digits string, want int) {
	if !isHex(digits) {
		p.Report(at, "`%s` is no digest: it has other characters than 0-9 and a-f", shorten(digits))
		return
	}
	p.Report(at, "the digest has %d hex digits, and not %d", len(digits), want)
}
