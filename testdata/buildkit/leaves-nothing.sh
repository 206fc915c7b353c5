#!/bin/sh
# Shows that run.sh leaves no process and no mount behind: first after it ran
# to its end, then after it was killed in the middle of builds.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dhi-ls-test

# Processes of the harness's programs, and mounts under its state.
left() {
	for p in /proc/[0-9]*; do
		line=$(cat "$p/cmdline" 2>/dev/null | tr '\0' ' ')
		case $line in "$cache"/buildkit-*) echo "process ${p#/proc/}: $line" ;; esac
	done
	grep -F "$cache" /proc/self/mounts || true
	ls -d /run/runc/* 2>/dev/null || true
}

check() {
	found=$(left)
	if [ -n "$found" ]; then
		printf 'left behind %s:\n%s\n' "$1" "$found" >&2
		exit 1
	fi
	echo "nothing is left $1"
}

"$here/run.sh" go test -count=1 -tags buildkit -run TestBuildDefinition ./buildrunner/
check "after a run"

"$here/run.sh" go test -count=1 -tags buildkit -run TestFailureMatrix ./buildrunner/ >/dev/null 2>&1 &
pid=$!
tries=0
until left | grep -q buildkitd; do
	tries=$((tries + 1))
	[ "$tries" -lt 600 ] || { echo "no daemon was started" >&2; exit 1; }
	sleep 0.1
done
sleep 2
kill -9 "$pid"
wait "$pid" 2>/dev/null || true
sleep 1
check "after kill -9"
