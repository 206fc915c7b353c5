package lsp_test

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
)

// packageFile is a package of client.json.
type packageFile struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Repository  string   `json:"repository"`
	Platform    string   `json:"platform"`
	Description string   `json:"description"`
	License     string   `json:"license"`
	Homepage    string   `json:"homepage"`
	Depends     []string `json:"depends"`
	Provides    []string `json:"provides"`
	Size        int64    `json:"size"`
}

// packageFiles is a source of packages in which versions compare as text.
type packageFiles []packageFile

func (s packageFiles) find(match func(packageFile) bool) packages.Answer {
	answer := packages.Answer{State: packages.Known}
	for _, p := range s {
		if match(p) {
			answer.Candidates = append(answer.Candidates, packages.Candidate{
				Name: p.Name, Version: p.Version, Repository: p.Repository, Platform: p.Platform, Description: p.Description,
				License: p.License, Homepage: p.Homepage, Depends: p.Depends, Provides: p.Provides, InstalledSize: p.Size, Size: p.Size,
			})
		}
	}
	return answer
}

func (s packageFiles) Lookup(_ packages.Scope, platform, name string) packages.Answer {
	return s.find(func(p packageFile) bool { return p.Name == name && (p.Platform == "" || p.Platform == platform) })
}

func (s packageFiles) Search(_ packages.Scope, query string, limit int) packages.Answer {
	answer := s.find(func(p packageFile) bool { return strings.HasPrefix(p.Name, query) })
	answer.Candidates = slices.Clip(answer.Candidates[:min(limit, len(answer.Candidates))])
	return answer
}

func (s packageFiles) Providers(_ packages.Scope, platform, name string) packages.Answer {
	return s.find(func(p packageFile) bool {
		return slices.Contains(p.Provides, name) && (p.Platform == "" || p.Platform == platform)
	})
}

func (packageFiles) Compare(_, a, b string) int { return strings.Compare(a, b) }

func (packageFiles) Satisfies(_, version, operator, wanted string) bool {
	switch operator {
	case "=":
		return version == wanted
	case "~":
		return strings.HasPrefix(version, wanted)
	}
	return operator == ""
}
