package feature

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/go-json-experiment/json"
)

// newFrom carries the command out with an argument as clients send it.
func newFrom(t *testing.T, argument string) (*newDefinition, error) {
	t.Helper()
	var args commandid.Scaffold
	if err := json.Unmarshal([]byte(argument), &args); err != nil {
		t.Fatal(err)
	}
	return makeNew(t.Context(), nil, &args)
}

func TestMakeNew(t *testing.T) {
	for argument, want := range map[string]string{
		`{"name": "App", "dist": "alpine-3.23"}`:   "# syntax=dhi.io/build:2-alpine3.23\n\nname: App 1.x\n",
		`{"kind": "package", "name": "App"}`:       "image: dhi.io/pkg-app\n",
		`{"kind": "chart", "name": "App"}`:         "# syntax=dhi.io/build:2-helm3\n",
		`{"name": "App", "version": "2.5"}`:        "- 2.5-debian13\n",
		`{"name": "App", "ports": ["9000"]}`:       "ports:\n  - 9000/tcp\n",
		`{"name": "App", "packages": ["curl"]}`:    "- curl\n",
		`{"name": "App", "user": "app"}`:           "run-as: app\n",
		`{"name": "App", "entrypoint": ["/a"]}`:    "entrypoint:\n  - /a\n",
		`{"name": "App", "license": "MIT"}`:        "licenses: MIT\n",
		`{"name": "App", "image": "dhi.io/other"}`: "image: dhi.io/other\n",
		`{"name": "App", "variant": "dev"}`:        "variant: dev\n",
		`{"name": "App", "flavor": "compat"}`:      "flavor: compat\n",
	} {
		if made, err := newFrom(t, argument); err != nil || !strings.Contains(made.Text, want) || made.Notes == nil {
			t.Errorf("%s: %+v %v, want %q", argument, made, err, want)
		}
	}
	for argument, want := range map[string]string{`{}`: "a name is missing", `{"kind": "poem", "name": "x"}`: "unknown kind"} {
		if _, err := newFrom(t, argument); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", argument, err, want)
		}
	}
}
