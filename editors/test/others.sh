#!/usr/bin/env bash
# Neovim in a terminal, Helix, Emacs and Vim against the real server:
# diagnostics, completion, code action. Each by what a user would see.
#   others.sh PROGRAM WORKSPACE SCRATCH [nvim010|nvim012|helix|emacs|vim...]
# With PICTURES=DIR, a picture of Neovim is taken for the docs.
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
  for i in $(seq 400); do
    screen | grep -Eq -- "$1" && return 0
    sleep 0.1
  done
  screen >&2
  return 1
}
sees_not() {
  local i
  for i in $(seq 400); do
    screen | grep -Eq -- "$1" || return 0
    sleep 0.1
  done
  screen >&2
  return 1
}
keys() { tm send-keys -t t "$@" && sleep 0.2; }

# picture NAME: the screen, with its colours.
picture() {
  [ -n "${PICTURES:-}" ] && command -v aha >/dev/null || return 0
  tm capture-pane -e -p -t t | aha --black --title "$1" >"$scratch/$1.html"
  node "$here/picture.mjs" "$scratch/$1.html" "$PICTURES/$1.png"
}

# A person's Neovim, set up as ../README.md says: the plugin as a package of
# Neovim's own, one line in init.lua, dhi-ls on PATH.
in_terminal() {
  local version=$1 home=$scratch/$1
  mkdir -p "$home/bin" "$home/.config/nvim" "$home/.local/share/nvim/site/pack/dhi/start"
  ln -sfn "$program" "$home/bin/dhi-ls"
  ln -sfn "$(cd "$here/../nvim" && pwd)" "$home/.local/share/nvim/site/pack/dhi/start/dhi"
  cat >"$home/.config/nvim/init.lua" <<'LUA'
require('dhi').setup()
-- Not of the plugin: how this person likes it.
vim.diagnostic.config({ virtual_text = true })
vim.o.termguicolors = true
vim.o.number = true
vim.o.statusline = "%t %m%=%{v:lua.require'dhi'.statusline()}  %l:%c "
LUA
  tm new-session -d -s t -x 110 -y 34 "env HOME=$home XDG_CONFIG_HOME=$home/.config XDG_DATA_HOME=$home/.local/share XDG_STATE_HOME=$home/.state XDG_CACHE_HOME=$home/.cache PATH=$home/bin:$PATH $EDITORS/$version/nvim $file"
  result "$version in a terminal: a finding beside its line" sees "variant: runtime|Breakwater"
  keys G
  result "$version in a terminal: the mistake is told" sees "entrypiont:.*unknown field"
  result "$version in a terminal: the status line" sees "DHI +[0-9]+:"
  keys /tzdata Enter
  keys o harb C-x C-o
  result "$version in a terminal: completion offers packages where the dash is left out" sees "harbor-light"
  keys C-y
  result "$version in a terminal: the dash is written" sees "- harbor-light"
  keys Escape u
  result "$version in a terminal: the package is gone again" sees_not "harbor-light"
  keys o '- harb' C-x C-o
  result "$version in a terminal: completion offers packages" sees "harbor-light"
  picture neovim
  keys C-y
  result "$version in a terminal: completion is accepted" sees "- harbor-light"
  keys '=2' C-x C-o
  result "$version in a terminal: completion offers versions" sees "2\.1\.0-r3"
  keys C-y
  result "$version in a terminal: the version is accepted" sees "- harbor-light=2\.1\.0-r3"
  keys Escape u /entrypiont Enter
  keys ":lua vim.lsp.buf.code_action({apply = true, filter = function(a) return a.title:match('entrypoint') ~= nil end})" Enter
  result "$version in a terminal: a code action is applied" sees "^ *[0-9]+ entrypoint:"
  keys :qa! Enter
  tm kill-server 2>/dev/null
  socket=$((socket + 1))
}
nvim010() { in_terminal nvim010; }
nvim012() { in_terminal nvim012; }

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
  socket=$((socket + 1))
  tm new-session -d -s t -x 140 -y 40 "XDG_CONFIG_HOME=$config XDG_CACHE_HOME=$scratch/helix-cache $EDITORS/helix/hx $workspace/plain.yaml"
  result "helix: plain YAML is shown" sees "entrypiont"
  sleep 1
  result "helix: plain YAML has no findings" sees_not "unknown|no port"
  keys : q! Enter
  tm kill-server 2>/dev/null
}

emacs() {
  HOME=$scratch/emacs DHI_LS=$program DHI_WS=$workspace timeout 240 emacs -q --batch -l package -f package-initialize -l "$here/../emacs/dhi.el" -l "$here/emacs/spec.el" 2>&1 |
    grep -E '^ *(ok|not ok) ' || echo "not ok emacs: no result"
  return "${PIPESTATUS[0]}"
}

vim() {
  local out=$scratch/vim.txt
  rm -f "$out"
  HOME=$scratch/vim DHI_LS=$program DHI_WS=$workspace DHI_OUT=$out DHI_VIM=$here/../vim timeout 240 \
    vim -u "$here/vim/spec.vim" -N -es </dev/null >"$scratch/vim.log" 2>&1
  [ -s "$out" ] && cat "$out" && ! grep -q '^not ok' "$out"
}

[ $# -gt 0 ] || set -- helix emacs vim
for editor in "$@"; do
  if ! "$editor"; then
    case $editor in
      helix | nvim*) ;; # has told its results
      *) echo "not ok $editor" && failed=1 ;;
    esac
  fi
done
exit $failed
