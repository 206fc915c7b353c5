package rules_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

func alpinePackages(packages ...string) string {
	return "contents:\n" + list("repositories", alpineMain) + list("packages", append([]string{"alpine-baselayout-data", "ca-certificates-bundle"}, packages...)...)
}

func debianPackages(packages ...string) string {
	return "contents:\n" + list("packages", append([]string{"base-files", "ca-certificates"}, packages...)...)
}

// stagePackages is a Debian definition whose one stage lists the packages.
func stagePackages(packages ...string) string {
	s := debianContents() + "  builds:\n    - name: sample\n      contents:\n        packages:\n"
	for _, p := range packages {
		s += "          - " + p + "\n"
	}
	return s + "      pipeline:\n        - name: build\n          runs: make\n      outputs:\n        - source: /a\n          target: /a\n          uid: 0\n          gid: 0\n"
}

func TestPackageForm(t *testing.T) {
	checkEdges(t, "package-malformed", []edgeCase{
		{name: "what the other family takes", Example: rulestest.Example{Base: "debian", Fragment: debianPackages("cmd:sh", "curl~8")},
			want: []string{"5:7: error: cmd: is apk's: Debian packages are named without it", "6:11: warning: name~version is apk's: pin a Debian package with name=version"}},
		{name: "forms of apk", Example: rulestest.Example{Fragment: alpinePackages("cmd:resolvconf", "libxml2-dev~2.13", "so:libssl.so.3")}},
		{name: "a form the format has no use for", Example: rulestest.Example{Fragment: alpinePackages("curl>=8")},
			want: []string{"7:11: warning: >=: the format pins one version with name=version, or a prefix with name~version (apk)"}},
		{name: "quoted", Example: rulestest.Example{Fragment: alpinePackages("'curl==8.19.0-r0'")},
			want:  []string{"7:12: error: == is no operator: write name=version"},
			fixed: alpinePackages("'curl=8.19.0-r0'")},
		{name: "a variable that is not known", Example: rulestest.Example{Fragment: alpinePackages("curl-${SUFFIX}")}},
		{name: "half typed", Example: rulestest.Example{Fragment: alpinePackages("")}},
	})
	checkEdges(t, "package-version-malformed-apk", []edgeCase{
		{name: "a beginning of a version", Example: rulestest.Example{Fragment: alpinePackages("curl~8")}},
		{name: "from a variable", Example: rulestest.Example{Fragment: "vars:\n  V: 8-x\n" + alpinePackages("curl=${V}")},
			want: []string{"9:7: warning: 8-x is no apk version: unexpected -x: an apk version has the form 1.2.3[letter][_suffix][-rN]"}},
		{name: "a variable that is not known", Example: rulestest.Example{Fragment: alpinePackages("curl=${V}-x")}},
		{name: "Debian's version on Debian", Example: rulestest.Example{Base: "debian", Fragment: debianPackages("redis-server=6:8.0.5-1rl1~trixie1")}},
	})
	checkEdges(t, "package-version-malformed-deb", []edgeCase{
		{name: "every part", Example: rulestest.Example{Base: "debian", Fragment: debianPackages("redis-server=6:8.0.5-1rl1~trixie1", "curl=8.0+git1~rc1-2+b1")}},
		{name: "family that is not known", Example: rulestest.Example{Fragment: "# syntax=dhi.io/build:2-debian13\n\n" + alpinePackages("curl=v8")}},
	})
	checkEdges(t, "package-version-no-rel", []edgeCase{
		{name: "prefix", Example: rulestest.Example{Fragment: alpinePackages("curl~8.19")}},
		{name: "Debian has none", Example: rulestest.Example{Base: "debian", Fragment: debianPackages("curl=8.19.0")}},
	})
}

