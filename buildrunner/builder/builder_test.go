package builder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	controlapi "github.com/moby/buildkit/api/services/control"
	apitypes "github.com/moby/buildkit/api/types"
	"github.com/moby/buildkit/solver/pb"
	"google.golang.org/grpc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// daemon answers as a buildkitd of the platforms would, and nothing else.
type daemon struct {
	controlapi.UnimplementedControlServer
	platforms []*pb.Platform
}

func (d *daemon) ListWorkers(context.Context, *controlapi.ListWorkersRequest) (*controlapi.ListWorkersResponse, error) {
	return &controlapi.ListWorkersResponse{Record: []*apitypes.WorkerRecord{{
		ID: "w", Platforms: d.platforms, BuildkitVersion: &apitypes.BuildkitVersion{Version: "v0.34.2"},
	}}}, nil
}

// serve starts a daemon on a socket in dir and gives its address.
func serve(t *testing.T, architectures ...string) string {
	t.Helper()
	d := &daemon{}
	for _, a := range architectures {
		d.platforms = append(d.platforms, &pb.Platform{OS: "linux", Architecture: a})
	}
	socket := filepath.Join(t.TempDir(), "s.sock")
	ln, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	srv := grpc.NewServer()
	controlapi.RegisterControlServer(srv, d)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(ln)
	}()
	t.Cleanup(func() {
		srv.Stop()
		<-done
	})
	return "unix://" + socket
}

type setup struct {
	t    *testing.T
	home string
	vars map[string]string
	out  map[string]string
}

func newSetup(t *testing.T) *setup {
	return &setup{t: t, home: t.TempDir(), vars: map[string]string{}, out: map[string]string{}}
}

