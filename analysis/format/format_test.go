package format

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

var update = flag.Bool("update", false, "write the golden files anew")

func itoa(i int) string { return strconv.Itoa(i) }

// TestGolden formats testdata/*.yaml and compares with *.golden, which has to
// be canonical itself.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(names) < 5 {
		t.Fatal("no test data", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Format(document(name, string(src)))
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(name, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Fatalf("%s\n---\n%s", firstDifference(string(want), got), got)
			}
			again, err := Format(document(name, got))
			if err != nil || again != got {
				t.Errorf("not idempotent: %v %s", err, firstDifference(got, again))
			}
			checkEdits(t, string(src), got)
		})
	}
}

// checkEdits holds Edits to Format.
func checkEdits(t *testing.T, src, want string) {
	t.Helper()
	edits, err := Edits(document("a.yaml", src))
	if err != nil {
		t.Fatal(err)
	}
	got, err := text.Apply(src, edits)
	if err != nil || got != want {
		t.Errorf("edits lead elsewhere: %v\n%s", err, firstDifference(want, got))
	}
}
