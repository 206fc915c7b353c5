package cause

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// fromState decides by typed facts alone.
func fromState(e *Evidence, _ []string) []Cause {
	switch {
	case e.Canceled:
		return []Cause{{Class: Canceled, Kind: Other, Title: "The build was canceled."}}
	case e.Connecting && e.Unimplemented:
		return environment(DaemonTooOld, "The daemon is too old, or is not BuildKit.", "Update Docker or BuildKit, or choose another builder.")
	case e.Connecting:
		return environment(NoBuilder, oneLine(e.Text), "Start Docker or buildkitd, or choose a builder; dhi-ls doctor shows what was tried.")
	case e.Exited && e.ExitCode == killed:
		return environment(OutOfMemory, "A process was killed (exit code 137): most likely the builder is out of memory.", "Give the builder more memory, or let the step use less.")
	case e.Unavailable && e.Vertex == "":
		return environment(DaemonLost, "The connection to the builder was lost.", "Look at the daemon's log and build again.")
	}
	return nil
}

// oneLine is what was tried to find a builder, as a sentence.
func oneLine(tried string) string {
	head, rest, _ := strings.Cut(strings.TrimSpace(tried), "\n")
	if rest == "" {
		return "No builder can be used: " + head + "."
	}
	var parts []string
	for line := range strings.SplitSeq(rest, "\n") {
		parts = append(parts, strings.TrimSpace(line))
	}
	return "No builder can be used; tried " + strings.Join(parts, ", ") + "."
}

// killed is the exit code of a process that SIGKILL ended.
const killed = 137

func environment(k Kind, title, remedy string) []Cause {
	return []Cause{{Class: Environment, Kind: k, Title: title, Remedy: remedy}}
}

// fromErrorText matches the error itself, which speaks of what BuildKit did,
// not of what a step printed.
func fromErrorText(e *Evidence, _ []string) []Cause {
	text := ownWords(e.Text)
	rows := textRows()
	for i := range rows {
		r := &rows[i]
		m := r.re.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		c := r.cause(m)
		if adjust(e, &c) {
			return []Cause{c}
		}
	}
	return nil
}

// quotedProcess is how BuildKit repeats the script of a failed step, which
// must not be taken for what went wrong.
var quotedProcess = regexp.MustCompile(`(?s)process ".*" did not complete successfully`)

func ownWords(text string) string {
	return quotedProcess.ReplaceAllString(text, "process did not complete successfully")
}

// adjust turns an image's failure into the frontend's or the generator's when
// it is theirs. It reports false for a row that does not apply after all.
func adjust(e *Evidence, c *Cause) bool {
	if c.Kind != ImageNotFound && c.Kind != ImagePlatform {
		return true
	}
	switch {
	case sameImage(c.Subject, e.Frontend):
		*c = environment(FrontendMissing, fmt.Sprintf("The frontend %s does not exist.", c.Subject),
			"Check the first line of the definition; the build guide lists the frontends there are.")[0]
		c.Subject = e.Frontend
	case sameImage(c.Subject, e.Generator):
		*c = environment(GeneratorMissing, fmt.Sprintf("The SBOM generator %s does not exist.", c.Subject), "Give another with --sbom=generator=IMAGE.")[0]
		c.Subject = e.Generator
	}
	return true
}

// sameImage compares references without their defaults.
func sameImage(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	trim := func(s string) string {
		s, _, _ = strings.Cut(s, "@")
		s = strings.TrimPrefix(s, "docker.io/")
		return strings.TrimSuffix(strings.TrimPrefix(s, "library/"), ":latest")
	}
	return trim(a) == trim(b)
}

// endLines is how many lines at the end of a log count for failures that
// tools also print in passing, such as a name that did not resolve at first.
const endLines = 20

// fromLog matches what the failed step printed, and the error's lines, for a
// frontend may give a tool's complaint as its error. A row that can list
// several subjects gives a cause for each.
func fromLog(e *Evidence, lines []string) []Cause {
	if found := fromPackageManagers(lines); len(found) > 0 {
		return found
	}
	// The last complaint is what ended the step; those before it were
	// survived.
	for i := len(lines) - 1; i >= 0; i-- {
		if c, ok := complaint(e, lines[i], len(lines)-i <= endLines); ok {
			return []Cause{c}
		}
	}
	return nil
}

// complaint matches one line with the tools' rows.
func complaint(e *Evidence, line string, nearEnd bool) (Cause, bool) {
	if strings.HasPrefix(line, "+ ") {
		return Cause{}, false
	}
	line = ownWords(line)
	rows := logRows()
	for i := range rows {
		r := &rows[i]
		if r.end && !nearEnd {
			continue
		}
		m := r.re.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if c := r.cause(m); adjust(e, &c) {
			return c, true
		}
	}
	return Cause{}, false
}

