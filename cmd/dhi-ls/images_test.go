package main

import (
	"fmt"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dhi-ls/dhi-ls/index/oci/ocitest"
)

// serveRegistry serves a registry on loopback for the rest of the script, in
// the place of dhi.io, and writes the user's configuration with the mirror
// that leads there: registry [LOGIN]. With a word it wants a login of user and
// secret. $OLD and $NEW are the digests that golang:1.26 stood for first and
// stands for now.
func serveRegistry(ts *testscript.TestScript, neg bool, args []string) {
	r := ocitest.New()
	ts.Defer(r.Close)
	if len(args) > 0 {
		r.User, r.Secret = "user", "secret"
	}
	day := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	ts.Setenv("OLD", r.Push("golang", "1.26", day, "linux/amd64", "linux/arm64"))
	ts.Setenv("NEW", r.Push("golang", "1.26", day.AddDate(0, 0, 14), "linux/amd64", "linux/arm64"))
	r.Tag("golang", "1.9", "1.25", "1.26-dev", "latest")
	r.Push("pkg-tool", "2", day, "linux/amd64")
	ts.Setenv("REGISTRY", r.URL)
	// Mirrors of package repositories, if there are any, stay.
	file := ts.Getenv("DHI_LS_USER_CONFIG")
	config, err := os.ReadFile(file)
	if err != nil || ts.Getenv("REPOSITORIES") == "" {
		config = []byte("mirrors:\n")
	}
	config = fmt.Appendf(config, "  https://dhi.io/v2: %s/v2\n", r.URL)
	ts.Check(os.WriteFile(file, config, 0o644))
}
