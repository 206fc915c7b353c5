package rules_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

// paths writes one entry per argument, in flow style.
func paths(list ...string) rulestest.Example {
	return rulestest.Example{Fragment: "paths:\n  - {" + strings.Join(list, "}\n  - {") + "}\n"}
}

func TestPathRules(t *testing.T) {
	checkEdges(t, "path-symlink-no-source", []edgeCase{
		{name: "half typed", Example: paths("type: symlink, path: /a, source: ")},
		{name: "empty", Example: paths(`type: symlink, path: /a, source: ""`), want: []string{"2:27: error: the symbolic link `/a` has no `source`: expected the path it leads to"}},
		{name: "without a path", Example: paths("type: symlink"), want: []string{"2:12: error: the symbolic link `` has no `source`: expected the path it leads to"}},
	})
	checkEdges(t, "path-symlink-self", []edgeCase{
		{name: "relative to its folder", Example: paths("type: symlink, path: /a/b, source: ../a/./b"), want: []string{"2:41: error: the symbolic link `/a/b` leads to itself"}},
		{name: "same name elsewhere", Example: paths("type: symlink, path: /bin/sh, source: /usr/bin/sh")},
		{name: "two links", Example: paths("type: symlink, path: /a, source: /b", "type: symlink, path: /b, source: a"), want: []string{
			"2:39: error: the symbolic link `/a` leads back to itself over 1 other(s) of this list", "3:39: error: the symbolic link `/b` leads back to itself over 1 other(s) of this list"}},
		{name: "into a loop", Example: paths("type: symlink, path: /x, source: /a", "type: symlink, path: /a, source: /a"), want: []string{"3:39: error: the symbolic link `/a` leads to itself"}},
		{name: "variable", Example: paths("type: symlink, path: /a, source: ${UNKNOWN}")},
	})
	checkEdges(t, "path-file-no-content", []edgeCase{
		{name: "from a source", Example: paths("type: file, path: /a, source: a")},
		{name: "empty content", Example: paths(`type: file, path: /a, content: ""`)},
		{name: "fixed", Example: paths("type: file, path: /a"), want: []string{"2:24: warning: the file `/a` has neither `content` nor `source`"}, fixed: "paths:\n  - {type: emptyfile, path: /a}\n"},
	})
	checkEdges(t, "path-field-unused", []edgeCase{
		{name: "recursive on a directory", Example: paths("type: directory, path: /a, recursive: true")},
		{name: "recursive on a file", Example: paths("type: file, path: /a, content: x, recursive: true"), want: []string{"2:40: warning: `recursive` has no effect on a path of type `file`"}},
		{name: "recursive not set", Example: paths("type: file, path: /a, content: x, recursive: false")},
		{name: "deleted", Example: paths("type: delete, path: /a, source: b"), want: []string{"2:30: warning: `source` has no effect on a path of type `delete`"}},
		{name: "directory from a source", Example: paths("type: directory, path: /a, source: b")},
	})
	checkEdges(t, "path-uid-gid-missing", []edgeCase{
		{name: "delete", Example: paths("type: delete, path: /a")},
		{name: "one", Example: paths("type: directory, path: /a, uid: 0"), want: []string{"2:29: warning: path `/a` lacks `gid`"}},
	})
	checkEdges(t, "path-not-absolute", []edgeCase{
		{name: "built-ins and variables", Example: paths("type: directory, path: '${source.dir}/a'", "type: directory, path: '${target.dir}/a'", "type: directory, path: '${WHERE}/a'")},
		{name: "a known variable", Example: rulestest.Example{Fragment: "vars:\n  WHERE: usr\npaths:\n  - {type: directory, path: '${WHERE}/a'}\n"}, want: []string{"4:29: error: `usr/a` is not absolute: expected a path that begins with `/`"}},
		{name: "empty", Example: paths(`type: directory, path: ""`), want: []string{"2:29: error: the path is empty: expected an absolute path such as `/etc/app`"}},
		{name: "missing", Example: paths("type: directory")},
		{name: "fixed", Example: paths("type: directory, path: 'etc/a'"), want: []string{"2:29: error: `etc/a` is not absolute: expected a path that begins with `/`"}, fixed: "paths:\n  - {type: directory, path: '/etc/a'}\n"},
	})
	checkEdges(t, "path-trailing-slash", []edgeCase{
		{name: "root", Example: paths("type: directory, path: /")},
		{name: "several", Example: paths("type: directory, path: '/a//'"), want: []string{"2:32: hint: the path ends in a slash"}, fixed: "paths:\n  - {type: directory, path: '/a'}\n"},
		{name: "catalog", Example: rulestest.Example{Profile: analysis.ProfileCatalog, Fragment: "paths:\n  - {type: directory, path: /a/}\n"}, want: []string{"2:31: info: the path ends in a slash"}},
	})
	checkEdges(t, "path-under-var-run", []edgeCase{
		{name: "the link itself", Example: paths("type: symlink, path: /var/run, source: /run", "type: directory, path: /var/run/")},
		{name: "longer name", Example: paths("type: directory, path: /var/runner/a")},
		{name: "fixed", Example: paths("type: directory, path: /var/run/a"), want: []string{"2:29: warning: `/var/run/a` is below `/var/run`, which is a symbolic link to `/run`: expected `/run/a`"}, fixed: "paths:\n  - {type: directory, path: /run/a}\n"},
	})
	checkEdges(t, "work-dir-not-absolute", []edgeCase{
		{name: "variable", Example: rulestest.Example{Fragment: "work-dir: ${DIR}\n"}},
		{name: "empty", Example: rulestest.Example{Fragment: "work-dir: \"\"\n"}, want: []string{"1:11: error: the working directory `` is not absolute: the container does not start"}},
	})
}

