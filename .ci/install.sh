#!/bin/sh
# Installs a released dhi-ls, for CI:
#
#   install.sh VERSION DIR
#
# fetches the archive for this machine, holds it to its SHA-256 and puts the
# program into DIR. Needs curl or wget, tar (on Windows unzip), and sha256sum
# or shasum.
#
# DHI_LS_SHA256    the archive's hash; without it, the one in the release's
#                  checksums.txt, which guards against damage alone
# DHI_LS_RELEASES  where releases are, for mirrors
set -eu

fail() {
	echo "install.sh: $*" >&2
	exit 1
}

[ $# = 2 ] || fail "usage: install.sh VERSION DIR"
version=${1#v}
dir=$2
releases=${DHI_LS_RELEASES:-https://github.com/dhi-ls/dhi-ls/releases/download}

case $(uname -s) in
Linux) os=linux ;;
Darwin) os=darwin ;;
MINGW* | MSYS* | CYGWIN*) os=windows ;;
*) fail "there is no release for $(uname -s)" ;;
esac
case $(uname -m) in
x86_64 | amd64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
*) fail "there is no release for $(uname -m)" ;;
esac

name=dhi-ls_${version}_${os}_${arch}
archive=$name.tar.gz
program=dhi-ls
if [ "$os" = windows ]; then
	archive=$name.zip
	program=dhi-ls.exe
fi

fetch() {
	if command -v curl >/dev/null; then
		curl --fail --silent --show-error --location --retry 3 --output "$2" "$1"
	elif command -v wget >/dev/null; then
		wget -q -O "$2" "$1"
	else
		fail "neither curl nor wget is there"
	fi
}

hash_of() {
	if command -v sha256sum >/dev/null; then
		sha256sum "$1"
	elif command -v shasum >/dev/null; then
		shasum -a 256 "$1"
	else
		fail "neither sha256sum nor shasum is there"
	fi | cut -d' ' -f1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch "$releases/v$version/$archive" "$work/$archive" || fail "could not fetch $releases/v$version/$archive"
want=${DHI_LS_SHA256:-}
if [ -z "$want" ]; then
	fetch "$releases/v$version/checksums.txt" "$work/checksums.txt" || fail "could not fetch the checksums of $version"
	want=$(awk -v name="$archive" '$2 == name { print $1 }' "$work/checksums.txt")
	[ -n "$want" ] || fail "checksums.txt does not list $archive"
fi
got=$(hash_of "$work/$archive")
[ "$got" = "$want" ] || fail "$archive has the SHA-256 $got, not $want: it is damaged, or not what was released"

mkdir -p "$dir"
if [ "$os" = windows ]; then
	unzip -q "$work/$archive" -d "$work"
else
	tar -xzf "$work/$archive" -C "$work"
fi
# Into place under another name first: a program that runs is not written to.
cp "$work/$name/$program" "$dir/.$program.new"
chmod 755 "$dir/.$program.new"
mv -f "$dir/.$program.new" "$dir/$program"
