package completion

import (
	"fmt"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
)

func TestPackageDoc(t *testing.T) {
	var many []string
	for i := range 22 {
		many = append(many, fmt.Sprint("lib", i))
	}
	c := packages.Candidate{
		Name: "curl", Version: "8.17.0-r1", Description: "URL transfer", License: "curl", Repository: "https://apk.example.com/main",
		Size: 1536 << 10, InstalledSize: 3 << 20, Depends: many, Provides: []string{"cmd:curl=8.17.0-r1"},
	}
	want := "URL transfer\n\nVersion: 8.17.0-r1\n\nSize: 1.5 MiB to fetch, 3 MiB installed\n\nLicense: curl\n\nRepository: https://apk.example.com/main\n\n" +
		"Depends on: lib0, lib1, lib2, lib3, lib4, lib5, lib6, lib7, lib8, lib9, lib10, lib11, lib12, lib13, lib14, lib15, lib16, lib17, lib18, lib19 and 2 more\n\n" +
		"Provides: cmd:curl=8.17.0-r1"
	if got := packageDoc(&c); got != want {
		t.Errorf("got %s", got)
	}
	if got := packageDoc(&packages.Candidate{Name: "curl", Version: "1"}); got != "Version: 1" {
		t.Errorf("got %s", got)
	}
}
