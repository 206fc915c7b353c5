package lsptest

import (
	"embed"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

//go:embed profiles/*.json
var profiles embed.FS

// Profile names the initialize request of a kind of client. The requests are
// shaped like those of the editors, cut down to what a server can act on.
type Profile string

// The profiles.
const (
	// Minimal declares nothing at all.
	Minimal Profile = "minimal"
	// VSCode pulls diagnostics, counts UTF-16 and takes item defaults.
	VSCode Profile = "vscode"
	// Neovim pulls diagnostics, cannot be told to refresh them, counts bytes.
	Neovim Profile = "neovim"
	// Helix prefers bytes, then code points.
	Helix Profile = "helix"
	// Kate has no client info and is pushed to.
	Kate Profile = "kate"
	// Emacs (eglot) prefers code points, takes no snippets and is pushed to.
	Emacs Profile = "emacs"
)

// Profiles are all of them.
var Profiles = []Profile{Minimal, VSCode, Neovim, Helix, Kate, Emacs}

// Params is the initialize request of the profile with members set or, with a
// nil value, removed.
func (p Profile) Params(t testing.TB, set map[string]any) jsontext.Value {
	t.Helper()
	raw, err := profiles.ReadFile("profiles/" + string(p) + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err != nil {
		t.Fatalf("profile %s: %v", p, err)
	}
	for name, value := range set {
		members[name] = value
		if value == nil {
			delete(members, name)
		}
	}
	out, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
