//go:build linux || darwin

package kept

import (
	"encoding/binary"
	"io/fs"
	"time"
)

func stamp(info fs.FileInfo, dev, ino uint64, sec, nsec int64) (Stamp, time.Time) {
	facts := [...]uint64{uint64(info.Size()), uint64(info.ModTime().UnixNano()), uint64(sec), uint64(nsec), dev, ino, uint64(info.Mode())}
	var b [8 * len(facts)]byte
	for i, n := range facts {
		binary.LittleEndian.PutUint64(b[8*i:], n)
	}
	return Stamp(b[:]), time.Unix(sec, nsec)
}
