package indexed

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/oci"
	"github.com/dhi-ls/dhi-ls/index/oci/ocitest"
)

const imageText = `# syntax=dhi.io/build:2-alpine3.23

image: registry.example.com/sample
vars:
  TOOL_REFERENCE: dhi/pkg-tool:2
  OTHER: dhi/not-a-reference:2
contents:
  artifacts:
    - name: dhi.io/golang:1.26@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    - name: dhi.io/golang:${OTHER}
    - name: registry.vendor.example/tool:1
    - name: dhi.io/broken:1@sha256:12
  builds:
    - name: sample
      uses: dhi/golang:1.25
`

func imagePlan() ImagePlan {
	return ImagesOf([]*definition.Document{definition.New("x.yaml", text.New(imageText), definition.Options{})})
}

func TestImagesOf(t *testing.T) {
	want := map[string][]string{"dhi.io/golang": {"1.26", "1.25"}, "dhi.io/pkg-tool": {"2"}, "registry.vendor.example/tool": {"1"}}
	p := imagePlan()
	for _, w := range p {
		if !slices.Equal(w.Tags, want[w.Name.String()]) {
			t.Errorf("%s: %v", w.Name, w.Tags)
		}
		delete(want, w.Name.String())
	}
	if len(want) > 0 || len(p) != 3 {
		t.Errorf("%v, without %v", p, want)
	}
}

func TestImageConsent(t *testing.T) {
	p := imagePlan()
	for name, test := range map[string]struct {
		consent Consent
		needed  []string
	}{
		"nothing":            {Consent{}, []string{"registry.vendor.example"}},
		"asked":              {Consent{Asked: []string{"registry.vendor.example"}}, nil},
		"listed":             {Consent{Hosts: []string{"registry.vendor.example"}}, nil},
		"the user's mirror":  {Consent{Mirrors: map[string]string{"https://registry.vendor.example": "http://10.0.0.1"}}, nil},
		"workspace's mirror": {Consent{WorkspaceMirrors: map[string]string{"https://registry.vendor.example": "https://elsewhere.example"}}, []string{"registry.vendor.example"}},
		"to a private place": {Consent{WorkspaceMirrors: map[string]string{"https://dhi.io": "http://10.0.0.1"}}, []string{"registry.vendor.example"}},
	} {
		if got := test.consent.NeededFor(p); !slices.Equal(got, test.needed) {
			t.Errorf("%s: %v", name, got)
		}
	}
	var ported ImagePlan
	reference := entry.ParseReference("registry.vendor.example:5000/tool:1")
	ported.Add(&reference)
	if got := (Consent{}).NeededFor(ported); !slices.Equal(got, []string{"registry.vendor.example:5000"}) {
		t.Errorf("%v", got)
	}
	if got := (Consent{Asked: []string{"registry.vendor.example:5000"}}).NeededFor(ported); got != nil {
		t.Errorf("asked, and yet %v", got)
	}
	private := Consent{WorkspaceMirrors: map[string]string{"https://dhi.io": "http://10.0.0.1"}}
	if got := private.refused(p, func(error) bool { return true }); !slices.Equal(got, []string{"dhi.io", "registry.vendor.example"}) {
		t.Errorf("%v", got)
	}
}

func TestUpdateImages(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	r := ocitest.New()
	defer r.Close()
	day := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	digest := r.Push("golang", "1.26", day, "linux/amd64")
	r.Tag("golang", "1.9", "1.25")
	cache, err := index.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := day
	s := New(cache, Options{Now: func() time.Time { return now }})
	before := s.Generation()
	if got := s.Images().Repository("dhi.io/golang"); got.State != images.Absent || got.Detail == "" || got.Usable() {
		t.Errorf("%+v", got)
	}
	consent := Consent{Mirrors: map[string]string{"https://dhi.io/v2": r.URL + "/v2"}}
	outcomes, skipped := s.UpdateImages(context.Background(), imagePlan(), consent, oci.UpdateOptions{})
	if len(outcomes) != 2 || !slices.Equal(skipped, []string{"registry.vendor.example"}) || s.Generation() == before {
		t.Errorf("%+v %v", outcomes, skipped)
	}
	got := s.Images().Repository("dhi.io/golang")
	if got.State != images.Known || got.Digest("1.26") != digest || !slices.Equal(got.Tags, []string{"1.26", "1.25", "1.9"}) || !got.Images[digest].Created.Equal(day) {
		t.Errorf("%+v", got)
	}
	if s.Images().Repository("dhi.io/golang") != got {
		t.Error("the answer is made anew")
	}
	if got := s.Images().Repository("dhi.io/pkg-tool"); got.State != images.NoRepository {
		t.Errorf("%+v", got)
	}
	now = now.AddDate(0, 1, 0)
	if got := s.Images().Repository("dhi.io/golang"); got.State != images.Stale || got.Detail == "" {
		t.Errorf("%+v", got)
	}
}
