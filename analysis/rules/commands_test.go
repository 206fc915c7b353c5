package rules_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

const commandsRule = "runs-command-not-provided"

// commandStage is a Debian definition with a stage of bash and coreutils.
// before stands among the stage's keys, script in its step.
func commandStage(before, script string) rulestest.Example {
	var b strings.Builder
	b.WriteString("contents:\n  packages:\n    - base-files\n  builds:\n    - name: sample\n" + before)
	if !strings.Contains(before, "contents:") {
		b.WriteString("      contents:\n        packages:\n          - bash\n          - coreutils\n")
	}
	b.WriteString("      pipeline:\n        - runs: |\n            set -eux -o pipefail\n")
	for line := range strings.Lines(script) {
		b.WriteString("            " + line)
	}
	b.WriteString("\n      outputs:\n        - source: /a\n          target: /a\n          uid: 0\n          gid: 0\n")
	return rulestest.Example{Base: "debian", Fragment: b.String()}
}

func openIndexes(t *testing.T) map[string]packages.Source {
	t.Helper()
	indexes, err := rulestest.Indexes(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return indexes
}

// TestScriptCommands: want are the commands that are reported, in order.
func TestScriptCommands(t *testing.T) {
	indexes := openIndexes(t)
	const list = "      contents:\n        packages:\n          - bash\n          - coreutils\n"
	for name, c := range map[string]struct {
		before, script string
		want           string
	}{
		"missing":                {"", "git status", "git"},
		"each once":              {"", "git status\ngit diff", "git"},
		"absolute":               {"", "/usr/bin/git status", "git"},
		"behind a wrapper":       {"", "env A=b git status\nfind . | xargs sed", "git sed"},
		"alternative":            {"", "awk 1", "awk"},
		"alternative is there":   {list + "          - gawk\n", "awk 1", ""},
		"provided":               {"", "mkdir a\ncp a b", ""},
		"builtin":                {"", "cd /\necho a\nexport B=c\n[ -e a ]", ""},
		"function":               {"", "git() { echo; }\ngit", ""},
		"function's body":        {"", "f() { git status; }\nf", "git"},
		"guarded":                {"", "git status || true\nif git diff; then cp a b; fi", ""},
		"nobody has it":          {"", "unheard-of", ""},
		"relative":               {"", "./git\ntools/git", ""},
		"a path of its own":      {"", "/opt/git/bin/git", ""},
		"from the builder":       {"", "sh x\ntar xf a\ndpkg -l", ""},
		"another image":          {"      uses: dhi.io/golang:1.26-dev\n", "git status", ""},
		"no packages":            {"      contents:\n        packages: []\n", "git status", ""},
		"unknown package":        {list + "          - not-there\n", "git status", ""},
		"half typed":             {list + "          - \n", "git status", "git"},
		"variable in a package":  {list + "          - lib${WHAT}\n", "git status", ""},
		"written by the script":  {"", "cat > /usr/local/bin/git <<X\nX\ngit status", ""},
		"linked by the script":   {"", "ln -s x /usr/bin/git\ngit status", ""},
		"made in place":          {"", "install git $DIR\ngit status", ""},
		"installed before":       {"", "pip install git\ngit status", ""},
		"installed behind":       {"", "git status\npip install git", "git"},
		"base system installed":  {"", "pip install sed\nsed x", "sed"},
		"program of the sources": {"", "./install.sh\ngit status", ""},
		"configure":              {"", "./configure\nmake\nmake install\ngit status", "make git"},
		"own product":            {"      work-dir: ${source.dir}/git\n", "make install\ngit status", "make"},
		"file":                   {list + "        files:\n          - url: https://example.com/git\n            path: /usr/local/bin/git\n            checksum: sha256:a\n            uid: 0\n            gid: 0\n", "git status", ""},
		"sources":                {list + "        files:\n          - url: git+https://example.com/x\n            path: ${source.dir}/x\n            uid: 0\n            gid: 0\n", "git status", "git"},
		"artifact":               {list + "        artifacts:\n          - name: a\n            includes:\n              - usr/local/go\n", "git status\nsed x", "sed"},
		"artifact's everything":  {list + "        artifacts:\n          - name: a\n", "git status\nsed x", ""},
		"artifact's folder":      {list + "        artifacts:\n          - name: a\n            includes:\n              - usr/bin/**\n", "sed x", ""},
		"path":                   {"      paths:\n        - type: symlink\n          path: /bin/git\n          source: /x\n          uid: 0\n          gid: 0\n", "git status", ""},
		"cache":                  {"      caches:\n        - path: /usr/local\n", "git status", ""},
		"PATH in the script":     {"", "export PATH=/x:$PATH\ngit status\nsed x", "sed"},
		"PATH of the stage":      {"      environment:\n        PATH: /x:$PATH\n", "git status\nsed x", "sed"},
		"source":                 {"", ". /x/env\ngit status\nsed x", ""},
		"eval":                   {"", "eval \"$(x)\"\nsed x", ""},
		"busybox's own":          {"      shell: /bin/busybox sh\n", "sed x", ""},
		"through busybox":        {"", "busybox sed x", ""},
		"broken script":          {"", "if git status", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := commandStage(c.before, c.script)
			e.Packages = indexes["debian-commands"]
			lines, found, content, err := rulestest.Check(e)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range found {
				if d.Code == commandsRule {
					got = append(got, strings.Split(d.Message, "`")[1])
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q\n%s\n%s", got, c.want, strings.Join(lines, "\n"), content)
			}
		})
	}
	// Without the lists of files nothing is known of Debian's commands.
	e := commandStage("", "git status")
	e.Packages = indexes["debian"]
	checkEdges(t, commandsRule, []edgeCase{{name: "no lists", Example: e}})
}

// TestPackagingStages: actions that build packages bring the base system.
func TestPackagingStages(t *testing.T) {
	indexes := openIndexes(t)
	e := commandStage("", "sed x\ngit status")
	e.Fragment = strings.Replace(e.Fragment, "      pipeline:\n", "      pipeline:\n        - uses: dpkg/build@v1\n", 1)
	e.Packages = indexes["debian-commands"]
	checkEdges(t, commandsRule, []edgeCase{{name: "dpkg", Example: e, want: []string{"15:13: warning: `git` is not provided by any package of build stage `sample`"}}})
}

func TestCommandFixes(t *testing.T) {
	indexes := openIndexes(t)
	before := "      contents:\n        packages:\n          - bash\n          - coreutils\n          - mawk\n"
	unsorted := "      contents:\n        packages:\n          - coreutils\n          - bash # the shell\n"
	var cases []edgeCase
	for name, c := range map[string]struct{ before, after string }{
		"sorted":   {before, strings.Replace(before, "          - mawk\n", "          - git\n          - mawk\n", 1)},
		"unsorted": {unsorted, unsorted + "          - git\n"},
	} {
		e := commandStage(c.before, "git status")
		e.Packages = indexes["debian-commands"]
		line := "14:13"
		if name == "unsorted" {
			line = "13:13"
		}
		cases = append(cases, edgeCase{name: name, Example: e, fixed: commandStage(c.after, "git status").Fragment,
			want: []string{line + ": warning: `git` is not provided by any package of build stage `sample`"}})
	}
	checkEdges(t, commandsRule, cases)
}

func TestProgramsOfImages(t *testing.T) {
	indexes := openIndexes(t)
	base := "contents:\n  packages:\n    - base-files\n    - redis-server\n"
	for name, c := range map[string]struct {
		fragment, want string
	}{
		"provided":                {base + "entrypoint:\n  - /usr/bin/redis-server\n", ""},
		"bare":                    {base + "entrypoint:\n  - redis-server\n", ""},
		"merged /usr":             {base + "entrypoint:\n  - /bin/redis-server\n", ""},
		"bare, missing":           {base + "entrypoint:\n  - tini\n", "tini"},
		"nobody has it":           {base + "entrypoint:\n  - /usr/bin/unheard-of\n", "/usr/bin/unheard-of"},
		"a folder of packages":    {base + "entrypoint:\n  - /opt/vendor/run\n", ""},
		"a folder of nobody":      {base + "entrypoint:\n  - /app/run\n", "/app/run"},
		"elsewhere":               {base + "entrypoint:\n  - /usr/sbin/redis-server\n", "/usr/sbin/redis-server"},
		"cmd":                     {base + "cmd:\n  - tini\n", "tini"},
		"cmd holds arguments":     {base + "entrypoint:\n  - redis-server\ncmd:\n  - tini\n", ""},
		"variable":                {base + "entrypoint:\n  - ${NAME}\n", ""},
		"shell form":              {base + "entrypoint:\n  - tini -- x\n", ""},
		"shell":                   {base + "entrypoint:\n  - /bin/sh\n", ""},
		"output":                  {base + "  builds:\n    - name: a\n      pipeline: []\n      outputs:\n        - source: /x\n          target: /app\nentrypoint:\n  - /app/run\n", ""},
		"path":                    {base + "paths:\n  - type: file\n    path: /app/run\n    content: x\nentrypoint:\n  - /app/run\n", ""},
		"folder":                  {base + "paths:\n  - type: directory\n    path: /app\nentrypoint:\n  - /app/run\n", "/app/run"},
		"folder with content":     {base + "paths:\n  - type: directory\n    path: /app\n    source: files/app\nentrypoint:\n  - /app/run\n", ""},
		"link of the folder":      {base + "paths:\n  - type: symlink\n    path: /app\n    source: /srv\nentrypoint:\n  - /app/run\n", ""},
		"PATH of the image":       {base + "environment:\n  PATH: /opt/x/bin:/usr/bin\nentrypoint:\n  - tini\n", ""},
		"PATH of the image, open": {base + "environment:\n  PATH: /x:$PATH\nentrypoint:\n  - tini\n", ""},
		"artifact":                {base + "  artifacts:\n    - name: a\n      includes:\n        - usr/bin/tini\nentrypoint:\n  - tini\n", ""},
		"artifact of another":     {base + "  artifacts:\n    - name: a\n      includes:\n        - usr/bin/other\nentrypoint:\n  - tini\n", "tini"},
		"no packages":             {"contents:\n  packages:\n    - '!base-files'\nentrypoint:\n  - /opt/run\n", "/opt/run"},
		"unknown package":         {base + "    - not-there\nentrypoint:\n  - /app/run\n", ""},
		"a third repository":      {"contents:\n  repositories:\n    - deb https://example.com/deb trixie main\n  packages:\n    - base-files\nentrypoint:\n  - /app/run\n", ""},
		"a half-typed list":       {base + "entrypoint:\n  - \n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			lines, found, content, err := rulestest.Check(rulestest.Example{Base: "debian", Fragment: c.fragment, Packages: indexes["debian-commands"], Drop: []string{"entrypoint"}})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, d := range found {
				if d.Code == "entrypoint-not-provided" {
					got += strings.Split(d.Message, "`")[1]
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q\n%s\n%s", got, c.want, strings.Join(lines, "\n"), content)
			}
		})
	}
}

