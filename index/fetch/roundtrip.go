package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Rules are where the client may go.
func (c *Client) Rules() Rules { return c.options.Rules }

// RoundTripper sends single requests for a library that speaks a protocol of
// its own. Each of them, a redirect too, is held to the client's rules, to its
// limit on silence and to maxBytes of body. What [Client.Retry] may try again
// comes as an *Error.
func (c *Client) RoundTripper(maxBytes int64) http.RoundTripper {
	return &roundTripper{client: c, maxBytes: maxBytes}
}

type roundTripper struct {
	client   *Client
	maxBytes int64
}

// RoundTrip implements http.RoundTripper.
func (t *roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	address := r.URL.String()
	if err := t.allowed(r); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	ctx, stop := context.WithCancelCause(r.Context())
	stall := time.AfterFunc(t.client.options.Stall, func() { stop(errStalled) })
	sent := r.Clone(ctx)
	sent.Header.Set("User-Agent", t.client.options.UserAgent)
	answer, err := t.client.http.Transport.RoundTrip(sent)
	stall.Stop()
	if err != nil {
		failure := transportError(ctx, address, err)
		stop(nil)
		return nil, failure
	}
	if s := answer.StatusCode; s == http.StatusTooManyRequests || s >= 500 && s != http.StatusNotImplemented {
		answer.Body.Close()
		stop(nil)
		return nil, statusFailure(Request{URL: address}, answer)
	}
	if answer.ContentLength > t.maxBytes {
		answer.Body.Close()
		stop(nil)
		return nil, E(TooLarge, address, fmt.Errorf("%d bytes, at most %d are read", answer.ContentLength, t.maxBytes))
	}
	answer.Body = &watchedBody{
		ReadCloser: answer.Body, ctx: ctx, address: address, left: t.maxBytes, stall: stall, patience: t.client.options.Stall, stop: stop,
	}
	return answer, nil
}

// allowed holds a request to the rules.
func (t *roundTripper) allowed(r *http.Request) error {
	rules := t.client.options.Rules
	if err := rules.Check(r.URL); err != nil {
		return err
	}
	if r.URL.Scheme == "file" {
		return E(Policy, r.URL.String(), ErrScheme)
	}
	// A request that a redirect led to knows the answer that did.
	if from := r.Response; from != nil && from.Request != nil && from.Request.URL.Scheme == "https" && r.URL.Scheme == "http" {
		return E(Policy, r.URL.String(), errors.New("a redirect from https to http is not followed"))
	}
	if r.URL.Scheme == "http" && r.Header.Get("Authorization") != "" && !rules.configured(r.URL) {
		return E(Policy, r.URL.String(), errors.New("a login is sent over https only"))
	}
	return nil
}

// watchedBody ends a read that takes too long or brings too much.
type watchedBody struct {
	io.ReadCloser
	ctx      context.Context
	address  string
	left     int64
	stall    *time.Timer
	patience time.Duration
	stop     context.CancelCauseFunc
	once     sync.Once
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.stall.Reset(b.patience)
	n, err := b.ReadCloser.Read(p)
	b.stall.Stop()
	b.left -= int64(n)
	switch {
	case b.left < 0:
		return n, E(TooLarge, b.address, errors.New("the answer does not end"))
	case err != nil && err != io.EOF:
		return n, transportError(b.ctx, b.address, err)
	}
	return n, err
}

func (b *watchedBody) Close() error {
	err := b.ReadCloser.Close()
	b.once.Do(func() { b.stall.Stop(); b.stop(nil) })
	return err
}

// Retry carries out what asks the network, again where that may help, and
// returns the last failure as an *Error. The whole of it is held to the
// client's limit of time.
func (c *Client) Retry(ctx context.Context, address string, do func(context.Context) error) error {
	timed, end := context.WithTimeout(ctx, c.options.Total)
	defer end()
	for n := 1; ; n++ {
		err := do(timed)
		if err == nil {
			return nil
		}
		failure := transportError(timed, address, err)
		if !retryable(failure) || n > max(c.options.Retries, 0) || timed.Err() != nil || c.pause(timed, n, failure) != nil {
			return failure
		}
	}
}
