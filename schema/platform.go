package schema

import "slices"

// Platform is a target that images are built for.
type Platform struct {
	// Name is the platform as definitions and BuildKit write it.
	Name string
	// Arch is the value of target.arch; APK and Deb are the names that Alpine
	// and Debian give the architecture, Machine what `uname -m` prints.
	Arch, APK, Deb, Machine string
}

var platforms = []Platform{
	{Name: "linux/amd64", Arch: "amd64", APK: "x86_64", Deb: "amd64", Machine: "x86_64"},
	{Name: "linux/arm64", Arch: "arm64", APK: "aarch64", Deb: "arm64", Machine: "aarch64"},
}

// Platforms returns the platforms that definitions can name, in the order in
// which they are written.
func Platforms() []Platform { return slices.Clone(platforms) }

// LookupPlatform finds a platform by its name.
func LookupPlatform(name string) (Platform, bool) {
	for _, p := range platforms {
		if p.Name == name {
			return p, true
		}
	}
	return Platform{}, false
}
