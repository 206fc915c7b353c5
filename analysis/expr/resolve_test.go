package expr

import (
	"fmt"
	"strings"
	"testing"
)

func TestResolve(t *testing.T) {
	vars := map[string]string{
		"VERSION": "8.0.5", "MAJOR": "${VERSION:^([0-9]+)\\..*$}", "PLAIN": "x", "EMPTY": "",
		"ARCH":   `#{ target.arch == "amd64" ? "x86_64" : "aarch64" }`,
		"TRIPLE": `#{ (target.arch == "amd64" ? "x86-64" : "aarch64") + "-linux-gnu" }`,
		"KIND":   `#{ definition.vars.PLAIN == "y" || definition.vars.PLAIN == "x" ? "yes" : "no" }`,
		"JOIN":   `#{ target.arch == "amd64" ? "a" + definition.vars.ARCH : "b" + definition.vars.ARCH }`,
		"A":      "${B}", "B": "${C}", "C": "${A}", "SELF": "a${SELF}",
		"HALF": "${MISSING}-${PLAIN}", "DIR": "${source.dir}/x",
		"BADRE": "${VERSION:(}", "NOGROUP": "${VERSION:8}", "NOMATCH": "${VERSION:^v(.*)$}",
		"FIPS": `#{ target.fips ? "f" : "" }`, "LAZY": `#{ true || target.fips ? "f" : definition.vars.NONE }`,
		"NOT": `#{ !(definition.vars.PLAIN != "x") && "a" == "a" ? "ok" : "bad" }`,
		"BAD": `#{ "a" + }`, "COND": `#{ true }`,
	}
	for _, tc := range []struct {
		in, platform, want string
		reasons            string
	}{
		{"none", "linux/amd64", "none", ""},
		{"${VERSION}", "linux/amd64", "8.0.5", ""},
		{"v${VERSION}-${PLAIN}${EMPTY}", "linux/amd64", "v8.0.5-x", ""},
		{"${VERSION:^([0-9]+\\.[0-9]+).*$}", "linux/amd64", "8.0", ""},
		{"${MAJOR}", "linux/amd64", "8", ""},
		{"${ARCH}", "linux/amd64", "x86_64", ""},
		{"${ARCH}", "linux/arm64", "aarch64", ""},
		{"${ARCH}", "", "#{ target.arch == \"amd64\" ? \"x86_64\" : \"aarch64\" }", "symbolic"},
		{"${TRIPLE}", "linux/arm64", "aarch64-linux-gnu", ""},
		{"${KIND}", "linux/arm64", "yes", ""},
		{"${JOIN}", "linux/arm64", "baarch64", ""},
		{"${NOT}", "linux/arm64", "ok", ""},
		{"${LAZY}", "linux/arm64", "f", ""},
		{"#{ target.arch }", "linux/arm64", "arm64", ""},
		{"${target.arch}", "linux/arm64/v8", "arm64", ""},
		{"${target.arch}", "", "${target.arch}", "symbolic"},
		{"${DIR}", "linux/amd64", "${source.dir}/x", "symbolic"},
		{"${FIPS}", "linux/amd64", "#{ target.fips ? \"f\" : \"\" }", "symbolic"},
		{"${A}", "linux/amd64", "${A}", "cycle"},
		{"${SELF}", "linux/amd64", "a${SELF}", "cycle"},
		{"${MISSING}/${PLAIN}", "linux/amd64", "${MISSING}/x", "undefined"},
		{"${HALF}", "linux/amd64", "${MISSING}-x", "undefined"},
		{"${BADRE}", "linux/amd64", "${VERSION:(}", "regex"},
		{"${NOGROUP}", "linux/amd64", "${VERSION:8}", "regex"},
		{"${NOMATCH}", "linux/amd64", "${VERSION:^v(.*)$}", "nomatch"},
		{"${BAD}", "linux/amd64", `#{ "a" + }`, "expression"},
		{"${COND}", "linux/amd64", `#{ true }`, "expression"},
		{"${VERSION", "linux/amd64", "${VERSION", "malformed"},
		{"${VERSION)", "linux/amd64", "${VERSION)", "malformed"},
		{"${ VERSION }", "linux/amd64", "${ VERSION }", "malformed"},
		{"${VERSION:-1}", "linux/amd64", "${VERSION:-1}", "malformed"},
		{"${}", "linux/amd64", "${}", "malformed"},
	} {
		env := Env{Platform: tc.platform, Vars: func(n string) (string, bool) { v, ok := vars[n]; return v, ok }}
		got, open := Resolve(tc.in, env)
		var reasons []string
		for _, u := range open {
			reasons = append(reasons, reasonName[u.Reason])
			if u.Message == "" || u.Range.End > len(tc.in) {
				t.Errorf("Resolve(%q): %+v", tc.in, u)
			}
		}
		if got != tc.want && tc.reasons != "cycle" || strings.Join(reasons, " ") != tc.reasons {
			t.Errorf("Resolve(%q, %s) = %q %+v, want %q %s", tc.in, tc.platform, got, open, tc.want, tc.reasons)
		}
	}
}

var reasonName = map[Reason]string{
	Undefined: "undefined", Symbolic: "symbolic", Cycle: "cycle", NoMatch: "nomatch", InvalidRegex: "regex",
	InvalidExpression: "expression", Malformed: "malformed", TooLarge: "large",
}

func TestResolveBuiltins(t *testing.T) {
	got, open := Resolve("${source.dir}/${target.dir}", Env{Builtins: map[string]string{"source.dir": "/src", "target.dir": "/out"}})
	if got != "/src//out" || len(open) > 0 {
		t.Errorf("%q %v", got, open)
	}
}

func TestResolveCycleMessage(t *testing.T) {
	vars := map[string]string{"A": "${B}", "B": "${A}"}
	_, open := Resolve("x${A}", Env{Vars: func(n string) (string, bool) { v, ok := vars[n]; return v, ok }})
	if len(open) != 1 || !strings.Contains(open[0].Message, "A -> B -> A") || open[0].Range.Start != 1 {
		t.Errorf("%+v", open)
	}
}

// Values that double at each step stay small and quick.
func TestResolveBombs(t *testing.T) {
	for _, leaf := range []string{"", "x", "${NONE}", strings.Repeat("y", 1000)} {
		env := Env{Vars: func(n string) (string, bool) {
			var i int
			if _, err := fmt.Sscanf(n, "V%d", &i); err != nil {
				return "", false
			}
			if i == 0 {
				return leaf, true
			}
			return strings.Repeat(fmt.Sprintf("${V%d}", i-1), 10), true
		}}
		for _, n := range []int{5, 30, 1000} {
			got, open := Resolve(fmt.Sprintf("${V%d}", n), env)
			if len(got) > 2*maxValue || len(open) > maxOpen {
				t.Errorf("leaf of %d bytes, depth %d: %d bytes, %d unresolved", len(leaf), n, len(got), len(open))
			}
			if (n == 1000 || len(leaf) > 0 && n > 5) && len(open) == 0 {
				t.Errorf("leaf of %d bytes, depth %d: nothing reported", len(leaf), n)
			}
		}
	}
}
