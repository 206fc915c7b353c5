package kept

import (
	"io/fs"
	"syscall"
	"time"
)

// stampOf is made of size, times and identity. The time of the last change of
// an inode cannot be set by programs, so that no tool hides a change.
func stampOf(info fs.FileInfo) (Stamp, time.Time) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", time.Time{}
	}
	return stamp(info, uint64(st.Dev), st.Ino, st.Ctimespec.Sec, st.Ctimespec.Nsec)
}
