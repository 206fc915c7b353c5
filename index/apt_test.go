package index

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/record"
)

// apt is a release's own apt with a state of its own. The machine's apt
// fetches the lists for all of them.
type apt struct {
	codename string
	program  string // apt-get of the release
	version  string
	dir      string
	sources  []Repository
	status   string // the content of its status file
}

// judges are the apts at hand: the machine's own for the machine's release, and
// those that DHI_APT_JUDGES names, such as "trixie=/opt/trixie/apt-get", see
// testdata/apt/unpack.sh.
func judges(t *testing.T) []*apt {
	t.Helper()
	machine := machineSources(t)
	own, _, _ := strings.Cut(machine[0].Suite, "-")
	list := []*apt{{codename: own, program: "apt-get", sources: machine}}
	for _, pair := range strings.Fields(os.Getenv("DHI_APT_JUDGES")) {
		codename, program, ok := strings.Cut(pair, "=")
		if !ok {
			t.Fatalf("DHI_APT_JUDGES: expected release=program, got %q", pair)
		}
		sources := slices.Clone(machine)
		for i := range sources {
			sources[i].Suite = strings.Replace(sources[i].Suite, own, codename, 1)
		}
		list = append(list, &apt{codename: codename, program: program, sources: sources})
	}
	return list
}

// machineSources are the repositories of the machine's own apt, found by
// asking it.
func machineSources(t *testing.T) []Repository {
	t.Helper()
	if os.Getenv("DHI_APT_TESTS") == "" {
		t.Skip("asks the machine's package archive: make test-apt")
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
	return list
}

// updateFromMachine fills a cache from the machine's archive, or skips when it
// cannot be reached.
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

// setUp gives the judge its state and lists.
func (a *apt) setUp(t *testing.T) {
	t.Helper()
	a.dir = t.TempDir()
	for _, d := range []string{"lists/partial", "cache/archives/partial", "etc", "log"} {
		if err := os.MkdirAll(filepath.Join(a.dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var list strings.Builder
	for _, r := range a.sources {
		fmt.Fprintf(&list, "deb [signed-by=%s] %s %s %s\n", installedKeyring(), r.URL, r.Suite, strings.Join(r.Components, " "))
	}
	a.write(t, "sources.list", list.String())
	a.write(t, "status", "")
	if out, err := a.run("apt-get", "update"); err != nil {
		t.Skipf("apt cannot update from the machine's sources: %v\n%s", err, out)
	}
	out, err := exec.Command(a.program, "--version").Output()
	if err != nil {
		t.Fatalf("%s cannot be run: %v", a.program, err)
	}
	a.version, _, _ = strings.Cut(string(out), "\n")
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

// run calls a program of apt's with nothing of the machine's state.
func (a *apt) run(program string, args ...string) ([]byte, error) {
	options := []string{
		"Dir::Etc::SourceList=" + filepath.Join(a.dir, "sources.list"), "Dir::Etc::SourceParts=/dev/null",
		"Dir::Etc::Preferences=/dev/null", "Dir::Etc::PreferencesParts=/dev/null",
		"Dir::State=" + a.dir, "Dir::State::Lists=" + filepath.Join(a.dir, "lists"), "Dir::State::Status=" + filepath.Join(a.dir, "status"),
		"Dir::State::extended_states=" + filepath.Join(a.dir, "extended"),
		"Dir::Cache=" + filepath.Join(a.dir, "cache"), "Dir::Log=" + filepath.Join(a.dir, "log"),
		"APT::Architecture=amd64", "APT::Architectures::=amd64",
		"APT::Install-Recommends=false", "APT::Install-Suggests=false", "APT::Get::List-Cleanup=false",
		"Acquire::Languages=none", "Acquire::Check-Valid-Until=false", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
		"Debug::NoLocking=true", "APT::Sandbox::User=root", "Acquire::GzipIndexes=false",
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
	cmd := exec.Command(program, append(command, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	return cmd.CombinedOutput()
}

var installLine = regexp.MustCompile(`(?m)^Inst (\S+)(?: \[[^\]]*\])? \((\S+) `)

// simulate asks apt for a selection; the excluded packages stand as installed.
func (a *apt) simulate(t *testing.T, set *Set, entries []string) ([]string, error) {
	t.Helper()
	var wants []string
	for _, e := range entries {
		if !strings.HasPrefix(e, "!") {
			wants = append(wants, e)
		}
	}
	// A status file that is the same keeps apt's caches.
	if status := standIns(set, entries); status != a.status {
		a.write(t, "status", status)
		a.status = status
	}
	out, err := a.run(a.program, append([]string{"install", "--simulate", "-q", "--"}, wants...)...)
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

var multiArchValue = map[record.Flags]string{
	record.MultiArchSame: "same", record.MultiArchForeign: "foreign", record.MultiArchAllowed: "allowed",
}

// standIns is a status file in which the excluded packages are installed,
// without what they need and what they conflict with.
func standIns(set *Set, entries []string) string {
	named := map[string]bool{}
	for _, e := range entries {
		name, _, _ := strings.Cut(e, "=")
		named[name] = true
	}
	var status strings.Builder
	excluded := slices.Clone(entries)
	slices.Sort(excluded)
	for _, e := range slices.Compact(excluded) {
		name, isExclusion := strings.CutPrefix(e, "!")
		if !isExclusion || named[name] {
			continue
		}
		p, _, ok := set.Lookup(name, "")
		if !ok {
			continue
		}
		fmt.Fprintf(&status, "Package: %s\nStatus: install ok installed\nVersion: %s\nArchitecture: %s\nMaintainer: x <x@example.org>\nDescription: excluded\n", p.Name, p.Version, p.Arch)
		if p.Provides != "" {
			fmt.Fprintf(&status, "Provides: %s\n", p.Provides)
		}
		if value := multiArchValue[p.Flags&(record.MultiArchSame|record.MultiArchForeign|record.MultiArchAllowed)]; value != "" {
			fmt.Fprintf(&status, "Multi-Arch: %s\n", value)
		}
		status.WriteString("\n")
	}
	return status.String()
}