func TestModeRules(t *testing.T) {
	mode := func(kind, mode string) rulestest.Example {
		return paths("type: " + kind + ", path: /a, mode: " + mode)
	}
	checkEdges(t, "path-mode-malformed", []edgeCase{
		{name: "good ones", Example: paths(`type: file, path: /a, mode: "0755"`, `type: file, path: /b, mode: "755"`, `type: file, path: /c, mode: "02775"`, `type: file, path: /d, mode: "${MODE}"`)},
		{name: "no octal digit", Example: mode("file", `"0855"`), want: []string{"2:34: error: `0855` is no mode: expected an octal number such as \"0755\""}},
		{name: "too large", Example: mode("file", `"10000"`), want: []string{"2:34: error: `10000` is no mode: expected an octal number such as \"0755\""}},
		{name: "prefix", Example: mode("file", `"0o755"`), want: []string{"2:34: error: `0o755` is no mode: expected an octal number such as \"0755\""}},
		{name: "empty", Example: mode("file", `""`), want: []string{"2:34: error: `` is no mode: expected an octal number such as \"0755\""}},
	})
	checkEdges(t, "path-mode-not-4-digits", []edgeCase{
		{name: "three", Example: mode("directory", `"750"`), want: []string{"2:39: hint: mode `750` is usually written with four digits: \"0750\""}, fixed: "paths:\n  - {type: directory, path: /a, mode: \"0750\"}\n"},
		{name: "five", Example: mode("directory", `"02775"`), want: []string{"2:39: hint: mode `02775` is usually written with four digits: \"2775\""}, fixed: "paths:\n  - {type: directory, path: /a, mode: \"2775\"}\n"},
		{name: "one", Example: mode("directory", `"0"`), want: []string{"2:39: hint: mode `0` is usually written with four digits: \"0000\""}},
	})
	checkEdges(t, "path-dir-no-mode", []edgeCase{
		{name: "from a source", Example: paths("type: directory, path: /a, source: b")},
		{name: "catalog", Example: rulestest.Example{Profile: analysis.ProfileCatalog, Fragment: "paths:\n  - {type: directory, path: /a}\n"}},
	})
	checkEdges(t, "path-world-writable-directory", []edgeCase{
		{name: "temporary", Example: paths(`type: directory, path: /var/tmp, mode: "1777"`, `type: directory, path: /tmp/, mode: "1777"`)},
		{name: "the sticky bit is missing", Example: paths(`type: directory, path: /tmp, mode: "0777"`), want: []string{"2:41: warning: everybody may write to `/tmp`, and delete the files of others"},
			fixed: "paths:\n  - {type: directory, path: /tmp, mode: \"1777\"}\n"},
		{name: "group only", Example: paths(`type: directory, path: /a, mode: "0775"`)},
	})
	checkEdges(t, "path-script-not-executable", []edgeCase{
		{name: "owner only", Example: paths(`type: file, path: /a, content: "#!/bin/sh", mode: "0744"`)},
		{name: "fixed", Example: paths(`type: file, path: /a, content: "#!/bin/sh", mode: "0640"`), want: []string{"2:56: warning: `/a` begins with `#!`, but nobody may execute it"},
			fixed: "paths:\n  - {type: file, path: /a, content: \"#!/bin/sh\", mode: \"0750\"}\n"},
		{name: "no mode", Example: paths(`type: file, path: /a, content: "#!/bin/sh"`)},
	})
}

