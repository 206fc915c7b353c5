package script

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/expr"
)

// mask gives a script of equal length that a shell parser takes: in ${a.b}
// and ${NAME:regex} what no shell variable has becomes underscores. It also
// lists those substitutions.
func mask(s string) (string, []expr.Part) {
	var parts []expr.Part
	var b []byte
	for i := 0; ; {
		n := strings.Index(s[i:], "${")
		if n < 0 {
			break
		}
		i += n
		part := expr.SubstitutionAt(s, i)
		cover := part.NameRange
		if part.Kind == expr.Variable && part.HasRegex && part.Closed {
			cover.End = part.RegexRange.End
		}
		dotted := strings.IndexByte(part.Name, '.') > 0
		if (dotted || cover != part.NameRange) && !strings.Contains(s[cover.Start:cover.End], "\n") {
			parts = append(parts, part)
			if b == nil {
				b = []byte(s)
			}
			underscore(b[cover.Start:cover.End])
		}
		// What stands in ${NAME:-...} may hold more.
		i = max(cover.End, i+2)
	}
	if b == nil {
		return s, nil
	}
	return string(b), parts
}

func underscore(b []byte) {
	for i, c := range b {
		if !wordByte(c) || c >= 0x80 {
			b[i] = '_'
		}
	}
}

// literals replaces what DHI substitutes by literal text of equal length, as
// the shell will see it: a path for directories, a word for the rest.
func literals(s string, parts []expr.Part) string {
	if len(parts) == 0 {
		return s
	}
	b := []byte(s)
	for _, p := range parts {
		if !p.Closed || p.Kind == expr.Shell {
			underscore(b[p.NameRange.Start:p.NameRange.End])
			continue
		}
		for i := p.Range.Start; i < p.Range.End; i++ {
			b[i] = 'x'
		}
		if strings.HasSuffix(p.Name, ".dir") {
			b[p.Range.Start] = '/'
		}
	}
	return string(b)
}
