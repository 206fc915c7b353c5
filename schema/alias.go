package schema

import "strings"

// keyAliases maps what other formats call a thing (Dockerfile, Compose, CI
// systems, package builders) to what definitions call it. Keys are squeezed:
// lower-case letters and digits only. The first name that the mapping knows
// is meant.
var keyAliases = map[string][]string{
	"action":           {"uses"},
	"arch":             {"platforms"},
	"architecture":     {"platforms"},
	"architectures":    {"platforms"},
	"archs":            {"platforms"},
	"args":             {"cmd"},
	"arguments":        {"cmd"},
	"command":          {"cmd", "commands"},
	"cwd":              {"work-dir"},
	"dest":             {"target", "path"},
	"destination":      {"target", "path"},
	"dst":              {"target", "path"},
	"digest":           {"checksum"},
	"dir":              {"work-dir", "directory"},
	"eol":              {"end-of-life"},
	"env":              {"environment"},
	"envs":             {"environment"},
	"environments":     {"environment"},
	"exclude":          {"excludes"},
	"expose":           {"ports"},
	"exposedports":     {"ports"},
	"from":             {"uses", "source"},
	"gpgkeys":          {"keyring"},
	"group":            {"gid"},
	"hash":             {"checksum"},
	"include":          {"includes"},
	"keys":             {"keyring"},
	"keyrings":         {"keyring"},
	"licence":          {"license"},
	"licenses":         {"license"},
	"mirror":           {"mirrors"},
	"owner":            {"uid"},
	"permissions":      {"mode"},
	"perms":            {"mode"},
	"repos":            {"repositories"},
	"run":              {"runs"},
	"script":           {"runs"},
	"severities":       {"severity"},
	"sha":              {"checksum"},
	"sha256":           {"checksum"},
	"src":              {"source"},
	"stages":           {"builds"},
	"steps":            {"pipeline"},
	"user":             {"run-as", "uid"},
	"variables":        {"vars"},
	"workingdir":       {"work-dir"},
	"workingdirectory": {"work-dir"},
}

// suggestKey is Suggest for keys: it also knows other formats' names and
// takes a beginning of at least three letters for the only key it begins.
func suggestKey(key string, allowed []string) string {
	if len(key) > maxSuggestLength {
		return ""
	}
	for _, name := range keyAliases[squeeze(key)] {
		for _, a := range allowed {
			if a == name {
				return a
			}
		}
	}
	if s, ok := Suggest(key, allowed); ok {
		return s
	}
	return onlyContinuation(key, allowed)
}

func onlyContinuation(key string, allowed []string) string {
	found := ""
	for _, a := range allowed {
		if len(key) < 3 || !strings.HasPrefix(a, key) {
			continue
		}
		if found != "" {
			return ""
		}
		found = a
	}
	return found
}
