package index

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// allArch is Debian's name for packages of every architecture.
const allArch = "all"

// ContentsSources lists the lists of files of Debian repositories: one for
// each platform, and one for the packages of every architecture, which an
// archive may keep apart. Alpine's indexes list the commands themselves.
func ContentsSources(repositories []Repository, ociPlatforms []string) []Source {
	var list []Source
	seen := map[string]bool{}
	add := func(s Source) {
		if !seen[s.Key()] {
			seen[s.Key()] = true
			list = append(list, s)
		}
	}
	for _, s := range Sources(repositories, ociPlatforms) {
		if s.Repository.Family != Debian || s.Repository.Flat {
			continue
		}
		s.Contents = true
		add(s)
		s.Platform, s.Arch = allArch, allArch
		add(s)
	}
	return list
}

// UpdateContents fetches the lists of files of Debian repositories where they
// are new, and keeps the commands. The rules are those of Update.
func (c *Cache) UpdateContents(ctx context.Context, repositories []Repository, ociPlatforms []string, o UpdateOptions) []Outcome {
	return c.updateAll(ctx, ContentsSources(repositories, ociPlatforms), o)
}

// maxContents bounds a list of files after decompression, in bytes: Debian
// 13's for packages of every architecture has 590 MB.
const maxContents = 4 << 30

// contents updates from a suite's Contents file.
func (j *job) contents(ctx context.Context) error {
	rel, err := j.release(ctx, j.source.Repository)
	if errors.Is(err, errNoRelease) {
		return j.lacking()
	}
	if err != nil {
		return err
	}
	j.out.Warnings = append(j.out.Warnings, rel.warnings...)
	file, ok := rel.Contents(j.source.Component, j.source.Arch)
	if !ok {
		return j.lacking()
	}
	return j.fromRelease(ctx, rel, []deb.File{file}, func(b *store.Builder) error {
		var held holders
		if err := j.file(ctx, rel, file, func(r io.Reader) error { return j.readContents(r, &held) }); err != nil {
			return err
		}
		return held.addTo(b, j.source.Arch)
	})
}

// lacking ends the update of a list that the repository does not offer. One
// that it offered before counts as a failure, and stays.
func (j *job) lacking() error {
	if j.old.File != "" {
		return fetch.E(fetch.NotFound, j.source.Repository.URL, errors.New("the release no longer lists the files of its packages"))
	}
	j.out.Result = Lacking
	return nil
}

func (j *job) readContents(r io.Reader, held *holders) error {
	limits := j.options.Limits
	if limits.Bytes <= 0 {
		limits.Bytes = maxContents
	}
	plain, err := record.Decompress(r, limits)
	if err != nil {
		return err
	}
	text, stop := ahead(plain, 8)
	defer stop()
	return deb.ParseContents(text, limits, held.add)
}

// holders are the commands of each package.
type holders struct {
	paths map[string][]string
	size  int
}

// maxCommands bounds the commands of one list; Debian 13's have 48,000.
const maxCommands = 2_000_000

func (h *holders) add(c deb.Command) error {
	if h.paths == nil {
		h.paths = map[string][]string{}
	}
	if h.size++; h.size > maxCommands {
		return &record.LimitError{What: "commands", Limit: maxCommands}
	}
	h.paths[c.Package] = append(h.paths[c.Package], c.Path)
	return nil
}

// addTo makes a row of each package: its paths are what it provides.
func (h *holders) addTo(b *store.Builder, arch string) error {
	names := make([]string, 0, len(h.paths))
	for name := range h.paths {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		paths := h.paths[name]
		slices.Sort(paths)
		if err := b.Add(&record.Package{Name: name, Arch: arch, Provides: strings.Join(slices.Compact(paths), " ")}); err != nil {
			return err
		}
	}
	return nil
}

// commandNames are the names that the store turns around for a list of files:
// the commands, without their folders.
func commandNames(p *record.Package, provides, _ func(name string)) {
	var told []string
	for path := range strings.FieldsSeq(p.Provides) {
		if name := path[strings.LastIndexByte(path, '/')+1:]; !slices.Contains(told, name) {
			told = append(told, name)
			provides(name)
		}
	}
}
