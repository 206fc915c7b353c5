package entry

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPKVersions(t *testing.T) {
	for v, valid := range map[string]bool{
		"1": true, "1.2.3": true, "1.2.3-r0": true, "1.2.3a-r10": true, "1.38.0_git20260724-r1": true, "1.0_p1_pre2": true,
		"1.0_pre2~1234abcd-r0": true, "8.2.001": true, "20260611": true,
		"": false, "v1": false, "1.": false, "1..2": false, "1.0-r": false, "1.0-1": false, "1.0ab": false, "1.0_foo": false,
		"1.0-gitlab-r0": false, "1.0~": false, "1:1.0": false, "1.0-r1.2": false, "1.0_": false, "1.0+x": false,
	} {
		if ValidAPKVersion(v) != valid {
			t.Errorf("ValidAPKVersion(%q) = %v", v, !valid)
		}
	}
	for v, has := range map[string]bool{"1-r0": true, "1.2-r12": true, "1": false, "1-r": false, "1-rx": false, "-r0": false, "1-r0x": false} {
		if HasAPKRelease(v) != has {
			t.Errorf("HasAPKRelease(%q) = %v", v, !has)
		}
	}
}

func TestDebVersions(t *testing.T) {
	for v, valid := range map[string]bool{
		"1": true, "1.0-1": true, "6:8.0.5-1rl1~trixie1": true, "1.0~rc1+dfsg-2+b1": true, "1:1:2-3": true, "1-2-3": true, "2026a": true,
		"": false, "-1": false, "1.0-": false, "a:1": false, ":1": false, "1:": false, "v1": false, "1.0_2": false,
		"1 2": false, "99999999999:1": false, "+1:1": false, "1.0-1é": false,
	} {
		if ValidDebVersion(v) != valid {
			t.Errorf("ValidDebVersion(%q) = %v", v, !valid)
		}
	}
}

// The test data of apk-tools lists versions line by line, invalid ones behind
// an exclamation mark.
func TestAPKVersionsAgainstJudge(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "judges", "apk-version.data")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skip("no version data of apk-tools beside the repository: ", err)
	}
	checked := 0
	for _, line := range strings.Split(string(data), "\n") {
		line, _, comment := strings.Cut(line, "#")
		words := strings.Fields(line)
		// In comparisons apk-tools also orders a few invalid versions: those
		// commented as such, and _post and _foo, which are no suffixes.
		if comment || len(words) == 3 && (strings.Contains(line, "_post") || strings.Contains(line, "_foo ")) {
			continue
		}
		for _, w := range words {
			if strings.Trim(w, "<>=~!") == "" {
				continue
			}
			v, invalid := strings.CutPrefix(w, "!")
			checked++
			if ValidAPKVersion(v) == invalid {
				t.Errorf("ValidAPKVersion(%q) = %v", v, invalid)
			}
		}
	}
	if checked < 1000 {
		t.Errorf("only %d versions in the data", checked)
	}
}
