#!/usr/bin/env bash
# Takes the pictures of the docs and of the extension anew, from the editors as
# the tests drive them, and makes them small. Needs pngquant and aha.
#   pictures.sh [FOLDER]   FOLDER has pictures that run.sh took already
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
taken=${1:-}
if [ -z "$taken" ]; then
  taken=$(mktemp -d)
  PICTURES=$taken "$here/run.sh" browser guided vscode-build nvim012
fi
# put PICTURE FILE: a picture in 256 colours.
put() { pngquant --force --skip-if-larger --strip --output "$2" 256 "$taken/$1.png" || cp "$taken/$1.png" "$2"; }
for name in diagnostic problems hover completion quickfix lens new build build-failure; do
  put "vscode-$name" "$root/docs/images/vscode-$name.png"
done
put neovim "$root/docs/images/neovim.png"
media=$root/editors/vscode/media
put vscode-diagnostic "$media/walkthrough-check.png"
put vscode-completion "$media/walkthrough-complete.png"
put vscode-build "$media/walkthrough-build.png"
ls -l "$root"/docs/images/*.png "$media"/*.png
