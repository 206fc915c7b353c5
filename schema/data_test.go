package schema

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/package-url/packageurl-go"
)

func TestActions(t *testing.T) {
	list := Actions()
	if len(list) != 43 || !slices.IsSortedFunc(list, func(a, b Action) int { return strings.Compare(a.Uses, b.Uses) }) {
		t.Errorf("%d actions, or not sorted", len(list))
	}
	for _, a := range list {
		if a.Summary == "" || len(a.Doc) < 40 {
			t.Errorf("%s is not documented", a.Uses)
		}
		if a.Steps > 0 && !strings.Contains(a.Doc, "uses: "+a.Uses) {
			t.Errorf("%s has no example", a.Uses)
		}
		if found, ok := LookupAction(a.Uses); !ok || found.Uses != a.Uses {
			t.Errorf("%s is not found", a.Uses)
		}
		for _, in := range a.Inputs {
			if in.Steps == 0 || in.Steps > a.Steps || in.Required != (in.Steps == a.Steps) {
				t.Errorf("%s %s: in %d of %d steps, required %v", a.Uses, in.Name, in.Steps, a.Steps, in.Required)
			}
			if LookupWith(a.Uses, []string{in.Name}) != in.Field {
				t.Errorf("%s %s: LookupWith finds another field", a.Uses, in.Name)
			}
		}
		if a.ReplacedBy != "" {
			if _, ok := LookupAction(a.ReplacedBy); !ok {
				t.Errorf("%s is replaced by unknown %s", a.Uses, a.ReplacedBy)
			}
		}
	}
	if _, ok := LookupAction("go/build@v9"); ok {
		t.Error("found an action that does not exist")
	}
	build, _ := LookupAction("go/build@v1")
	if in, ok := build.Input("output"); !ok || !in.Required || in.Types[0] != TypeString || in.Steps != 2208 {
		t.Errorf("output of go/build: %+v", in)
	}
	if _, ok := build.Input("extra_env"); ok || slices.Contains(build.InputNames(), "extra_env") {
		t.Error("the misspelled extra_env is an input")
	}
	if LookupWith("dhi/build-pkg:0", split("subpackages/0/files/0/source")) == nil {
		t.Error("nested input not found")
	}
}

// TestActionExamples validates the inputs shown in every action's example.
func TestActionExamples(t *testing.T) {
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	for _, a := range Actions() {
		match := block.FindStringSubmatch(a.Doc)
		if match == nil {
			continue
		}
		step := decode(t, match[1]).(map[string]any)
		if step["uses"] != a.Uses {
			t.Errorf("%s: the example uses %v", a.Uses, step["uses"])
		}
		with := step["with"]
		if with == nil {
			with = map[string]any{}
		}
		if got := ValidateWith(a.Uses, with); got != nil {
			t.Errorf("%s: %v", a.Uses, messages(got))
		}
	}
}

func TestIsImageAction(t *testing.T) {
	for uses, want := range map[string]bool{
		"go/build@v1": false, "patch@v1": false, "go/build": false, "": false, "go/build@v10": false,
		"dhi/build-pkg:0": true, "dhi/gradle:9-jdk21-dev": true, "dhi.io/golang@sha256:abc": true, "a@v": true, "a@v*": true,
	} {
		if IsImageAction(uses) != want {
			t.Errorf("%q: %v", uses, !want)
		}
	}
}

func TestSuggest(t *testing.T) {
	keys := []string{"entrypoint", "environment", "work-dir", "os-release", "cmd", "ports", "paths", "path"}
	tests := []struct{ word, want string }{
		{"entrypiont", "entrypoint"}, {"Entrypoint", "entrypoint"}, {"workdir", "work-dir"}, {"work_dir", "work-dir"},
		{"osRelease", "os-release"}, {"enviroment", "environment"}, {"pahts", "paths"}, {"port", "ports"}, {"pths", "paths"},
		{"cmd", ""}, {"xyz", ""}, {"", ""}, {"c", ""}, {"zz", ""}, {"completely-different", ""}, {strings.Repeat("e", 1000), ""},
		{"cdm", "cmd"}, {"päths", "paths"},
	}
	for _, test := range tests {
		if got, ok := Suggest(test.word, keys); got != test.want || ok != (test.want != "") {
			t.Errorf("%q: %q, %v; want %q", test.word, got, ok, test.want)
		}
	}
	if got, _ := Suggest("ab", []string{"", "ab1", "ab2"}); got != "ab1" {
		t.Errorf("of equally near candidates %q wins", got)
	}
}

func TestDistance(t *testing.T) {
	var m matrix
	tests := []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}, {"runtime", "rutime", 1}}
	for _, test := range tests {
		if got := m.distance([]rune(test.a), []rune(test.b), 10); got != test.want {
			t.Errorf("%q to %q: %d, want %d", test.a, test.b, got, test.want)
		}
		if got := m.distance([]rune(test.b), []rune(test.a), 2); got != min(test.want, 2) {
			t.Errorf("%q to %q within 2: %d", test.b, test.a, got)
		}
	}
}

