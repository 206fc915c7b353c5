//go:build !windows

package lsp

import (
	"errors"
	"io"
)

// dialPipe is for Windows; elsewhere a named pipe is a unix socket.
func dialPipe(string) (io.ReadWriteCloser, error) { return nil, errors.ErrUnsupported }
