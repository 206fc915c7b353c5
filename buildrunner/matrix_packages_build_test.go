//go:build buildkit

package buildrunner_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
)

// packages is the step in which package managers complain.
const packages = "[dhi] install packages"

// packageCases print what apk and apt print.
func packageCases() []failureCase {
	D, E := cause.Definition, cause.Environment
	return []failureCase{
		{name: "apk: no such package", fault: step(packages, 1, "fetch https://dl-cdn.alpinelinux.org/alpine/v3.23/main/x86_64/APKINDEX.tar.gz\nERROR: unable to select packages:\n  tini (no such package):\n    required by: world[tini]"),
			class: D, kind: cause.PackageNotFound, node: "tini"},
		{name: "apk: in a stage", fault: step("[dhi] compile: install packages", 1, "ERROR: unable to select packages:\n  gcc (no such package):\n    required by: world[gcc]"),
			class: D, kind: cause.PackageNotFound, node: "gcc"},
		{name: "apk: dependency missing", fault: step(packages, 1, "ERROR: unable to select packages:\n  so:libz.so.9 (no such package):\n    required by: openssl-3.5.4-r0[so:libz.so.9]"),
			class: D, kind: cause.PackageNotFound, node: "openssl"},
		{name: "apk: version gone", fault: step(packages, 1, "ERROR: unable to select packages:\n  nginx-1.29.6-r0:\n    breaks: world[nginx=1.29.5-r1]"),
			class: D, kind: cause.VersionNotFound, node: "nginx=1.29.5-r1"},
		{name: "apk: conflict", fault: step(packages, 2, "ERROR: unable to select packages:\n  openssl-3.5.4-r0:\n    conflicts: libressl-4.1.0-r0[cmd:openssl=3.5.4-r0]\n    satisfies: world[openssl]"),
			class: D, kind: cause.PackageConflict, node: "openssl"},
		{name: "apk: repository missing", fault: step(packages, 1, "WARNING: fetching https://dl-cdn.alpinelinux.org/alpine/v3.23/main/x86_64/APKINDEX.tar.gz: No such file or directory\nERROR: unable to select packages:\n  tini (no such package):\n    required by: world[tini]"),
			class: D, kind: cause.RepositoryBroken, node: "https://dl-cdn.alpinelinux.org/alpine/v3.23/main"},
		{name: "apk: signature", fault: step(packages, 1, "WARNING: fetching https://dl-cdn.alpinelinux.org/alpine/v3.23/main/x86_64/APKINDEX.tar.gz: UNTRUSTED signature"),
			class: D, kind: cause.SignatureUnknown, node: "https://dl-cdn.alpinelinux.org/alpine/v3.23/main"},
		{name: "apk: mirror away", fault: step(packages, 1, "WARNING: fetching https://dl-cdn.alpinelinux.org/alpine/v3.23/main/x86_64/APKINDEX.tar.gz: temporary error (try again later)\nERROR: unable to select packages:\n  tini (no such package):\n    required by: world[tini]"),
			class: E, kind: cause.Network},
		{name: "apt: unable to locate", fault: step(packages, 100, "Reading package lists...\nBuilding dependency tree...\nE: Unable to locate package libssl3t64"),
			class: D, kind: cause.PackageNotFound, node: "libssl3t64"},
		{name: "apt 3: unable to locate", fault: step(packages, 100, "Error: Unable to locate package libssl3t64"),
			class: D, kind: cause.PackageNotFound, node: "libssl3t64"},
		{name: "apt: no candidate", fault: step(packages, 100, "E: Package 'libssl3t64' has no installation candidate"),
			class: D, kind: cause.PackageNotFound, node: "libssl3t64"},
		{name: "apt: version gone", fault: step(packages, 100, "E: Version '6:8.0.5-1rl1~trixie1' for 'redis-server' was not found"),
			class: D, kind: cause.VersionNotFound, node: "redis-server=6:8.0.5-1rl1~trixie1"},
		{name: "apt: unmet dependency", fault: step(packages, 100, "The following packages have unmet dependencies:\n redis-server : Depends: redis-tools (= 6:8.0.5-1rl1~trixie1) but it is not going to be installed\nE: Unable to correct problems, you have held broken packages."),
			class: D, kind: cause.PackageUnmet, node: "redis-server=6:8.0.5-1rl1~trixie1"},
		{name: "apt: conflict", fault: step(packages, 100, "The following packages have unmet dependencies:\n libssl3t64 : Conflicts: openssl\nE: Unable to correct problems, you have held broken packages."),
			class: D, kind: cause.PackageConflict, node: "libssl3t64"},
		{name: "apt: held", fault: step(packages, 100, "E: Held packages were changed and -y was used without --allow-change-held-packages.\nE: libssl3t64 is held"),
			class: D, kind: cause.PackageHeld, node: "libssl3t64"},
		{name: "apt: no Release file", fault: step(packages, 100, "E: The repository 'https://packages.example.org/deb trixie Release' does not have a Release file."),
			class: D, kind: cause.RepositoryBroken, node: "deb https://packages.example.org/deb trixie main"},
		{name: "apt: key missing", fault: step(packages, 100, "W: GPG error: https://packages.example.org/deb trixie InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 0123456789ABCDEF"),
			class: D, kind: cause.SignatureUnknown, node: "deb https://packages.example.org/deb trixie main"},
		{name: "apt: name resolution", fault: step(packages, 100, "Err:1 https://packages.example.org/deb trixie InRelease\n  Temporary failure resolving 'packages.example.org'\nE: Unable to locate package tini"),
			class: E, kind: cause.NameResolution},
		{name: "frontend's words, version", fault: buildtest.Fault{Error: "package tini has no version 9.9.9 (available: 0.19.0-3)", Unlocated: true}, class: D, kind: cause.VersionNotFound, node: "tini"},
		{name: "frontend's words, package", fault: buildtest.Fault{Error: "resolving: package busybox does not exist", Unlocated: true}, class: D, kind: cause.PackageNotFound, node: "busybox"},
	}
}

