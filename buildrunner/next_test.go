package buildrunner

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
)

func dockerDir(t *testing.T, files map[string]string) builder.Env {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return builder.Env{Getenv: func(k string) string { return map[string]string{"DOCKER_CONFIG": dir}[k] }, Home: dir}
}

// The plug-ins are stand-ins: files where the docker CLI would look.
func TestNextSteps(t *testing.T) {
	env := dockerDir(t, map[string]string{"cli-plugins/docker-debug": "#!/bin/sh\n"})
	got := map[string]NextStep{}
	for _, s := range NextSteps(env, "local/demo:1") {
		got[s.ID] = s
	}
	for id, want := range map[string]string{
		"run": "docker run --rm --interactive --tty local/demo:1", "scan": "docker scout cves local/demo:1",
		"debug": "docker debug local/demo:1", "tag": "docker tag local/demo:1 <namespace>/demo:1",
	} {
		if s := strings.Join(got[id].Args, " "); s != want {
			t.Errorf("%s: %s", id, s)
		}
	}
	if got["debug"].Missing || got["run"].Missing {
		t.Errorf("a plug-in that is there is missed: %+v", got)
	}
}

func TestLogin(t *testing.T) {
	env := dockerDir(t, map[string]string{"config.json": `{"auths":{"dhi.io":{"auth":"bWU6c2VjcmV0"}}}`})
	if user, err := Login(env, "dhi.io"); err != nil || user != "me" {
		t.Errorf("%q %v", user, err)
	}
	if user, err := Login(env, "other.example"); err != nil || user != "" {
		t.Errorf("%q %v", user, err)
	}
	if _, err := Login(dockerDir(t, map[string]string{"config.json": "{"}), "dhi.io"); err == nil {
		t.Error("a damaged configuration was read")
	}
}