// TestInterpretersOfSources reads the first lines of files of the catalog.
func TestInterpretersOfSources(t *testing.T) {
	indexes := openIndexes(t)
	const inCatalog = "/work/image/sample/debian-13/1.yaml"
	fragment := func(mode, source string) string {
		return "contents:\n  packages:\n    - base-files\n    - coreutils\npaths:\n  - type: file\n    path: /usr/bin/start\n    source: " + source + "\n    mode: \"" + mode + "\"\n    uid: 0\n    gid: 0\n"
	}
	const start = "image/sample/bin/start"
	for name, c := range map[string]struct {
		path, fragment, head string
		want                 string
	}{
		"missing":            {inCatalog, fragment("0755", start), "#!/bin/bash", "`/bin/bash`, the interpreter of `image/sample/bin/start`, is not provided"},
		"of Windows":         {inCatalog, fragment("0755", start), "#!/bin/bash\r", "`/bin/bash`"},
		"behind env":         {inCatalog, fragment("0755", start), "#!/usr/bin/env -S python3 -u", "`python3`"},
		"system's shell":     {inCatalog, fragment("0755", start), "#!/bin/sh -e", ""},
		"provided":           {inCatalog, fragment("0755", start), "#!/usr/bin/env mkdir", ""},
		"no script":          {inCatalog, fragment("0755", start), "\x7fELF", ""},
		"empty line":         {inCatalog, fragment("0755", start), "#! ", ""},
		"read, not run":      {inCatalog, fragment("0644", start), "#!/bin/bash", ""},
		"out of the catalog": {inCatalog, fragment("0755", "../start"), "#!/bin/bash", ""},
		"no catalog":         {"/work/app.yaml", fragment("0755", start), "#!/bin/bash", ""},
		"a variable":         {inCatalog, fragment("0755", "image/${WHAT}/start"), "#!/bin/bash", ""},
		"unknown packages":   {inCatalog, strings.Replace(fragment("0755", start), "coreutils", "not-there", 1), "#!/bin/bash", ""},
		"path of its own":    {inCatalog, fragment("0755", start) + "  - type: file\n    path: /bin/bash\n    content: x\n    uid: 0\n    gid: 0\n", "#!/bin/bash", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := rulestest.Example{Base: "debian", Path: c.path, Fragment: c.fragment, Packages: indexes["debian-commands"], Drop: []string{"entrypoint"}}
			e.Disk = map[string]bool{"/work/" + start: true}
			e.Heads = map[string]string{"/work/" + start: c.head, "/start": c.head, "/work/image/start": c.head}
			lines, found, content, err := rulestest.Check(e)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, d := range found {
				if d.Code != "shebang-not-provided" {
					continue
				}
				got += d.Message
				if at := content[d.Range.Start:d.Range.End]; at != start {
					t.Errorf("reported at %q", at)
				}
			}
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q\n%s", got, c.want, strings.Join(lines, "\n"))
			}
		})
	}
}

