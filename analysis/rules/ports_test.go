package rules_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

func TestPortRules(t *testing.T) {
	ports := func(list ...string) rulestest.Example {
		return rulestest.Example{Fragment: "ports:\n  - " + strings.Join(list, "\n  - ") + "\n"}
	}
	inCatalog := ports(`"8080"`, "9090/tcp", `"4510-4559"`)
	inCatalog.Profile = analysis.ProfileCatalog
	expected := "expected a number from 1 to 65535 and a protocol, such as `8080/tcp`"
	checkEdges(t, "port-malformed", []edgeCase{
		{name: "all forms", Example: ports(`"8080"`, "8080/tcp", "53/udp", "5000/sctp", "9000-9100/tcp", `"4510-4559"`, "8080/TCP", "65535/tcp")},
		{name: "numbers", Example: ports("0/tcp", "65536/tcp", "-1/tcp", "8080-/tcp", "0x50/tcp", "/tcp", `""`), want: []string{
			"2:5: error: `0/tcp` is no port: " + expected, "3:5: error: `65536/tcp` is no port: " + expected, "4:5: error: `-1/tcp` is no port: " + expected,
			"5:5: error: `8080-/tcp` is no port: " + expected, "6:5: error: `0x50/tcp` is no port: " + expected, "7:5: error: `/tcp` is no port: " + expected, "8:5: error: `` is no port: " + expected}},
		{name: "range", Example: ports("9100-9000/tcp"), want: []string{"2:5: error: `9100-9000/tcp` is no port: the range ends before it begins"}},
		{name: "no protocol behind the slash", Example: ports("8080/"), want: []string{"2:5: error: `8080/` is no port: the protocol is `tcp`, `udp` or `sctp`, not ``"}},
		{name: "catalog", Example: inCatalog, want: []string{"2:5: info: port `8080` has no protocol: the catalog writes `8080/tcp`", "4:5: info: port `4510-4559` has no protocol: the catalog writes `4510-4559/tcp`"},
			fixed: "ports:\n  - 8080/tcp\n  - 9090/tcp\n  - \"4510-4559\"\n"},
		{name: "variables", Example: ports("${PORT}/tcp")},
		{name: "half typed", Example: rulestest.Example{Fragment: "ports:\n  -\n"}},
	})
	setcap := ports("80/tcp")
	setcap.Fragment += "contents:\n  builds:\n    - name: a\n      pipeline:\n        - runs: |\n            setcap CAP_NET_BIND_SERVICE=+ep /usr/bin/sample\n"
	root := accountsExample("", "  root: true\n  run-as: root\n")
	root.Fragment += "ports:\n  - 80/tcp\n"
	checkEdges(t, "port-privileged-nonroot", []edgeCase{
		{name: "the border", Example: ports("1023/udp", "1024/tcp"), want: []string{"2:5: warning: port 1023 is below 1024, which the user `nonroot` cannot open everywhere"}},
		{name: "without protocol, range", Example: ports(`"80"`, "1000-2000/tcp"), want: []string{
			"2:5: warning: port 80 is below 1024, which the user `nonroot` cannot open everywhere", "3:5: warning: port 1000 is below 1024, which the user `nonroot` cannot open everywhere"}},
		{name: "capability", Example: setcap},
		{name: "root", Example: root},
		{name: "malformed is another rule's", Example: ports("80/http")},
	})
	checkEdges(t, "port-duplicate", []edgeCase{
		{name: "protocols differ", Example: ports("53/tcp", "53/udp")},
		{name: "removed", Example: ports("53/tcp", "80/tcp", `"53"`), want: []string{"4:5: warning: port `53` is listed twice"}, fixed: "ports:\n  - 53/tcp\n  - 80/tcp\n"},
	})
}
