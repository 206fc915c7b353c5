package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed/indexedtest"
)

const (
	scriptMain      = "https://dl-cdn.alpinelinux.org/alpine/v3.23/main"
	scriptCommunity = "https://dl-cdn.alpinelinux.org/alpine/v3.23/community"
	scriptVendor    = "https://packages.vendor.example/alpine"
)

// scriptWorld is what the scripts' server has. A later generation has newer
// packages.
func scriptWorld(generation string) []indexedtest.Repository {
	curl := "8.16.0-r0"
	if generation == "2" {
		curl = "8.17.0-r1"
	}
	return append(indexedtest.DebianBase("trixie",
		indexedtest.Package{Name: "base-files", Version: "13.8", Depends: "awk", Installed: 340 << 10},
		indexedtest.Package{Name: "hello", Version: "2.10-3", Depends: "libc6 (>= 2.14)", Size: 52000, Installed: 280 << 10, Description: "example package", Commands: "/usr/bin/hello"},
		indexedtest.Package{Name: "libc6", Version: "2.41-12", Size: 2_800_000, Installed: 13000 << 10},
		indexedtest.Package{Name: "mawk", Version: "1.3.4-3", Provides: "awk", Installed: 260 << 10, Commands: "/usr/bin/mawk"},
	),
		indexedtest.Repository{Family: "alpine", URL: scriptMain, Packages: []indexedtest.Package{
			{Name: "alpine-baselayout-data", Version: "3.7.1-r8"},
			{Name: "ca-certificates-bundle", Version: "20260611-r0"},
			{Name: "curl", Version: curl, Depends: "so:libcurl.so.4", Provides: "cmd:curl=" + curl, Size: 1000, Installed: 2000, Description: "transfers data"},
			{Name: "libcurl", Version: curl, Depends: "so:libc.musl.so.1", Provides: "so:libcurl.so.4=4.8.0", Size: 3000, Installed: 4000},
			{Name: "musl", Version: "1.2.5-r21", Provides: "so:libc.musl.so.1=1", Size: 100, Installed: 200},
			{Name: "intel-tool", Version: "3-r0", Only: "x86_64"},
		}},
		indexedtest.Repository{Family: "alpine", URL: scriptCommunity, Packages: []indexedtest.Package{{Name: "jq", Version: "1.8.1-r0"}}},
		indexedtest.Repository{Family: "alpine", URL: scriptVendor, Packages: []indexedtest.Package{{Name: "vendor-tool", Version: "7-r0"}}},
	)
}

// serveRepositories serves package repositories on loopback for the rest of
// the script and writes the user's configuration with mirrors that lead there:
// repos [GENERATION]. What lies below dhi.io needs a login.
func serveRepositories(ts *testscript.TestScript, neg bool, args []string) {
	generation := strings.Join(args, "")
	dir := ts.MkAbs(".repositories")
	address := ts.Getenv("REPOSITORIES")
	if address == "" {
		files := http.FileServer(http.Dir(dir))
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasPrefix(r.URL.Path, "/dhi.io/"):
				w.WriteHeader(http.StatusUnauthorized)
			default:
				files.ServeHTTP(w, r)
			}
		}))
		ts.Defer(server.Close)
		address = server.URL
		ts.Setenv("REPOSITORIES", address)
	}
	mirrors, err := indexedtest.Write(dir, address, scriptWorld(generation)...)
	ts.Check(err)
	delete(mirrors, scriptVendor)
	mirrors["https://dhi.io"] = address + "/dhi.io"
	mirrors["https://alpinelinux.org"] = address + "/none"
	mirrors["https://ftp-master.debian.org"] = address + "/none"
	var b strings.Builder
	b.WriteString("mirrors:\n")
	for _, from := range slices.Sorted(maps.Keys(mirrors)) {
		fmt.Fprintf(&b, "  %s: %s\n", from, mirrors[from])
	}
	ts.Check(os.WriteFile(ts.Getenv("DHI_LS_USER_CONFIG"), []byte(b.String()), 0o644))
}

func TestDistance(t *testing.T) {
	source, err := indexedtest.Open(t.TempDir(), indexed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ family, pin, newest, want string }{
		{"alpine", "1.2.3-r0", "1.2.3-r4", "build"},
		{"alpine", "1.2.3-r0", "1.2.4-r0", "patch"},
		{"alpine", "1.2-r0", "1.2.1-r0", "patch"},
		{"alpine", "1.2.3-r0", "1.10.0-r0", "minor"},
		{"alpine", "1.2.3-r0", "2.0-r0", "major"},
		{"debian", "2:1.4-1", "2:1.4-1+deb13u2", "build"},
		{"debian", "2:1.4-1", "3:2.0-1", "major"},
	} {
		if got := distance(source, c.family, c.pin, c.newest); got != c.want {
			t.Errorf("%v: %s", c, got)
		}
	}
}

func TestWriteTree(t *testing.T) {
	var b strings.Builder
	err := writeTree(&b, packages.Resolution{Packages: []packages.Installed{
		{Name: "a", Version: "1", Wanted: true}, {Name: "b", Version: "2", NeededBy: []packages.Need{{By: "a"}, {By: "c"}}},
		{Name: "c", Version: "3", NeededBy: []packages.Need{{By: "b"}}}, {Name: "lone", Version: "4"},
	}})
	if want := "a 1\n└── b 2\n    └── c 3\n        └── b 2 …\nlone 4\n"; err != nil || b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	x := table{head: []string{"N", "NAME", "X"}, right: map[int]bool{0: true}}
	x.row("100", "é", "last")
	if err := x.write(&b); err != nil || b.String() != "  N  NAME  X\n100  é     last\n" {
		t.Errorf("%q", b.String())
	}
}

func TestCatalogRoot(t *testing.T) {
	root := t.TempDir()
	below := filepath.Join(root, "image", "x")
	for _, d := range []string{below, filepath.Join(root, "package")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(below)
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		t.Fatal(err)
	}
	if got := catalogRoot(); got != root && got != real {
		t.Errorf("got %s, want %s", got, root)
	}
}
