package markup

import (
	"strconv"
	"strings"
)

// Mode reads an octal mode of at most 07777, and writes it as ls -l does: 0755
// is rwxr-xr-x.
func Mode(octal string) (bits uint64, letters string, ok bool) {
	bits, err := strconv.ParseUint(strings.TrimPrefix(octal, "0o"), 8, 16)
	if err != nil || bits > 0o7777 {
		return 0, "", false
	}
	out := []byte("rwxrwxrwx")
	for i := range out {
		if bits&(1<<(8-i)) == 0 {
			out[i] = '-'
		}
	}
	for i, special := range []struct {
		bit    uint64
		letter byte
	}{{0o4000, 's'}, {0o2000, 's'}, {0o1000, 't'}} {
		at := 3*i + 2
		switch {
		case bits&special.bit == 0:
		case out[at] == 'x':
			out[at] = special.letter
		default: // a capital where nobody may execute
			out[at] = special.letter - 'a' + 'A'
		}
	}
	return bits, string(out), true
}
