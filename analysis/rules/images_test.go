package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// withReference are the findings about an artifact, with what a registry said,
// and the text.
func withReference(t *testing.T, reference string, source images.Source) ([]diagnostic.Diagnostic, string) {
	return onPlatforms(t, "linux/amd64\n  - linux/arm64", reference, source)
}

func onPlatforms(t *testing.T, platforms, reference string, source images.Source) ([]diagnostic.Diagnostic, string) {
	t.Helper()
	fragment := "platforms:\n  - " + platforms + "\nvars:\n  TAG: 1.4.2-alpine3.23\ncontents:\n  repositories:\n    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main\n" +
		"  packages:\n    - alpine-baselayout-data\n    - ca-certificates-bundle\n  artifacts:\n    - name: " + reference + "\n      includes:\n        - opt/**\n      uid: 0\n      gid: 0\n"
	_, found, content, err := rulestest.Check(rulestest.Example{Fragment: fragment, Images: source})
	if err != nil {
		t.Fatal(err)
	}
	return found, content
}

func imageCodes(found []diagnostic.Diagnostic) string {
	var list []string
	for _, d := range found {
		if strings.HasPrefix(d.Code, "image-") || strings.HasSuffix(d.Code, "no-digest") {
			list = append(list, d.Code)
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestImages(t *testing.T) {
	known, stale := rulestest.Registry{State: images.Known}, rulestest.Registry{State: images.Stale}
	const there, gone, odd = "image-platform-missing", "image-not-in-registry", "artifact-no-digest"
	for _, test := range []struct {
		reference string
		source    images.Source
		want      string
	}{
		{"dhi.io/pkg-sample:1.4.2-alpine3.23@" + rulestest.NewDigest, known, ""},
		{"dhi.io/pkg-sample:1.4.2-alpine3.23@" + rulestest.OldDigest, known, there},
		{"dhi.io/pkg-sample:1.4.2-alpine3.23@" + rulestest.OldDigest, stale, there}, // a digest does not change
		{"dhi.io/pkg-sample:1.4.1-alpine3.23@" + rulestest.SingleDigest, known, ""},
		{"dhi.io/pkg-sample:1.4.2-alpine3.23@" + rulestest.MissingDigest, known, gone},
		{"dhi.io/pkg-sample:1.4.2-alpine3.23@" + rulestest.MissingDigest, stale, ""},
		{"dhi/pkg-sample:1.4.2-alpine3.23@" + rulestest.MissingDigest, known, ""}, // Docker Hub may have it
		{"dhi.io/nothing:1@" + rulestest.NewDigest, known, gone},
		{"dhi/nothing:1@" + rulestest.NewDigest, known, ""},
		{"dhi.io/pkg-sample:gone@" + rulestest.NewDigest, known, ""}, // the digest decides
		{"dhi.io/pkg-sample:1.4.2-alpine3.23", known, odd},
		{"dhi.io/pkg-sample:1.3.9-alpine3.23", known, odd + " " + gone},
		{"dhi.io/pkg-sample:never", known, odd + " " + gone},
		{"dhi.io/pkg-sample:never", stale, odd},
		{"dhi.io/pkg-sample:never", nil, odd},
		{"dhi.io/pkg-other:never", known, odd},
		{"dhi.io/pkg-sample:${TAG}@" + rulestest.MissingDigest, known, gone},
		{"dhi.io/pkg-sample:${NOBODY}", known, ""},
		{"dhi.io/pkg-sample", known, odd},
	} {
		found, _ := withReference(t, test.reference, test.source)
		if got := imageCodes(found); got != test.want {
			t.Errorf("%s: %q, want %q", test.reference, got, test.want)
		}
	}
}

// The fix pins what the registry has for the tag now, and asks for a look.
func TestPinFix(t *testing.T) {
	known := rulestest.Registry{State: images.Known}
	for _, test := range []struct {
		reference string
		source    images.Source
		want      string
	}{
		{"dhi.io/pkg-sample:1.4.2-alpine3.23", known, "dhi.io/pkg-sample:1.4.2-alpine3.23@" + rulestest.NewDigest},
		{`"dhi.io/pkg-sample:1.4.2-alpine3.23" # why`, known, `"dhi.io/pkg-sample:1.4.2-alpine3.23@` + rulestest.NewDigest + `" # why`},
		{"dhi.io/pkg-sample:1.4.2-alpine3.23", rulestest.Registry{State: images.Stale}, ""},
		{"dhi.io/pkg-sample:1.3.9-alpine3.23", known, ""},
		{"dhi.io/pkg-sample:${TAG}", known, ""},
		{"dhi.io/pkg-sample", known, ""},
	} {
		found, content := withReference(t, test.reference, test.source)
		got := ""
		for _, d := range found {
			if d.Code != "artifact-no-digest" || len(d.Fixes) == 0 {
				continue
			}
			f := d.Fixes[0]
			if f.Safe || !strings.Contains(f.Title, "2026-05-28") {
				t.Errorf("%s: %+v", test.reference, f)
			}
			mended, err := text.Apply(content, []text.Edit{{Range: f.Edits[0].Range, New: f.Edits[0].New}})
			if err != nil {
				t.Fatal(err)
			}
			_, got, _ = strings.Cut(mended, "- name: ")
			got, _, _ = strings.Cut(got, "\n")
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.reference, got, test.want)
		}
	}
}

// A variant of a processor is no other processor.
func TestImagePlatformVariants(t *testing.T) {
	for platform, want := range map[string]string{"linux/amd64/v2": "", "linux/amd64": "", "linux/arm64/v8": "image-platform-missing", "linux/arm/v7": "image-platform-missing"} {
		found, _ := onPlatforms(t, platform, "dhi.io/pkg-sample:1.4.2-alpine3.23@"+rulestest.OldDigest, rulestest.Registry{State: images.Known})
		if got := imageCodes(found); got != want {
			t.Errorf("%s: %q", platform, got)
		}
	}
}
