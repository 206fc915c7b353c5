package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/apk"
)

// archives serves repositories on loopback: the machine's own Debian archive
// and real indexes of Alpine's where they are at hand, else made ones of the
// same size.
type archives struct {
	dir, cache             string
	env                    []string
	http                   *httptest.Server
	files                  map[string][]byte
	real                   bool // Debian's
	debianIs, alpineIs     string
	debianFile, alpineFile string // definitions that name them
	debianURLs, alpineURLs []string
	debian                 index.Repository
	alpine                 []index.Repository
}

// alpineModule carries real indexes among its tests.
const alpineModule = "github.com/chainguard-dev/go-apk@v0.0.0-20240605175618-f3471089c263"

func newArchives() (*archives, error) {
	dir, err := os.MkdirTemp("", "dhi-bench-index-")
	if err != nil {
		return nil, err
	}
	a := &archives{dir: dir, cache: filepath.Join(dir, "cache"), files: map[string][]byte{}}
	a.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, found := a.files[r.URL.Path]
		if !found {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}))
	a.serveDebian()
	a.serveAlpine()
	config := filepath.Join(dir, "user.yaml")
	a.env = []string{"DHI_LS_USER_CONFIG=" + config}
	for name, text := range map[string]string{
		config: "index:\n  hosts:\n    - " + a.http.URL + "\nmirrors:\n  https://deb.debian.org/debian: " + a.http.URL +
			"/debian\n  https://deb.debian.org/debian-security: " + a.http.URL + "/security\n",
		a.debianFile: sampleDefinition("debian13", nil),
		a.alpineFile: sampleDefinition("alpine3.23", a.alpine),
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *archives) close() {
	a.http.Close()
	os.RemoveAll(a.dir)
}

func sampleDefinition(base string, repositories []index.Repository) string {
	text := "# syntax=dhi.io/build:2-" + base + "\n\nname: Bench\nimage: dhi.io/bench\nvariant: runtime\ntags: [\"1\"]\nplatforms: [linux/amd64]\ncontents:\n"
	if len(repositories) > 0 {
		text += "  repositories:\n"
	}
	for _, r := range repositories {
		text += "    - " + r.URL + "\n"
	}
	return text + "  packages:\n"
}

// serveDebian publishes main with an updates and a security suite without
// packages.
func (a *archives) serveDebian() {
	a.debianFile = filepath.Join(a.dir, "debian.yaml")
	packed := machineArchive("trixie")
	a.real = packed != nil
	a.debianIs = "main of trixie from this machine's archive"
	if packed == nil {
		packed = gzipped([]byte(madeDebian(69_000)))
		a.debianIs = "69,000 made packages, as this machine reaches no Debian archive"
	}
	empty := gzipped([]byte("\n"))
	for _, suite := range []struct {
		path, name string
		data       []byte
	}{{"/debian", "trixie", packed}, {"/debian", "trixie-updates", empty}, {"/security", "trixie-security", empty}} {
		file := "main/binary-amd64/Packages.gz"
		base := suite.path + "/dists/" + suite.name + "/"
		a.files[base+file] = suite.data
		a.files[base+"InRelease"] = fmt.Appendf(nil, "Origin: Bench\nSuite: %s\nDate: %s\nArchitectures: amd64\nComponents: main\nSHA256:\n %x %d %s\n",
			suite.name, time.Now().UTC().Format(time.RFC1123), sha256.Sum256(suite.data), len(suite.data), file)
	}
	a.debianURLs = []string{a.http.URL + "/debian/dists/trixie/main/binary-amd64/Packages.gz"}
	a.debian = index.Repository{Family: index.Debian, URL: "https://deb.debian.org/debian", Suite: "trixie", Components: []string{"main"}}
}

// machineArchive is main of a release from the archive that the machine's apt
// is set up for, nil where there is none.
func machineArchive(release string) []byte {
	out, err := exec.Command("apt-get", "indextargets", "--format", "$(COMPONENT) $(REPO_URI)", "Created-By: Packages").Output()
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(out)) {
		component, base, _ := strings.Cut(strings.TrimSpace(line), " ")
		if component != "main" || strings.Contains(base, "security") {
			continue
		}
		if data := archive(strings.TrimSuffix(base, "/") + "/dists/" + release + "/main/binary-amd64/Packages.gz"); data != nil {
			return data
		}
	}
	return nil
}

