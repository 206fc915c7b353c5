package buildrunner

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/errdefs"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParseOutput(t *testing.T) {
	for in, want := range map[string]string{
		"out":                             "type=local,dest=out",
		"-":                               "type=tar,dest=-",
		"type=oci,dest=a.tar":             "type=oci,dest=a.tar",
		`type=oci,"dest=a,b.tar"`:         `type=oci,"dest=a,b.tar"`,
		"type=image,name=x/y:1,push=true": "type=image,name=x/y:1,push=true",
		"type=docker":                     "type=docker",
	} {
		if got, err := ParseOutput(in); err != nil || got.String() != want {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	for _, in := range []string{"", "type=zip", "type=oci", "type=local,dest=-", "type=oci,dest=x,odd", `"`} {
		if _, err := ParseOutput(in); err == nil {
			t.Errorf("%q was taken", in)
		}
	}
}

func TestParseSecret(t *testing.T) {
	for in, want := range map[string]Secret{
		"id=a,src=b":          {ID: "a", File: "b"},
		"id=a,source=b":       {ID: "a", File: "b"},
		"id=a,env=B":          {ID: "a", Env: "B"},
		"type=env,id=a,src=B": {ID: "a", Env: "B"},
		"id=a":                {ID: "a"},
	} {
		if got, err := ParseSecret(in); err != nil || got != want {
			t.Errorf("%q: %+v %v", in, got, err)
		}
	}
	for _, in := range []string{"", "src=b", "a", "id=a,type=x"} {
		if _, err := ParseSecret(in); err == nil {
			t.Errorf("%q was taken", in)
		}
	}
}

func TestParseAttestation(t *testing.T) {
	for in, want := range map[string]string{
		"true": "mode=min", "1": "mode=min", "mode=max": "mode=max", "mode=max,version=v1": "mode=max,version=v1", "": "mode=min",
	} {
		a, err := ParseAttestation("--provenance", in)
		if got, ok := a.value(defaultProvenance); err != nil || !ok || got != want {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	a, err := ParseAttestation("--sbom", "false")
	if _, ok := a.value(""); ok || err != nil {
		t.Errorf("false: %v", err)
	}
	if got, ok := (Attestation{}).value(defaultProvenance); !ok || got != defaultProvenance {
		t.Errorf("nothing said: %q", got)
	}
}

func TestParseCacheAndSSH(t *testing.T) {
	c, err := ParseCache("host/cache:1")
	if err != nil || c.String() != "type=registry,ref=host/cache:1" {
		t.Errorf("%v %v", c, err)
	}
	if _, err := ParseCache("dest=x"); err == nil {
		t.Error("a cache without type was taken")
	}
	s, err := ParseSSH("gh=a,b")
	if err != nil || s.String() != "gh=a,b" || len(s.Paths) != 2 {
		t.Errorf("%v %v", s, err)
	}
}

func TestPrint(t *testing.T) {
	req := Request{File: "image/a b.yaml", ContextDir: ".", Tags: []string{"x:1"}, Load: true, Platforms: []string{"linux/amd64", "linux/arm64"},
		BuildArgs: map[string]string{"B": "2", "A": "it's"}, Secrets: []Secret{{ID: "t", Env: "T"}}}
	req.AsInGuide()
	got := Quote(Print(req))
	want := `docker buildx build '--file=image/a b.yaml' '--build-arg=A=it'\''s' --build-arg=B=2 --platform=linux/amd64,linux/arm64 --secret=id=t,env=T ` +
		`--sbom=generator=dhi.io/scout-sbom-indexer:1 --provenance=true --tag=x:1 --load .`
	if got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	remote := Request{File: "https://github.com/o/r.git#main:image/a.yaml"}
	if got := Quote(Print(remote)); got != "docker buildx build --file=image/a.yaml 'https://github.com/o/r.git#main'" {
		t.Error(got)
	}
	if got := Quote(Print(Request{File: "https://example.org/a.yaml"})); got != "docker buildx build https://example.org/a.yaml" {
		t.Error(got)
	}
}

func TestBadRequests(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, req := range map[string]Request{
		"no file":       {},
		"missing file":  {File: file + ".none"},
		"load and push": {File: file, Load: true, Push: true, Tags: []string{"a:1"}},
		"push untagged": {File: file, Push: true},
		"bad tag":       {File: file, Tags: []string{"UPPER:1"}},
		"digest as tag": {File: file, Tags: []string{"a@sha256:" + strings.Repeat("0", 64)}},
		"bad output":    {File: file, Outputs: []Output{{Type: "zip"}}},
		"two on stdout": {File: file, Outputs: []Output{{Type: "tar", Dest: "-"}, {Type: "oci", Dest: "-"}}},
	} {
		var r Runner
		res, err := r.Run(t.Context(), req, Events{})
		var bad *RequestError
		if !errors.As(err, &bad) || res == nil || ExitCode(err) != ExitUsage {
			t.Errorf("%s: %v", name, err)
		}
		r.Wait()
	}
}

func TestNoBuilderIsTheEnvironment(t *testing.T) {
	env := builder.Env{Home: t.TempDir(), Getenv: func(string) string { return "" }, Sockets: []string{}, EngineHost: "unix:///nonexistent/docker.sock",
		Command: func(context.Context, string, ...string) ([]byte, error) { return nil, os.ErrNotExist }}
	var r Runner
	res, err := r.Run(t.Context(), Request{File: "x.yaml", Text: []byte("x"), Env: env}, Events{})
	r.Wait()
	if ExitCode(err) != ExitEnvironment || len(res.Failures) != 1 || res.Failures[0].Kind != cause.NoBuilder {
		t.Errorf("%v %+v", err, res.Failures)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = r.Run(ctx, Request{File: "x.yaml", Text: []byte("x"), Env: env}, Events{})
	r.Wait()
	if ExitCode(err) != ExitCanceled {
		t.Errorf("canceled: %v", err)
	}
}

func TestDirective(t *testing.T) {
	for text, want := range map[string]string{
		"# syntax=dhi.io/build:2-debian13\nname: x": "dhi.io/build:2-debian13",
		"\uFEFF#syntax = a/b:1 \r\n":                "a/b:1",
		"name: x":                                   "",
		"# a comment":                               "",
		"":                                          "",
	} {
		if got := Directive([]byte(text)); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestContextRoot(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "image", "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".spec.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ContextRoot(filepath.Join(deep, "1.yaml")); got != dir {
		t.Errorf("in a catalog: %s", got)
	}
}

func TestLocalTag(t *testing.T) {
	for _, c := range []struct {
		image string
		tags  []string
		want  string
	}{
		{"dhi.io/redis", []string{"8.0", "8"}, "local/redis:8.0"},
		{"redis", nil, "local/redis:latest"},
		{"dhi.io/Odd Name", []string{"1"}, "local/image:latest"},
		{"", []string{"1"}, "local/image:latest"},
		{"x", []string{"${VERSION}"}, "local/image:latest"},
	} {
		if got := LocalTag(c.image, c.tags); got != c.want {
			t.Errorf("%q %q: %q", c.image, c.tags, got)
		}
	}
}

func TestExitCode(t *testing.T) {
	failure := func(c ...cause.Class) error {
		f := &Failure{}
		for _, c := range c {
			f.Causes = append(f.Causes, cause.Cause{Class: c})
		}
		return f
	}
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0}, {failure(cause.Definition), 1}, {failure(cause.Environment, cause.Definition), 1}, {failure(cause.Environment), 3},
		{failure(cause.Unknown), 3}, {badRequest("x"), 2}, {context.Canceled, 130}, {errors.New("x"), 3},
	} {
		if got := ExitCode(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

func TestMetadata(t *testing.T) {
	got := decodeMetadata(map[string]string{"image.name": "x", "d": "eyJhIjoxfQ=="})
	data, err := json.Marshal(got)
	if err != nil || string(data) != `{"d":{"a":1},"image.name":"x"}` {
		t.Errorf("%s %v", data, err)
	}
	file := filepath.Join(t.TempDir(), "m.json")
	if err := writeMetadata(file, got); err != nil {
		t.Fatal(err)
	}
	if list, _ := os.ReadDir(filepath.Dir(file)); len(list) != 1 {
		t.Errorf("files left: %v", list)
	}
}

func TestBlobsRefuseLayers(t *testing.T) {
	b := newBlobs()
	if _, err := b.Writer(t.Context(), content.WithRef("layer-sha256:x")); !errdefs.IsAlreadyExists(err) {
		t.Errorf("a layer: %v", err)
	}
	put := func(data string, expected digest.Digest) error {
		w, err := b.Writer(t.Context(), content.WithRef("manifest-x"), content.WithDescriptor(ocispecs.Descriptor{Digest: expected}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(data)); err != nil {
			t.Fatal(err)
		}
		return w.Commit(t.Context(), int64(len(data)), expected)
	}
	if err := put(`{"a":1}`, digest.FromString(`{"a":1}`)); err != nil {
		t.Error(err)
	}
	if err := put(`{"a":1}`, digest.FromString(`other`)); err == nil {
		t.Error("a wrong digest was taken")
	}
	if err := put("no json", ""); err != nil || len(b.data) != 1 {
		t.Errorf("%v, %d blobs", err, len(b.data))
	}
	if _, err := b.images(digest.FromString("none")); err == nil {
		t.Error("a missing manifest was read")
	}
}

func TestStatus(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead && r.URL.Path == "/nohead" {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		if r.URL.Path == "/none" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer srv.Close()
	for path, want := range map[string]int{"/ok": 200, "/none": 404, "/nohead": 200} {
		if got := status(t.Context(), srv.URL+path); got != want {
			t.Errorf("%s: %d", path, got)
		}
	}
	if got := status(t.Context(), "http://127.0.0.1:1/"); got != 0 {
		t.Errorf("no server: %d", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("type=oci,dest=a")
	f.Add(`"a,b",c`)
	f.Add(`""`)
	f.Fuzz(func(t *testing.T, s string) {
		if o, err := ParseOutput(s); err == nil {
			again, err := ParseOutput(o.String())
			if err != nil || again.String() != o.String() {
				t.Fatalf("%q became %q: %v", s, o.String(), err)
			}
		}
		_, _ = ParseSecret(s)
		_, _ = ParseCache(s)
		_, _ = ParseAttestation("--sbom", s)
		_, _ = ParseSSH(s)
	})
}

func FuzzSPDX(f *testing.F) {
	f.Add(`{"packages":[{"name":"a","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:x"}]}]}`)
	f.Fuzz(func(t *testing.T, s string) {
		if sbom, err := parseSPDX(json.RawMessage(s)); err == nil && sbom.Packages == nil {
			t.Fatal("no list")
		}
	})
}
