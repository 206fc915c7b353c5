package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/script"
)

// configs finds the configuration of each file: the nearest upward, or the
// one that --config names.
type configs struct {
	fixed *config.Config
	cwd   string // asked for once: it takes system calls

	mu    sync.Mutex
	byDir map[string]*config.Config
	// written are those of folders as the paths of files name them.
	written map[string]*config.Config
	prints  map[*config.Config]string
	failed  error
	sc      *script.ShellCheck
	scDone  bool
}

func newConfigs(file string) (*configs, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, failed(fmt.Errorf("the working directory: %w", err))
	}
	c := &configs{cwd: cwd, byDir: map[string]*config.Config{}, written: map[string]*config.Config{}, prints: map[*config.Config]string{}}
	if file == "" {
		return c, nil
	}
	cfg, err := config.Load(file, analysis.RuleName)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	c.fixed = cfg
	return c, nil
}

// of is the configuration for a file, nil if there is none.
func (c *configs) of(file string) *config.Config {
	if c.fixed != nil {
		return c.fixed
	}
	name, _ := filepath.Split(file)
	c.mu.Lock()
	defer c.mu.Unlock()
	cfg, ok := c.written[name]
	if !ok {
		dir := filepath.Clean(name)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(c.cwd, dir)
		}
		cfg = c.ofDir(dir)
		c.written[name] = cfg
	}
	return cfg
}

// ofDir is the configuration of an absolute folder: its own, or that of the
// folder above it. Each folder is looked at once.
func (c *configs) ofDir(dir string) *config.Config {
	if cfg, ok := c.byDir[dir]; ok {
		return cfg
	}
	var cfg *config.Config
	if file, found := config.In(dir); found {
		cfg = c.load(file)
	} else if parent := filepath.Dir(dir); parent != dir {
		cfg = c.ofDir(parent)
	}
	c.byDir[dir] = cfg
	return cfg
}

// listed notes whether a folder has a configuration file, so that the disk is
// not asked again.
func (c *configs) listed(dir string, entries []fs.DirEntry) {
	if c.fixed != nil {
		return
	}
	i, has := slices.BinarySearchFunc(entries, config.FileName, func(e fs.DirEntry, name string) int { return strings.Compare(e.Name(), name) })
	if has && !entries[i].Type().IsRegular() {
		return // a link: the disk tells where to
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(c.cwd, dir)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	parent := filepath.Dir(dir)
	if _, known := c.byDir[dir]; known {
		return
	}
	switch {
	case has:
		c.byDir[dir] = c.load(filepath.Join(dir, config.FileName))
	case parent != dir:
		c.byDir[dir] = c.ofDir(parent)
	}
}

func (c *configs) load(file string) *config.Config {
	cfg, err := config.Load(file, analysis.RuleName)
	if err != nil {
		c.failed = errors.Join(c.failed, err)
		return nil
	}
	return cfg
}

// err is what was wrong with the configurations met so far.
func (c *configs) err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed == nil {
		return nil
	}
	return &exitError{exitUsage, c.failed}
}

func (c *configs) excluded(path string) bool { return c.of(path).Excluded(path) }

func (c *configs) fingerprint(cfg *config.Config) string {
	if cfg == nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.prints[cfg]
	if !ok {
		sum := sha256.Sum256([]byte(cfg.Fingerprint()))
		p = string(sum[:8])
		c.prints[cfg] = p
	}
	return p
}

// shellcheck is the program on this machine, nil if there is none.
func (c *configs) shellcheck() *script.ShellCheck {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.scDone {
		c.scDone = true
		c.sc, _ = script.Find()
	}
	return c.sc
}