func TestPackageDuplicates(t *testing.T) {
	checkEdges(t, "package-duplicate", []edgeCase{
		{name: "with the same version", Example: rulestest.Example{Fragment: alpinePackages("curl=8.19.0-r0", "curl=8.19.0-r0")},
			want:  []string{"8:7: info: the top level lists `curl=8.19.0-r0` twice"},
			fixed: alpinePackages("curl=8.19.0-r0")},
		{name: "included and excluded is told otherwise", Example: rulestest.Example{Base: "debian", Fragment: debianPackages("mawk", "'!mawk'")}},
		{name: "provided name and package", Example: rulestest.Example{Fragment: alpinePackages("curl", "cmd:curl")}},
		{name: "through a variable", Example: rulestest.Example{Fragment: "vars:\n  P: curl\n" + alpinePackages("curl", "${P}")},
			want: []string{"10:7: info: the top level lists `${P}` twice"}},
		{name: "two variables that are not known", Example: rulestest.Example{Fragment: alpinePackages("${P}", "${P}")}},
	})
	checkEdges(t, "package-duplicate-versions", []edgeCase{
		{name: "the one without stands behind", Example: rulestest.Example{Fragment: alpinePackages("curl=8.19.0-r0", "curl")},
			want:  []string{"8:7: warning: the top level lists `curl` without a version and as `curl=8.19.0-r0`"},
			fixed: alpinePackages("curl=8.19.0-r0")},
		{name: "two versions", Example: rulestest.Example{Fragment: alpinePackages("curl=8.19.0-r0", "curl=8.20.0-r0")},
			want: []string{"8:12: warning: the top level lists `curl` with two versions, 8.19.0-r0 and 8.20.0-r0"}},
		{name: "in another scope", Example: rulestest.Example{Base: "debian", Fragment: stagePackages("bash", "ca-certificates=1")}},
		{name: "in a stage", Example: rulestest.Example{Base: "debian", Fragment: stagePackages("bash", "bash=1")},
			want: []string{"9:13: warning: build stage `sample` lists `bash` without a version and as `bash=1`"}},
	})
	checkEdges(t, "package-included-and-excluded", []edgeCase{
		{name: "another package", Example: rulestest.Example{Base: "debian", Fragment: debianPackages("'!mawk'", "gawk")}},
		{name: "in another scope", Example: rulestest.Example{Base: "debian", Fragment: stagePackages("'!ca-certificates'")}},
		{name: "with a version", Example: rulestest.Example{Base: "debian", Fragment: debianPackages("'!mawk'", "mawk=1.3.4-1")},
			want:  []string{"5:7: info: `!mawk` has no effect, since `mawk=1.3.4-1` is listed too and wins"},
			fixed: debianPackages("mawk=1.3.4-1")},
	})
	checkEdges(t, "build-package-duplicate", []edgeCase{
		{name: "exclusions are told otherwise", Example: rulestest.Example{Base: "debian", Fragment: stagePackages("'!mawk'", "'!mawk'")}},
		{name: "removed", Example: rulestest.Example{Base: "debian", Fragment: stagePackages("bash", "bash")},
			want:  []string{"10:13: info: build stage `sample` lists `bash` twice"},
			fixed: stagePackages("bash")},
	})
	checkEdges(t, "build-package-exclusion-duplicate", []edgeCase{
		{name: "removed", Example: rulestest.Example{Base: "debian", Fragment: stagePackages("'!mawk'", "'!mawk'")},
			want:  []string{"10:13: info: build stage `sample` lists `!mawk` twice"},
			fixed: stagePackages("'!mawk'")},
	})
	catalog := rulestest.Example{Profile: analysis.ProfileCatalog}
	order := func(packages ...string) rulestest.Example {
		e := catalog
		e.Fragment = alpinePackages(packages...)
		return e
	}
	checkEdges(t, "packages-unsorted", []edgeCase{
		{name: "by whole entries", Example: order("redis-server=8.0-r0", "redis=8.0-r0")},
		{name: "by names", Example: order("redis=8.0-r0", "redis-server=8.0-r0")},
		{name: "exclusions are told otherwise", Example: order("zlib", "'!mawk'")},
		{name: "outside of a catalog", Example: rulestest.Example{Fragment: alpinePackages("zlib", "curl")}},
		{name: "stages have no order", Example: rulestest.Example{Base: "debian", Profile: analysis.ProfileCatalog, Fragment: stagePackages("zlib1g", "bash")}},
	})
	checkEdges(t, "packages-exclusions-not-first", []edgeCase{
		{name: "outside of a catalog", Example: rulestest.Example{Fragment: alpinePackages("'!mawk'")}},
	})
}

