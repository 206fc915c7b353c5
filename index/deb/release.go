package deb

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// File is one entry of a Release file's list of hashes.
type File struct {
	Path   string // below the Release file's folder
	Size   int64  // bytes
	SHA256 string // hex
}

// Release is what a Release or InRelease file says.
type Release struct {
	Origin, Label, Suite, Codename string
	Components, Architectures      []string
	Date, ValidUntil               time.Time // zero when not said
	AcquireByHash                  bool
	NotAutomatic                   bool // nothing of it is installed unasked
	ButAutomaticUpgrades           bool // but upgrades of what came from it
	separateAll                    bool // packages for all architectures have an index of their own
	Files                          map[string]File
}

// maxReleaseFiles bounds the hash list; Debian's has about 3,000.
const maxReleaseFiles = 200_000

// ParseRelease reads the text of a Release file (without its signature).
func ParseRelease(data []byte) (*Release, error) {
	r := &Release{Files: map[string]File{}, separateAll: true}
	reader := &stanzas{limits: record.Limits{Bytes: 64 << 20}.WithDefaults()}
	last := ""
	reader.field = func(name, value string) error {
		if name == "" {
			if last != "SHA256" {
				return nil
			}
			return r.addFile(value, reader.number)
		}
		last = strings.Clone(name)
		return r.set(name, value, reader.number)
	}
	ended := false
	reader.end = func() error { ended = true; return ErrStop }
	if err := reader.run(bytes.NewReader(data)); err != nil {
		return nil, err
	}
	if !ended || r.Date.IsZero() && len(r.Files) == 0 {
		return nil, &record.SyntaxError{Line: 1, Message: "not a Release file: it has neither a Date nor SHA256 hashes"}
	}
	return r, nil
}

func (r *Release) set(name, value string, line int) error {
	switch name {
	case "Origin":
		r.Origin = strings.Clone(value)
	case "Label":
		r.Label = strings.Clone(value)
	case "Suite":
		r.Suite = strings.Clone(value)
	case "Codename":
		r.Codename = strings.Clone(value)
	case "Components":
		r.Components = strings.Fields(strings.Clone(value))
	case "Architectures":
		r.Architectures = strings.Fields(strings.Clone(value))
	case "NotAutomatic":
		r.NotAutomatic = value == "yes"
	case "ButAutomaticUpgrades":
		r.ButAutomaticUpgrades = value == "yes"
	case "Acquire-By-Hash":
		r.AcquireByHash = value == "yes"
	case "No-Support-for-Architecture-all":
		r.separateAll = !strings.Contains(value, "Packages")
	case "Date":
		return date(&r.Date, name, value, line)
	case "Valid-Until":
		return date(&r.ValidUntil, name, value, line)
	}
	return nil
}

// dateForms are those that archives use beside RFC 1123.
var dateForms = []string{time.RFC1123, time.RFC1123Z, "Mon, _2 Jan 2006 15:04:05 MST", "Mon, _2 Jan 2006 15:04:05 -0700", "Mon Jan _2 15:04:05 2006", "Mon, _2 Jan 2006 15:04:05 Z"}

func date(to *time.Time, name, value string, line int) error {
	for _, form := range dateForms {
		if t, err := time.Parse(form, value); err == nil {
			*to = t.UTC()
			return nil
		}
	}
	return &record.SyntaxError{Line: line, Message: fmt.Sprintf("%s: %q is not a date", name, value)}
}

func (r *Release) addFile(text string, line int) error {
	fields := strings.Fields(strings.Clone(text))
	if len(fields) != 3 {
		return &record.SyntaxError{Line: line, Message: "expected a SHA256 hash, a size and a path"}
	}
	size, err := strconv.ParseInt(fields[1], 10, 64)
	sum, hexErr := hex.DecodeString(fields[0])
	if err != nil || size < 0 || hexErr != nil || len(sum) != sha256.Size {
		return &record.SyntaxError{Line: line, Message: fmt.Sprintf("%q %q is not a SHA256 hash and a size", fields[0], fields[1])}
	}
	if strings.Contains(fields[2], "..") || strings.HasPrefix(fields[2], "/") {
		return &record.SyntaxError{Line: line, Message: fmt.Sprintf("path %q leaves the release's folder", fields[2])}
	}
	if len(r.Files) >= maxReleaseFiles {
		return &record.LimitError{What: "files", Limit: maxReleaseFiles}
	}
	r.Files[fields[2]] = File{Path: fields[2], Size: size, SHA256: strings.ToLower(fields[0])}
	return nil
}

// Packages finds the indexes of a component and architecture: its own and,
// where the release keeps packages for all architectures apart, theirs.
// component is empty for a flat repository, whose Packages lies beside the
// Release file. Of the compressed forms gzip comes first: it unpacks twice as
// fast as xz.
func (r *Release) Packages(component, arch string) []File {
	if component == "" {
		return r.find("")
	}
	list := r.find(component + "/binary-" + arch + "/")
	if r.separateAll && slices.Contains(r.Architectures, "all") && arch != "all" {
		list = append(list, r.find(component+"/binary-all/")...)
	}
	return list
}

func (r *Release) find(prefix string) []File {
	for _, name := range []string{"Packages.gz", "Packages.xz", "Packages"} {
		for _, dot := range []string{"", "./"} {
			if f, ok := r.Files[dot+prefix+name]; ok {
				f.Path = prefix + name
				return []File{f}
			}
		}
	}
	return nil
}

// Priority is apt's pin priority for the release's packages.
func (r *Release) Priority() int {
	switch {
	case r.NotAutomatic && r.ButAutomaticUpgrades:
		return 100
	case r.NotAutomatic:
		return 1
	}
	return 500
}

// Has says whether the release claims to hold the component and architecture;
// a release that lists none claims nothing and has them all.
func (r *Release) Has(component, arch string) bool {
	return listed(r.Architectures, arch) && (component == "" || listed(r.Components, component))
}

// listed compares a component by its last element too: the security archive
// says updates/main for main.
func listed(list []string, want string) bool {
	if len(list) == 0 {
		return true
	}
	for _, have := range list {
		if have == want || strings.HasSuffix(have, "/"+want) {
			return true
		}
	}
	return false
}

// ByHash is the path under which an archive with Acquire-By-Hash keeps f.
func (f File) ByHash() string {
	dir := ""
	if i := strings.LastIndexByte(f.Path, '/'); i >= 0 {
		dir = f.Path[:i+1]
	}
	return dir + "by-hash/SHA256/" + f.SHA256
}
