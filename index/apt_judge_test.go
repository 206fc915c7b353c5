package index

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/index/fetch"
)

// apt is the machine's own package manager with a state of its own.
type apt struct {
	dir     string
	arch    string
	version string
	sources []Repository
}

// machineSources are the repositories of the machine's own apt, found by
// asking it.
func machineSources(t *testing.T) []Repository {
	t.Helper()
	if testing.Short() {
		t.Skip("uses the machine's package archive")
	}
	out, err := exec.Command("apt-get", "indextargets", "--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(CREATED_BY)|$(FILENAME)").Output()
	if err != nil {
		t.Skipf("the machine has no apt: %v", err)
	}
	var list []Repository
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSpace(line), "|")
		if len(f) < 4 || f[3] != "Packages" {
			continue
		}
		r, err := ParseRepository(Debian, fmt.Sprintf("deb %s %s %s", f[0], f[1], f[2]))
		if err == nil && !slices.ContainsFunc(list, func(x Repository) bool { return x.String() == r.String() }) {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		t.Skip("the machine's apt has no sources")
	}
	// Another release of the same archive can be judged by this machine's apt.
	if other := os.Getenv("DHI_APT_RELEASE"); other != "" {
		own, _, _ := strings.Cut(list[0].Suite, "-")
		for i := range list {
			list[i].Suite = strings.Replace(list[i].Suite, own, other, 1)
		}
	}
	return list
}

// updateFromMachine fills a cache from the machine's sources, or skips when
// they cannot be reached.
func updateFromMachine(t *testing.T, cache *Cache, sources []Repository) {
	t.Helper()
	rules := fetch.Rules{AnyPublic: true}
	for _, r := range sources {
		rules.Configured = append(rules.Configured, r.URL)
	}
	client := fetch.New(fetch.Options{Rules: rules})
	defer client.Close()
	for _, o := range cache.Update(context.Background(), sources, []string{"linux/amd64"}, UpdateOptions{Client: client}) {
		if o.Err != nil {
			t.Skipf("the machine's archive cannot be used: %v", o.Err)
		}
		t.Logf("%s: %s, %d packages, warnings %v", o.Source.Repository.Suite, o.Result, o.Packages, o.Warnings)
	}
}

