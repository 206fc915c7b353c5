//go:build linux || darwin

package kept

import (
	"io/fs"
	"time"
)

func stamp(info fs.FileInfo, dev, ino uint64, sec, nsec int64) (Stamp, time.Time) {
	w := &Writer{}
	for _, n := range []uint64{uint64(info.Size()), uint64(info.ModTime().UnixNano()), uint64(sec), uint64(nsec), dev, ino, uint64(info.Mode())} {
		w.Uint64(n)
	}
	return Stamp(w.Done()), time.Unix(sec, nsec)
}
