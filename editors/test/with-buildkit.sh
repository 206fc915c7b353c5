#!/usr/bin/env bash
# Runs a command with a BuildKit of its own, whose dhi.io is a registry on
# loopback with the stand-in frontend. For testdata/buildkit/run.sh, which
# builds the programs and sees to it that nothing stays behind:
#   testdata/buildkit/run.sh editors/test/with-buildkit.sh COMMAND...
set -euo pipefail
programs=${DHI_TEST_BUILDKIT:?run this by testdata/buildkit/run.sh}
work=$(mktemp -d -p "${DHI_TEST_STATE:?}")
pids=()
socket=$(mktemp -d)/buildkitd.sock # a short path, which is shown as its name
# shellcheck disable=SC2317 # the trap calls it
stop() {
  [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$(dirname "$socket")"
}
trap stop EXIT

# start NAME ARGS...: starts a program and waits, 30 s at most, for its line
# "ready ...", whose rest it puts into $ready.
start() {
  local name=$1 i
  shift
  : >"$work/$name.out"
  "$programs/$name" "$@" >"$work/$name.out" 2>"$work/$name.log" &
  pids+=($!)
  for ((i = 0; i < 300; i++)); do
    if grep -q '^ready' "$work/$name.out"; then
      ready=$(sed -n 's/^ready *//p' "$work/$name.out" | head -1)
      return
    fi
    kill -0 "${pids[-1]}" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/$name.out" "$work/$name.log" >&2
  echo "with-buildkit.sh: $name did not start" >&2
  exit 1
}

mkdir "$work/files" "$work/docker" "$work/root"
start registry --frontend "$programs/frontend" --files "$work/files"
registry=$ready
start buildkitd --root "$work/root" --addr "unix://$socket" --mirror "dhi.io=$registry"
export BUILDKIT_HOST=unix://$socket DHI_TEST_REGISTRY=$registry
# No builder, login or engine of the person who runs the tests.
export DOCKER_CONFIG=$work/docker DOCKER_HOST=unix:///nowhere/docker.sock
status=0
"$@" || status=$?
if [ $status != 0 ]; then
  echo "with-buildkit.sh: the end of the daemon's log" >&2
  tail -n 20 "$work/buildkitd.log" >&2
fi
exit $status