func TestPathListRules(t *testing.T) {
	checkEdges(t, "path-duplicate", []edgeCase{
		{name: "other writing", Example: paths("type: directory, path: /a, uid: 0", "uid: 0, path: /a, type: directory"), want: []string{"3:20: warning: path `/a` is listed twice"}},
		{name: "in a stage", Example: rulestest.Example{Fragment: "contents:\n  builds:\n    - name: a\n      paths:\n        - {type: delete, path: '${source.dir}/a'}\n        - {type: delete, path: '${source.dir}/a'}\n"},
			want: []string{"6:32: warning: path `${source.dir}/a` is listed twice"}},
		{name: "in two lists", Example: rulestest.Example{Fragment: "paths:\n  - {type: delete, path: /a}\ncontents:\n  builds:\n    - name: a\n      paths:\n        - {type: delete, path: /a}\n"}},
		{name: "for platforms", Example: paths("type: delete, path: /a, platforms: [linux/amd64]", "type: delete, path: /a, platforms: [linux/arm64]")},
		{name: "under conditions", Example: paths("type: delete, path: /a, if: x", "type: delete, path: /a, if: y")},
		{name: "unknown variables", Example: paths("type: delete, path: '${A}'", "type: delete, path: '${A}'")},
	})
	checkEdges(t, "path-duplicate-conflict", []edgeCase{
		{name: "deleted first", Example: paths("type: delete, path: /a", "type: symlink, path: /a, source: /b")},
		{name: "deleted afterwards", Example: paths("type: symlink, path: /a, source: /b", "type: delete, path: /a/"), want: []string{"3:26: warning: path `/a` is listed twice with different settings: the later one counts, or the build fails"}},
		{name: "from two sources", Example: paths("type: directory, path: /a, source: b", "type: directory, path: /a, source: c")},
	})
	checkEdges(t, "path-below-file", []edgeCase{
		{name: "longer name", Example: paths("type: file, path: /a, content: x", "type: file, path: /ab/c, content: x")},
		{name: "deleted between", Example: paths("type: file, path: /a, content: x", "type: delete, path: /a", "type: directory, path: /a/b")},
		{name: "far below", Example: paths("type: emptyfile, path: /a", "type: directory, path: /a/b/c/d"), want: []string{"3:29: error: `/a/b/c/d` cannot exist: `/a` is a file"}},
		{name: "below a link", Example: paths("type: symlink, path: /a, source: /b", "type: directory, path: /a/b")},
	})
	checkEdges(t, "path-uid-unknown", []edgeCase{
		{name: "root and users", Example: paths("type: directory, path: /a, uid: 0", "type: directory, path: /b, uid: 65532")},
		{name: "no accounts", Example: rulestest.Example{Drop: []string{"accounts"}, Fragment: "paths:\n  - {type: directory, path: /a, uid: 7}\n"}},
		{name: "number of run-as", Example: rulestest.Example{Fragment: "accounts:\n  run-as: \"999\"\n" + nonroot + "paths:\n  - {type: directory, path: /a, uid: 999}\n"}},
		{name: "a stage has its own users", Example: rulestest.Example{Fragment: "contents:\n  builds:\n    - name: a\n      paths:\n        - {type: directory, path: /a, uid: 7}\n"}},
	})
	checkEdges(t, "path-gid-unknown", []edgeCase{
		{name: "gid of a user without a group", Example: rulestest.Example{Fragment: "accounts:\n" + nonroot + "paths:\n  - {type: directory, path: /a, gid: 65532}\n"}},
	})
	checkEdges(t, "home-of-unknown-user", []edgeCase{
		{name: "once per user", Example: rulestest.Example{Fragment: "environment:\n  HOME: /home/app\npaths:\n  - {type: directory, path: /home/app/x}\n  - {type: directory, path: /home/nonroot/x}\n"},
			want: []string{"2:9: info: `HOME` is in the home directory of `app`, who is no user in `accounts.users`"}},
		{name: "the folder itself", Example: rulestest.Example{Fragment: "work-dir: /home/\n"}},
		{name: "no accounts", Example: rulestest.Example{Drop: []string{"accounts"}, Fragment: "work-dir: /home/app\n"}},
	})
}

