//go:build dist

package release

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/index/apk"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/version"
)

const (
	testVersion = "1.2.3-rc1"
	testCommit  = "0123456789abcdef0123456789abcdef01234567"
)

var (
	testTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	// Each platform is compiled from nothing the second time, a minute of one
	// processor each.
	platforms = flag.String("platforms", "linux/amd64,darwin/arm64,windows/amd64", "release these platforms, or all")
)

// TestRelease makes a release twice and looks at what came out as those who
// download it do. The second time sources, results, caches and the environment
// are elsewhere, and every byte has to be the same.
func TestRelease(t *testing.T) {
	// A copy: somebody may work on the sources meanwhile.
	root := copySources(t, "../../../..")
	if *platforms == "all" {
		*platforms = ""
	}
	list, err := ParsePlatforms(*platforms)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Root: root, Out: t.TempDir(), Version: testVersion, Commit: testCommit, Time: testTime, Platforms: list, Log: io.Discard}
	if err := Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	t.Run("Checksums", func(t *testing.T) { checkSums(t, &o) })
	for _, p := range list {
		t.Run(p.String(), func(t *testing.T) {
			checkProgram(t, &o, p)
			checkSBOM(t, &o, p)
		})
	}
	if slices.Contains(list, Platform{"linux", "amd64"}) {
		t.Run("Archive", func(t *testing.T) { checkArchive(t, &o) })
		t.Run("Debian", func(t *testing.T) { checkDebian(t, &o) })
		t.Run("Alpine", func(t *testing.T) { checkAlpine(t, &o) })
	}
	t.Run("Again", func(t *testing.T) { checkAgain(t, o) })
}

func checkAgain(t *testing.T, first Options) {
	again := first
	again.Root = filepath.Join(t.TempDir(), "another", "folder")
	if err := os.CopyFS(again.Root, os.DirFS(first.Root)); err != nil {
		t.Fatal(err)
	}
	again.Out = t.TempDir()
	modules := filepath.Join(t.TempDir(), "modules")
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(strings.TrimSpace(string(cache)), modules); err != nil {
		t.Fatal(err)
	}
	again.Env = []string{"GOCACHE=" + t.TempDir(), "GOMODCACHE=" + modules, "GOFLAGS=-mod=readonly"}
	t.Setenv("TZ", "Asia/Kathmandu")
	t.Setenv("LC_ALL", "C")
	if err := Run(context.Background(), again); err != nil {
		t.Fatal(err)
	}
	a, b := hashes(t, first.Out), hashes(t, again.Out)
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if a[name] != b[name] {
			t.Errorf("%s differs", name)
		}
	}
	if len(a) != len(b) || len(a) < 5 {
		t.Errorf("%d files the first time, %d the second", len(a), len(b))
	}
}