func TestLicenses(t *testing.T) {
	list := Licenses()
	if len(list) < 700 || !slices.IsSortedFunc(list, func(a, b License) int { return strings.Compare(strings.ToLower(a.ID), strings.ToLower(b.ID)) }) {
		t.Errorf("%d licences, or not sorted", len(list))
	}
	for _, l := range list {
		id, exception, hasException := strings.Cut(l.Replacement, " WITH ")
		if r, ok := LookupLicense(id); l.Replacement != "" && (!ok || r.Deprecated) {
			t.Errorf("%s: replacement %s is no current licence", l.ID, id)
		}
		if _, ok := LookupLicenseException(exception); hasException && !ok {
			t.Errorf("%s: exception %s is unknown", l.ID, exception)
		}
		if l.Name == "" {
			t.Errorf("%s has no name", l.ID)
		}
		if l.Replacement != "" && !l.Deprecated {
			t.Errorf("%s has a replacement but is not deprecated", l.ID)
		}
	}
	if l, ok := LookupLicense("apache-2.0"); !ok || l.ID != "Apache-2.0" || l.Deprecated {
		t.Errorf("apache-2.0: %+v", l)
	}
	if l, ok := LookupLicense("AGPL-3.0"); !ok || !l.Deprecated || l.Replacement != "AGPL-3.0-only" {
		t.Errorf("AGPL-3.0: %+v", l)
	}
	if _, ok := LookupLicense("Elastic-License-2.0"); ok {
		t.Error("Elastic-License-2.0 is no SPDX identifier")
	}
	for word, want := range map[string]string{"Elastic-License-2.0": "Elastic-2.0", "Apache 2.0": "Apache-2.0", "UPL 1.0": "UPL-1.0", "GPL-1": "GPL-1.0-only", "apache2": "Apache-2.0", "BSD-3-Cluase": "BSD-3-Clause"} {
		if got, ok := SuggestLicense(word); !ok || got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	for word, id := range licenseNames {
		if l, ok := LookupLicense(id); !ok || l.Deprecated || squeeze(word) != word {
			t.Errorf("name %q: %s is no current licence, or the name is not squeezed", word, id)
		}
	}
}

func TestAliasesNameFields(t *testing.T) {
	for word, keys := range keyAliases {
		if squeeze(word) != word {
			t.Errorf("alias %q is not squeezed", word)
		}
		for _, key := range keys {
			if len(Places(Definition, key)) == 0 && len(Places(Config, key)) == 0 && !slices.Contains([]string{"severity"}, key) {
				t.Errorf("alias %q means %q, which no mapping knows", word, key)
			}
		}
	}
}

func TestSignals(t *testing.T) {
	for text, want := range map[string]int{"SIGTERM": 15, "TERM": 15, "sigint": 2, "9": 9, "SIGRTMIN+3": 37, "rtmin+3": 37, "SIGRTMAX-1": 63, "SIGRTMIN": 34, "40": 40, "64": 64} {
		if s, ok := ParseSignal(text); !ok || s.Number != want || !strings.HasPrefix(s.Name, "SIG") || s.Doc == "" {
			t.Errorf("%s: %+v, %v", text, s, ok)
		}
	}
	for _, text := range []string{"", "SIGFOO", "0", "-1", "65", "32", "SIGRTMIN+16", "SIGRTMIN+0", "SIGRTMIN++1", "SIGRTMAX-15", "SIGRTMIN+", "SIG"} {
		if s, ok := ParseSignal(text); ok {
			t.Errorf("%q is read as %+v", text, s)
		}
	}
	seen := map[int]bool{}
	for _, s := range Signals() {
		if seen[s.Number] || s.Doc == "" {
			t.Errorf("%+v", s)
		}
		seen[s.Number] = true
	}
}

func TestAnnotations(t *testing.T) {
	for _, a := range Annotations() {
		if a.Title == "" || !strings.Contains(a.Doc, "Example") {
			t.Errorf("%s is not documented", a.Key)
		}
	}
	if a, ok := LookupAnnotation("org.opencontainers.image.licenses"); !ok || a.Role != "spdx-license" {
		t.Errorf("licenses: %+v", a)
	}
	if _, complete, ok := AnnotationNamespace("org.opencontainers.image.licences"); !ok || !complete {
		t.Error("the OCI namespace is listed completely")
	}
	if _, complete, ok := AnnotationNamespace("com.docker.dhi.whatever"); !ok || complete {
		t.Error("the DHI namespace is open")
	}
	if _, _, ok := AnnotationNamespace("com.example.x"); ok {
		t.Error("com.example is nobody's namespace")
	}
}

func TestDistributions(t *testing.T) {
	for _, d := range Distributions() {
		byDirectory, ok1 := DistributionOfDirectory(d.Directory)
		byDirective, ok2 := DistributionOfDirective(d.Directive + "-dev")
		byRelease, ok3 := LookupDistribution(d.Family, d.Release)
		if !ok1 || !ok2 || !ok3 || byDirectory.Release != d.Release || byDirective.Release != d.Release || byRelease.Directory != d.Directory {
			t.Errorf("%s is not found", d.Directory)
		}
		if (d.Codename != "") != (d.Family == Debian) || (len(d.Repositories) == 0) != (d.Family == Debian) {
			t.Errorf("%+v", d)
		}
		for _, entry := range append(d.Repositories, d.HardenedRepository) {
			if _, ok := LookupRepository(urlOf(entry)); entry != "" && !ok {
				t.Errorf("%s: repository %s is not known", d.Directory, entry)
			}
		}
	}
	if d, ok := DistributionOfCodename("trixie"); !ok || d.Release != "13" || !d.Default {
		t.Errorf("trixie: %+v", d)
	}
	if _, ok := DistributionOfCodename(""); ok {
		t.Error("Alpine has no codename")
	}
	if got := Directives(); !slices.Contains(got, "dhi.io/build:2-alpine3.23") || !slices.Contains(got, "dhi.io/build:2-debian13") || got[len(got)-1] != "dhi.io/build:2-helm3" {
		t.Errorf("directives: %v", got)
	}
}

// urlOf is the URL in a repository entry of the tables.
func urlOf(entry string) string {
	for _, word := range strings.Fields(entry) {
		if strings.Contains(word, "://") {
			return word
		}
	}
	return entry
}

func TestRepositories(t *testing.T) {
	for _, r := range Repositories() {
		found, ok := LookupRepository(urlOf(r.Example))
		if !ok || found.Prefix != r.Prefix {
			t.Errorf("%s: its example is taken for %q", r.Prefix, found.Prefix)
		}
		if (r.Family == Debian) != strings.HasPrefix(r.Example, "deb ") {
			t.Errorf("%s: example %s", r.Prefix, r.Example)
		}
		if r.SignedBy != "" && !strings.Contains(r.Example, "[signed-by="+r.SignedBy+"]") {
			t.Errorf("%s: the example does not show %s", r.Prefix, r.SignedBy)
		}
		if r.Family == Debian && (len(r.Keyring) > 0) != (r.SignedBy != "") {
			t.Errorf("%s: a key wants signed-by and the other way round", r.Prefix)
		}
	}
	if r, _ := LookupRepository("https://developer.download.nvidia.com/compute/cuda/repos/debian13/sbsa/"); !slices.Equal(r.Keys("https://developer.download.nvidia.com/compute/cuda/repos/debian13/sbsa/"), []string{"https://developer.download.nvidia.com/compute/cuda/repos/debian13/sbsa/8793F200.pub"}) {
		t.Errorf("CUDA: %+v", r)
	}
	for _, url := range []string{"https://dhi.io/deb/debian/mainframe", "https://example.com/deb", "dhi.io/apk/alpine/v3.23/main", ""} {
		if r, ok := LookupRepository(url); ok {
			t.Errorf("%q is taken for %s", url, r.Prefix)
		}
	}
	if r, _ := LookupRepository("http://deb.debian.org/debian-security"); r.Title != "Debian security" {
		t.Errorf("debian-security: %+v", r)
	}
	for _, key := range KeyURLs() {
		if !strings.HasPrefix(key, "https://") {
			t.Errorf("key %s", key)
		}
	}
}

func TestPurlTypes(t *testing.T) {
	for _, p := range PurlTypes() {
		if !strings.HasPrefix(p.Example, "pkg:"+p.Name+"/") || p.Doc == "" {
			t.Errorf("%+v", p)
		}
		if purl, err := packageurl.FromString(p.Example); err != nil || purl.Type != p.Name {
			t.Errorf("%s: example %s: %v", p.Name, p.Example, err)
		}
	}
	for word, want := range map[string]string{"github.com": "github", "rust": "cargo", "golnag": "golang", "erlang": "hex"} {
		if got, ok := SuggestPurlType(word); !ok || got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
	for _, want := range purlTypeMistakes {
		if _, ok := LookupPurlType(want); !ok {
			t.Errorf("%s is suggested but not known", want)
		}
	}
}

func TestPlatforms(t *testing.T) {
	var names []string
	for _, p := range Platforms() {
		names = append(names, p.Name)
	}
	if want := Lookup(Definition, split("platforms/0")).Enum; !slices.Equal(names, want) {
		t.Errorf("platforms %v, schema %v", names, want)
	}
	if p, ok := LookupPlatform("linux/arm64"); !ok || p.APK != "aarch64" {
		t.Errorf("arm64: %+v", p)
	}
}
