package rules

import "github.com/dhi-ls/dhi-ls/analysis/diagnostic"

// engineRules are reported by the engine itself, about what the user told it.
func engineRules() []*Rule {
	return []*Rule{
		{ID: "unused-suppression", Summary: "A comment ignores a rule that reports nothing there", Level: always(diagnostic.Warning), Kinds: Everything, Fix: SafeFix},
		{ID: "invalid-suppression", Summary: "A comment that should ignore a rule names none or an unknown one", Level: always(diagnostic.Warning), Kinds: Everything, Fix: UnsafeFix},
	}
}