// copySources copies what git tracks or would.
func copySources(t *testing.T, root string) string {
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "sources")
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted and not committed yet
		} else if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func hashes(t *testing.T, dir string) map[string]string {
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		out[name], err = sha256File(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func checkSums(t *testing.T, o *Options) {
	cmd := exec.Command("sha256sum", "--check", "--strict", "checksums.txt")
	cmd.Dir = o.Out
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	listed, err := os.ReadFile(filepath.Join(o.Out, "checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	made, err := filepath.Glob(filepath.Join(o.Out, "dhi-ls_*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range made {
		if !strings.Contains(string(listed), "  "+filepath.Base(path)+"\n") {
			t.Errorf("%s is not in checksums.txt", filepath.Base(path))
		}
	}
}

// checkProgram looks for paths of this machine in a program.
func checkProgram(t *testing.T, o *Options, p Platform) {
	data, err := os.ReadFile(filepath.Join(o.stage(p), p.program()))
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{o.Root, runtime.GOROOT(), filepath.Join(home, "go")} {
		if path != "" && bytes.Contains(data, []byte(path+"/")) {
			t.Errorf("the program holds the path %s", path)
		}
	}
}

// checkSBOM holds the document to what Go says is in the program.
func checkSBOM(t *testing.T, o *Options, p Platform) {
	info, err := buildinfo.ReadFile(filepath.Join(o.stage(p), p.program()))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(o.Out, o.name(p)+".cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var bom struct {
		BOMFormat, SpecVersion string
		Metadata               struct {
			Timestamp string
			Component struct{ Name, Version string }
		}
		Components []struct{ Name, Version, Purl string }
	}
	if err := json.Unmarshal(data, &bom); err != nil {
		t.Fatal(err)
	}
	if bom.BOMFormat != "CycloneDX" || bom.Metadata.Component.Version != testVersion || bom.Metadata.Timestamp != testTime.Format(time.RFC3339) {
		t.Errorf("the head is %+v", bom)
	}
	have := map[string]bool{}
	for _, c := range bom.Components {
		have[c.Name+" "+c.Version] = true
	}
	for _, m := range info.Deps {
		if !have[m.Path+" "+m.Version] {
			t.Errorf("the SBOM lacks %s %s", m.Path, m.Version)
		}
	}
	if !have["std "+info.GoVersion] || len(have) != len(info.Deps)+1 {
		t.Errorf("%d components for %d modules and Go's own", len(have), len(info.Deps))
	}
	licences, err := os.ReadFile(filepath.Join(o.stage(p), "THIRD-PARTY-LICENSES"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range info.Deps {
		if !bytes.Contains(licences, []byte("\n"+m.Path+" "+m.Version+", ")) {
			t.Errorf("no licence of %s", m.Path)
		}
	}
}

// checkArchive unpacks the archive with tar and runs what is in it.
func checkArchive(t *testing.T, o *Options) {
	dir := t.TempDir()
	must(t, exec.Command("tar", "-xzf", filepath.Join(o.Out, o.name(Platform{"linux", "amd64"})+".tar.gz"), "-C", dir, "--strip-components=1"))
	checkRuns(t, dir, "/dhi-ls")
	for _, file := range []string{"LICENSE", "THIRD-PARTY-LICENSES", "man/dhi-ls.1", "man/dhi-ls-check.1", "completions/_dhi-ls", "completions/dhi-ls.fish", "completions/dhi-ls.ps1"} {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Error(err)
		}
	}
	// The shell itself completes with the shipped script.
	must(t, exec.Command("bash", "-n", filepath.Join(dir, "completions/dhi-ls.bash")))
	words := must(t, exec.Command(filepath.Join(dir, "dhi-ls"), "__complete", "check", "--fail"))
	if !strings.Contains(words, "--fail-on") {
		t.Errorf("completion of --fail: %s", words)
	}
}

// checkRuns runs a program with dir as its root: with no library, no home and
// no folder for temporary files beside it.
func checkRuns(t *testing.T, dir, program string) {
	const definition = "# syntax=dhi.io/build:2-alpine3.23\n\nnameee: Bad\n"
	if err := os.WriteFile(filepath.Join(dir, "app.yaml"), []byte(definition), 0o644); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) *exec.Cmd {
		c := exec.Command("chroot", append([]string{dir, program}, args...)...)
		if os.Getuid() != 0 {
			c = exec.Command(filepath.Join(dir, program), args...)
			c.Dir = dir
		}
		c.Env = []string{}
		return c
	}
	out := must(t, command("version"))
	want := "dhi-ls " + testVersion + "\ncommit    " + testCommit + "\ndate      " + testTime.Format(time.RFC3339) + "\ngo        "
	if !strings.HasPrefix(out, want) {
		t.Errorf("version prints %q, want %q", out, want)
	}
	found, err := command("check", "app.yaml").CombinedOutput()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 || !bytes.Contains(found, []byte("error[unknown-field]")) {
		t.Errorf("check: %v\n%s", err, found)
	}
}

func checkDebian(t *testing.T, o *Options) {
	file := filepath.Join(o.Out, "dhi-ls_"+testVersion+"_amd64.deb")
	fields := must(t, exec.Command("dpkg-deb", "--field", file, "Package", "Version", "Architecture", "Depends"))
	if fields != "Package: dhi-ls\nVersion: 1.2.3~rc1\nArchitecture: amd64\n" {
		t.Errorf("fields:\n%s", fields)
	}
	if err := version.ValidDebian("1.2.3~rc1"); err != nil || version.CompareDebian("1.2.3~rc1", "1.2.3") >= 0 {
		t.Errorf("the release candidate is not before the release: %v", err)
	}
	dir := t.TempDir()
	must(t, exec.Command("dpkg-deb", "--extract", file, dir))
	checkRuns(t, dir, "/usr/bin/dhi-ls")
	page := must(t, exec.Command("gzip", "-dc", filepath.Join(dir, "usr/share/man/man1/dhi-ls-check.1.gz")))
	if !strings.HasPrefix(page, `.TH "DHI\-LS\-CHECK" "1" "2026\-01\-02" "dhi\-ls 1.2.3\-rc1"`) {
		t.Errorf("the page begins with %.80q", page)
	}
	// dpkg itself takes it, and gives it back.
	admin := t.TempDir()
	dpkg := func(args ...string) *exec.Cmd {
		return exec.Command("dpkg", append([]string{"--root=" + admin, "--force-not-root", "--force-script-chrootless"}, args...)...)
	}
	for _, d := range []string{"updates", "info", "triggers"} {
		if err := os.MkdirAll(filepath.Join(admin, "var/lib/dpkg", d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(admin, "var/lib/dpkg/status"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	must(t, dpkg("--install", file))
	must(t, dpkg("--verify", "dhi-ls"))
	must(t, dpkg("--purge", "dhi-ls"))
	if left, _ := filepath.Glob(filepath.Join(admin, "usr/bin/*")); len(left) > 0 {
		t.Errorf("left after the purge: %v", left)
	}
}

// checkAlpine reads the package as apk does, and has our own reader take what
// `apk index` would write of it.
func checkAlpine(t *testing.T, o *Options) {
	data, err := os.ReadFile(filepath.Join(o.Out, "dhi-ls_"+testVersion+"_x86_64.apk"))
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(bytes.NewReader(data))
	if signatures, err := apk.ReadSignatures(r); err != nil || len(signatures) > 0 {
		t.Errorf("signatures: %v, %v", signatures, err)
	}
	rest, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	control, content := cutMember(t, rest)
	fields := pkginfo(t, control)
	if sum := fmt.Sprintf("%x", sha256.Sum256(content)); fields["datahash"] != sum {
		t.Errorf("datahash is %s, the hash of the data %s", fields["datahash"], sum)
	}
	stanza := fmt.Sprintf("P:%s\nV:%s\nA:%s\nS:%d\nI:%s\nT:%s\nU:%s\nL:%s\n\n", fields["pkgname"], fields["pkgver"], fields["arch"], len(data),
		fields["size"], fields["pkgdesc"], fields["url"], fields["license"])
	n := 0
	err = apk.Parse(strings.NewReader(stanza), record.Limits{}.WithDefaults(), func(p *record.Package) error {
		n++
		if p.Name != "dhi-ls" || p.Version != "1.2.3_rc1" {
			t.Errorf("our reader sees %s %s", p.Name, p.Version)
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d packages, %v", n, err)
	}
	if !version.ValidAlpine("1.2.3_rc1") || version.CompareAlpine("1.2.3_rc1", "1.2.3") >= 0 {
		t.Error("the release candidate is not before the release")
	}
	dir := t.TempDir()
	unpack := exec.Command("tar", "-xzf", "-", "-C", dir)
	unpack.Stdin = bytes.NewReader(content)
	must(t, unpack)
	checkRuns(t, dir, "/usr/bin/dhi-ls")
}

// cutMember splits a file behind its first gzip member.
func cutMember(t *testing.T, data []byte) (first, rest []byte) {
	r := bytes.NewReader(data)
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	z.Multistream(false)
	first, err = io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return first, data[len(data)-r.Len():]
}

var field = regexp.MustCompile(`(?m)^([a-z]+) = (.*)$`)

func pkginfo(t *testing.T, control []byte) map[string]string {
	archive := tar.NewReader(bytes.NewReader(control))
	h, err := archive.Next()
	if err != nil || h.Name != ".PKGINFO" {
		t.Fatalf("first in the control part: %v, %v", h, err)
	}
	text, err := io.ReadAll(archive)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(text)) {
		m := field.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil && !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			t.Errorf("%q is no line of .PKGINFO", line)
		} else if m != nil {
			out[m[1]] = m[2]
		}
	}
	return out
}

func must(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(cmd.Args, " "), err, out.String(), errs.String())
	}
	return out.String()
}
