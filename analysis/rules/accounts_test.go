package rules_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

const (
	nonroot      = "  users:\n    - name: nonroot\n      uid: 65532\n      gid: 65532\n"
	nonrootGroup = "  groups:\n    - name: nonroot\n      gid: 65532\n"
)

// accountsExample is a fragment with the accounts that begin as head.
func accountsExample(base, head string) rulestest.Example {
	return rulestest.Example{Base: base, Fragment: "accounts:\n" + head + nonroot + nonrootGroup}
}

func TestAccountRules(t *testing.T) {
	checkEdges(t, "run-as-undefined", []edgeCase{
		{name: "root", Example: accountsExample("dev", "  root: true\n  run-as: root\n")},
		{name: "number", Example: accountsExample("", "  run-as: \"999\"\n")},
		{name: "user and group", Example: accountsExample("", "  run-as: nonroot:nonroot\n")},
		{name: "only the user is marked", Example: accountsExample("", "  run-as: noroot:nonroot\n"),
			want:  []string{"2:11: error: `run-as` names the user `noroot`, which `accounts.users` does not define"},
			fixed: "accounts:\n  run-as: nonroot:nonroot\n" + nonroot + nonrootGroup},
		{name: "variable", Example: rulestest.Example{Fragment: "vars:\n  WHO: nonroot\naccounts:\n  run-as: ${WHO}\n" + nonroot + nonrootGroup}},
		{name: "unknown variable", Example: accountsExample("", "  run-as: ${WHO}\n")},
		{name: "a user with an unknown name", Example: rulestest.Example{Fragment: "accounts:\n  run-as: app\n  users:\n    - name: ${WHO}\n      uid: 1\n      gid: 1\n"}},
		{name: "empty", Example: accountsExample("", "  run-as:\n")},
		{name: "stage", Example: stage("    accounts:\n      run-as: builder\n"), want: []string{"5:15: warning: `run-as` names the user `builder`, which `accounts.users` does not define"}},
		{name: "stage on an image", Example: stage("    uses: dhi.io/golang:1\n    accounts:\n      run-as: builder\n")},
	})
	checkEdges(t, "run-as-missing", []edgeCase{
		{name: "half typed", Example: accountsExample("", "  run-as:\n")},
		{name: "package", Example: rulestest.Example{Base: "package", Fragment: "accounts:\n  root: true\n"}},
	})
	checkEdges(t, "run-as-numeric-undefined", []edgeCase{
		{name: "uid of a user", Example: accountsExample("", "  run-as: \"65532\"\n")},
		{name: "root", Example: accountsExample("", "  root: true\n  run-as: \"0\"\n")},
	})
	checkEdges(t, "run-as-root-but-root-not-enabled", []edgeCase{
		{name: "number", Example: accountsExample("dev", "  run-as: \"0\"\n"), want: []string{"2:12: error: `run-as` is root, but the root account is not enabled by `root: true`"},
			fixed: "accounts:\n  root: true\n  run-as: \"0\"\n" + nonroot + nonrootGroup},
		{name: "disabled", Example: accountsExample("dev", "  root: false\n  run-as: root\n"), want: []string{"3:11: error: `run-as` is root, but the root account is not enabled by `root: true`"},
			fixed: "accounts:\n  root: true\n  run-as: root\n" + nonroot + nonrootGroup},
		{name: "package", Example: rulestest.Example{Base: "package", Fragment: "accounts:\n  root: true\n  run-as: root\n"}},
	})
	checkEdges(t, "runtime-runs-as-root", []edgeCase{
		{name: "dev", Example: accountsExample("dev", "  root: true\n  run-as: root\n")},
		{name: "package", Example: rulestest.Example{Base: "package", Fragment: "accounts:\n  root: true\n  run-as: root\n"}},
		{name: "number", Example: accountsExample("", "  root: true\n  run-as: 0:0\n"), want: []string{"3:11: warning: a runtime image should not run as root"}},
		{name: "waiver", Example: rulestest.Example{Fragment: "accounts:\n  root: true\n  run-as: root\n" + nonroot + nonrootGroup + "annotations:\n  com.docker.dhi.runtime-root-required: needs raw sockets\n"}},
	})
	checkEdges(t, "runtime-root-enabled-unused", []edgeCase{
		{name: "removed", Example: accountsExample("", "  root: true\n  run-as: nonroot\n"), want: []string{"2:3: info: the root account is enabled, but the image runs as `nonroot`"},
			fixed: "accounts:\n  run-as: nonroot\n" + nonroot + nonrootGroup},
		{name: "waiver", Example: rulestest.Example{Fragment: "accounts:\n  root: true\n  run-as: nonroot\n" + nonroot + nonrootGroup + "annotations:\n  com.docker.dhi.runtime-root-required: for the init script\n"}},
	})
	checkEdges(t, "dev-not-root", []edgeCase{
		{name: "templates", Example: rulestest.Example{Base: "debian-dev", Path: "image/sbx-templates/debian-13/shell-dev.yaml", Fragment: "accounts:\n  root: true\n  run-as: nonroot\n" + nonroot}},
	})
	checkEdges(t, "dev-root-not-enabled", []edgeCase{
		{name: "told as an error", Example: accountsExample("dev", "  run-as: root\n")},
		{name: "wrong type", Example: accountsExample("dev", "  root: yes please\n  run-as: nonroot\n")},
	})
	checkEdges(t, "dev-no-unprivileged-user", []edgeCase{
		{name: "only _apt", Example: rulestest.Example{Base: "debian-dev", Fragment: "accounts:\n  root: true\n  run-as: root\n  users:\n    - name: _apt\n      uid: 42\n      gid: 0\n"},
			want: []string{"1:1: warning: a dev image should define an unprivileged user, too, so that applications can switch to it"}},
		{name: "half typed name", Example: rulestest.Example{Base: "dev", Fragment: "accounts:\n  users:\n    - name:\n"}},
	})
}

