# shellcheck shell=bash
# Where the editors are. Sourced by install.sh and run.sh.
if [ -n "${DHI_LS_EDITORS:-}" ]; then
  EDITORS=$DHI_LS_EDITORS
elif [ "$(id -u)" = 0 ]; then
  EDITORS=/var/cache/dhi-ls-editors
else
  EDITORS=${XDG_CACHE_HOME:-$HOME/.cache}/dhi-ls-editors
fi
case $(uname -m) in
  x86_64) NODE_ARCH=x64 MULTIARCH=x86_64-linux-gnu LOADER=usr/lib64/ld-linux-x86-64.so.2 ;;
  aarch64) NODE_ARCH=arm64 MULTIARCH=aarch64-linux-gnu LOADER=usr/lib/ld-linux-aarch64.so.1 ;;
  *)
    echo "the editors' tests know x86_64 and aarch64, not $(uname -m)" >&2
    exit 3
    ;;
esac
NODE_HOME=$EDITORS/node/node_modules/node-linux-$NODE_ARCH
export EDITORS NODE_ARCH MULTIARCH LOADER NODE_HOME
