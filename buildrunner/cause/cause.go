// Package cause says why a build failed: it matches what BuildKit reports
// with a table of known failures and tells those of the definition from those
// of the environment.
//
// It knows nothing of YAML: package locate places a cause on the text.
package cause

import (
	"fmt"
	"strings"

	"github.com/moby/buildkit/solver/pb"
)

// Class says whose failure it is.
type Class uint8

const (
	// Unknown failures are shown as they are and blamed on nobody.
	Unknown Class = iota
	// Definition failures are mended in the YAML text.
	Definition
	// Environment failures are mended outside of it: no builder, no login,
	// no network, no space.
	Environment
	// Canceled builds failed because somebody stopped them.
	Canceled
)

var classNames = [...]string{"unknown", "definition", "environment", "canceled"}

func (c Class) String() string { return classNames[c] }

// Kind names a failure; it is the tail of a diagnostic's code.
type Kind string

// The kinds of failure. Comments name the node that a Definition kind is
// placed on.
const (
	PackageNotFound   Kind = "package-not-found" // the package entry
	VersionNotFound   Kind = "version-not-found" // the package entry
	PackageConflict   Kind = "package-conflict"  // the package entry
	PackageUnmet      Kind = "package-unmet"     // the package entry
	PackageHeld       Kind = "package-held"      // the package entry
	PackageFailed     Kind = "package-failed"    // the package entry
	RepositoryBroken  Kind = "repository-broken" // the repository
	SignatureUnknown  Kind = "signature-unknown" // the repository
	ChecksumMismatch  Kind = "checksum-mismatch" // the checksum
	URLNotFound       Kind = "url-not-found"     // the URL
	GitRefNotFound    Kind = "git-ref-not-found" // the URL
	ImageNotFound     Kind = "image-not-found"   // the artifact or action
	ImagePlatform     Kind = "image-platform"    // the artifact or action
	BadReference      Kind = "bad-reference"     // the artifact or action
	SourceNotFound    Kind = "source-not-found"  // the path's or output's source
	PathFailed        Kind = "path-failed"       // the path
	UserNotFound      Kind = "user-not-found"    // the user, group or run-as
	UserTaken         Kind = "user-taken"        // the user or group
	ShellMissing      Kind = "shell-missing"     // the shell, else the step
	WorkDirMissing    Kind = "work-dir-missing"  // the work-dir
	CommandNotFound   Kind = "command-not-found" // the line of the script
	UnboundVariable   Kind = "unbound-variable"  // the line of the script
	ShellSyntax       Kind = "shell-syntax"      // the line of the script
	ShellLine         Kind = "shell-line"        // the line of the script
	StepFailed        Kind = "step-failed"       // the step's script or action
	SyntaxInvalid     Kind = "syntax-invalid"    // BuildKit's location or line
	Rejected          Kind = "rejected"          // BuildKit's location or a value named
	NoBuilder         Kind = "no-builder"        // environment from here on
	DaemonLost        Kind = "daemon-lost"
	DaemonTooOld      Kind = "daemon-too-old"
	NotLoggedIn       Kind = "not-logged-in"
	NotEntitled       Kind = "not-entitled"
	NameResolution    Kind = "name-resolution"
	Network           Kind = "network"
	Proxy             Kind = "proxy"
	CertificateBad    Kind = "certificate-bad"
	RateLimited       Kind = "rate-limited"
	ServerFailed      Kind = "server-failed"
	DiskFull          Kind = "disk-full"
	OutOfMemory       Kind = "out-of-memory"
	EmulatorMissing   Kind = "emulator-missing"
	FrontendMissing   Kind = "frontend-missing"
	FrontendCrashed   Kind = "frontend-crashed"
	GeneratorMissing  Kind = "generator-missing"
	SecretMissing     Kind = "secret-missing"
	SSHMissing        Kind = "ssh-missing"
	NotAllowed        Kind = "not-allowed"
	OutputUnsupported Kind = "output-unsupported"
	OutputFailed      Kind = "output-failed"
	CredentialsFailed Kind = "credentials-failed"
	BuilderFailed     Kind = "builder-failed"
	Other             Kind = "other"
)

