//go:build unix

package analysis

import "syscall"

// openNonblocking keeps the opening of a pipe without a writer from waiting.
const openNonblocking = syscall.O_NONBLOCK
