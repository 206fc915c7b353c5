#!/bin/sh
# Runs a command against a real BuildKit of its own, by default the build
# tests:
#
#   testdata/buildkit/run.sh [COMMAND...]
#
# On a bare Debian machine with Go, as root. It installs runc and a static
# busybox if they are missing, builds a small buildkitd, a loopback registry
# and a stand-in frontend once into ${XDG_CACHE_HOME:-~/.cache}/dhi-ls-test,
# and runs the command with DHI_TEST_BUILDKIT naming the folder of the
# programs.
#
# Everything runs in PID and mount namespaces that end with this process,
# also when it is killed: no process and no mount stays behind.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

fail() {
	echo "run.sh: $*" >&2
	exit 1
}

# Empty control groups are all that a killed daemon leaves.
clean_cgroups() {
	find /sys/fs/cgroup -depth -type d -path '*/buildkit*' -exec rmdir {} + 2>/dev/null || true
}

if [ "${DHI_TEST_INSIDE:-}" = 1 ]; then
	unset DHI_TEST_INSIDE
	mkdir -p /run/runc
	mount -t tmpfs -o size=4g tmpfs "$DHI_TEST_STATE"
	mount -t tmpfs tmpfs /run/runc
	status=0
	cd "$top"
	"$@" || status=$?
	clean_cgroups
	exit "$status"
fi

[ "$(uname -s)" = Linux ] || fail "BuildKit's worker needs Linux"
[ "$(id -u)" = 0 ] || fail "must run as root: runc and overlay mounts need it"
command -v go >/dev/null || fail "Go is missing"

missing=
command -v runc >/dev/null || missing="$missing runc"
[ -x /bin/busybox ] || missing="$missing busybox-static"
command -v setpriv >/dev/null && command -v unshare >/dev/null || missing="$missing util-linux"
if [ -n "$missing" ]; then
	command -v apt-get >/dev/null || fail "install$missing"
	apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 ||
		{ apt-get update && apt-get install -y --no-install-recommends $missing; } >/dev/null 2>&1 ||
		fail "apt-get could not install$missing"
fi

# The programs are rebuilt when their source or Go changed.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dhi-ls-test
key=$(cd "$here" && { go version; find . -name '*.go' -o -name 'go.*' | sort | xargs cat; } | sha256sum | cut -c1-16)
programs=$cache/buildkit-$key
if [ ! -d "$programs" ]; then
	echo "run.sh: building buildkitd, registry and frontend (about a minute, once)" >&2
	rm -rf "$cache"/buildkit-*
	mkdir -p "$programs.part"
	(cd "$here" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w' -o "$programs.part/" ./...)
	mv "$programs.part" "$programs"
fi
mkdir -p "$cache/state"
clean_cgroups

[ $# -gt 0 ] || set -- go test -count=1 -tags buildkit ./buildrunner/...
export DHI_TEST_INSIDE=1 DHI_TEST_BUILDKIT="$programs" DHI_TEST_STATE="$cache/state"
exec setpriv --pdeathsig KILL \
	unshare --fork --pid --mount --mount-proc --propagation private --kill-child=SIGKILL -- "$here/run.sh" "$@"
