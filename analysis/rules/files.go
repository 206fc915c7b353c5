package rules

import (
	"path"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func fileRules() []*Rule {
	return []*Rule{
		{ID: "file-url-malformed", Summary: "A file's URL has no form that can be fetched", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkFileURLs},
		{ID: "file-git-ref-not-pinned", Summary: "A git source is not pinned to a commit", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkGitPins},
		{ID: "file-git-checksum-not-sha1", Summary: "The checksum of a git source is no commit id", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkGitChecksums},
		{ID: "file-git-ref-vs-checksum", Summary: "A git source names one commit in its URL and another in its checksum", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkGitRefAgainstChecksum},
		{ID: "file-checksum-malformed", Summary: "A checksum has no known form", Level: always(diagnostic.Error), Kinds: Definitions, Fix: SafeFix, Check: checkFileChecksums},
		{ID: "file-checksum-remote", Summary: "A checksum is fetched from the network together with its file", Level: always(diagnostic.Info), Kinds: Definitions, Check: checkRemoteChecksums},
		{ID: "file-url-no-checksum", Summary: "A file is downloaded and nothing verifies it", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkFileUnverified},
		{ID: "file-url-no-checksum-immutable", Summary: "A file of a fixed commit is downloaded without a checksum", Level: always(diagnostic.Info), Kinds: Definitions, Check: checkImmutableUnverified},
		{ID: "file-url-http", Summary: "A file with a checksum is downloaded over plain HTTP", Level: always(diagnostic.Info), Kinds: Definitions, Check: checkFileHTTP},
		{ID: "file-url-http-no-checksum", Summary: "A file is downloaded over plain HTTP and nothing verifies it", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkFileHTTPUnverified},
		{ID: "file-path-not-absolute", Summary: "The path of a file is not absolute", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkFilePath},
		{ID: "file-mode-malformed", Summary: "The mode of a file or an output is no octal number", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkFileModes},
		{ID: "file-mode-not-4-digits", Summary: "The mode of a file or an output is not written with four digits", Level: always(diagnostic.Info), Kinds: Definitions, Fix: SafeFix, Check: checkFileModeDigits},
		{ID: "file-field-missing", Summary: "A file lacks a field", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkFileFields},
		{ID: "file-duplicate", Summary: "Two files are put at one path", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkFileDuplicates},
	}
}

// fileSource is a file with its URL taken apart. URL and Ref are resolved.
type fileSource struct {
	*definition.File
	Scope *definition.Contents
	URL   string
	// Git says that the URL is that of a git repository, Ref what stands
	// behind its #.
	Git bool
	Ref string
	// RefRange is the place of the ref in the file, of the whole URL where it
	// comes from a variable or is missing.
	RefRange text.Range
}

const gitScheme = "git+"

// checkFilePath wants what all files of the public catalog have: a path that
// says where it begins.
func checkFilePath(p *Pass) {
	for _, c := range p.Def.Scopes() {
		for i := range c.Files {
			f := c.Files[i].Path
			v, known := p.known(f)
			if !f.Set() || v == "" || strings.HasPrefix(v, "/") || strings.HasPrefix(v, "$") || strings.Contains(f.Value(), "{") && !known {
				continue
			}
			found := p.Report(f.Range(), "`%s` is not absolute: nothing says below which directory the file is put", v)
			if c.Stage != nil {
				found.Help("begin it with `${source.dir}/`, or with `/`")
			} else {
				found.Help("begin it with `/`")
			}
		}
	}
}

var commitID = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// sources calls f for every file whose URL is known.
func (p *Pass) sources(f func(fileSource)) {
	p.sourcesOf(p.Def.Contents, f)
	for i := range p.Def.Contents.Builds {
		p.sourcesOf(p.Def.Contents.Builds[i].Contents, f)
	}
}

func (p *Pass) sourcesOf(c *definition.Contents, f func(fileSource)) {
	for i := range c.Files {
		file := &c.Files[i]
		url, ok := p.known(file.URL)
		if !ok || url == "" {
			continue
		}
		s := fileSource{File: file, Scope: c, URL: url, RefRange: file.URL.Range()}
		s.Git = strings.HasPrefix(url, gitScheme) || strings.HasPrefix(url, "git://")
		if hash := strings.IndexByte(url, '#'); s.Git && hash >= 0 {
			s.Ref = url[hash+1:]
			s.RefRange = p.within(file.URL, url, text.Range{Start: hash + 1, End: len(url)})
		}
		f(s)
	}
}

// within is a range of a field's resolved value in the file: the exact one
// where nothing had to be resolved, else that of the whole value.
func (p *Pass) within(f definition.Field, resolved string, r text.Range) text.Range {
	if f.Value() != resolved || r.Empty() {
		return f.Range()
	}
	return p.In(f.Node, r)
}

func (s fileSource) web() bool {
	return strings.HasPrefix(s.URL, "https://") || s.http()
}

func (s fileSource) http() bool { return strings.HasPrefix(s.URL, "http://") }

func checkGitPins(p *Pass) {
	p.sources(func(s fileSource) {
		if s.Git && s.Ref == "" && s.Checksum.Present() {
			p.Report(s.RefRange, "the git source names no commit: the branch that is fetched agrees with the `checksum` only until it moves").
				Help("name the tag or the commit behind a #")
			return
		}
		if !s.Git || s.Checksum.Present() || commitID.MatchString(s.Ref) || checkedOut(s) {
			return
		}
		if s.Ref == "" {
			p.Report(s.RefRange, "the git source names no commit: what is built depends on the day").
				Help("add #TAG and the commit as `checksum`, or the commit itself as #COMMIT")
			return
		}
		p.Report(s.RefRange, "`%s` is not pinned to a commit: a branch or tag can be moved", s.Ref).
			Help("add the commit as `checksum`, or name it behind the # instead")
	})
}

// checkedOut reports whether a git/checkout step of the stage holds the
// source to a commit.
func checkedOut(s fileSource) bool {
	if s.Scope.Stage == nil {
		return false
	}
	for i := range s.Scope.Stage.Pipeline {
		step := &s.Scope.Stage.Pipeline[i]
		if !strings.HasPrefix(step.Uses.Value(), "git/checkout@") || step.With.Get("expected-commit") == nil {
			continue
		}
		dir := step.With.Get("dir")
		if dir == nil || below(s.Path.Value(), dir.Value) || below(dir.Value, s.Path.Value()) {
			return true
		}
	}
	return false
}

// below reports whether the path is the directory or stands below it.
func below(path, dir string) bool {
	dir = strings.TrimSuffix(dir, "/")
	rest, ok := strings.CutPrefix(strings.TrimSuffix(path, "/"), dir)
	return ok && (rest == "" || rest[0] == '/')
}

func checkGitChecksums(p *Pass) {
	p.sources(func(s fileSource) {
		sum, ok := p.known(s.Checksum)
		if !ok || !s.Git || commitID.MatchString(sum) {
			return
		}
		if isHex(sum) && len(sum) >= 7 && len(sum) < 40 {
			p.Report(s.Checksum.Range(), "`%s` is an abbreviated commit id: write all 40 hex digits", sum).AtMost(diagnostic.Warning)
			return
		}
		p.Report(s.Checksum.Range(), "the checksum of a git source is a commit id of 40 hex digits, not `%s`", shorten(sum))
	})
}

func checkGitRefAgainstChecksum(p *Pass) {
	p.sources(func(s fileSource) {
		sum, ok := p.known(s.Checksum)
		if ok && s.Git && commitID.MatchString(s.Ref) && commitID.MatchString(sum) && s.Ref != sum {
			p.Report(s.Checksum.Range(), "the checksum is commit `%s`, but the URL names commit `%s`", sum[:12], s.Ref[:12]).
				Related(s.RefRange, "the commit that is fetched")
		}
	})
}

// digestLengths are the hex digits of each checksum algorithm.
var digestLengths = map[string]int{"sha256": 64, "sha384": 96, "sha512": 128}

func checkFileChecksums(p *Pass) {
	p.sources(func(s fileSource) {
		sum, ok := p.known(s.Checksum)
		if !ok || s.Git || !s.web() || strings.HasPrefix(sum, "https://") || strings.HasPrefix(sum, "http://") {
			return
		}
		at := s.Checksum.Range()
		algorithm, digits, found := strings.Cut(sum, ":")
		switch want := digestLengths[algorithm]; {
		case !found && len(sum) == 64 && isHex(strings.ToLower(sum)):
			f := p.Report(at, "the checksum lacks its algorithm: expected `sha256:` and 64 hex digits")
			f.Fix("Add `sha256:`", true, Replace(text.At(p.In(s.Checksum.Node, text.At(0)).Start), "sha256:"))
		case !found:
			p.Report(at, "`%s` is no checksum: expected `sha256:` and 64 hex digits, or the URL of a checksum file", shorten(sum))
		case want == 0:
			p.Report(at, "`%s` is no algorithm for a checksum: expected sha256, sha384 or sha512", shorten(algorithm))
		case !isHex(strings.ToLower(digits)):
			p.Report(at, "the checksum has characters that are no hex digits")
		case len(digits) != want:
			p.Report(at, "a %s checksum has %d hex digits, this one has %d", algorithm, want, len(digits))
		case !isHex(digits):
			p.Report(at, "the hex digits of a checksum are written in lower case").AtMost(diagnostic.Warning).
				Fix("Write it in lower case", true, Replace(p.In(s.Checksum.Node, text.Range{Start: 0, End: len(s.Checksum.Value())}), strings.ToLower(s.Checksum.Value())))
		}
	})
}

func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}

