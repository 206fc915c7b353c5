package buildplace

import (
	"errors"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
)

// Settle says whose the causes of a failed build are now that its text is at
// hand, in the result and in the error that came with it: [buildrunner.ExitCode]
// and [Outside] go by that.
func (d *Document) Settle(res *buildrunner.Result, err error) {
	res.Failures = locate.Settle(d, res.Failures)
	var failure *buildrunner.Failure
	if errors.As(err, &failure) {
		failure.Causes = res.Failures
	}
}

// Findings are what came of a build, on the text that was built: the causes
// of a failure and the frontend's warnings.
func (d *Document) Findings(res *buildrunner.Result, opts locate.Options) []diagnostic.Diagnostic {
	list := locate.Place(d, res.Failures, opts)
	d.ownPlace(list)
	list = append(list, locate.Warnings(d, res.Warnings)...)
	return diagnostic.Sort(list)
}

// ownPlace moves complaints about the YAML itself to where the tree found the
// fault: other readers name the line at which they gave up, or the one above.
func (d *Document) ownPlace(list []diagnostic.Diagnostic) {
	for i := range list {
		if list[i].Code != locate.Code(cause.SyntaxInvalid) {
			continue
		}
		for _, p := range d.tree.Problems {
			if !p.Lenient {
				list[i].Range = d.Span(p.Range)
				break
			}
		}
	}
}

// Outside are the causes that no change of the definition mends: those of the
// environment, and those that are not known.
func Outside(causes []cause.Cause) []cause.Cause {
	var out []cause.Cause
	for _, c := range causes {
		if c.Class == cause.Environment || c.Class == cause.Unknown {
			out = append(out, c)
		}
	}
	return out
}
