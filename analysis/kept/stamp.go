package kept

import (
	"io/fs"
	"time"
)

// Stamp is what the file system says of a file without its content being
// read: a file with the same stamp has the same content. It is empty where a
// system does not say enough to be sure.
type Stamp string

// settled is how old a file must be for its stamp to be trusted: one that is
// written twice within the resolution of the clock of its file system may keep
// its stamp.
const settled = 2 * time.Second

// StampOf is the stamp of a file as of now, empty for one that changed lately.
// Its info must have been taken before its content was read.
func StampOf(info fs.FileInfo, now time.Time) Stamp {
	s, changed := stampOf(info)
	if now.Sub(changed) < settled || now.Sub(info.ModTime()) < settled {
		return ""
	}
	return s
}
