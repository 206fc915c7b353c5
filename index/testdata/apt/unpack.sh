#!/usr/bin/env bash
# usage: unpack.sh SUITE PREFIX
# Unpacks the apt of another Debian release under PREFIX, with all that it
# needs and without touching the system; PREFIX/apt-get runs it. It reads lists
# that the system's own apt fetched: its downloaders are not made to run.
set -euo pipefail
suite=$1 prefix=$(mkdir -p "$2" && cd "$2" && pwd)
if [ -x "$prefix/apt-get" ]; then exit 0; fi
if ! command -v apt-get > /dev/null; then echo "no apt here: the closures are not compared with apt's" >&2; exit 0; fi
archive=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -v security | sort | uniq -c | sort -rn | awk 'NR==1{print $2}')
state=$prefix/state; mkdir -p "$state"/{lists/partial,cache/archives/partial} "$prefix/root"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $suite main" > "$state/sources.list"
: > "$state/status"
options=(-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=-
  -o Dir::State="$state" -o Dir::State::lists="$state/lists" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache"
  -o APT::Install-Recommends=false -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
  -o Debug::NoLocking=true -o APT::Sandbox::User=root)
apt-get "${options[@]}" -qq update
apt-get "${options[@]}" -qq -y --download-only install apt
for d in "$state"/cache/archives/*.deb; do dpkg-deb -x "$d" "$prefix/root"; done
rm -rf "$state"
loader=$(find "$prefix/root" -name 'ld-linux*.so.*' -o -name 'ld64.so.*' | head -1)
libraries=$(find "$prefix/root" -name '*.so.*' -printf '%h\n' | sort -u | paste -sd:)
for program in apt-get apt-cache; do
  printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" "$prefix/root/usr/bin/$program" > "$prefix/$program.new"
  chmod +x "$prefix/$program.new"
done
mv "$prefix/apt-cache.new" "$prefix/apt-cache"; mv "$prefix/apt-get.new" "$prefix/apt-get"