func (a *archives) serveAlpine() {
	a.alpineFile = filepath.Join(a.dir, "alpine.yaml")
	a.alpineIs = "two real indexes of Alpine's"
	files := moduleFiles()
	for i := range 2 {
		path := fmt.Sprintf("/alpine/v3.23/repository-%d", i)
		var packed []byte
		if i < len(files) {
			packed = unsigned(files[i])
		}
		if packed == nil {
			a.alpineIs = "made indexes of Alpine's size (`go mod download " + alpineModule + "` has real ones)"
			packed = madeAlpine(5000 + 20_000*i)
		}
		a.files[path+"/x86_64/APKINDEX.tar.gz"] = packed
		a.alpineURLs = append(a.alpineURLs, a.http.URL+path+"/x86_64/APKINDEX.tar.gz")
		a.alpine = append(a.alpine, index.Repository{Family: index.Alpine, URL: a.http.URL + path})
	}
}

// unsigned is an index without its signature, for which a key would be looked
// for on Alpine's site; nil when it cannot be read.
func unsigned(file string) []byte {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	r := bufio.NewReaderSize(bytes.NewReader(data), 64<<10)
	if _, err := apk.ReadSignatures(r); err != nil {
		return nil
	}
	rest, err := io.ReadAll(r)
	if err != nil {
		return nil
	}
	return rest
}

func moduleFiles() []string {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), filepath.FromSlash(alpineModule), "pkg/apk/testdata/alpine-31*/APKINDEX.tar.gz"))
	return files
}

var nameWords = strings.Fields("lib python3 golang ruby perl node data dev doc common client server utils plugin gtk core http json xml test")

func madeName(i int) string {
	r := rand.New(rand.NewSource(int64(i)))
	return fmt.Sprintf("%s-%s%d-%s", nameWords[r.Intn(len(nameWords))], nameWords[r.Intn(len(nameWords))], i, nameWords[r.Intn(len(nameWords))])
}

func madeDebian(packages int) string {
	r := rand.New(rand.NewSource(7))
	var b strings.Builder
	for i := range packages {
		fmt.Fprintf(&b, "Package: %s\nVersion: %d.%d.%d-%d\nArchitecture: amd64\nMaintainer: Somebody <somebody@example.org>\nInstalled-Size: %d\nPriority: optional\nSection: misc\nHomepage: https://example.org/%d\n",
			madeName(i), r.Intn(9), r.Intn(30), r.Intn(30), r.Intn(9), r.Intn(90000), i%5000)
		b.WriteString("Depends: libc6 (>= 2.34)")
		for n := r.Intn(5); n > 0 && i%40 > 0; n-- {
			fmt.Fprintf(&b, ", %s (>= 0)", madeName(i-1-r.Intn(i%40)))
		}
		fmt.Fprintf(&b, "\nDescription: package number %d for measurements of several words\nFilename: pool/main/x/x%d.deb\nSize: %d\nSHA256: %016x%016x%016x%016x\n\n",
			i, i, r.Intn(1e6), r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
	}
	b.WriteString("Package: libc6\nVersion: 2.41-12\nArchitecture: amd64\nDescription: C library\n\n")
	return b.String()
}

func madeAlpine(packages int) []byte {
	r := rand.New(rand.NewSource(8))
	var text strings.Builder
	for i := range packages {
		fmt.Fprintf(&text, "P:%s\nV:%d.%d-r%d\nA:x86_64\nS:%d\nI:%d\nT:package number %d of several words\nU:https://example.org/%d\nL:MIT\no:source-%d\nD:so:libc.musl-x86_64.so.1\np:cmd:tool-%d=1-r0\n\n",
			madeName(i), r.Intn(9), r.Intn(30), r.Intn(9), r.Intn(1e6), r.Intn(9e6), i, i%3000, i/3, i)
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	_ = w.WriteHeader(&tar.Header{Name: "APKINDEX", Mode: 0o644, Size: int64(text.Len())}) // into memory
	_, _ = w.Write([]byte(text.String()))
	_ = w.Close()
	return gzipped(b.Bytes())
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data) // into memory
	_ = w.Close()
	return b.Bytes()
}
