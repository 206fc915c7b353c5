package lsp

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/windows"
)

// dialPipe opens the named pipe of a client. It is opened for overlapped
// input and output, for otherwise a write would wait for a read to end.
func dialPipe(name string) (io.ReadWriteCloser, error) {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil, fmt.Errorf("pipe %q: %w", name, err)
	}
	handle, err := windows.CreateFile(path, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil,
		windows.OPEN_EXISTING, windows.FILE_FLAG_OVERLAPPED, 0)
	if err != nil {
		return nil, fmt.Errorf("connect to pipe %s: %w", name, err)
	}
	return os.NewFile(uintptr(handle), name), nil
}
