package rulestest

import (
	"fmt"
	"path/filepath"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed/indexedtest"
)

const alpineBase = "https://dl-cdn.alpinelinux.org/alpine/"

// worlds are the indexes that examples may be checked against, by name.
func worlds() map[string][]indexedtest.Repository {
	alpine := []indexedtest.Repository{
		{Family: "alpine", URL: alpineBase + "v3.23/main", Packages: []indexedtest.Package{
			{Name: "alpine-baselayout-data", Version: "3.7.1-r8"},
			{Name: "busybox", Version: "1.37.0-r30", Depends: "so:libc.musl-x86_64.so.1", Provides: "cmd:sh=1.37.0-r30 cmd:vi=1.37.0-r30"},
			{Name: "ca-certificates-bundle", Version: "20260611-r0"},
			{Name: "curl", Version: "8.17.0-r1", Depends: "so:libcurl.so.4 so:libc.musl-x86_64.so.1", Provides: "cmd:curl=8.17.0-r1"},
			{Name: "libcurl", Version: "8.17.0-r1", Depends: "so:libc.musl-x86_64.so.1", Provides: "so:libcurl.so.4=4.8.0"},
			{Name: "musl", Version: "1.2.5-r21", Provides: "so:libc.musl-x86_64.so.1=1"},
			{Name: "microcode-tool", Version: "3-r0", Only: "x86_64"},
			{Name: "needs-gone", Version: "1-r0", Depends: "libgone"},
			{Name: "nano", Version: "8.7-r0", Provides: "editor cmd:nano=8.7-r0"},
			{Name: "vim", Version: "9.1-r0", Provides: "editor cmd:vim=9.1-r0"},
		}},
		{Family: "alpine", URL: alpineBase + "v3.23/community", Packages: []indexedtest.Package{
			{Name: "jdk21", Version: "21.0.9-r0", Provides: "java-jdk"},
			{Name: "jdk25", Version: "25.0.1-r0", Provides: "java-jdk"},
			{Name: "redis-tools", Version: "8.0-r0"},
		}},
		{Family: "alpine", URL: alpineBase + "v3.23/testing", Packages: []indexedtest.Package{{Name: "gron", Version: "0.7.1-r0"}}},
		{Family: "alpine", URL: alpineBase + "v3.24/main", Packages: []indexedtest.Package{{Name: "lowdown", Version: "2.0-r0"}}},
	}
	return map[string][]indexedtest.Repository{
		"debian-commands": indexedtest.DebianBase("trixie",
			indexedtest.Package{Name: "base-files", Version: "13.8", Depends: "awk", Priority: "required"},
			indexedtest.Package{Name: "bash", Version: "5.2-1", Depends: "libc6", Priority: "required", Commands: "/usr/bin/bash /usr/bin/rbash"},
			indexedtest.Package{Name: "ca-certificates", Version: "20250419", Commands: "/usr/sbin/update-ca-certificates"},
			indexedtest.Package{Name: "coreutils", Version: "9.7-3", Depends: "libc6", Priority: "required", Commands: "/usr/bin/mkdir /usr/bin/cp /usr/bin/env /usr/bin/install /usr/bin/rm"},
			indexedtest.Package{Name: "dpkg", Version: "1.22", Priority: "required", Commands: "/usr/bin/dpkg"},
			indexedtest.Package{Name: "gawk", Version: "5.2.1", Provides: "awk", Commands: "/usr/bin/gawk"},
			indexedtest.Package{Name: "git", Version: "2.47-1", Depends: "libc6", Commands: "/usr/bin/git"},
			indexedtest.Package{Name: "libc6", Version: "2.41-12"},
			indexedtest.Package{Name: "make", Version: "4.4-1", Commands: "/usr/bin/make"},
			indexedtest.Package{Name: "make-guile", Version: "4.4-1", Commands: "/usr/bin/make"},
			indexedtest.Package{Name: "mawk", Version: "1.3.4-3", Provides: "awk", Priority: "required", Commands: "/usr/bin/mawk"},
			indexedtest.Package{Name: "python3", Version: "3.13-1", Commands: "/usr/bin/python3"},
			indexedtest.Package{Name: "redis-server", Version: "8.0-1", Depends: "libc6", Commands: "/usr/bin/redis-server"},
			indexedtest.Package{Name: "sed", Version: "4.9-2", Priority: "required", Commands: "/usr/bin/sed"},
			indexedtest.Package{Name: "tini", Version: "0.19-1", Commands: "/usr/bin/tini"},
		),
		"alpine":      alpine,
		"alpine-main": alpine[:1],
		"debian": indexedtest.DebianBase("trixie",
			indexedtest.Package{Name: "base-files", Version: "13.8", Depends: "awk"},
			indexedtest.Package{Name: "bash", Version: "5.2-1"},
			indexedtest.Package{Name: "ca-certificates", Version: "20250419"},
			indexedtest.Package{Name: "coreutils", Version: "9.7-3"},
			indexedtest.Package{Name: "libc6", Version: "2.41-12"},
			indexedtest.Package{Name: "mawk", Version: "1.3.4-3", Provides: "awk"},
		),
	}
}

// Indexes makes the indexes that examples name, below a folder.
func Indexes(dir string) (map[string]packages.Source, error) {
	out := map[string]packages.Source{}
	for name, world := range worlds() {
		source, err := indexedtest.Open(filepath.Join(dir, name), indexed.Options{}, world...)
		if err != nil {
			return nil, fmt.Errorf("index %s: %w", name, err)
		}
		out[name] = source
	}
	return out, nil
}
