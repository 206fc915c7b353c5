//go:build unix

package analysis

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestHeadOfPipe must not wait for a writer.
func TestHeadOfPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	done := make(chan string, 1)
	go func() { done <- OSDisk{}.Head(dir, "pipe") }()
	select {
	case got := <-done:
		if got != "" {
			t.Errorf("%q", got)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it waits for a writer")
	}
}
