#!/usr/bin/env bash
# The first step of the action: puts dhi-ls on the job's PATH, and says which
# in the output "version". Runs wherever bash does; see action.yml for INPUT_*.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${RUNNER_TEMP:?}/dhi-ls-bin

case ${INPUT_VERSION:-source} in
installed)
  command -v dhi-ls >/dev/null || { echo "::error title=dhi-ls::version: installed, but there is no dhi-ls on the PATH"; exit 3; }
  ;;
source)
  command -v go >/dev/null || { echo "::error title=dhi-ls::version: source needs Go: add actions/setup-go, or give a released version"; exit 3; }
  mkdir -p "$bin"
  (cd "$here" && CGO_ENABLED=0 go build -trimpath -o "$bin/" ./cmd/dhi-ls)
  ;;
*)
  DHI_LS_SHA256=${INPUT_SHA256:-} sh "$here/.ci/install.sh" "$INPUT_VERSION" "$bin"
  ;;
esac
if [ -d "$bin" ]; then
  echo "$bin" >>"${GITHUB_PATH:?}"
  PATH=$bin:$PATH
fi
dhi-ls version
echo "version=$(dhi-ls version | sed -n '1s/^dhi-ls //p')" >>"${GITHUB_OUTPUT:?}"