func stage(body string) rulestest.Example {
	return rulestest.Example{Fragment: "contents:\n  builds:\n  - name: one\n" + body}
}

func TestUserRules(t *testing.T) {
	checkEdges(t, "group-member-undefined", []edgeCase{
		{name: "root", Example: rulestest.Example{Fragment: "accounts:\n" + nonroot + nonrootGroup + "      members:\n        - root\n"}},
		{name: "misspelt", Example: rulestest.Example{Fragment: "accounts:\n" + nonroot + nonrootGroup + "      members:\n        - nonrot\n"},
			want:  []string{"10:11: error: group `nonroot` lists `nonrot`, which is no user in `accounts.users`"},
			fixed: "accounts:\n" + nonroot + nonrootGroup + "      members:\n        - nonroot\n"},
		{name: "another one", Example: rulestest.Example{Fragment: "accounts:\n" + nonroot + nonrootGroup + "      members:\n        - nonroot\n        - www-data\n"},
			want:  []string{"11:11: error: group `nonroot` lists `www-data`, which is no user in `accounts.users`"},
			fixed: "accounts:\n" + nonroot + nonrootGroup + "      members:\n        - nonroot\n"},
		{name: "stage on an image", Example: stage("    uses: dhi.io/golang:1\n    accounts:\n      groups:\n      - name: a\n        gid: 1\n        members: [b]\n")},
		{name: "stage", Example: stage("    accounts:\n      groups:\n      - name: a\n        gid: 1\n        members: [b]\n"), want: []string{"8:19: warning: group `a` lists `b`, which is no user in `accounts.users`"}},
	})
	checkEdges(t, "user-gid-undefined", []edgeCase{
		{name: "root's group", Example: rulestest.Example{Fragment: "accounts:\n  users:\n    - name: app\n      uid: 1\n      gid: 0\n"}},
		{name: "_apt", Example: rulestest.Example{Base: "debian-dev", Fragment: "accounts:\n  users:\n    - name: _apt\n      uid: 42\n      gid: 65534\n"},
			want: []string{"5:12: info: user `_apt` has the gid 65534, which no group in `accounts.groups` has"}},
		{name: "a group without its number", Example: rulestest.Example{Fragment: "accounts:\n" + nonroot + "  groups:\n    - name: nonroot\n      gid:\n"}},
	})
	checkEdges(t, "account-name-malformed", []edgeCase{
		{name: "comma in a user", Example: rulestest.Example{Fragment: "accounts:\n  users:\n    - name: a,b\n      uid: 1\n      gid: 1\n"}},
		{name: "comma in a group", Example: rulestest.Example{Fragment: "accounts:\n  groups:\n    - name: a,b\n      gid: 1\n"},
			want: []string{"3:13: error: `a,b` cannot be the name of a group: it holds a character that separates the fields of `/etc/group`"}},
		{name: "blank", Example: rulestest.Example{Fragment: "accounts:\n  users:\n    - name: my app\n      uid: 1\n      gid: 1\n"}, want: []string{"3:13: error: `my app` cannot be the name of a user: blanks and slashes are not allowed"}},
		{name: "empty", Example: rulestest.Example{Fragment: "accounts:\n  users:\n    - name: \"\"\n      uid: 1\n      gid: 1\n"}, want: []string{"3:13: error: a user needs a name"}},
		{name: "signs that are allowed", Example: rulestest.Example{Fragment: "accounts:\n  users:\n    - name: _my.app-1\n      uid: 1\n      gid: 1\n"}},
	})
	checkEdges(t, "account-id-out-of-range", []edgeCase{
		{name: "largest", Example: rulestest.Example{Fragment: "accounts:\n  users:\n    - name: a\n      uid: 4294967294\n      gid: 4294967295\n"},
			want: []string{"5:12: error: gid 4294967295 is out of range: expected a number from 0 to 4294967294"}},
		{name: "far too large", Example: rulestest.Example{Fragment: "paths:\n  - type: directory\n    path: /a\n    uid: 99999999999999999999\n    gid: 0\n    mode: \"0755\"\n"},
			want: []string{"4:10: error: uid 99999999999999999999 is out of range: expected a number from 0 to 4294967294"}},
	})
	checkEdges(t, "duplicate-user-name", []edgeCase{
		{name: "equal", Example: rulestest.Example{Fragment: "accounts:\n" + nonroot + "    - gid: 65532\n      uid: 65532\n      name: nonroot\n" + nonrootGroup},
			want: []string{"8:13: warning: user `nonroot` is defined twice"}, fixed: "accounts:\n" + nonroot + nonrootGroup},
		{name: "different names", Example: rulestest.Example{Fragment: "accounts:\n" + nonroot + "    - name: b\n      uid: 65532\n      gid: 65532\n"}},
	})
	checkEdges(t, "duplicate-user-uid", []edgeCase{
		{name: "same name is another rule's", Example: rulestest.Example{Fragment: "accounts:\n" + nonroot + "    - name: nonroot\n      uid: 65532\n      gid: 1\n"}},
		{name: "other writing of the number", Example: rulestest.Example{Fragment: "accounts:\n  users:\n    - name: a\n      uid: 16\n      gid: 1\n    - name: b\n      uid: 0x10\n      gid: 1\n"},
			want: []string{"7:12: warning: users `a` and `b` have the same uid 16"}},
	})
}