// Source is a location that BuildKit reports: ranges in one file.
type Source struct {
	File string
	// Data is the text that was built.
	Data []byte
	// Ranges have 1-based lines and 0-based characters; characters 0 to 0
	// mean whole lines, and an end before its start means one line.
	Ranges []*pb.Range
}

// Evidence is what a failed build left.
type Evidence struct {
	// Text is the error as BuildKit gives it.
	Text string
	// Connecting is set when the build never began for want of a daemon;
	// Unavailable, Unimplemented and Canceled are gRPC's codes.
	Connecting, Unavailable, Unimplemented, Canceled bool
	// Exited is set when a process ended with ExitCode.
	Exited   bool
	ExitCode int
	// Vertex is the name of the step that failed, "" when none did, and Log
	// the last lines that it printed.
	Vertex string
	Log    []string
	// Sources are BuildKit's locations, the innermost first.
	Sources []Source
	// Frontend is the image that the syntax directive names, Generator the
	// SBOM generator in use.
	Frontend, Generator string
}

// Cause is one reason of a failure.
type Cause struct {
	Class Class
	Kind  Kind
	// Subject is what the failure is about: a package, URL, path, image.
	Subject string
	// Want and Got are the versions or checksums that should have been the
	// same, as far as they are known.
	Want, Got string
	// Via are other subjects that lead to Subject, such as the packages that
	// depend on it, nearest first.
	Via []string
	// Line is the 1-based line of the shell script, 0 when unknown.
	Line int
	// Title says what failed in one sentence, Remedy how to mend it.
	Title, Remedy string
	// Action names what an editor can offer: "login", "retry", "secret".
	Action string
	// Vertex, ExitCode (-1 for none), Log and Sources are the evidence.
	Vertex   string
	ExitCode int
	Log      []string
	Sources  []Source
	// Text is the whole error.
	Text string
}

// Tail is the end of the log that people need to see, at most n lines.
func (c *Cause) Tail(n int) []string {
	return c.Log[max(0, len(c.Log)-n):]
}

// Untied is a cause in the definition of which the text that was built has
// nothing to show, so that its writer cannot be blamed. A step or a location
// may still tell what was being done: inStep says so.
func (c Cause) Untied(inStep bool) Cause {
	if c.Kind != PathFailed {
		c.Class = Unknown
		c.Remedy = strings.TrimSpace("Nothing in the definition can be told to be the cause: it may be the frontend's or the builder's, whose log tells more. " + c.Remedy)
		return c
	}
	c.Title = fmt.Sprintf("The path %s cannot be used.", c.Subject)
	if inStep {
		c.Class = Unknown
		c.Remedy = "The definition does not name it: it may be one of the builder's own, whose log tells more, or one that the step or the image it is in made."
		return c
	}
	c.Class, c.Kind = Environment, BuilderFailed
	c.Remedy = "The definition does not name it: it is the builder's or this machine's. Check there that it exists and may be used, and look at the daemon's log; restart the builder, or create a new one."
	return c
}

// Find names the causes of a failure, at least one. Several come only where
// one complaint lists several subjects, as a package manager does.
func Find(e Evidence) []Cause {
	lines := make([]string, 0, len(e.Log)+8)
	lines = append(lines, e.Log...)
	lines = append(lines, strings.Split(ownWords(e.Text), "\n")...)
	for _, stage := range stages {
		if found := stage(&e, lines); len(found) > 0 {
			return finish(&e, found)
		}
	}
	return nil
}

// stages are tried in order; the first that finds something decides, and the
// last always does.
var stages = []func(*Evidence, []string) []Cause{
	fromState, fromErrorText, fromLog, fromExit, fromLocation,
}

func finish(e *Evidence, list []Cause) []Cause {
	for i := range list {
		c := &list[i]
		c.Text, c.Vertex, c.Log, c.Sources = e.Text, e.Vertex, e.Log, e.Sources
		c.ExitCode = -1
		if e.Exited {
			c.ExitCode = e.ExitCode
		}
	}
	return list
}

func firstLine(s string) string {
	s = strings.TrimSpace(s)
	line, _, _ := strings.Cut(s, "\n")
	return line
}
