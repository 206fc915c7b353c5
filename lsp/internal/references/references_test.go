package references

import (
	"fmt"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/images"
)

// listed is a repository with many tags.
type listed struct{ repository *images.Repository }

func (l listed) Repository(string) *images.Repository { return l.repository }

func manyTags(n int) listed {
	r := &images.Repository{Name: "dhi.io/golang", State: images.Known, Listed: true, Asked: map[string]images.Tag{}, Images: map[string]images.Image{}}
	for i := range n {
		r.Tags = append(r.Tags, fmt.Sprintf("1.%d.%d-alpine3.%d-dev", i%30, i/30, i%5))
	}
	r.Tags = images.Newest(r.Tags)
	r.Asked[r.Tags[0]] = images.Tag{Digest: "sha256:00", Checked: time.Now()}
	return listed{r}
}

func TestTags(t *testing.T) {
	known := Known{Images: manyTags(40)}
	r := entry.ParseReference("dhi/golang")
	tags := known.Tags(&r)
	if len(tags) != 40 || tags[0].Digest != "sha256:00" || tags[0].From[0] != "dhi.io" || tags[0].Name != "1.29.0-alpine3.4-dev" {
		t.Errorf("%+v", tags)
	}
	if got := (Known{}).Tags(&r); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := known.Digests(&r); got != nil {
		t.Errorf("digests of no tag: %+v", got)
	}
}

func BenchmarkTags(b *testing.B) {
	known := Known{Images: manyTags(5000)}
	r := entry.ParseReference("dhi.io/golang")
	for b.Loop() {
		known.Tags(&r)
	}
}