// shorten cuts long values for messages.
func shorten(s string) string {
	const limit = 60
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

func checkRemoteChecksums(p *Pass) {
	p.sources(func(s fileSource) {
		sum, ok := p.known(s.Checksum)
		if !ok || s.Git || !strings.HasPrefix(sum, "https://") && !strings.HasPrefix(sum, "http://") {
			return
		}
		f := p.Report(s.Checksum.Range(), "the checksum comes from the network with every build: it shows a broken download, not a replaced one")
		if hostOf(sum) == hostOf(s.URL) {
			f.Help("write the digest itself: sha256: and its 64 hex digits")
		}
	})
}

func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// fileUnverified reports whether nothing checks what is downloaded: no checksum,
// no step of the stage that verifies signatures or sums, no abuild, which
// checks the sums of the APKBUILD.
func (p *Pass) fileUnverified(s fileSource) bool {
	return s.web() && !s.Checksum.Present() && !p.verifies(s.Scope.Stage) && !isProof(s.URL) && !isProof(s.Path.Value())
}

// proofExtensions and proofNames are how the names of signatures, keys and
// lists of sums end, which are verified by their use.
var (
	proofExtensions = stringSet(".asc", ".sig", ".sign", ".signature", ".gpg", ".key", ".pub", ".pem", ".crt", ".cer", ".cert",
		".minisig", ".sigstore", ".bundle", ".att", ".sha1", ".sha256", ".sha384", ".sha512", ".sha256sum", ".sha512sum",
		".md5", ".sum", ".sums", ".digest", ".dsc")
	proofNames = []string{"sha256sums", "sha512sums", "shasums", "shasums256", "shasums512", "sha256", "sha512", "checksum", "checksums",
		"md5sums", "/keys", ".sigstore.json", ".intoto.jsonl"}
)

func stringSet(list ...string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set
}

func isProof(name string) bool {
	name, _, _ = strings.Cut(name, "?")
	name = strings.ToLower(name[max(strings.LastIndexByte(name, '/'), 0):])
	if proofExtensions[path.Ext(name)] {
		return true
	}
	name = strings.TrimSuffix(name, ".txt")
	for _, n := range proofNames {
		if strings.HasSuffix(name, n) {
			return true
		}
	}
	return false
}

// verifyingActions are those that check what was downloaded.
var verifyingActions = []string{"gpg/verify@", "cosign/verify-blob@", "abuild/"}

// verifyingCommands in a script do the same.
var verifyingCommands = []string{"sha256sum", "sha512sum", "sha384sum", "shasum", "gpg --verify", "gpgv", "cosign verify", "minisign", "openssl dgst", "gh attestation verify"}

func (p *Pass) verifies(b *definition.Build) bool {
	if b == nil {
		return false
	}
	for i := range b.Pipeline {
		step := &b.Pipeline[i]
		for _, a := range verifyingActions {
			if strings.HasPrefix(step.Uses.Value(), a) {
				return true
			}
		}
		for _, c := range verifyingCommands {
			if strings.Contains(step.Runs.Value(), c) {
				return true
			}
		}
	}
	return false
}

// immutable is a URL that holds a commit, so that its content cannot change
// while the server is honest.
var immutable = regexp.MustCompile(`^https?://(?:raw\.githubusercontent\.com/[^/]+/[^/]+|github\.com/[^/]+/[^/]+/(?:raw|archive|commit)|[^/]+/.*/-/(?:raw|archive|commit))/[0-9a-f]{40}(?:[./]|$)`)

func checkFileUnverified(p *Pass) {
	p.sources(func(s fileSource) {
		if !s.http() && p.fileUnverified(s) && !immutable.MatchString(s.URL) {
			p.Report(s.File.URL.Range(), "the file has no `checksum`, and no step of the stage verifies it").
				Help("add checksum: sha256:… of the file, or verify a signature with gpg/verify@v1 or cosign/verify-blob@v1")
		}
	})
}

func checkImmutableUnverified(p *Pass) {
	p.sources(func(s fileSource) {
		if !s.http() && p.fileUnverified(s) && immutable.MatchString(s.URL) {
			p.Report(s.File.URL.Range(), "the URL names a commit, but the file has no `checksum`: its server is trusted").Help("add checksum: sha256:… and its 64 hex digits")
		}
	})
}

func checkFileHTTP(p *Pass) {
	p.sources(func(s fileSource) {
		if s.http() && s.Checksum.Present() {
			p.Report(p.within(s.File.URL, s.URL, text.Range{Start: 0, End: len("http://")}), "the file is downloaded over plain HTTP; its checksum is verified, but others see what is fetched").
				Help("use https:// if the host offers it")
		}
	})
}

func checkFileHTTPUnverified(p *Pass) {
	p.sources(func(s fileSource) {
		if !s.http() || s.Checksum.Present() || isProof(s.URL) {
			return
		}
		at := p.within(s.File.URL, s.URL, text.Range{Start: 0, End: len("http://")})
		if p.verifies(s.Scope.Stage) {
			p.Report(at, "the file is downloaded over plain HTTP; a step of the stage verifies it").AtMost(diagnostic.Info).Help("use https:// if the host offers it")
			return
		}
		p.Report(at, "the file is downloaded over plain HTTP without a `checksum`: anybody on the way can replace it").
			Help("add checksum: sha256:…, or use https://")
	})
}

func checkFileModes(p *Pass) {
	p.fileModes(func(f definition.Field, mode string) {
		if !isOctal(mode) || len(mode) > 5 || len(mode) == 5 && mode[0] != '0' {
			p.Report(f.Range(), "`%s` is no mode: expected four octal digits such as \"0644\"", shorten(mode))
		}
	})
}

func checkFileModeDigits(p *Pass) {
	p.fileModes(func(f definition.Field, mode string) {
		if !isOctal(mode) || len(mode) == 4 || len(mode) > 5 || len(mode) == 5 && mode[0] != '0' {
			return
		}
		want := strings.Repeat("0", max(4-len(mode), 0)) + mode[max(len(mode)-4, 0):]
		f2 := p.Report(f.Range(), "the mode `%s` is usually written with four digits: \"%s\"", mode, want)
		f2.Fix("Write \""+want+"\"", true, Replace(f.Node.Range, `"`+want+`"`))
	})
}

// fileModes calls check for the modes of files and outputs.
func (p *Pass) fileModes(check func(definition.Field, string)) {
	p.sources(func(s fileSource) {
		if mode, ok := p.known(s.File.Mode); ok {
			check(s.File.Mode, mode)
		}
	})
	p.eachOutput(func(_ *definition.Build, o *definition.Output) {
		if mode, ok := p.known(o.Mode); ok && o.Mode.Set() && o.Mode.Node.Type == syntax.String {
			check(o.Mode, mode)
		}
	})
}

func isOctal(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '7' {
			return false
		}
	}
	return s != ""
}

func checkFileDuplicates(p *Pass) {
	for _, c := range p.Def.Scopes() {
		if len(c.Files) < 2 {
			continue
		}
		seen := make(map[string]*definition.File, len(c.Files))
		for i := range c.Files {
			f := &c.Files[i]
			path := strings.TrimSuffix(f.Path.Value(), "/")
			first := seen[path]
			if path == "" || len(f.Platforms) > 0 {
				continue
			}
			if first == nil {
				seen[path] = f
				continue
			}
			if !strings.HasSuffix(f.Path.Value(), "/") {
				p.Report(f.Path.Range(), "another file is put at `%s` already", path).Related(first.Path.Range(), "the first one")
			}
		}
	}
}
