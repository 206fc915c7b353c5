package rules_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

// inStage is a definition with one step and one output.
func inStage(steps, source string) rulestest.Example {
	return rulestest.Example{Base: "debian", Fragment: `contents:
  packages:
    - base-files
    - ca-certificates
  builds:
    - name: sample
      contents:
        packages:
          - bash
        files:
          - url: https://git.example.com/sample-1.4.2.tar.gz
            path: ${source.dir}/sample.tar.gz
            checksum: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
            uid: 0
            gid: 0
      pipeline:
` + steps + `      outputs:
        - source: ` + source + `
          target: /usr/bin/sample
          uid: 0
          gid: 0
`}
}

func steps(lines ...string) string {
	return "        - name: install\n          runs: |\n            set -eux -o pipefail\n\n            " + strings.Join(lines, "\n            ") + "\n"
}

// TestStageParts holds the rules that compare the parts of a stage to what
// they must not report.
func TestStageParts(t *testing.T) {
	const written = "${target.dir}/usr/bin/sample"
	checkEdges(t, "output-not-written", []edgeCase{
		{name: "written", Example: inStage(steps("cp sample "+written), written)},
		{name: "the folder of what is written", Example: inStage(steps("cp sample "+written), "${target.dir}/usr")},
		{name: "below what is written", Example: inStage(steps("cp -r sample ${target.dir}/usr"), written)},
		{name: "the directory is handed over", Example: inStage(steps("make install DESTDIR=${target.dir}", "ls ${target.dir}/etc"), written)},
		{name: "a quoted directory", Example: inStage(steps("cp sample \"${target.dir}\"/usr/bin/sample", "ls ${target.dir}/etc"), written)},
		{name: "a name that a variable ends", Example: inStage(steps("name=sample", "cp x ${target.dir}/usr/bin/$name"), written)},
		{name: "a pattern", Example: inStage(steps("chmod +x ${target.dir}/usr/bin/*"), written)},
		{name: "nothing named", Example: inStage(steps("true"), written)},
		{name: "both with and without", Example: inStage(steps("cp "+written+" /usr/bin/sample"), "/usr/bin/sample")},
		{name: "an input of an action", Example: inStage("        - uses: go/build@v1\n          with:\n            output: "+written+"\n", written)},
		{name: "another path", Example: inStage(steps("cp sample "+written), "${target.dir}/usr/bin/smaple"),
			want: []string{"23:19: warning: no step of the stage writes `${target.dir}/usr/bin/smaple`"}},
		{name: "of the sources", Example: inStage(steps("cp sample "+written), "${source.dir}/usr/bin/sample"),
			want: []string{"23:19: warning: the steps write `${target.dir}/usr/bin/sample`, but the output takes `${source.dir}/usr/bin/sample`"}},
	})
	patch := func(file string) string {
		return "        - uses: git/patch@v1\n          with:\n            patch: " + file + "\n"
	}
	checkEdges(t, "step-input-missing", []edgeCase{
		{name: "there", Example: inStage(patch("${source.dir}/sample.tar.gz"), written)},
		{name: "there by its other name", Example: inStage(patch("/src/sample.tar.gz"), written)},
		{name: "elsewhere", Example: inStage(patch("/opt/x.patch"), written)},
		{name: "made by a script", Example: inStage(steps("touch x.patch")+patch("${source.dir}/x.patch"), written)},
		{name: "below an unpacked folder", Example: inStage(steps("tar -xf sample.tar.gz -C ${source.dir}/sample")+patch("${source.dir}/sample/x.patch"), written)},
		{name: "with a variable", Example: inStage(patch("${source.dir}/${NAME}.patch"), written)},
		{name: "missing", Example: inStage(patch("${source.dir}/sample.tar.xz"), written),
			want: []string{"19:20: warning: nothing puts `${source.dir}/sample.tar.xz` into the stage, and this step reads it"}},
	})
}

// TestScriptNames holds the rules about variables and lines of scripts to
// what they must not report.
func TestScriptNames(t *testing.T) {
	const out = "${target.dir}/usr/bin/sample"
	in := func(lines ...string) rulestest.Example { return inStage(steps(lines...), out) }
	checkEdges(t, "runs-variable-undefined", []edgeCase{
		{name: "set", Example: in("name=sample", "cp $name /opt")},
		{name: "of the definition", Example: in("cp ${VERSION} /opt")},
		{name: "with a value for when it is not set", Example: in("cp ${name:-sample} /opt", "test -z \"${other+x}\"")},
		{name: "of the shell", Example: in("cp $HOME $BASH_VERSION $PWD $LC_ALL /opt")},
		{name: "set by a command", Example: in("mapfile -t names < list", "printf -v other x", "echo ${names[0]} $other")},
		{name: "in single quotes", Example: in("awk '{ print $name }' list")},
		{name: "set by another script", Example: in(". ./settings", "cp $name /opt")},
		{name: "of a loop", Example: in("for f in a b; do cp $f /opt; done")},
		{name: "without set -u", Example: inStage("        - name: x\n          runs: |\n            set -e\n            cp $name /opt\n", out)},
		{name: "nowhere", Example: in("cp $name /opt"), want: []string{"21:17: warning: `name` is set nowhere: `set -u` stops the script here"}},
	})
	checkEdges(t, "runs-command-cut", []edgeCase{
		{name: "whole", Example: in("install -m 0755 \\", "  -o root sample /opt")},
		{name: "a flag of a wrapped command", Example: in("env -i true")},
		{name: "an array", Example: in("args=(", "  -m", "  0755", ")", "install \"${args[@]}\" sample /opt")},
		{name: "a comment", Example: in("# ends in \\ ", "true")},
		{name: "no backslash", Example: in("install sample", "  -m 0755 /opt"), want: []string{"22:15: warning: `-m` begins a command of its own: the line before it does not go on here"}},
		{name: "a blank", Example: in("install \\  ", "  -m 0755 sample /opt"), want: []string{
			"21:22: warning: a blank stands behind the backslash: the line ends here, and the next one is a command of its own",
		}},
	})
	checkEdges(t, "builtin-unknown", []edgeCase{
		{name: "of another program", Example: in("mvn -Dx=${project.version}")},
		{name: "of scripts alone", Example: in("echo ${target.flavor}")},
		{name: "misspelt", Example: in("cp sample ${target.dri}/usr"), want: []string{"21:25: warning: `target.dri` is no built-in value"}},
	})
}