// newApt sets a private apt up on the machine's sources.
func newApt(t *testing.T, sources []Repository) *apt {
	t.Helper()
	a := &apt{dir: t.TempDir(), arch: "amd64", sources: sources}
	for _, d := range []string{"lists/partial", "cache/archives/partial", "etc", "log"} {
		if err := os.MkdirAll(filepath.Join(a.dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var list strings.Builder
	for _, r := range sources {
		fmt.Fprintf(&list, "deb [signed-by=%s] %s %s %s\n", installedKeyring(), r.URL, r.Suite, strings.Join(r.Components, " "))
	}
	a.write(t, "sources.list", list.String())
	a.write(t, "status", "")
	if out, err := a.run("update"); err != nil {
		t.Skipf("apt cannot update from the machine's sources: %v\n%s", err, out)
	}
	out, _ := exec.Command("apt-get", "--version").Output()
	a.version, _, _ = strings.Cut(string(out), "\n")
	return a
}

func installedKeyring() string {
	for _, f := range debianKeyrings {
		if _, err := os.Stat(f); err == nil {
			return f
		}
	}
	return ""
}

func (a *apt) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run calls apt-get with nothing of the machine's state.
func (a *apt) run(args ...string) ([]byte, error) {
	options := []string{
		"Dir::Etc::SourceList=" + filepath.Join(a.dir, "sources.list"), "Dir::Etc::SourceParts=/dev/null",
		"Dir::Etc::Preferences=/dev/null", "Dir::Etc::PreferencesParts=/dev/null",
		"Dir::State=" + a.dir, "Dir::State::Lists=" + filepath.Join(a.dir, "lists"), "Dir::State::Status=" + filepath.Join(a.dir, "status"),
		"Dir::State::extended_states=" + filepath.Join(a.dir, "extended"),
		"Dir::Cache=" + filepath.Join(a.dir, "cache"), "Dir::Log=" + filepath.Join(a.dir, "log"),
		"APT::Architecture=" + a.arch, "APT::Architectures::=" + a.arch,
		"APT::Install-Recommends=false", "APT::Install-Suggests=false", "APT::Get::List-Cleanup=false",
		"Acquire::Languages=none", "Acquire::Check-Valid-Until=false", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
		"Debug::NoLocking=true", "APT::Sandbox::User=root",
		// The stand-ins for excluded packages are not to be upgraded along with
		// others of their source.
		"APT::Get::Upgrade-By-Source-Package=false",
		// Images switch apt's binary caches off; without them every question takes seconds.
		"Dir::Cache::pkgcache=pkgcache.bin", "Dir::Cache::srcpkgcache=srcpkgcache.bin",
	}
	var command []string
	for _, o := range options {
		command = append(command, "-o", o)
	}
	cmd := exec.Command("apt-get", append(command, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	return cmd.CombinedOutput()
}

var installLine = regexp.MustCompile(`(?m)^Inst (\S+)(?: \[[^\]]*\])? \((\S+) `)

// simulate asks apt for a selection; the excluded packages stand as installed.
func (a *apt) simulate(t *testing.T, set *Set, entries []string) ([]string, error) {
	t.Helper()
	var status strings.Builder
	var wants []string
	named := map[string]bool{}
	for _, e := range entries {
		if !strings.HasPrefix(e, "!") {
			wants = append(wants, e)
			name, _, _ := strings.Cut(e, "=")
			named[name] = true
		}
	}
	for _, e := range entries {
		name, isExclusion := strings.CutPrefix(e, "!")
		if !isExclusion || named[name] {
			continue
		}
		if p, _, ok := set.Lookup(name, ""); ok {
			fmt.Fprintf(&status, "Package: %s\nStatus: install ok installed\nVersion: %s\nArchitecture: %s\nMaintainer: x <x@example.org>\nDescription: excluded\n", p.Name, p.Version, p.Arch)
			if p.Provides != "" {
				fmt.Fprintf(&status, "Provides: %s\n", p.Provides)
			}
			status.WriteString("\n")
		}
	}
	a.write(t, "status", status.String())
	out, err := a.run(append([]string{"install", "--simulate", "-q", "--"}, wants...)...)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
	}
	var list []string
	for _, m := range installLine.FindAllStringSubmatch(string(out), -1) {
		list = append(list, m[1]+" "+m[2])
	}
	slices.Sort(list)
	return list, nil
}

// aptSets are selections of our own, from small to large.
var aptSets = [][]string{
	{"base-files"}, {"bash"}, {"base-files", "!mawk", "!gawk", "!original-awk"}, {"base-files", "!mawk"},
	{"ca-certificates"}, {"curl", "ca-certificates"}, {"git"}, {"python3"}, {"python3-pip"}, {"nginx"}, {"nginx-light"},
	{"postgresql"}, {"postgresql-client"}, {"redis-server"}, {"mariadb-server"}, {"openjdk-17-jre-headless"}, {"nodejs", "npm"},
	{"build-essential"}, {"apt", "bash", "coreutils"}, {"systemd"}, {"systemd-sysv", "dbus"}, {"exim4"}, {"mutt"}, {"default-mta"},
	{"libelogind0"}, {"dbus-user-session"}, {"gnupg", "dirmngr"}, {"openssh-server"}, {"vim", "less", "man-db"}, {"texlive-base"},
	{"xserver-xorg"}, {"gimp"}, {"docker.io"}, {"qemu-system-x86"}, {"apache2", "libapache2-mod-php"}, {"php-fpm"}, {"ruby-full"},
	{"cron"}, {"logrotate"}, {"debhelper"}, {"cups"}, {"r-base"}, {"octave"}, {"kde-standard"}, {"task-gnome-desktop"}, {"libreoffice"},
	{"wordpress"}, {"mediawiki"}, {"slapd"}, {"bind9"}, {"samba"}, {"ffmpeg"}, {"imagemagick"}, {"emacs"}, {"erlang"}, {"ghc"},
	{"maven"}, {"gradle"}, {"tomcat10"}, {"zookeeperd"}, {"rabbitmq-server"}, {"etcd-server"}, {"haproxy"}, {"varnish"}, {"squid"},
	{"fontconfig", "fonts-dejavu-core"}, {"tzdata", "!debconf"}, {"libc6", "!libgcc-s1"}, {"adduser", "!passwd"},
}

// TestAptJudge compares closures with those of the machine's own apt.
func TestAptJudge(t *testing.T) {
	sources := machineSources(t)
	cache, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	updateFromMachine(t, cache, sources)
	judge := newApt(t, sources)
	set := cache.Set(sources, []string{"linux/amd64"})
	t.Run("counts", func(t *testing.T) { judge.compareCounts(t, set) })
	t.Run("versions", func(t *testing.T) { judge.compareVersions(t, set) })
	sets := sample(t, append(slices.Clone(aptSets), corpusSets(t, set)...))
	equal := 0
	if only := os.Getenv("DHI_APT_ONLY"); only != "" {
		sets = [][]string{strings.Fields(only)}
	}
	for _, entries := range sets {
		if judge.compare(t, set, entries) {
			equal++
		}
	}
	t.Logf("%s: %d of %d closures equal", judge.version, equal, len(sets))
}

// sample takes some of the sets, as apt needs seconds for each: 12, or as many
// as DHI_APT_SETS says.
func sample(t *testing.T, sets [][]string) [][]string {
	t.Helper()
	n := 12
	if text := os.Getenv("DHI_APT_SETS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("DHI_APT_SETS: %v", err)
		}
	}
	if n >= len(sets) {
		return sets
	}
	var some [][]string
	for i := range n {
		some = append(some, sets[i*len(sets)/n])
	}
	return some
}

func (a *apt) compare(t *testing.T, set *Set, entries []string) bool {
	t.Helper()
	want, aptErr := a.simulate(t, set, entries)
	got := set.Resolve(Selection{Entries: entries, Platform: "linux/amd64"})
	if (aptErr != nil) != (len(got.Problems) > 0) {
		t.Errorf("%q: apt says %v, we say %v", entries, aptErr, got.Problems)
		return false
	}
	if aptErr != nil {
		return true
	}
	var ours []string
	for _, p := range got.Packages {
		ours = append(ours, p.Name+" "+p.Version)
	}
	slices.Sort(ours)
	if !slices.Equal(ours, want) {
		t.Errorf("%q: only apt installs %q; only we install %q", entries, without(want, ours), without(ours, want))
		return false
	}
	return true
}

func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(x string) bool { return slices.Contains(b, x) })
}

// compareCounts compares the number of packages of each index with that of
// the lists that apt fetched.
func (a *apt) compareCounts(t *testing.T, set *Set) {
	out, err := a.run("indextargets", "--format", "$(CREATED_BY) $(RELEASE) $(FILENAME)")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] != "Packages" {
			continue
		}
		text, err := exec.Command("/usr/lib/apt/apt-helper", "cat-file", f[2]).Output()
		if err != nil {
			t.Errorf("reading apt's list: %v", err)
			continue
		}
		n := 0
		lines := bufio.NewScanner(bytes.NewReader(text))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if bytes.HasPrefix(lines.Bytes(), []byte("Package: ")) {
				n++
			}
		}
		for _, st := range set.Sources() {
			if st.Repository.Suite == f[1] && st.Entry.Packages != n {
				t.Errorf("%s: %d packages, apt has %d", st.Source, st.Entry.Packages, n)
			}
		}
	}
}

