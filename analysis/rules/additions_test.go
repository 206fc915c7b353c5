package rules_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// TestAdditions applies the fixes that add what is missing: the lines stand
// where they belong, and the finding is gone.
func TestAdditions(t *testing.T) {
	accounts := "accounts:\n  run-as: app\n  users:\n    - name: app\n      uid: 1000\n      gid: 1000\n  groups:\n    - name: app\n      gid: 1000\n      members:\n        - app\n    - name: nonroot\n      gid: 65532\n      members:\n        - nonroot\n"
	packages := func(list string) string { return "contents:\n  packages:\n" + list }
	for name, c := range map[string]struct{ rule, base, fragment, want string }{
		"between":          {"dev-no-package-manager", "debian-dev", packages("    - '!mawk'\n    - base-files\n"), packages("    - '!mawk'\n    - apt\n    - base-files\n")},
		"at the end":       {"alpine-no-baselayout-data", "runtime", "contents:\n  repositories:\n    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main\n  packages:\n    - abuild\n", "    - abuild\n    - alpine-baselayout-data\n"},
		"before a stage":   {"debian-no-base-files", "debian", packages("    - apt\n  builds:\n    - name: a\n      pipeline:\n        - uses: strip@v1\n"), packages("    - apt\n    - base-files\n  builds:\n")},
		"a variable":       {"dev-debian-no-DEBIAN_FRONTEND", "debian-dev", "environment:\n  A: b\n  Z: b\n", "environment:\n  A: b\n  DEBIAN_FRONTEND: noninteractive\n  Z: b\n"},
		"the environment":  {"dev-debian-no-DEBIAN_FRONTEND", "debian-dev", "", "environment:\n  DEBIAN_FRONTEND: noninteractive\nannotations:\n"},
		"a user":           {"group-member-undefined", "runtime", accounts, "      gid: 1000\n    - name: nonroot\n      uid: 65532\n      gid: 65532\n  groups:\n"},
		"the certificates": {"env-SSL_CERT_FILE-without-ca-certificates", "debian", packages("    - base-files\n") + "environment:\n  SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt\n", "    - base-files\n    - ca-certificates\n"},
	} {
		t.Run(name, func(t *testing.T) {
			e := rulestest.Example{Base: c.base, Fragment: c.fragment}
			if name == "the environment" {
				e.Drop = []string{"environment"}
			}
			_, found, content, err := rulestest.Check(e)
			if err != nil {
				t.Fatal(err)
			}
			edits := firstFix(found, c.rule)
			if edits == nil {
				t.Fatalf("no fix of %s in\n%s", c.rule, content)
			}
			fixed, err := text.Apply(content, edits)
			if err != nil || !strings.Contains(fixed, c.want) {
				t.Fatalf("want %q in\n%s\n%v", c.want, fixed, err)
			}
			_, left, _, err := rulestest.Check(rulestest.Example{Base: "none", Fragment: fixed})
			if err != nil || firstFix(left, c.rule) != nil {
				t.Errorf("left in\n%s\n%v", fixed, err)
			}
		})
	}
}

func firstFix(found []diagnostic.Diagnostic, rule string) []text.Edit {
	for _, d := range found {
		if d.Code != rule || len(d.Fixes) == 0 {
			continue
		}
		var edits []text.Edit
		for _, e := range d.Fixes[0].Edits {
			edits = append(edits, text.Edit{Range: e.Range, New: e.New})
		}
		return edits
	}
	return nil
}
