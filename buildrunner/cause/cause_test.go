package cause

import (
	"strings"
	"testing"
)

// Texts are those that BuildKit 0.34, apk 2.14, apt 2.6 and 3.0, bash,
// busybox and curl print.
var findCases = []struct {
	name    string
	e       Evidence
	class   Class
	kind    Kind
	subject string
	want    string
	got     string
	line    int
}{
	{"digest", Evidence{Text: "failed to solve: digest mismatch sha256:aa: sha256:bb"}, Definition, ChecksumMismatch, "", "sha256:bb", "sha256:aa", 0},
	{"http 404", Evidence{Text: "failed to solve: failed to load cache key: invalid response status 404"}, Definition, URLNotFound, "", "", "", 0},
	{"frontend 401", Evidence{Text: "failed to solve: failed to resolve source metadata for dhi.io/build:2-debian13: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://auth.docker.io/token: 401 Unauthorized", Frontend: "dhi.io/build:2-debian13"},
		Environment, NotLoggedIn, "dhi.io/build:2-debian13", "", "", 0},
	{"inner image", Evidence{Text: "failed to solve: failed to resolve image config for docker-image://docker.io/dhi/go-hermetic:0: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed"},
		Environment, NotEntitled, "docker.io/dhi/go-hermetic:0", "", "", 0},
	{"artifact", Evidence{Text: "failed to solve: failed to resolve source metadata for dhi.io/pkg-x:1: dhi.io/pkg-x:1: not found", Frontend: "dhi.io/build:2-debian13"},
		Definition, ImageNotFound, "dhi.io/pkg-x:1", "", "", 0},
	{"frontend", Evidence{Text: "failed to solve: failed to resolve source metadata for dhi.io/build:9: dhi.io/build:9: not found", Frontend: "dhi.io/build:9"},
		Environment, FrontendMissing, "dhi.io/build:9", "", "", 0},
	{"tls", Evidence{Text: "failed to do request: Head \"https://dhi.io/v2/\": tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		Environment, CertificateBad, "", "", "", 0},
	{"proxy", Evidence{Text: "failed to do request: Head \"https://dhi.io/v2/\": proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused"},
		Environment, Proxy, "", "", "", 0},
	{"dns", Evidence{Text: "failed to do request: Head \"https://dhi.io/v2/\": dial tcp: lookup dhi.io on 127.0.0.1:53: no such host"},
		Environment, NameResolution, "dhi.io", "", "", 0},
	{"old daemon", Evidence{Text: "unknown method Info", Connecting: true, Unimplemented: true}, Environment, DaemonTooOld, "", "", "", 0},
	{"canceled", Evidence{Text: "context canceled", Canceled: true}, Canceled, Other, "", "", "", 0},
	{"privileged", Evidence{Text: "failed to solve: granting entitlement security.insecure is not allowed by build daemon configuration"},
		Environment, NotAllowed, "security.insecure", "", "", 0},
	{"the script is not evidence", Evidence{Text: `failed to solve: process "/bin/sh -c echo no space left on device; exit 1" did not complete successfully: exit code: 1`, Exited: true, ExitCode: 1, Vertex: "x"},
		Definition, StepFailed, "", "", "", 0},
	{"a trace is not evidence", Evidence{Text: "exit code: 1", Exited: true, ExitCode: 1, Vertex: "x", Log: []string{"+ grep -q 'bash: line 3: a: not found'"}},
		Definition, StepFailed, "", "", "", 0},
	{"a failure in passing", Evidence{Text: "exit code: 1", Exited: true, ExitCode: 1, Vertex: "x", Log: append([]string{"curl: (6) Could not resolve host: a.example"}, strings.Split(strings.Repeat("compiling\n", 40), "\n")...)},
		Definition, StepFailed, "", "", "", 0},
	{"the last complaint", Evidence{Text: "exit code: 127", Exited: true, ExitCode: 127, Vertex: "x", Log: []string{"bash: line 2: a: command not found", "bash: line 9: b: command not found"}},
		Definition, CommandNotFound, "b", "", "", 9},
	{"apk pin", Evidence{Exited: true, ExitCode: 1, Vertex: "x", Log: []string{"ERROR: unable to select packages:", "  nginx-1.29.6-r0:", "    breaks: world[nginx=1.29.5-r1]"}},
		Definition, VersionNotFound, "nginx", "1.29.5-r1", "1.29.6-r0", 0},
	{"apk dependency", Evidence{Exited: true, ExitCode: 1, Vertex: "x", Log: []string{"ERROR: unable to select packages:", "  so:libfoo.so.1 (no such package):", "    required by: bar-baz-1.0-r0[so:libfoo.so.1]"}},
		Definition, PackageNotFound, "so:libfoo.so.1", "", "", 0},
	{"apt version", Evidence{Exited: true, ExitCode: 100, Vertex: "x", Log: []string{"E: Version '1.2-3' for 'foo' was not found"}},
		Definition, VersionNotFound, "foo", "1.2-3", "", 0},
	{"mirror first", Evidence{Exited: true, ExitCode: 100, Vertex: "x", Log: []string{"  Temporary failure resolving 'deb.debian.org'", "E: Unable to locate package foo"}},
		Environment, NameResolution, "deb.debian.org", "", "", 0},
	{"credential helper", Evidence{Text: `failed to solve: failed to resolve source metadata for dhi.io/build:2-debian13: error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: ""`},
		Environment, CredentialsFailed, "docker-credential-desktop", "", "", 0},
	{"the builder's own paths", Evidence{Text: "failed to solve: mkdir /var/lib/buildkit/runc-overlayfs/x: permission denied", Vertex: "x"}, Environment, BuilderFailed, "/var/lib/buildkit/runc-overlayfs/x", "", "", 0},
	{"killed under a shell", Evidence{Text: "exit code: 137", Exited: true, ExitCode: 137, Vertex: "x", Log: []string{"bash: line 3:    12 Killed                  make -j8"}}, Environment, OutOfMemory, "", "", "", 0},
	{"compiler killed", Evidence{Text: "exit code: 2", Exited: true, ExitCode: 2, Vertex: "x", Log: []string{"g++: fatal error: Killed signal terminated program cc1plus", "compilation terminated."}}, Environment, OutOfMemory, "", "", "", 0},
	{"apk 3", Evidence{Exited: true, ExitCode: 1, Vertex: "x", Log: []string{"WARNING: updating and opening https://a.example/alpine/v3.23/main: temporary error (try again later)", "ERROR: unable to select packages:", "  a (no such package):"}}, Environment, Network, "https://a.example/alpine/v3.23/main", "", "", 0},
	{"deb gone", Evidence{Exited: true, ExitCode: 100, Vertex: "x", Log: []string{"E: Failed to fetch http://deb.debian.org/debian/pool/main/c/curl/curl_8.14.1-2_amd64.deb  404  Not Found [IP: 1.2.3.4 80]"}}, Definition, VersionNotFound, "curl", "8.14.1-2", "", 0},
	{"dpkg", Evidence{Exited: true, ExitCode: 100, Vertex: "x", Log: []string{"dpkg: error processing package tzdata (--configure):"}}, Definition, PackageFailed, "tzdata", "", "", 0},
	{"proxy of Go modules", Evidence{Exited: true, ExitCode: 1, Vertex: "x", Log: []string{`go: a.example/b@v1.2.3: Get "https://proxy.golang.org/x": dial tcp: lookup proxy.golang.org on 10.0.0.2:53: server misbehaving`}}, Environment, NameResolution, "proxy.golang.org", "", "", 0},
	{"git through curl", Evidence{Exited: true, ExitCode: 128, Vertex: "x", Log: []string{"error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502"}}, Environment, ServerFailed, "", "", "", 0},
	{"compiler's own errors", Evidence{Text: "exit code: 1", Exited: true, ExitCode: 1, Vertex: "x", Log: []string{"configure: error: no acceptable C compiler found in $PATH"}}, Definition, StepFailed, "", "", "", 0},
	{"a field the frontend does not know", Evidence{Text: `failed to solve: unknown field "pacakges"`}, Unknown, Rejected, "pacakges", "", "", 0},
	{"nothing known", Evidence{Text: "something odd"}, Unknown, Rejected, "", "", "", 0},
	{"nothing at all", Evidence{}, Unknown, Rejected, "", "", "", 0},
}

func TestFind(t *testing.T) {
	for _, c := range findCases {
		t.Run(c.name, func(t *testing.T) {
			got := Find(c.e)[0]
			if got.Class != c.class || got.Kind != c.kind || got.Subject != c.subject || got.Want != c.want || got.Got != c.got || got.Line != c.line {
				t.Errorf("%v %s subject %q want %q got %q line %d", got.Class, got.Kind, got.Subject, got.Want, got.Got, got.Line)
			}
			if strings.ContainsAny(got.Title+got.Remedy, "{}") {
				t.Errorf("unfilled text: %q %q", got.Title, got.Remedy)
			}
		})
	}
}

func TestSeveralSubjects(t *testing.T) {
	got := Find(Evidence{Vertex: "x", Log: []string{
		"ERROR: unable to select packages:", "  a (no such package):", "    required by: world[a]", "  b (no such package):", "    required by: world[b]",
	}})
	if len(got) != 2 || got[0].Subject != "a" || got[1].Subject != "b" {
		t.Errorf("%+v", got)
	}
	got = Find(Evidence{Vertex: "x", Log: []string{"E: Unable to locate package a", "E: Unable to locate package b"}})
	if len(got) != 2 || got[0].Subject != "a" || got[1].Subject != "b" {
		t.Errorf("%+v", got)
	}
}

func TestDependents(t *testing.T) {
	got := Find(Evidence{Vertex: "x", Log: []string{"ERROR: unable to select packages:", "  so:libfoo.so.1 (no such package):", "    required by: bar-baz-1.0-r0[so:libfoo.so.1]"}})
	if len(got) != 1 || len(got[0].Via) != 1 || got[0].Via[0] != "bar-baz" {
		t.Errorf("%+v", got)
	}
}

func TestWithStatus(t *testing.T) {
	mismatch := Cause{Class: Definition, Kind: ChecksumMismatch, Got: emptySHA256, Vertex: "fetch https://a.example/b.tgz"}
	for status, want := range map[int]Kind{0: ChecksumMismatch, 200: ChecksumMismatch, 206: ChecksumMismatch, 404: URLNotFound, 403: NotEntitled, 429: RateLimited, 502: ServerFailed} {
		if got := mismatch.WithStatus(mismatch.URL(), status); got.Kind != want {
			t.Errorf("%d: %s, want %s", status, got.Kind, want)
		}
	}
	if !mismatch.NothingCame() || mismatch.URL() != "https://a.example/b.tgz" {
		t.Errorf("%q", mismatch.URL())
	}
}

// Every row must be reachable and speak to people.
func TestRowsAreWorded(t *testing.T) {
	for _, rows := range [][]row{textRows(), logRows(), packageRows(), repositoryRows()} {
		for _, r := range rows {
			if r.title == "" || r.class == Unknown || r.kind == "" {
				t.Errorf("row %s of class %v has the title %q", r.re, r.class, r.title)
			}
			if r.class == Environment && r.remedy == "" {
				t.Errorf("row %s has no remedy", r.re)
			}
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, c := range findCases {
		f.Add(c.e.Text, strings.Join(c.e.Log, "\n"), c.e.ExitCode)
	}
	f.Fuzz(func(t *testing.T, text, log string, code int) {
		found := Find(Evidence{Text: text, Log: strings.Split(log, "\n"), Exited: code != 0, ExitCode: code, Vertex: "step"})
		if len(found) == 0 {
			t.Fatal("no cause")
		}
		for _, c := range found {
			if c.Line < 0 {
				t.Fatalf("line %d", c.Line)
			}
		}
	})
}