func TestPathSourceRules(t *testing.T) {
	project := func(path, source string, disk ...string) rulestest.Example {
		e := paths("type: file, path: /a, source: " + source)
		e.Path, e.Disk = path, map[string]bool{path: true}
		for _, d := range disk {
			e.Disk[d] = true
		}
		return e
	}
	checkEdges(t, "path-source-missing", []edgeCase{
		{name: "beside the definition", Example: project("defs/app.yaml", "app.conf", "defs/app.conf")},
		{name: "in a folder above", Example: project("a/b/app.yaml", "conf/app.conf", "conf/app.conf")},
		{name: "nowhere, folder unknown", Example: project("a/b/app.yaml", "conf/app.conf")},
		{name: "nowhere, folder known", Example: project("a/b/app.yaml", "conf/app.conf", "a/conf/other.conf"), want: []string{"2:36: warning: the source `a/conf/app.conf` is not there"}},
		{name: "absolute path", Example: project("/w/a/app.yaml", "conf/app.conf", "/w/conf/other.conf"), want: []string{"2:36: warning: the source `/w/conf/app.conf` is not there"}},
		{name: "catalog below a folder", Example: project("/c/image/sample/alpine-3.23/1.yaml", "image/sample/conf/app.conf", "/c/image/sample/conf/other.conf"),
			want: []string{"2:36: error: the source `/c/image/sample/conf/app.conf` is not there"}},
		{name: "a catalog's sources are not beside the file", Example: project("image/sample/alpine-3.23/1.yaml", "1.conf", "image/sample/alpine-3.23/1.conf"), want: []string{"2:36: error: the source `1.conf` is not there"}},
		{name: "patterns, variables, places of the build", Example: project("app.yaml", "'*.conf'")},
		{name: "source of the stage", Example: project("app.yaml", "'${source.dir}/x'")},
		{name: "absolute", Example: project("app.yaml", "/etc/x")},
		{name: "above the context", Example: project("app.yaml", "../x")},
		{name: "link", Example: rulestest.Example{Disk: map[string]bool{"app.yaml": true}, Fragment: "paths:\n  - {type: symlink, path: /a, source: b}\n"}},
		{name: "no disk", Example: paths("type: file, path: /a, source: b")},
	})
	folder := project("app.yaml", "conf", "conf/app.conf")
	folder.Fragment = strings.Replace(folder.Fragment, "type: file", "type: directory", 1)
	checkEdges(t, "path-source-kind", []edgeCase{{name: "folder", Example: folder}})
}