// compareVersions compares the candidate of every 50th package with apt's.
func (a *apt) compareVersions(t *testing.T, set *Set) {
	var names []string
	for i, n := range set.Names("", 1<<20) {
		if i%50 == 0 {
			names = append(names, n.Name)
		}
	}
	cmd := exec.Command("apt-cache", append([]string{
		"-o", "Dir::Etc::SourceList=" + filepath.Join(a.dir, "sources.list"), "-o", "Dir::Etc::SourceParts=/dev/null",
		"-o", "Dir::Etc::Preferences=/dev/null", "-o", "Dir::Etc::PreferencesParts=/dev/null",
		"-o", "Dir::State=" + a.dir, "-o", "Dir::State::Lists=" + filepath.Join(a.dir, "lists"),
		"-o", "Dir::State::Status=" + filepath.Join(a.dir, "status"), "-o", "Dir::Cache=" + filepath.Join(a.dir, "cache"), "policy"}, names...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	name, compared := "", 0
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, " ") {
			name = strings.TrimSuffix(strings.TrimSpace(line), ":")
		}
		want, ok := strings.CutPrefix(strings.TrimSpace(line), "Candidate: ")
		if !ok {
			continue
		}
		compared++
		if got, _, _ := set.Newest(name, "amd64"); got != want {
			t.Errorf("%s: newest is %s, apt's candidate %s", name, got, want)
		}
	}
	if compared != len(names) {
		t.Errorf("%d of %d names compared", compared, len(names))
	}
	t.Logf("%d candidates compared", compared)
}
