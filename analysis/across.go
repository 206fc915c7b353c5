package analysis

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// Across finds what shows only beside the other files of the workspace. It
// reads the records alone; open is asked for the document only when comments
// in it may silence findings.
func Across(self *facts.Record, workspace rules.Workspace, open func() *definition.Document, opt Options) *Result {
	doc := &definition.Document{Path: self.Path, Kind: self.Kind, Place: self.Place}
	res := &Result{Document: doc}
	in, disk := input(doc, opt)
	in.Self, in.Workspace = self, workspace
	pass := rules.NewPass(in, severity(doc, opt, in.Catalog))
	pass.RunAcross()
	if disk != nil {
		res.Probes = disk.probes
	}
	res.Dated = pass.Dated()
	res.Notices, res.Diagnostics = pass.Notices(), diagnostic.Sort(pass.Diagnostics())
	if !self.Silences || len(res.Diagnostics) == 0 || open == nil {
		return res
	}
	res.Document = open()
	if res.Document.Tree != nil {
		res.Diagnostics, res.Suppressed = suppress(res.Document, res.Diagnostics, nil)
	}
	return res
}

// FixAcross applies the fixes of findings across files to the text they were
// found in, the safe ones and, if wanted, the others. Fixes that edit other
// files are left out. It returns how many it applied.
func FixAcross(content string, found []diagnostic.Diagnostic, unsafe bool, down diagnostic.Severity) (string, int) {
	edits, n := selectFixes(found, unsafe, down)
	if n == 0 {
		return content, 0
	}
	mended, err := text.Apply(content, edits)
	if err != nil {
		return content, 0
	}
	return mended, n
}