func (s *setup) file(path string, v any) {
	s.t.Helper()
	data, ok := v.(string)
	if !ok {
		raw, err := json.Marshal(v)
		if err != nil {
			s.t.Fatal(err)
		}
		data = string(raw)
	}
	path = filepath.Join(s.home, ".docker", path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *setup) env() Env {
	return Env{
		Home: s.home, Getenv: func(k string) string { return s.vars[k] }, Sockets: []string{},
		EngineHost: "unix://" + filepath.Join(s.home, "docker.sock"),
		Command: func(_ context.Context, name string, args ...string) ([]byte, error) {
			if out, ok := s.out[name+" "+strings.Join(args, " ")]; ok {
				return []byte(out), nil
			}
			return nil, errors.New("executable file not found")
		},
	}
}

func remoteInstance(name, addr string) map[string]any {
	return map[string]any{"Name": name, "Driver": "remote", "Nodes": []any{map[string]any{"Name": name + "0", "Endpoint": addr}}}
}

func TestOrder(t *testing.T) {
	a, b, c, d := serve(t, "amd64"), serve(t, "amd64"), serve(t, "amd64"), serve(t, "amd64")
	s := newSetup(t)
	s.file("buildx/instances/other", remoteInstance("other", a))
	s.file("buildx/instances/inuse", remoteInstance("inuse", c))
	s.file("buildx/current", current{Key: "unix://" + filepath.Join(s.home, "docker.sock"), Name: "inuse"})
	env := s.env()
	env.Sockets = []string{d}
	steps := []struct {
		set  func()
		addr string
		way  string
	}{
		{func() {}, c, "current buildx instance"},
		{func() { s.vars["BUILDKIT_HOST"] = b }, b, "BUILDKIT_HOST"},
		{func() { s.vars["BUILDX_BUILDER"] = "other" }, a, "BUILDX_BUILDER"},
	}
	for _, step := range steps {
		step.set()
		attempts, found, err := Find(t.Context(), env, Options{})
		if err != nil || found.Nodes[0].Address != step.addr || attempts[len(attempts)-1].Way != step.way {
			t.Errorf("%s: %v %+v", step.way, err, attempts)
		}
	}
	if attempts, _, err := Find(t.Context(), env, Options{Configured: d}); err != nil || attempts[len(attempts)-1].Way != "BUILDX_BUILDER" {
		t.Errorf("the environment before build.builder: %v %+v", err, attempts)
	}
	s.vars = map[string]string{}
	if attempts, found, err := Find(t.Context(), env, Options{Configured: "other"}); err != nil || found.Nodes[0].Address != a || attempts[len(attempts)-1].Way != "build.builder" {
		t.Errorf("build.builder: %v %+v", err, attempts)
	}
	if _, found, err := Find(t.Context(), env, Options{Spec: d}); err != nil || found.Nodes[0].Address != d {
		t.Errorf("--builder: %v", err)
	}
	s.vars = map[string]string{}
	s.file("buildx/current", current{})
	attempts, found, err := Find(t.Context(), env, Options{})
	if err != nil || found.Nodes[0].Address != d || attempts[0].Way != "Docker engine" || attempts[0].Found {
		t.Errorf("socket: %v %+v", err, attempts)
	}
}

func TestDoctorSeesAll(t *testing.T) {
	a, b := serve(t, "amd64", "arm64"), serve(t, "amd64")
	s := newSetup(t)
	env := s.env()
	env.Sockets = []string{a, b}
	attempts, found, err := Find(t.Context(), env, Options{All: true})
	if err != nil || len(attempts) != 3 || found.Nodes[0].Address != a {
		t.Fatalf("%v %+v", err, attempts)
	}
	if attempts[0].Remedy == "" || attempts[0].Err == nil || attempts[1].Version != "v0.34.2" || len(attempts[1].Platforms) != 2 {
		t.Errorf("%+v", attempts)
	}
}

func TestWhatTheUserAskedForIsBinding(t *testing.T) {
	s := newSetup(t)
	env := s.env()
	env.Sockets = []string{serve(t, "amd64")}
	for name, spec := range map[string]string{"missing": "nobody", "dead": "unix:///nonexistent/s.sock", "bad name": "a b"} {
		attempts, found, err := Find(t.Context(), env, Options{Spec: spec})
		var nf *NotFoundError
		if !errors.As(err, &nf) || found != nil || len(attempts) != 1 || attempts[0].Remedy == "" {
			t.Errorf("%s: %v %+v", name, err, attempts)
		}
	}
}

func TestPlatformsAreSpread(t *testing.T) {
	amd, arm := serve(t, "amd64"), serve(t, "arm64")
	s := newSetup(t)
	s.file("buildx/instances/pair", map[string]any{"Name": "pair", "Driver": "remote", "Nodes": []any{
		map[string]any{"Name": "n0", "Endpoint": amd}, map[string]any{"Name": "n1", "Endpoint": arm}}})
	_, found, err := Find(t.Context(), s.env(), Options{Spec: "pair"})
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		want   string
		shares []string
	}{
		{"", []string{"n0:"}},
		{"linux/arm64", []string{"n1:linux/arm64"}},
		{"linux/amd64 linux/arm64", []string{"n0:linux/amd64", "n1:linux/arm64"}},
		{"linux/s390x", []string{"n0:linux/s390x"}},
	}
	for _, c := range cases {
		var got []string
		for _, a := range found.Assign(strings.Fields(c.want)) {
			got = append(got, a.Node.Name+":"+strings.Join(a.Platforms, ","))
		}
		if strings.Join(got, " ") != strings.Join(c.shares, " ") {
			t.Errorf("%q: %v, want %v", c.want, got, c.shares)
		}
	}
}