// scan reads the lines of a package manager, from the end; with all, each
// subject is a cause.
func (r *row) scan(e *Evidence, lines []string) []Cause {
	var out []Cause
	seen := map[string]bool{}
	for i := len(lines) - 1; i >= 0; i-- {
		m := r.re.FindStringSubmatch(ownWords(lines[i]))
		if m == nil || strings.HasPrefix(lines[i], "+ ") {
			continue
		}
		c := r.cause(m)
		if seen[c.Subject] || !adjust(e, &c) {
			continue
		}
		seen[c.Subject] = true
		out = append(out, c)
		if !r.all {
			break
		}
	}
	// The log was read from its end; give the subjects in its order.
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// fromExit: a process ended in failure and nothing known was printed.
func fromExit(e *Evidence, _ []string) []Cause {
	if !e.Exited {
		return nil
	}
	if e.Vertex == "" {
		return environment(FrontendCrashed, fmt.Sprintf("The frontend %s ended with exit code %d before it built anything.", e.Frontend, e.ExitCode),
			"What it printed is in the daemon's log only. Try another version of the frontend.")
	}
	title := fmt.Sprintf("The step ended with exit code %d.", e.ExitCode)
	return []Cause{{Class: Definition, Kind: StepFailed, Title: title}}
}

// fromLocation: a location that is not the syntax line means that the
// frontend blames the text.
func fromLocation(e *Evidence, _ []string) []Cause {
	title := lastPart(e.Text)
	for _, s := range e.Sources {
		for _, r := range s.Ranges {
			if r.GetStart().GetLine() > 1 {
				return []Cause{{Class: Definition, Kind: Rejected, Title: title}}
			}
		}
	}
	if strings.HasPrefix(e.Vertex, "exporting") || strings.HasPrefix(e.Vertex, "pushing") || strings.HasPrefix(e.Vertex, "sending") {
		return environment(OutputFailed, "The result could not be written: "+title, "The definition was built; look at where its result goes.")
	}
	// Whose mistake it is cannot be known; what the text quotes may show
	// where to look.
	return []Cause{{Class: Unknown, Kind: Rejected, Title: title, Subject: quoted(title)}}
}

var wrappers = regexp.MustCompile(`^(?:failed to solve|failed to solve with frontend [^:]+|failed to build LLB|failed to load cache key|failed to compute cache key)(?::\s*|$)|^rpc error: code = \w+ desc = `)

// lastPart takes BuildKit's own prefixes off an error.
func lastPart(text string) string {
	text = firstLine(text)
	for {
		cut := wrappers.ReplaceAllString(text, "")
		if cut == text || cut == "" {
			return text
		}
		text = cut
	}
}

var quotes = regexp.MustCompile("[\"'`]([^\"'`]{2,})[\"'`]")

func quoted(text string) string {
	if m := quotes.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// row is one known failure.
type row struct {
	kind  Kind
	class Class
	// re may have the groups subject, want, got, line and via.
	re *regexp.Regexp
	// all takes every line that matches, end only the last lines of a log.
	all, end bool
	// title and remedy may name the groups in braces.
	title, remedy string
	action        string
}

func (r *row) cause(m []string) Cause {
	c := Cause{Class: r.class, Kind: r.kind, Action: r.action}
	pairs := make([]string, 0, 10)
	for i, name := range r.re.SubexpNames() {
		if name == "" || m[i] == "" {
			continue
		}
		pairs = append(pairs, "{"+strings.TrimRight(name, "0123456789")+"}", m[i])
		c.set(strings.TrimRight(name, "0123456789"), m[i])
	}
	pairs = append(pairs, "{host}", hostOf(c.Subject), "{subject}", "it", "{want}", "another", "{got}", "unknown", "{line}", "?")
	fill := strings.NewReplacer(pairs...)
	c.Title, c.Remedy = fill.Replace(r.title), fill.Replace(r.remedy)
	return c
}

func (c *Cause) set(name, value string) {
	switch name {
	case "subject":
		c.Subject = value
	case "want":
		c.Want = value
	case "got":
		c.Got = value
	case "via":
		c.Via = append(c.Via, value)
	case "line":
		c.Line, _ = strconv.Atoi(value)
	}
}

// hostOf is the registry or server that a reference or URL names.
func hostOf(subject string) string {
	if _, rest, ok := strings.Cut(subject, "://"); ok {
		subject = rest
	}
	host, _, ok := strings.Cut(subject, "/")
	if !ok || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return "docker.io"
	}
	return host
}

// OwnText is the cause's error without the script that BuildKit repeats in it.
func OwnText(c *Cause) string { return ownWords(c.Text) }
