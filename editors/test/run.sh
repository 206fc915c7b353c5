#!/usr/bin/env bash
# Tests the integrations in the real editors that install.sh has installed,
# against the real server and a loopback package index.
#   run.sh [TEST...]   all by default
# DHI_LS names the program; else it is built. PICTURES=DIR takes pictures for the docs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
extension=$root/editors/vscode
# shellcheck source=editors/test/common.sh
. "$here/common.sh"

scratch=$(mktemp -d)
failed=()
trap 'rm -rf "$scratch"' EXIT

if [ -z "${DHI_LS:-}" ]; then
  DHI_LS=$scratch/dhi-ls
  (cd "$root" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$DHI_LS" ./cmd/dhi-ls)
fi
export DHI_LS DHI_LS_INDEX_DIR=$scratch/index DHI_LS_CACHE=$scratch/cache
export DHI_TEST_FAILURES=${DHI_TEST_FAILURES:-${TMPDIR:-/tmp}/dhi-ls-editors} # pictures of what failed
mkdir -p "$DHI_TEST_FAILURES"
export PATH=$NODE_HOME/bin:$PATH # the Node that VS Code and vsce want

# workspace NAME makes a fresh copy of the fixtures, with its indexes.
workspace() {
  rm -rf "${scratch:?}/$1"
  cp -r "$here/fixtures/ws" "$scratch/$1"
  node "$here/packages.mjs" "$DHI_LS" "$scratch/$1" "$DHI_LS_INDEX_DIR" >/dev/null
  echo "$scratch/$1"
}

# lighthouse NAME makes a fresh copy of what is built.
lighthouse() {
  rm -rf "${scratch:?}/$1"
  cp -r "$here/fixtures/build" "$scratch/$1"
  echo "$scratch/$1"
}

# once COMMAND...: puts its exit code into $rc. Not `if command` or
# `command || …`, which would switch off `set -e` inside it.
once() {
  set +e
  (set -e && "$@")
  rc=$?
  set -e
}

# run NAME COMMAND...: a test, and once more if it failed: what drives a window
# may lose against a machine that is busy. Both outcomes are shown.
run() {
  local name=$1 started=$SECONDS
  shift
  echo "# $name"
  once "$@"
  if [ $rc != 0 ]; then
    echo "# $name failed, once more"
    once "$@"
    [ $rc = 0 ] || failed+=("$name")
  fi
  echo "# $name: $((SECONDS - started)) s"
}

# What runs in VS Code. The extension has no server of its own while it is developed.
prepare() {
  cd "$extension"
  if [ -e "$scratch/prepared" ]; then return; fi
  [ -d node_modules ] || npm ci --no-audit --no-fund
  node scripts/prepare.mjs "$DHI_LS"
  npx tsc --noEmit
  npx tsc -p test/tsconfig.json
  node scripts/build.mjs --production
  touch "$scratch/prepared"
}
unit() { npx mocha --ui tdd --reporter dot 'out/test/unit/*.test.js'; }
# package FOLDER VSIX: packages a folder.
package() { (cd "$1" && "$extension/node_modules/.bin/vsce" package --skip-license --allow-missing-repository --no-dependencies -o "$2" >/dev/null); }

vscode() {
  prepare
  unit
  node "$here/host.mjs" "$(workspace host)" "$scratch/vscode-host"
}
coexist() {
  prepare
  package "$here/yaml-extension" "$scratch/yaml.vsix"
  node "$here/host.mjs" "$(workspace coexist)" "$scratch/vscode-coexist" "$scratch/yaml.vsix"
}
# packaged makes the vsix of this machine, once, with the server in it.
packaged() {
  prepare
  if [ -e "$scratch/vsix.log" ]; then return; fi
  node "$extension/scripts/vsix.mjs" --out "$scratch/vsix" --server "$DHI_LS" "linux-$NODE_ARCH" >"$scratch/vsix.log" 2>&1 || {
    cat "$scratch/vsix.log"
    return 1
  }
}
# All platforms, and one of them a second time.
vsix() {
  prepare
  node "$extension/scripts/vsix.mjs" --out "$scratch/all"
  node "$extension/scripts/vsix.mjs" --out "$scratch/again" "linux-$NODE_ARCH"
  node "$here/vsix.mjs" "$scratch/all" "$scratch/again"
}
# in_browser SCRIPT: drives VS Code with the packaged extension, whose server is its own.
in_browser() {
  packaged
  local ws name=${1%.mjs}
  ws=$(workspace "$name")
  (unset DHI_LS && timeout 900 node "$here/$1" "$ws" "$scratch/vscode-$name" "$scratch"/vsix/*.vsix)
}
browser() { in_browser browser.mjs; }
guided() { in_browser guided.mjs; }
untrusted() { in_browser untrusted.mjs; }
# buildkit COMMAND...: with a BuildKit of its own.
buildkit() { "$root/testdata/buildkit/run.sh" "$here/with-buildkit.sh" "$@"; }
vscode-build() {
  packaged
  local ws
  ws=$(lighthouse lighthouse)
  (unset DHI_LS && buildkit timeout 900 node "$here/build.mjs" "$ws" "$scratch/vscode-build" "$scratch"/vsix/*.vsix)
}
# in_nvim SPEC FIXTURES [COMMAND...]: runs a spec in each Neovim, by a command.
in_nvim() {
  local spec=$1 fixtures=$2 version ok=0
  shift 2
  for version in nvim010 nvim012; do
    "$EDITORS/$version/nvim" --version | head -1
    local x=$scratch/$version
    "$@" env XDG_CONFIG_HOME="$x/config" XDG_DATA_HOME="$x/data" XDG_STATE_HOME="$x/state" XDG_CACHE_HOME="$x/cache" \
      DHI_WS="$($fixtures nvim)" DHI_PLUGIN="$root/editors/nvim" \
      timeout 400 "$EDITORS/$version/nvim" --headless --clean -u "$here/nvim/$spec.lua" 2>&1 | report || ok=1
  done
  return $ok
}
# report shows the lines of results, and all of what failed.
report() { tr -d '\r' | sed -E 's/^ +(ok|not ok) /\1 /' | grep -vE '^ *$|^(checkhealth:|Running healthchecks)'; }
nvim() { in_nvim spec workspace; }
nvim-build() { in_nvim build_spec lighthouse buildkit; }
other() { "$here/others.sh" "$DHI_LS" "$(workspace "$1")" "$scratch/$1-home" "$1"; }

[ $# -gt 0 ] || set -- vscode browser guided untrusted coexist vscode-build vsix nvim nvim-build nvim010 nvim012 helix emacs vim
for name in "$@"; do
  case $name in
    vscode | vsix | browser | guided | untrusted | coexist | vscode-build | nvim | nvim-build) run "$name" "$name" ;;
    nvim010 | nvim012 | helix | emacs | vim) run "$name" other "$name" ;;
    *)
      echo "unknown: $name" >&2
      exit 2
      ;;
  esac
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}" >&2
  exit 1
fi
