package main

import (
	"context"
	"fmt"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
)

// newest is the newest version of a pinned package in the cached indexes.
func (u *upgrader) newest(l *loader, target string) (string, error) {
	pins, err := u.behind(l)
	if err != nil {
		return "", err
	}
	version := ""
	for _, p := range pins {
		if p.Package != target {
			continue
		}
		if version != "" && version != p.Newest {
			return "", usageError("%s has several newest versions in the repositories of these definitions (%s, %s): give the version, as %s=VERSION", target, version, p.Newest, target)
		}
		version = p.Newest
	}
	if version == "" {
		return "", usageError("%s: no pin here is behind its package index, so that there is no version to take it to: give one, as %s=VERSION", target, target)
	}
	return version, nil
}

// behind lists the pins of which the indexes have a newer version.
func (u *upgrader) behind(l *loader) ([]outdatedPin, error) {
	source, err := mustSource(l.config())
	if err != nil {
		return nil, err
	}
	pins, unknown := outdated(source, l)
	for _, line := range unknown {
		tell(u.err, "incomplete: %s", line)
	}
	return pins, nil
}

// allOutdated takes every pin to its newest version.
func (u *upgrader) allOutdated(ctx context.Context, args []string) error {
	l, err := load(ctx, args)
	if err != nil {
		return err
	}
	pins, err := u.behind(l)
	if err != nil {
		return err
	}
	byPath := map[string]loadedFile{}
	for _, f := range l.files {
		byPath[f.path] = f
	}
	released := map[string]bool{}
	for _, p := range pins {
		// The release of a package definition counts once for all of them.
		c := upgrade.Change{Target: p.Package, Version: p.Newest, KeepRelease: u.opt.keepRelease || released[p.File]}
		n := len(u.files)
		u.file(byPath[p.File], c, false)
		if len(u.files) > n {
			released[p.File] = true
		}
	}
	if len(pins) == 0 {
		_, err := fmt.Fprintln(u.err, "no pin is behind its package index")
		return err
	}
	return u.finish(l)
}

// reopen reads the text that a change has left.
func reopen(f loadedFile, content string) *definition.Document {
	opt := analysis.Options{}
	if f.cfg != nil {
		opt.Prefixes = f.cfg.Prefixes
	}
	return analysis.Open(f.path, text.New(content), opt)
}
