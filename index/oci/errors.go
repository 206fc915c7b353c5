package oci

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/fetch"
)

// Error is why a registry's word on a reference could not be had. It wraps a
// *fetch.Error, which has the kind.
type Error struct {
	Reference string
	Err       error
}

// advice is the message of each kind; %s is the registry.
var advice = map[fetch.Kind]string{
	fetch.NeedLogin: "log in to %s (docker login %[1]s), or it has no such repository",
	fetch.NotFound:  "%s has no such repository",
	fetch.Offline:   "%s cannot be reached",
	fetch.Timeout:   "%s is too slow",
	fetch.Truncated: "%s cut the answer off",
	fetch.Server:    "%s refused",
	fetch.Redirect:  "%s redirects in circles",
	fetch.TooLarge:  "the answer of %s is too large",
	fetch.BadHash:   "what %s sent does not fit its digest and is not used",
	fetch.Malformed: "the answer of %s is not one of a registry",
	fetch.Policy:    "asking %s is not allowed",
	fetch.Canceled:  "asking %s was cancelled",
	fetch.Internal:  "what %s says could not be stored",
}

func (e *Error) Error() string {
	registry, _, _ := strings.Cut(e.Reference, "/")
	text := e.Reference + ": " + fmt.Sprintf(advice[fetch.KindOf(e.Err)], registry)
	var kinded *fetch.Error
	if !errors.As(e.Err, &kinded) {
		return text + ": " + e.Err.Error()
	}
	if kinded.Err != nil {
		text += ": " + kinded.Err.Error()
	}
	return text
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }
