package config

import "strings"

// BuildOf joins what the user's own configuration and that of the workspace
// say of builds; either may be nil. The user's builder comes first. One of the
// workspace counts when it is the name of a builder that the user has: an
// address would let a workspace choose where sources and secrets are sent.
// ignored is such an address.
func BuildOf(user, workspace *Config) (b Build, ignored string) {
	if user != nil {
		b = user.Build
	}
	if workspace != nil && b.Platform == "" {
		b.Platform = workspace.Build.Platform
	}
	if workspace != nil && b.Builder == "" {
		b.Builder = workspace.Build.Builder
		if strings.Contains(b.Builder, "://") {
			b.Builder, ignored = "", b.Builder
		}
	}
	if b.Builder == "auto" {
		b.Builder = ""
	}
	return b, ignored
}
