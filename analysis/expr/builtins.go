package expr

import (
	"slices"
	"strings"
)

// BuiltinInfo describes a value that the build provides.
type BuiltinInfo struct {
	Name string
	Doc  string
	// ScriptOnly built-ins are known only in runs scripts.
	ScriptOnly bool
}

// The names are those the public catalog uses; fips, dev and flavor occur in
// scripts only.
var builtins = []BuiltinInfo{
	{Name: "source.dir", Doc: "The directory in which the sources of the build are placed: files, checkouts and patches."},
	{Name: "target.dir", Doc: "The directory whose content becomes the output of the build stage, the root of the image to be."},
	{Name: "target.arch", Doc: "The architecture that is built, in Go's names: `amd64` or `arm64`."},
	{Name: "target.fips", Doc: "Whether the FIPS variant is built.", ScriptOnly: true},
	{Name: "target.dev", Doc: "Whether the dev variant is built.", ScriptOnly: true},
	{Name: "target.flavor", Doc: "The flavor of the variant that is built, empty for the default.", ScriptOnly: true},
}

// Builtins lists the built-ins of ${a.b}; script adds those of runs scripts.
func Builtins(script bool) []BuiltinInfo {
	var out []BuiltinInfo
	for _, b := range builtins {
		if script || !b.ScriptOnly {
			out = append(out, b)
		}
	}
	return out
}

// LookupBuiltin finds a built-in by its dotted name.
func LookupBuiltin(name string, script bool) (BuiltinInfo, bool) {
	for _, b := range builtins {
		if b.Name == name && (script || !b.ScriptOnly) {
			return b, true
		}
	}
	return BuiltinInfo{}, false
}

// MemberInfo describes what may follow a dot in a build expression.
type MemberInfo struct {
	Name string
	Doc  string
	Type Type
}

var members = map[string][]MemberInfo{
	"": {
		{Name: "target", Doc: "What is being built.", Type: TypeObject},
		{Name: "definition", Doc: "The definition itself.", Type: TypeObject},
	},
	"target": {
		{Name: "arch", Doc: "The architecture that is built: `\"amd64\"` or `\"arm64\"`.", Type: TypeString},
	},
	"definition": {
		{Name: "vars", Doc: "The variables of the definition.", Type: TypeObject},
	},
}

// Members lists what may follow the dotted path ("" for the start of an
// operand). The names under definition.vars are the caller's.
func Members(path string) []MemberInfo { return slices.Clone(members[path]) }

// Architectures are the values of target.arch.
func Architectures() []string { return []string{"amd64", "arm64"} }

// archNames are the names other tools give the architectures.
var archNames = map[string]string{
	"x86_64": "amd64", "x86-64": "amd64", "x64": "amd64", "linux/amd64": "amd64",
	"aarch64": "arm64", "armv8": "arm64", "linux/arm64": "arm64",
}

// Arch is the architecture of a platform such as "linux/amd64", which is what
// target.arch holds; "" for an empty platform.
func Arch(platform string) string {
	parts := strings.Split(platform, "/")
	if len(parts) == 1 {
		return parts[0]
	}
	return parts[1]
}