func TestDrivers(t *testing.T) {
	s := newSetup(t)
	sum := sha256.Sum256([]byte("far"))
	id := hex.EncodeToString(sum[:])
	s.file("contexts/meta/"+id+"/meta.json", `{"Name":"far","Endpoints":{"docker":{"Host":"tcp://10.0.0.1:2376"}}}`)
	s.file("contexts/tls/"+id+"/docker/ca.pem", "x")
	node := func(driver, endpoint string, opts map[string]string) *Node {
		t.Helper()
		s.file("buildx/instances/x", map[string]any{"Name": "x", "Driver": driver, "Nodes": []any{
			map[string]any{"Name": "x0", "Endpoint": endpoint, "DriverOpts": opts}}})
		b, err := loadInstance(s.env(), "x")
		if err != nil {
			t.Fatal(err)
		}
		return b.Nodes[0]
	}
	if n := node("docker-container", "unix:///var/run/docker.sock", nil); n.Address != "docker-container://buildx_buildkit_x0" {
		t.Errorf("container: %s", n.Address)
	}
	if n := node("docker-container", "far", nil); n.Address != "docker-container://buildx_buildkit_x0?context=far" {
		t.Errorf("container in a context: %s", n.Address)
	}
	if n := node("remote", "tcp://10.0.0.2:1234", map[string]string{"cacert": "ca", "servername": "bk"}); n.TLS.CA != "ca" || n.TLS.ServerName != "bk" {
		t.Errorf("remote: %+v", n.TLS)
	}
	if n := node("docker", "far", nil); n.Address != "tcp://10.0.0.1:2376" || !n.Engine || n.TLS.CA == "" {
		t.Errorf("docker: %+v", n)
	}
	n := node("kubernetes", "kubernetes:///x?deployment=bk-deploy&kubeconfig=", map[string]string{"namespace": "ci"})
	s.out["kubectl get pods --selector=app=bk-deploy --field-selector=status.phase=Running --output=jsonpath={.items[*].metadata.name} --namespace=ci"] = "bk-deploy-1 bk-deploy-2"
	if pod, err := n.pods.pod(t.Context(), s.env()); err != nil || pod != "kube-pod://bk-deploy-1?namespace=ci" {
		t.Errorf("kubernetes: %s %v", pod, err)
	}
	s.file("buildx/instances/x", `{"Driver":"cloud"}`)
	if _, err := loadInstance(s.env(), "x"); err == nil || !strings.Contains(err.Error(), "cloud") {
		t.Errorf("an unknown driver: %v", err)
	}
	s.file("buildx/instances/x", `{`)
	if _, err := loadInstance(s.env(), "x"); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged file: %v", err)
	}
}

func TestContexts(t *testing.T) {
	s := newSetup(t)
	s.file("config.json", `{"currentContext":"far"}`)
	sum := sha256.Sum256([]byte("far"))
	s.file("contexts/meta/"+hex.EncodeToString(sum[:])+"/meta.json", `{"Endpoints":{"docker":{"Host":"ssh://me@far"}}}`)
	b, err := engineBuilder(s.env())
	if err != nil || b.Nodes[0].Address != "ssh://me@far" {
		t.Errorf("%v %+v", err, b)
	}
	s.vars["DOCKER_HOST"] = "tcp://here:2375"
	if b, err = engineBuilder(s.env()); err != nil || b.Nodes[0].Address != "tcp://here:2375" {
		t.Errorf("DOCKER_HOST: %v %+v", err, b)
	}
	delete(s.vars, "DOCKER_HOST")
	s.vars["DOCKER_CONTEXT"] = "nowhere"
	if _, err = engineBuilder(s.env()); err == nil {
		t.Error("a context that does not exist was found")
	}
}

// The programs that carry a connection are asked for buildctl dial-stdio.
func TestHelpersAreRegistered(t *testing.T) {
	for _, addr := range []string{"docker-container://x", "podman-container://x", "nerdctl-container://x", "kube-pod://x", "ssh://me@host"} {
		c, err := (&Node{Address: addr}).Dial(t.Context())
		if err != nil {
			t.Errorf("%s: %v", addr, err)
			continue
		}
		c.Close()
	}
}

func TestPodman(t *testing.T) {
	s := newSetup(t)
	s.out["podman ps --format {{.Names}} {{.Image}}"] = "db docker.io/library/postgres:17\nbuildkitd docker.io/moby/buildkit:latest\n"
	got := fromPodman(t.Context(), s.env(), Options{})
	if len(got) != 1 || got[0].builder.Nodes[0].Address != "podman-container://buildkitd" {
		t.Errorf("%+v", got)
	}
}

func FuzzLoadInstance(f *testing.F) {
	f.Add(`{"Driver":"remote","Nodes":[{"Name":"a","Endpoint":"tcp://x"}]}`)
	f.Add(`{"Driver":"kubernetes","Nodes":[{"Endpoint":"%zz"}]}`)
	dir := f.TempDir()
	file := filepath.Join(dir, "buildx", "instances", "x")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		f.Fatal(err)
	}
	env := Env{Home: dir, Getenv: func(k string) string { return map[string]string{"DOCKER_CONFIG": dir}[k] }}
	f.Fuzz(func(t *testing.T, data string) {
		if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		if b, err := loadInstance(env, "x"); err == nil && len(b.Nodes) == 0 {
			t.Fatal("a builder without nodes")
		}
	})
}
