package rules_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

func TestOSReleaseRules(t *testing.T) {
	checkEdges(t, "osrelease-version-vs-dir", []edgeCase{
		{name: "outside of a catalog", Example: rulestest.Example{Path: "definitions/app.yaml"}},
		{name: "directory without a release", Example: rulestest.Example{Path: "image/sample/alpine/1.yaml"}},
		{name: "another family is told once", Example: rulestest.Example{Path: "image/sample/debian-13/1.yaml"}},
		{name: "a variable", Example: rulestest.Example{Path: "image/sample/alpine-3.23/1.yaml", Fragment: "vars:\n  RELEASE: \"3.22\"\nos-release:\n  id: alpine\n  version-id: ${RELEASE}\n"},
			want: []string{"5:15: error: `version-id` is `3.22`, but the file stands in the directory `alpine-3.23`"}},
		{name: "quotes stay", Example: rulestest.Example{Path: "package/apk/main/make/alpine-3.24/4.yaml", Base: "package", Fragment: "os-release:\n  id: alpine\n  version-id: '3.23'\n"},
			want:  []string{"3:15: error: `version-id` is `3.23`, but the file stands in the directory `alpine-3.24`"},
			fixed: "os-release:\n  id: alpine\n  version-id: \"3.24\"\n"},
	})
	checkEdges(t, "osrelease-codename", []edgeCase{
		{name: "a later release that is not known", Example: rulestest.Example{Fragment: "os-release:\n  id: debian\n  version-id: \"14\"\n  version-codename: forky\n"}},
		{name: "a later release with a known codename", Example: rulestest.Example{Fragment: "os-release:\n  id: debian\n  version-id: \"14\"\n  version-codename: trixie\n"},
			want: []string{"4:21: error: `trixie` is the codename of Debian 13, not of Debian 14"}},
		{name: "another distribution", Example: rulestest.Example{Fragment: "os-release:\n  id: ubuntu\n  version-id: \"24.04\"\n  version-codename: noble\n"}},
		{name: "no codename", Example: rulestest.Example{Fragment: "os-release:\n  id: debian\n  version-id: \"13\"\n"}},
	})
	checkEdges(t, "osrelease-codename-on-alpine", []edgeCase{
		{name: "empty", Example: rulestest.Example{Fragment: "os-release:\n  id: alpine\n  version-codename: \"\"\n"}},
		{name: "removed", Example: rulestest.Example{Fragment: "os-release:\n  id: alpine\n  version-codename: trixie\n"},
			want:  []string{"3:3: warning: Alpine releases have no codename"},
			fixed: "os-release:\n  id: alpine\n"},
	})
	checkEdges(t, "osrelease-pretty-name", []edgeCase{
		{name: "own name outside of a catalog", Example: rulestest.Example{Fragment: "os-release:\n  id: alpine\n  version-id: \"3.23\"\n  pretty-name: My Image\n"}},
		{name: "release that is not known", Example: rulestest.Example{Profile: analysis.ProfileCatalog, Fragment: "os-release:\n  id: alpine\n  version-id: \"3.99\"\n  pretty-name: My Image\n"}},
	})
	checkEdges(t, "osrelease-home-without-bug-report", []edgeCase{
		{name: "neither", Example: rulestest.Example{Fragment: "os-release:\n  id: alpine\n"}},
		{name: "empty bug-report-url", Example: rulestest.Example{Fragment: "os-release:\n  home-url: https://example.com\n  bug-report-url:\n"},
			want: []string{"2:3: warning: `home-url` stands without `bug-report-url`: users are told where the image comes from, but not where to report its faults"}},
		{name: "added", Example: rulestest.Example{Fragment: "os-release:\n  home-url: https://docker.com/products/hardened-images/\n  id: alpine\n"},
			want:  []string{"2:3: warning: `home-url` stands without `bug-report-url`: users are told where the image comes from, but not where to report its faults"},
			fixed: "os-release:\n  home-url: https://docker.com/products/hardened-images/\n  bug-report-url: https://docker.com/support/\n  id: alpine\n"},
	})
	checkEdges(t, "osrelease-field-missing", []edgeCase{
		{name: "a chart has none", Example: rulestest.Example{Base: "chart"}},
		{name: "catalog wants all", Example: rulestest.Example{Profile: analysis.ProfileCatalog, Fragment: "os-release:\n  id: alpine\n  version-id: \"3.23\"\n"},
			want: []string{"1:1: warning: `os-release` lacks `name`, `pretty-name`, `home-url` and `bug-report-url`"}},
		{name: "project wants what scanners need", Example: rulestest.Example{Fragment: "os-release:\n  name: My Linux\n  pretty-name: My Linux\n  home-url: https://example.com\n"},
			want: []string{"1:1: warning: `os-release` lacks `id` and `version-id`: scanners cannot tell which vulnerabilities apply"}},
		{name: "Debian's codename", Example: rulestest.Example{Base: "debian", Fragment: "os-release:\n  name: D\n  id: debian\n  version-id: \"13\"\n  pretty-name: D\n  home-url: https://example.com\n  bug-report-url: https://example.com\n"},
			want: []string{"1:1: info: `os-release` lacks `version-codename`"}},
		{name: "half typed", Example: rulestest.Example{Fragment: "os-release:\n"}},
	})
}
