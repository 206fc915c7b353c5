package cause

import (
	"fmt"
	"regexp"
)

// emptySHA256 is the checksum of nothing.
const emptySHA256 = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

var anyURL = regexp.MustCompile(`https?://[^\s"'<>]+`)

// URL is the address that the failed step names, "" for none.
func (c *Cause) URL() string {
	if m := anyURL.FindString(c.Subject); m != "" {
		return m
	}
	return anyURL.FindString(c.Vertex)
}

// NothingCame reports a download that was empty: a server's refusal rather
// than new content.
func (c *Cause) NothingCame() bool { return c.Got == emptySHA256 }

// WithStatus is the cause of a checksum that is wrong because the server
// answered an error: BuildKit 0.34 does not look at the status of a download
// that has a checksum, and takes the error page for the file.
func (c Cause) WithStatus(url string, status int) Cause {
	if c.Kind != ChecksumMismatch || status < 400 {
		return c
	}
	c.Subject, c.Want, c.Got = url, "", ""
	switch {
	case status == 404 || status == 410:
		c.Class, c.Kind = Definition, URLNotFound
		c.Title = fmt.Sprintf("The URL does not exist (%d).", status)
		c.Remedy = "Check the version and the file name in it."
	case status == 401 || status == 403:
		c.Class, c.Kind = Environment, NotEntitled
		c.Title = fmt.Sprintf("The download of %s needs a login or is forbidden (%d).", url, status)
		c.Remedy = "Check that the URL is public; private files need a secret-id."
	case status == 429:
		c.Class, c.Kind = Environment, RateLimited
		c.Title, c.Remedy = "The server allows no more requests for now.", "Wait, then build again."
	default:
		c.Class, c.Kind, c.Action = Environment, ServerFailed, "retry"
		c.Title, c.Remedy = fmt.Sprintf("The server of %s failed to answer (%d).", url, status), "Build again later."
	}
	return c
}