func TestImagePackages(t *testing.T) {
	checkEdges(t, "dev-no-package-manager", []edgeCase{
		{name: "catalog", Example: rulestest.Example{Base: "debian-dev", Profile: analysis.ProfileCatalog, Fragment: debianPackages()},
			want: []string{"2:3: warning: a dev image has a package manager, but `apt` is not among its packages"}},
		{name: "a package that is not known", Example: rulestest.Example{Base: "debian-dev", Fragment: debianPackages("${MANAGER}")}},
		{name: "pinned", Example: rulestest.Example{Base: "debian-dev", Fragment: debianPackages("apt=3.0.3")}},
		{name: "excluded", Example: rulestest.Example{Base: "debian-dev", Fragment: debianPackages("'!apt'")},
			want: []string{"2:3: info: a dev image has a package manager, but `apt` is not among its packages"}},
	})
	checkEdges(t, "runtime-has-package-manager", []edgeCase{
		{name: "only in a stage", Example: rulestest.Example{Base: "debian", Fragment: stagePackages("apt")}},
		{name: "excluded", Example: rulestest.Example{Base: "debian", Fragment: debianPackages("'!apt'")}},
		{name: "of the other family", Example: rulestest.Example{Base: "debian", Fragment: debianPackages("apk-tools")}},
		{name: "pinned", Example: rulestest.Example{Base: "debian", Fragment: debianPackages("apt=3.0.3")},
			want: []string{"5:7: warning: `apt` puts a package manager into a runtime image, where an attacker could use it"}},
	})
	checkEdges(t, "dev-debian-no-DEBIAN_FRONTEND", []edgeCase{
		{name: "Alpine", Example: rulestest.Example{Base: "dev"}},
		{name: "no environment", Example: rulestest.Example{Base: "debian-dev", Drop: []string{"environment"}, Profile: analysis.ProfileCatalog},
			want: []string{"base:5:1: warning: a Debian dev image sets `DEBIAN_FRONTEND: noninteractive`, so that apt asks nothing"}},
		{name: "another value", Example: rulestest.Example{Base: "debian-dev", Fragment: "environment:\n  DEBIAN_FRONTEND: teletype\n"},
			want: []string{"2:20: info: `DEBIAN_FRONTEND` is `teletype`: with `noninteractive`, apt asks nothing"}},
	})
	checkEdges(t, "alpine-has-DEBIAN_FRONTEND", []edgeCase{
		{name: "removed", Example: rulestest.Example{Base: "dev", Fragment: "environment:\n  DEBIAN_FRONTEND: noninteractive\n  PATH: /usr/bin\n"},
			want:  []string{"2:3: warning: `DEBIAN_FRONTEND` is for Debian's apt and has no effect on Alpine"},
			fixed: "environment:\n  PATH: /usr/bin\n"},
	})
	checkEdges(t, "runtime-has-DEBIAN_FRONTEND", []edgeCase{
		{name: "Alpine is told otherwise", Example: rulestest.Example{Fragment: "environment:\n  DEBIAN_FRONTEND: noninteractive\n"}},
		{name: "dev", Example: rulestest.Example{Base: "debian-dev"}},
	})
	checkEdges(t, "alpine-no-baselayout-data", []edgeCase{
		{name: "another package brings it", Example: rulestest.Example{Fragment: "contents:\n" + list("repositories", alpineMain) + list("packages", "alpine-base", "ca-certificates")}},
		{name: "the whole system comes from a stage", Example: rulestest.Example{Fragment: "contents:\n" + list("repositories", alpineMain) + list("packages", "ca-certificates") +
			"  builds:\n    - name: a\n      outputs:\n        - source: /\n          target: /\n          uid: 0\n          gid: 0\n"}},
		{name: "package", Example: rulestest.Example{Base: "package", Fragment: alpineContents(list("repositories", alpineMain))}},
	})
	checkEdges(t, "debian-no-base-files", []edgeCase{
		{name: "no packages at all", Example: rulestest.Example{Base: "debian", Fragment: "contents:\n  builds: []\n"},
			want: []string{"1:1: info: `base-files`, which has the skeleton of the file system, is not among the packages"}},
	})
}

func TestCertFile(t *testing.T) {
	without := "contents:\n" + list("packages", "base-files")
	with := func(rest string) rulestest.Example {
		return rulestest.Example{Base: "debian", Fragment: without + rest}
	}
	want := []string{"base:44:18: warning: nothing installs `/etc/ssl/certs/ca-certificates.crt`: expected `ca-certificates` among the packages"}
	const stage = "  builds:\n    - name: a\n      contents:\n        packages:\n          - ca-certificates\n      pipeline: []\n      outputs:\n        - source: /\n          target: "
	checkEdges(t, "env-SSL_CERT_FILE-without-ca-certificates", []edgeCase{
		{name: "nothing brings it", Example: with(""), want: []string{"base:44:18: warning: nothing installs `/etc/ssl/certs/ca-certificates.crt`: expected `ca-certificates` among the packages"}},
		{name: "another file", Example: rulestest.Example{Base: "debian", Fragment: without + "environment:\n  SSL_CERT_FILE: /opt/certs.pem\n"}},
		{name: "a stage with certificates", Example: with(stage + "/\n")},
		{name: "a stage that writes elsewhere", Example: with(stage + "/usr/bin\n"), want: []string{"base:53:18: warning: nothing installs `/etc/ssl/certs/ca-certificates.crt`: expected `ca-certificates` among the packages"}},
		{name: "a stage that writes there", Example: with(stage + "/etc/ssl\n")},
		{name: "a path", Example: with("paths:\n  - type: symlink\n    path: /etc/ssl/certs/ca-certificates.crt\n    source: /x\n")},
		{name: "the directory alone", Example: with("paths:\n  - type: directory\n    path: /etc/ssl/certs\n"), want: want},
		{name: "a whole artifact", Example: with("  artifacts:\n    - name: dhi.io/pkg-certs:1\n")},
		{name: "a part of an artifact", Example: with("  artifacts:\n    - name: dhi.io/pkg-certs:1\n      includes:\n        - etc/**\n")},
		{name: "another part of an artifact", Example: with("  artifacts:\n    - name: dhi.io/pkg-certs:1\n      includes:\n        - opt/**\n"), want: []string{strings.Replace(want[0], "44", "48", 1)}},
	})
}
