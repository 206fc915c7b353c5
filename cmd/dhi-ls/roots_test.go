package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSystemRoots(t *testing.T) {
	if os.PathSeparator == '\\' {
		t.Skip("the system verifies")
	}
	file := filepath.Join(t.TempDir(), "roots.pem")
	t.Setenv("SSL_CERT_FILE", file)
	if systemRoots() {
		t.Error("a file that is not there counts")
	}
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if !systemRoots() {
		t.Error("the user's file does not count")
	}
}