// environmentCases are nobody's mistake in the text. They stand on the syntax
// directive, as infos.
func environmentCases(t *testing.T, reg *buildtest.Registry) []failureCase {
	E := cause.Environment
	builderAt := func(addr string) func(*buildrunner.Request) {
		return func(r *buildrunner.Request) { r.Builder.Spec = addr }
	}
	mirror := func(host string) func(*buildrunner.Request) {
		d := buildtest.NewDaemon(t, buildtest.Options{MirrorHost: host})
		return builderAt(d.Addr)
	}
	locked := buildtest.NewRegistry(t, "user:secret")
	return []failureCase{
		{name: "no builder", change: builderAt("unix:///nonexistent/buildkitd.sock"), class: E, kind: cause.NoBuilder},
		{name: "builder refuses", change: builderAt("tcp://127.0.0.1:1"), class: E, kind: cause.NoBuilder},
		{name: "not logged in", change: mirror(locked.Host), class: E, kind: cause.NotLoggedIn},
		{name: "registry away", change: mirror("127.0.0.1:1"), class: E, kind: cause.Network},
		{name: "registry's name unknown", replace: []string{"# syntax=dhi.io/build:2-debian13", "# syntax=nowhere.invalid/build:2-debian13"}, class: E, kind: cause.NameResolution},
		{name: "frontend missing", replace: []string{"# syntax=dhi.io/build:2-debian13", "# syntax=HOST/build:none"}, class: E, kind: cause.FrontendMissing},
		{name: "frontend crashes", fault: buildtest.Fault{Crash: 3}, class: E, kind: cause.FrontendCrashed},
		{name: "no entitlement", replace: []string{"dhi.io/pkg-stand-in:1", "HOST/denied/pkg:1"}, class: E, kind: cause.NotEntitled},
		{name: "login for an artifact", replace: []string{"dhi.io/pkg-stand-in:1", "HOST/login/pkg:1"}, class: E, kind: cause.NotLoggedIn},
		{name: "rate limit", replace: []string{"dhi.io/pkg-stand-in:1", "HOST/limited/pkg:1"}, class: E, kind: cause.RateLimited},
		{name: "download forbidden", replace: []string{"files/source.tar.gz", "status/403", "SUM", otherSum}, class: E, kind: cause.NotEntitled},
		{name: "server fails", replace: []string{"files/source.tar.gz", "status/503", "SUM", otherSum}, class: E, kind: cause.ServerFailed},
		{name: "disk full in a step", fault: step(compile, 1, "cp: write error: No space left on device"), class: E, kind: cause.DiskFull},
		{name: "the daemon's own path", fault: buildtest.Fault{Error: "mkdir /srv/bk/runc-overlayfs/content: permission denied", Unlocated: true}, class: E, kind: cause.BuilderFailed},
		{name: "the daemon has no git", fault: buildtest.Fault{Error: `exec: "git": executable file not found in $PATH`, Unlocated: true}, class: E, kind: cause.BuilderFailed},
		{name: "killed", fault: buildtest.Fault{Name: compile, Script: "/bin/busybox sh -c 'kill -9 $$'; exit $?", Unlocated: true}, class: E, kind: cause.OutOfMemory},
		{name: "no emulator", fault: buildtest.Fault{Name: compile, Script: "true", Image: "dhi.io/foreign:1", Unlocated: true}, class: E, kind: cause.EmulatorMissing},
		{name: "step's name resolution", fault: step(compile, 6, "curl: (6) Could not resolve host: proxy.golang.org"), class: E, kind: cause.NameResolution},
		{name: "step's certificate", fault: step(compile, 60, "curl: (60) SSL certificate problem: self-signed certificate in certificate chain"), class: E, kind: cause.CertificateBad},
		{name: "generator missing", change: func(r *buildrunner.Request) {
			r.SBOM = buildrunner.Attestation{Set: true, Attrs: map[string]string{"generator": reg.Host + "/nosuch:1"}}
		}, class: E, kind: cause.GeneratorMissing},
		{name: "manifest list for docker", change: func(r *buildrunner.Request) {
			r.Platforms = []string{"linux/amd64", "linux/arm64"}
			r.Outputs = []buildrunner.Output{{Type: "docker", Dest: t.TempDir() + "/x.tar"}}
		}, class: E, kind: cause.OutputUnsupported},
		{name: "secret not given", replace: []string{"        - name: prepare\n", "        - name: prepare\n          secrets:\n            - id: TOKEN\n              env: TOKEN\n"}, class: E, kind: cause.SecretMissing},
		{name: "load without an engine", change: func(r *buildrunner.Request) { r.Load = true }, class: E, kind: cause.OutputFailed},
	}
}
