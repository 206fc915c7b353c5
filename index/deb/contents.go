package deb

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// Command is an executable file that a package holds, as a Contents index
// lists it.
type Command struct {
	Path    string // with a slash at its start: /usr/bin/grep
	Package string
}

// commandFolders are the folders of commands: those of the PATH of a shell
// that nobody has changed. Contents write them without a slash in front.
var commandFolders = [][]byte{
	[]byte("usr/bin/"), []byte("usr/sbin/"), []byte("bin/"), []byte("sbin/"), []byte("usr/games/"),
	[]byte("usr/local/bin/"), []byte("usr/local/sbin/"), []byte("usr/local/games/"),
}

// ParseContents reads a Contents index (decompressed) and calls f for every
// command of every package. Its lines hold a path and, behind the last blank,
// the packages, which commas separate and whose sections stand in front of
// them: "usr/bin/grep  utils/grep". What stands above a line of FILE and
// LOCATION is for people; a path is not below a folder of commands by accident
// there. The strings passed to f are its own.
func ParseContents(r io.Reader, limits record.Limits, f func(Command) error) error {
	limits = limits.WithDefaults()
	lines := bufio.NewReaderSize(r, limits.Line)
	read := int64(0)
	for {
		line, err := lines.ReadSlice('\n')
		if read += int64(len(line)); read > limits.Bytes {
			return &record.LimitError{What: "size", Limit: limits.Bytes}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return &record.LimitError{What: "line length", Limit: int64(limits.Line)}
		case err != nil && err != io.EOF:
			return err
		}
		if last := err == io.EOF; last || len(line) > 0 {
			if err := contentsLine(line, f); err != nil || last {
				if errors.Is(err, ErrStop) {
					return nil
				}
				return err
			}
		}
	}
}

func contentsLine(line []byte, f func(Command) error) error {
	folder, name, packages := cutContents(line)
	if folder == nil {
		return nil
	}
	path := "/" + string(folder) + string(name)
	for len(packages) > 0 {
		var one []byte
		one, packages, _ = bytes.Cut(packages, []byte(","))
		if i := bytes.LastIndexByte(one, '/'); i >= 0 {
			one = one[i+1:]
		}
		if !isPackageName(one) {
			continue
		}
		if err := f(Command{Path: path, Package: string(one)}); err != nil {
			return err
		}
	}
	return nil
}

// cutContents takes a line apart; folder is nil where it lists no command.
func cutContents(line []byte) (folder, name, packages []byte) {
	line = bytes.TrimPrefix(line, []byte("."))
	line = bytes.TrimPrefix(line, []byte("/"))
	// Nearly all lines end here: they begin with usr/share or usr/lib.
	if len(line) < 5 || line[0] != 'u' && line[0] != 'b' && line[0] != 's' {
		return nil, nil, nil
	}
	for _, folder := range commandFolders {
		rest, ok := bytes.CutPrefix(line, folder)
		if !ok {
			continue
		}
		rest = bytes.TrimRight(rest, " \t\r\n")
		i := bytes.LastIndexAny(rest, " \t")
		if i < 0 {
			return nil, nil, nil
		}
		name := bytes.TrimRight(rest[:i], " \t")
		if !isCommandName(name) {
			return nil, nil, nil
		}
		return folder, name, rest[i+1:]
	}
	return nil, nil, nil
}

// isCommandName refuses paths of subfolders, and names that nobody types.
func isCommandName(name []byte) bool {
	if len(name) == 0 || len(name) > 255 {
		return false
	}
	for _, c := range name {
		if c <= ' ' || c == '/' || c == 0x7f {
			return false
		}
	}
	return true
}

// isPackageName holds a name to Debian's rules for names of packages, so that
// a list of them can be written with blanks between.
func isPackageName(name []byte) bool {
	if len(name) < 2 {
		return false
	}
	for i, c := range name {
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alnum && (i == 0 || c != '+' && c != '-' && c != '.' && c != '_') {
			return false
		}
	}
	return true
}

// Contents finds the list of files of a component for an architecture, "all"
// for packages of every architecture where the release keeps those apart. Old
// archives have one for all components beside the Release file.
func (r *Release) Contents(component, arch string) (File, bool) {
	for _, folder := range []string{component + "/", ""} {
		for _, suffix := range []string{".gz", ".xz", ""} {
			path := strings.TrimPrefix(folder, "/") + "Contents-" + arch + suffix
			if f, ok := r.Files[path]; ok {
				return f, true
			}
		}
	}
	return File{}, false
}
