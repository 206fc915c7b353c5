#!/usr/bin/env bash
# Installs the real editors that run.sh drives, on Debian, from the package
# archives that this machine's own apt and npm are set up for. Each step leaves
# a stamp, so that a second run takes no time. Nothing lands in the repository.
#
# usage: install.sh [STEP...]     all steps by default; `install.sh --dir` prints the folder
# DHI_LS_EDITORS names another folder to install into.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=editors/test/common.sh
. "$here/common.sh"

if [ "${1:-}" = --dir ]; then
  echo "$EDITORS"
  exit
fi

CODE_SERVER=4.139.1 # VS Code 1.139.1: its server and web workbench
NODE=24.21.0        # the Node that this VS Code was made for
YAML_SERVER=1.25.0  # what redhat.vscode-yaml 1.25 runs

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
apt() { as_root apt-get -o DPkg::Lock::Timeout=600 "$@"; }

step_apt() {
  apt update -q
  apt install -y --no-install-recommends chromium tmux patchelf procps vim vim-ale fonts-dejavu-core
}

step_tools() { apt install -y --no-install-recommends libdeflate-tools; } # smaller vsix files

step_node() {
  mkdir -p node && cd node
  npm init -y >/dev/null
  npm install --no-save "node-linux-$NODE_ARCH@$NODE"
}

# VS Code out of the code-server package: the wrapper around it is not needed,
# and of the native modules only those for logs and the parent's watchdog.
step_vscode() {
  export PATH=$NODE_HOME/bin:$PATH npm_config_nodedir=$NODE_HOME
  rm -rf vscode && mkdir vscode && cd vscode
  npm pack --loglevel=error "code-server@$CODE_SERVER"
  tar -xzf code-server-*.tgz --strip-components=3 package/lib/vscode
  rm code-server-*.tgz
  npm install --omit=dev --ignore-scripts --legacy-peer-deps --no-audit --no-fund
  npm rebuild @vscode/spdlog @vscode/native-watchdog || echo "without logs of VS Code itself"
}

step_yaml() {
  mkdir -p yaml && cd yaml
  npm init -y >/dev/null
  npm install --no-save --no-audit --no-fund "yaml-language-server@$YAML_SERVER" vscode-languageclient@9.0.1
}

# unpack SUITE NAME PACKAGE PROGRAM: a program of another suite, with all that
# it needs and its own libc, under $EDITORS/NAME. The system stays as it is.
unpack() {
  local suite=$1 to=$EDITORS/$2 package=$3 program=$4 state=$EDITORS/$2.apt
  command -v patchelf >/dev/null || { echo "patchelf is missing: the step apt installs it"; return 1; }
  rm -rf "$to" "$state"
  mkdir -p "$state"/{lists/partial,cache/archives/partial} "$to"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(archive) $suite main" >"$state/sources.list"
  : >"$state/status"
  local o=(-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=-
    -o Dir::State="$state" -o Dir::State::lists="$state/lists" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache"
    -o APT::Install-Recommends=false -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
    -o Debug::NoLocking=true -o APT::Sandbox::User="$(id -un)")
  apt-get "${o[@]}" -qq update
  apt-get "${o[@]}" -qq -y --download-only install "$package"
  local deb
  for deb in "$state"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$to"; done
  rm -rf "$state"
  # RUNPATH does not reach the libraries of libraries: RPATH does.
  patchelf --set-interpreter "$to/$LOADER" --force-rpath --set-rpath "$to/usr/lib/$MULTIARCH" "$to/usr/bin/$program"
}

# archive is the Debian mirror that apt uses.
archive() {
  # shellcheck disable=SC2016 # apt fills these in
  apt-get indextargets --format '$(SITE) $(ORIGIN)' 'Created-By: Packages' |
    awk '$2 == "Debian" && $1 !~ /security/ { n[$1]++ } END { for (s in n) if (n[s] > max) { max = n[s]; best = s } print best }'
}

nvim() {
  unpack "$1" "$2" neovim nvim
  local to=$EDITORS/$2
  printf '#!/bin/sh\nexport VIM=%s/usr/share/nvim VIMRUNTIME=%s/usr/share/nvim/runtime\nexec %s/usr/bin/nvim "$@"\n' "$to" "$to" "$to" >"$to/nvim"
  chmod +x "$to/nvim"
  "$to/nvim" --version | head -1
}
step_nvim010() { nvim trixie nvim010; }
step_nvim012() { nvim forky nvim012; }

step_helix() {
  unpack trixie helix hx hx
  printf '#!/bin/sh\nexport HELIX_RUNTIME=%s/usr/lib/hx/runtime\nexec %s/usr/bin/hx "$@"\n' "$EDITORS/helix" "$EDITORS/helix" >"$EDITORS/helix/hx"
  chmod +x "$EDITORS/helix/hx"
  "$EDITORS/helix/hx" --version
}

# Eglot came with Emacs 29; Debian 12 has it in its backports.
step_emacs() {
  local version from=()
  version=$(apt-cache policy emacs-nox | awk '/Candidate:/ { sub(/^[0-9]*:/, "", $2); print $2 }')
  if dpkg --compare-versions "$version" lt 29; then
    rm -rf apt.d && mkdir apt.d
    cp /etc/apt/sources.list.d/debian.sources apt.d/
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(archive) bookworm-backports main" >apt.d/backports.list
    from=(-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$EDITORS/apt.d")
    apt "${from[@]}" update -q
    from+=(-t bookworm-backports)
  fi
  apt "${from[@]}" install -y --no-install-recommends emacs-nox elpa-yaml-mode
  apt update -q # the lists of the usual sources again
}

# run NAME carries out a step once. Not `step || …`, which would switch off
# `set -e` inside it.
run() {
  local name=$1 started=$SECONDS rc
  if [ -e "$EDITORS/.ok-$name" ]; then
    echo "$name: there"
    return
  fi
  set +e
  (set -e && cd "$EDITORS" && "step_$name") >"$EDITORS/$name.log" 2>&1
  rc=$?
  set -e
  if [ $rc != 0 ]; then
    tail -n 30 "$EDITORS/$name.log" >&2
    echo "$name: failed, see $EDITORS/$name.log" >&2
    exit $rc
  fi
  touch "$EDITORS/.ok-$name"
  echo "$name: $((SECONDS - started)) s"
}

mkdir -p "$EDITORS"
steps=("$@")
[ $# -gt 0 ] || steps=(apt tools node vscode yaml nvim010 nvim012 helix emacs)
for name in "${steps[@]}"; do run "$name"; done
