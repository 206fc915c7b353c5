package index

import (
	"bufio"
	"bytes"
	"math/rand"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

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

// TestAptJudge compares closures with those of each release's own apt.
func TestAptJudge(t *testing.T) {
	for _, judge := range judges(t) {
		t.Run(judge.codename, func(t *testing.T) {
			cache, err := Open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			updateFromMachine(t, cache, judge.sources)
			set := cache.Set(judge.sources, []string{"linux/amd64"})
			judge.setUp(t)
			t.Run("counts", func(t *testing.T) { judge.compareCounts(t, set) })
			t.Run("versions", func(t *testing.T) { judge.compareVersions(t, set) })
			if only := os.Getenv("DHI_APT_ONLY"); only != "" {
				judge.compareAll(t, set, "selections", [][]string{strings.Fields(only)})
				return
			}
			judge.compareAll(t, set, "selections", sample(aptSets, number(t, "DHI_APT_SETS", 12)))
			judge.compareAll(t, set, "selections of the corpus", sample(corpusSets(t, set), number(t, "DHI_APT_CORPUS", 12)))
			judge.compareAll(t, set, "random selections", randomSets(set, number(t, "DHI_APT_RANDOM", 0)))
		})
	}
}

// number is that of a variable: apt needs a second or more for each selection,
// so that only some are judged unless asked.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// sample takes n of the sets, spread evenly.
func sample(sets [][]string, n int) [][]string {
	if n >= len(sets) {
		return sets
	}
	var some [][]string
	for i := range n {
		some = append(some, sets[i*len(sets)/n])
	}
	return some
}

// randomSets are n selections of one to six packages, some with exclusions of
// what they would pull in.
func randomSets(set *Set, n int) [][]string {
	names := set.Names("", 1<<20)
	r := rand.New(rand.NewSource(int64(n)))
	var sets [][]string
	for range n {
		var entries []string
		for range 1 + r.Intn(6) {
			entries = append(entries, names[r.Intn(len(names))].Name)
		}
		if r.Intn(3) == 0 {
			closure := set.Resolve(Selection{Entries: entries, Platform: "linux/amd64"}).Packages
			if len(closure) > 0 {
				entries = append(entries, "!"+closure[r.Intn(len(closure))].Name)
			}
		}
		sets = append(sets, entries)
	}
	return sets
}

// compareAll compares selections, those with the same exclusions in a row.
func (a *apt) compareAll(t *testing.T, set *Set, what string, sets [][]string) {
	t.Helper()
	if len(sets) == 0 {
		return
	}
	sets = slices.Clone(sets)
	slices.SortStableFunc(sets, func(x, y []string) int { return strings.Compare(standIns(set, x), standIns(set, y)) })
	equal := 0
	for _, entries := range sets {
		if a.compare(t, set, entries) {
			equal++
		}
	}
	t.Logf("%s: %d of %d %s equal", a.version, equal, len(sets), what)
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
	out, err := a.run("apt-get", "indextargets", "--format", "$(CREATED_BY) $(RELEASE) $(FILENAME)")
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
	out, err := a.run("apt-cache", append([]string{"policy"}, names...)...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
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
