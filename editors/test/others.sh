#!/usr/bin/env bash
# Helix, Emacs and Vim against the real server: diagnostics, completion, code
# action. Each by what a user would see.
#   others.sh PROGRAM WORKSPACE SCRATCH [helix|emacs|vim...]
# shellcheck disable=SC2317,SC2034 # the functions are called by name, loops count only
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=editors/test/common.sh
. "$here/common.sh"
program=$1 workspace=$2 scratch=$3
shift 3
failed=0
file=$workspace/image/harbor/broken.yaml
mkdir -p "$scratch"

result() { # result NAME COMMAND...: says whether a command succeeds
  local name=$1
  shift
  if "$@"; then echo "ok $name"; else
    echo "not ok $name"
    failed=1
  fi
}

socket=1 # a number for each tmux, which ends with its last session
tm() { tmux -L "dhi-ls-test-$$-$socket" "$@"; }
screen() { tm capture-pane -p -t t; }
# sees PATTERN: waits until it is on the screen
sees() {
  local i
  for i in $(seq 150); do
    screen | grep -Eq -- "$1" && return 0
    sleep 0.1
  done
  screen >&2
  return 1
}
sees_not() {
  local i
  for i in $(seq 150); do
    screen | grep -Eq -- "$1" || return 0
    sleep 0.1
  done
  screen >&2
  return 1
}
keys() { tm send-keys -t t "$@" && sleep 0.2; }

helix() {
  local config=$scratch/helix
  mkdir -p "$config/helix"
  sed "s|command = \"dhi-ls\"|command = \"$program\"|" "$here/../helix/languages.toml" >"$config/helix/languages.toml"
  cp "$here/../helix/config.toml" "$config/helix/config.toml"
  tm new-session -d -s t -x 140 -y 40 "XDG_CONFIG_HOME=$config XDG_CACHE_HOME=$scratch/helix-cache $EDITORS/helix/hx $file:57:3"
  result "helix: diagnostics" sees "unknown field .entrypiont"
  keys Space a
  result "helix: code actions" sees "Change to .entrypoint"
  keys Enter
  result "helix: a code action is applied" sees_not "unknown field"
  keys Escape u g g
  keys /variant: Enter
  keys A BSpace BSpace BSpace
  keys C-x
  keys C-n
  keys Enter
  result "helix: completion is accepted" sees "variant: runtime"
  keys Escape : q! Enter
  tm kill-server 2>/dev/null
  socket=2
  tm new-session -d -s t -x 140 -y 40 "XDG_CONFIG_HOME=$config XDG_CACHE_HOME=$scratch/helix-cache $EDITORS/helix/hx $workspace/plain.yaml"
  result "helix: plain YAML is shown" sees "entrypiont"
  sleep 1
  result "helix: plain YAML has no findings" sees_not "unknown|no port"
  keys : q! Enter
  tm kill-server 2>/dev/null
}

emacs() {
  HOME=$scratch/emacs DHI_LS=$program DHI_WS=$workspace timeout 90 emacs -q --batch -l package -f package-initialize -l "$here/../emacs/dhi.el" -l "$here/emacs/spec.el" 2>&1 |
    grep -E '^ *(ok|not ok) ' || echo "not ok emacs: no result"
  return "${PIPESTATUS[0]}"
}

vim() {
  local out=$scratch/vim.txt
  rm -f "$out"
  HOME=$scratch/vim DHI_LS=$program DHI_WS=$workspace DHI_OUT=$out DHI_VIM=$here/../vim timeout 90 \
    vim -u "$here/vim/spec.vim" -N -es </dev/null >"$scratch/vim.log" 2>&1
  [ -s "$out" ] && cat "$out" && ! grep -q '^not ok' "$out"
}

[ $# -gt 0 ] || set -- helix emacs vim
for editor in "$@"; do
  if ! "$editor"; then
    [ "$editor" = helix ] || { echo "not ok $editor" && failed=1; }
  fi
done
exit $failed