func TestCommandsOfAlpine(t *testing.T) {
	indexes := openIndexes(t)
	const repositories = "contents:\n  repositories:\n    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main\n    - https://dl-cdn.alpinelinux.org/alpine/v3.23/community\n"
	for name, c := range map[string]struct{ fragment, rule, want string }{
		"applet":         {repositories + "  packages:\n    - busybox\nentrypoint:\n  - /usr/bin/wget\n", "entrypoint-not-provided", ""},
		"cmd":            {repositories + "  packages:\n    - curl\nentrypoint:\n  - curl\n", "entrypoint-not-provided", ""},
		"missing":        {repositories + "  packages:\n    - musl\nentrypoint:\n  - curl\n", "entrypoint-not-provided", "curl"},
		"missing applet": {repositories + "  packages:\n    - musl\nentrypoint:\n  - wget\n", "entrypoint-not-provided", "wget"},
		"env":            {repositories + "  packages:\n    - busybox\npaths:\n  - type: file\n    path: /usr/bin/x\n    content: |\n      #!/usr/bin/env curl\n", "shebang-not-provided", "curl"},
		"hardened": {"contents:\n  repositories:\n    - https://dhi.io/apk/alpine/v3.23/main\n    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main\n  packages:\n    - musl\nentrypoint:\n  - curl\n",
			"entrypoint-not-provided", ""},
	} {
		t.Run(name, func(t *testing.T) {
			lines, found, content, err := rulestest.Check(rulestest.Example{Base: "runtime", Fragment: c.fragment, Packages: indexes["alpine"]})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, d := range found {
				if d.Code == c.rule {
					got += strings.Split(d.Message, "`")[1]
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q\n%s\n%s", got, c.want, strings.Join(lines, "\n"), content)
			}
		})
	}
}
