package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/index"
)

// commandPrefix marks a command among the words that the indexes are asked
// for, as apk has it.
const commandPrefix = "cmd:"

// jsonCommand is a command with a package that provides it.
type jsonCommand struct {
	Command string `json:"command"`
	Package string `json:"package"`
	Path    string `json:"path,omitempty"`
	// Link says that setting the package up makes the command.
	Link      bool     `json:"link,omitempty"`
	Platforms []string `json:"platforms"`
}

// holders are the packages that provide a command, each once for all its
// platforms.
func (v view) holders(name string) []jsonCommand {
	var list []jsonCommand
	for _, platform := range slices.Sorted(slices.Values(v.set.Platforms())) {
		for _, h := range v.commands.Holders(name, platform) {
			i := slices.IndexFunc(list, func(c jsonCommand) bool { return c.Package == h.Package && c.Path == h.Path })
			if i < 0 {
				i = len(list)
				list = append(list, jsonCommand{Command: name, Package: h.Package, Path: h.Path, Link: h.StandIn})
			}
			list[i].Platforms = appendNew(list[i].Platforms, "linux/"+platform)
		}
	}
	return list
}

// searchCommands finds commands by the beginning of their names.
func searchCommands(s streams, list []view, word string, limit int, format string) error {
	found := []jsonCommand{}
	for _, v := range list {
		names := v.commands.Names(word, limit)
		if len(names) == 0 {
			// One that packages only set up is in no list.
			names = []string{word}
		}
		for _, name := range names {
			found = append(found, v.holders(name)...)
		}
	}
	return writeCommands(s, list, found, word, format)
}

// showCommand tells which packages provide a command.
func showCommand(s streams, list []view, name, format string) error {
	found := []jsonCommand{}
	for _, v := range list {
		found = append(found, v.holders(name)...)
	}
	return writeCommands(s, list, found, name, format)
}

func writeCommands(s streams, list []view, found []jsonCommand, word, format string) error {
	if format == "json" {
		return writeJSON(s.out, found)
	}
	if len(found) == 0 {
		return noCommand(list, word)
	}
	t := table{head: []string{"COMMAND", "PACKAGE", "PATH", "PLATFORMS"}}
	for _, c := range found {
		path := c.Path
		if c.Link {
			path = "(a link that its set-up makes)"
		}
		t.row(c.Command, c.Package, path, strings.Join(c.Platforms, " "))
	}
	return t.write(s.out)
}

// noCommand says that no package provides a command, and whether Debian's
// lists of files are there to tell.
func noCommand(list []view, word string) error {
	for _, v := range list {
		usable := func(st index.Status) bool { return st.Usable() }
		if v.set.Family() == index.Debian && !slices.ContainsFunc(v.commands.Sources(), usable) {
			return &exitError{exitFindings, fmt.Errorf("no index has a command %s; those of Debian's packages have not been fetched: run dhi-ls index update --contents", word)}
		}
	}
	return &exitError{exitFindings, fmt.Errorf("no package of the indexes has a command %s", word)}
}
