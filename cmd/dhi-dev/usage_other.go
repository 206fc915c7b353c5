//go:build !unix

package main

import (
	"os"
	"time"
)

// peak is not told by this system, only by Unix.
func peak(*os.ProcessState) int64 { return 0 }

// cpuTime is not told by this system, only by Unix.
func cpuTime() time.Duration { return 0 }
