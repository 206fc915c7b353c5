package release

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestVersions(t *testing.T) {
	for version, want := range map[string]bool{
		"1.2.3": true, "0.1.0-rc1": true, "0.0.0-git20261126012644": true,
		"v1.2.3": false, "1.2": false, "1.2.3-7-gabc": false, "1.2.3-dirty": false, "1.2.3/../x": false, "": false,
	} {
		o := Options{Version: version, Time: time.Unix(1, 0)}
		if got := o.check() == nil; got != want {
			t.Errorf("%q: %v, want %v", version, got, want)
		}
	}
}

func TestParsePlatforms(t *testing.T) {
	got, err := ParsePlatforms("linux/arm64,windows/amd64")
	if err != nil || cmp.Diff([]Platform{{"linux", "arm64"}, {"windows", "amd64"}}, got) != "" {
		t.Error(got, err)
	}
	if _, err := ParsePlatforms("linux"); err == nil {
		t.Error("linux alone is no platform")
	}
}

func TestSettleSBOM(t *testing.T) {
	in := `{"metadata":{"tools":[{"name":"x","hashes":[{"alg":"MD5","content":"1"}]}],"component":{"name":"c"}},"components":[{"name":"d"}]}`
	out, err := settleSBOM([]byte(in), strings.Repeat("0123456789abcdef", 4), time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	const settled = `{"serialNumber":"urn:uuid:01234567-89ab-8def-8123-456789abcdef","metadata":{"timestamp":"1970-01-01T00:00:00Z","tools":[{"name":"x"}],"component":{"name":"c"}},"components":[{"name":"d"}]}`
	if err := json.Unmarshal([]byte(settled), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLicenceFiles(t *testing.T) {
	for name, want := range map[string]bool{
		"LICENSE": true, "LICENSE.md": true, "LICENCE-MIT": true, "COPYING": true, "NOTICE.txt": true, "license.go": true, "licenses": false, "README": false,
	} {
		if licenceFile.MatchString(name) != want {
			t.Errorf("%s: want %v", name, want)
		}
	}
}
