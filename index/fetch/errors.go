// Package fetch gets small and large files over HTTP and from folders, within
// a policy of where it may go, and says by kind what went wrong.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// Kind is the class of a failure, stable for programs.
type Kind string

const (
	NeedLogin    Kind = "need-login"    // 401, 403: log in to Host
	NotFound     Kind = "not-found"     // 404: no such suite, component or architecture
	Offline      Kind = "offline"       // the host's name or the host cannot be reached
	Timeout      Kind = "timeout"       // it stalled or took too long
	Truncated    Kind = "truncated"     // cut off, also after retries
	Server       Kind = "server"        // 5xx and other refusals
	Redirect     Kind = "redirect"      // too many redirects
	TooLarge     Kind = "too-large"     // beyond a limit of size or compression
	BadSignature Kind = "bad-signature" // by a known key, but it does not fit
	BadHash      Kind = "bad-hash"      // not what the signed release names
	Downgrade    Kind = "downgrade"     // older than what the cache has
	Shrunk       Kind = "shrunk"        // nothing left of an index that had packages
	Expired      Kind = "expired"       // past the Valid-Until that it states
	Malformed    Kind = "malformed"     // not in its format
	Policy       Kind = "policy"        // not allowed to go there
	Canceled     Kind = "canceled"      // by the user
	Internal     Kind = "internal"      // the disk, mostly
)

// Error is a failed fetch.
type Error struct {
	Kind Kind
	URL  string // without credentials
	Host string
	Err  error // may be nil
}

// E makes an Error for a URL.
func E(kind Kind, address string, err error) *Error {
	e := &Error{Kind: kind, URL: address, Err: err}
	if u, parseErr := url.Parse(address); parseErr == nil {
		e.URL, e.Host = u.Redacted(), u.Host
	}
	return e
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// advice is the start of the message of each kind; %s is the host.
var advice = map[Kind]string{
	NeedLogin:    "log in to %s (docker login %[1]s, or an entry in netrc)",
	NotFound:     "%s has no such file: check the release, component and architecture",
	Offline:      "%s cannot be reached",
	Timeout:      "%s is too slow",
	Truncated:    "%s cut the answer off",
	Server:       "%s refused",
	Redirect:     "%s redirects in circles",
	TooLarge:     "the answer of %s is too large",
	BadSignature: "the index from %s has a bad signature and is not used",
	BadHash:      "the file from %s is not what the signed release names and is not used",
	Downgrade:    "%s offers an older index than the one in the cache, which is kept",
	Shrunk:       "%s offers an empty index; the one in the cache is kept",
	Expired:      "the index from %s is past its own date of validity",
	Malformed:    "the answer of %s is not a package index",
	Policy:       "fetching from %s is not allowed",
	Canceled:     "fetching from %s was cancelled",
	Internal:     "the index from %s could not be stored",
}

func (e *Error) Error() string {
	host := e.Host
	if host == "" {
		host = "this machine"
	}
	text := fmt.Sprintf(advice[e.Kind], host)
	if e.URL != "" {
		text = e.URL + ": " + text
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// KindOf is the kind of err, Internal when it is none of ours.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	if errors.Is(err, context.Canceled) {
		return Canceled
	}
	return Internal
}

// transportError finds the kind of an error from the network.
func transportError(ctx context.Context, address string, err error) *Error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var urlError *url.Error
	if errors.As(err, &urlError) {
		err = urlError.Err // its text repeats the URL
	}
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(context.Cause(ctx), errStalled):
		return E(Timeout, address, errStalled)
	case errors.Is(ctx.Err(), context.Canceled):
		return E(Canceled, address, nil)
	case errors.As(err, &dns):
		// Which server was asked about the name is of no use to anybody.
		return E(Offline, address, errors.New(dns.Err))
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return E(Timeout, address, err)
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return E(Offline, address, err)
	case strings.Contains(err.Error(), "tls: "), strings.Contains(err.Error(), "x509: "), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return E(Server, address, err)
	}
	return E(Truncated, address, err)
}

var errStalled = errors.New("no bytes came for too long")

// retryable says whether another attempt may help.
func retryable(e *Error) bool {
	switch e.Kind {
	case Timeout, Truncated:
		return true
	case Server:
		var s *statusError
		return errors.As(e.Err, &s) && (s.code == 429 || s.code >= 500 && s.code != 501)
	}
	return false
}

type statusError struct {
	code   int
	status string
	after  string // Retry-After
}

func (e *statusError) Error() string { return e.status }
