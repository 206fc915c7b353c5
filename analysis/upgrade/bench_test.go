package upgrade_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
)

func BenchmarkPlan(b *testing.B) {
	doc := open("tool.yaml", tool)
	b.SetBytes(int64(len(tool)))
	for b.Loop() {
		if _, _, err := upgrade.Plan(doc, upgrade.Change{Version: "0.10.0"}); err != nil {
			b.Fatal(err)
		}
	}
}
