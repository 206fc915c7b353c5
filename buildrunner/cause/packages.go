package cause

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// fromPackageManagers reads the complaints of apk and apt, and of resolvers
// that say as much in plain words. Repositories that could not be read come
// first: packages that are missing then are not the user's mistake.
func fromPackageManagers(lines []string) []Cause {
	rows := repositoryRows()
	for i := range rows {
		if found := rows[i].scan(&Evidence{}, lines); len(found) > 0 {
			return found
		}
	}
	if found := fromApk(lines); len(found) > 0 {
		return found
	}
	var out []Cause
	rows = packageRows()
	for i := range rows {
		out = append(out, rows[i].scan(&Evidence{}, lines)...)
	}
	return once(out)
}

// once leaves one cause for each subject, and those without one only where no
// other says more.
func once(list []Cause) []Cause {
	seen := map[string]bool{}
	out := make([]Cause, 0, len(list))
	for _, c := range list {
		if c.Subject != "" && !seen[c.Subject] {
			seen[c.Subject] = true
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}

const aptError = `^(?:E|Error|W|Warning|Err(?::\d+)?): `

var repositoryRows = sync.OnceValue(func() []row {
	return []row{
		{kind: NameResolution, class: Environment, re: regexp.MustCompile(`(?:WARNING|ERROR): (?:fetching |opening |updating |updating and opening )?(?P<subject>https?://[^\s:]+\S*?): (?:DNS lookup error|DNS: (?:transient error|.*))|Temporary failure resolving '(?P<subject2>[^']+)'|Could not resolve '(?P<subject3>[^']+)'`),
			title: "The host of the repository {subject} cannot be found.", remedy: "Check the builder's DNS and network.", action: "retry"},
		{kind: CertificateBad, class: Environment, re: regexp.MustCompile(`(?:WARNING|ERROR): (?:fetching |opening |updating |updating and opening )?(?P<subject>https?://\S+?): TLS: |Certificate verification failed: `),
			title: "The certificate of a repository cannot be trusted.", remedy: "Add ca-certificates, or your proxy's CA to the builder."},
		{kind: Network, class: Environment, re: regexp.MustCompile(`(?:WARNING|ERROR): (?:fetching |opening |updating |updating and opening )?(?P<subject>https?://\S+?): (?:temporary error|network error|network connection aborted|connection refused|operation timed out|could not connect|I/O error)|(?:Could|Cannot|Unable to) (?:not )?(?:connect to|initiate the connection to) (?P<subject2>[\w.\-]+)`),
			title: "The repository {subject} cannot be reached.", remedy: "Check the builder's network and proxy, then build again.", action: "retry"},
		{kind: NotEntitled, class: Environment, re: regexp.MustCompile(`(?:WARNING|ERROR): (?:fetching |opening |updating |updating and opening )?(?P<subject>https?://\S+?): Permission denied|Failed to fetch (?P<subject2>\S+)\s+(?:401|403)|The repository '(?P<subject3>\S+)[^']*' is no longer (?:signed|accessible)`),
			title: "The repository {subject} needs a login or an entitlement.", remedy: "Log in to {host}, or ask for access.", action: "login"},
		{kind: RepositoryBroken, class: Definition, re: regexp.MustCompile(`(?:WARNING|ERROR): (?:fetching |opening |updating |updating and opening )?(?P<subject>https?://\S+?): (?:No such file or directory|remote server returned error|unexpected end of file)|The repository '(?P<subject2>\S+)[^']*' does not have a Release file|Failed to fetch (?P<subject3>\S+(?:InRelease|Release|Packages\S*))\s+404`), all: true,
			title: "The repository {subject} does not exist.", remedy: "Check its URL, suite and component."},
		{kind: SignatureUnknown, class: Definition, re: regexp.MustCompile(`(?:WARNING|ERROR): (?:fetching |opening |updating |updating and opening )?(?P<subject>https?://\S+?): (?:UNTRUSTED|BAD) signature|GPG error: (?P<subject2>\S+)[^\n]*NO_PUBKEY|The repository '(?P<subject3>\S+)[^']*' is not signed|OpenPGP signature verification failed: (?P<subject4>\S+)`), all: true,
			title: "The repository {subject} is signed with a key that the definition does not list.", remedy: "Add its key to keyring, and for Debian name it with signed-by."},
	}
})

// packageRows are apt's complaints, in the words of apt 2 ("E:") and apt 3
// ("Error:"), and plain ones.
var packageRows = sync.OnceValue(func() []row {
	return []row{
		{kind: PackageNotFound, class: Definition, all: true, re: regexp.MustCompile(aptError + `(?:Unable to locate package (?P<subject>[\w.+\-]+)|Couldn't find any package by (?:glob|regex) '(?P<subject2>[^']+)'|Package '(?P<subject3>[^']+)' has no installation candidate)`),
			title: "No repository has the package {subject}.", remedy: "Check its name, and that its repository is listed."},
		{kind: VersionNotFound, class: Definition, all: true, re: regexp.MustCompile(aptError + `Version '(?P<want>[^']+)' for '(?P<subject>[^']+)' was not found`),
			title: "No repository has version {want} of {subject}.", remedy: "Choose a version that exists: old ones leave the repositories."},
		{kind: VersionNotFound, class: Definition, all: true, re: regexp.MustCompile(`Failed to fetch \S+/(?P<subject>[\w.+\-]+)_(?P<want>[^_\s]+)_\w+\.deb\s+404`),
			title: "The repository no longer has version {want} of {subject}.", remedy: "Choose a version that exists: old ones leave the repositories."},
		{kind: PackageFailed, class: Definition, all: true, re: regexp.MustCompile(`dpkg: error processing (?:package|archive) (?:\S*/)?(?P<subject>[\w.+\-]+)|ERROR: (?P<subject2>[\w.+\-]+?)-\d[\w.]*(?:-r\d+)?: (?:trying to overwrite|failed to)`),
			title: "The package {subject} cannot be unpacked or set up.", remedy: "Look at the log; another package may own the same files."},
		{kind: PackageConflict, class: Definition, all: true, re: regexp.MustCompile(`^ *(?P<subject>[\w.+\-]+)(?::\w+)?(?:=\S+)? ?: (?:Conflicts|Breaks): (?P<via>[\w.+\-]+)`),
			title: "The package {subject} conflicts with {via}.", remedy: "Leave one of them out."},
		{kind: PackageUnmet, class: Definition, all: true, re: regexp.MustCompile(`^ *(?P<subject>[\w.+\-]+)(?::\w+)?(?:=\S+)? ?: (?:Pre-)?Depends: (?P<via>[\w.+\-]+)(?: \((?P<want>[^)]+)\))?(?: but (?P<got>.*))?`),
			title: "The package {subject} needs {via}, which cannot be installed.", remedy: "Look for an exclusion or a pinned version that forbids it."},
		{kind: PackageHeld, class: Definition, all: true, re: regexp.MustCompile(aptError + `(?:Held packages were changed|(?P<subject>[\w.+\-]+) is held)|^ *(?P<subject2>[\w.+\-]+) : .* is held`),
			title: "The package {subject} is held and may not change.", remedy: "Pin the version that is there."},
		{kind: PackageConflict, class: Definition, all: true, re: regexp.MustCompile(`^\s*(?:\d+\. )?(?P<subject>[\w.+\-]+):\w+=\S+ is (?:not )?selected for (?:install|removal)`),
			title: "The package {subject} takes part in a conflict.", remedy: "Leave one of the packages in conflict out, or unpin it."},
		{kind: VersionNotFound, class: Definition, all: true, re: regexp.MustCompile(`(?i)package "?(?P<subject>[\w.+\-]+)"? has no version "?(?P<want>[\w.+:~\-]+)|version "?(?P<want2>[\w.+:~\-]+)"? of (?:package )?"?(?P<subject2>[\w.+\-]+)"? (?:was )?not found`),
			title: "No repository has version {want} of {subject}.", remedy: "Choose a version that exists: old ones leave the repositories."},
		{kind: PackageNotFound, class: Definition, all: true, re: regexp.MustCompile(`(?i)(?:no such package|unknown package|package not found):? "?(?P<subject>[\w.+\-]+)"?|package "?(?P<subject2>[\w.+\-]+)"? (?:was not found|not found|does not exist)`),
			title: "No repository has the package {subject}.", remedy: "Check its name, and that its repository is listed."},
	}
})

var (
	apkMissing  = regexp.MustCompile(`^\s+(\S+) \(no such package\):`)
	apkChosen   = regexp.MustCompile(`^\s+([\w.+\-]+?)-(\d[\w.]*(?:_\w+)?(?:-r\d+)?):\s*$`)
	apkRequired = regexp.MustCompile(`^\s+(?:required by|breaks|satisfies|conflicts): *(.*)`)
	apkReason   = regexp.MustCompile(`([\w.+\-]+)\[([^\]]+)\]`)
)

// fromApk reads the block behind "unable to select packages", whose entries
// are a package and, deeper indented, who wants or forbids it:
//
//	nginx-1.29.4-r0:
//	  breaks: world[nginx=1.29.5-r1]
//
// world is the definition's own list.
func fromApk(lines []string) []Cause {
	start := -1
	for i, l := range lines {
		if strings.Contains(l, "unable to select packages") || strings.Contains(l, "unsatisfiable constraints") {
			start = i + 1
		}
	}
	if start < 0 {
		return nil
	}
	var out []Cause
	var current *Cause
	for _, l := range lines[start:] {
		if m := apkMissing.FindStringSubmatch(l); m != nil {
			out = append(out, apkNotFound(m[1]))
			current = &out[len(out)-1]
			continue
		}
		if m := apkChosen.FindStringSubmatch(l); m != nil {
			out = append(out, Cause{Class: Definition, Kind: PackageConflict, Subject: m[1], Got: m[2]})
			current = &out[len(out)-1]
			continue
		}
		if m := apkRequired.FindStringSubmatch(l); m != nil && current != nil {
			current.reasons(strings.TrimSpace(l), m[1])
		}
	}
	return once(worthTelling(out))
}

func apkNotFound(name string) Cause {
	c := Cause{Class: Definition, Kind: PackageNotFound, Subject: entryName(name)}
	c.Title = fmt.Sprintf("No repository has the package %s.", c.Subject)
	c.Remedy = "Check its name, and that its repository is listed."
	return c
}

// reasons takes one line of who wants or forbids the package.
func (c *Cause) reasons(line, list string) {
	for _, m := range apkReason.FindAllStringSubmatch(list, -1) {
		who, what := m[1], m[2]
		if who != "world" {
			c.Via = append(c.Via, strings.TrimRight(apkName(who), "-"))
			continue
		}
		if !strings.HasPrefix(line, "breaks") {
			continue
		}
		name, want, pinned := cutVersion(what)
		if name != c.Subject || !pinned {
			continue
		}
		c.Kind, c.Want = VersionNotFound, want
	}
	switch {
	case c.Kind == VersionNotFound:
		c.Title = fmt.Sprintf("No repository has version %s of %s; %s is there.", c.Want, c.Subject, c.Got)
		c.Remedy = "Choose a version that exists: old ones leave the repositories."
	case strings.HasPrefix(line, "conflicts") || strings.HasPrefix(line, "breaks"):
		c.Title = fmt.Sprintf("The package %s %s cannot be installed with %s.", c.Subject, c.Got, strings.Join(c.Via, ", "))
		c.Remedy = "Leave one of them out, or unpin it."
	}
}

// worthTelling drops the packages that apk lists only as satisfied.
func worthTelling(list []Cause) []Cause {
	var out []Cause
	for _, c := range list {
		if c.Title != "" {
			out = append(out, c)
		}
	}
	return out
}

var apkVersion = regexp.MustCompile(`-\d[\w.]*(?:-r\d+)?$`)

func apkName(nameVersion string) string { return apkVersion.ReplaceAllString(nameVersion, "") }

func entryName(entry string) string {
	name, _, _ := cutVersion(entry)
	return name
}

func cutVersion(entry string) (name, version string, pinned bool) {
	i := strings.IndexAny(entry, "=<>~")
	if i < 0 {
		return entry, "", false
	}
	return entry[:i], strings.TrimLeft(entry[i:], "=<>~"), true
}
