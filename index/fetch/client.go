package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Mirror replaces a URL prefix.
type Mirror struct{ From, To string }

// Options of a client. The zero value is complete but for the rules.
type Options struct {
	Rules       Rules
	Credentials Credentials // none when nil
	Mirrors     []Mirror
	Concurrency int           // requests at once; default 4
	Retries     int           // further attempts; default 3, negative for none
	Stall       time.Duration // without a byte; default 30 s
	Total       time.Duration // of one fetch; default 15 min
	UserAgent   string
	// Sleep waits between attempts; tests replace it.
	Sleep func(context.Context, time.Duration) error
}

const (
	dialTimeout  = 15 * time.Second
	maxRedirects = 8
	maxWait      = 30 * time.Second // between attempts, whatever a server says
)

// Client fetches. It is safe for concurrent use.
type Client struct {
	options Options
	http    *http.Client
	slots   chan struct{}

	mu     sync.Mutex
	logins map[string]bool // hosts that wanted credentials
}

// New makes a client.
func New(o Options) *Client {
	if o.Concurrency <= 0 {
		o.Concurrency = 4
	}
	if o.Retries == 0 {
		o.Retries = 3
	}
	if o.Stall <= 0 {
		o.Stall = 30 * time.Second
	}
	if o.Total <= 0 {
		o.Total = 15 * time.Minute
	}
	if o.Credentials == nil {
		o.Credentials = func(string) (string, string, bool) { return "", "", false }
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.UserAgent == "" {
		o.UserAgent = "dhi-ls"
	}
	c := &Client{options: o, slots: make(chan struct{}, o.Concurrency), logins: map[string]bool{}}
	c.http = &http.Client{
		CheckRedirect: c.redirect,
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         dialer(o.Rules, proxies()),
			TLSHandshakeTimeout: dialTimeout,
			MaxIdleConnsPerHost: o.Concurrency,
			IdleConnTimeout:     time.Minute,
			DisableCompression:  true,
			ForceAttemptHTTP2:   true,
		},
	}
	return c
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// proxies are the addresses of the proxies that the environment names.
func proxies() []string {
	var list []string
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"} {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		if !strings.Contains(value, "://") {
			value = "http://" + value
		}
		if u, err := url.Parse(value); err == nil && u.Host != "" {
			list = append(list, withPort(u))
		}
	}
	return list
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// redirect holds every hop to the same rules.
func (c *Client) redirect(next *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return E(Redirect, via[0].URL.String(), fmt.Errorf("more than %d redirects", maxRedirects))
	}
	if via[len(via)-1].URL.Scheme == "https" && next.URL.Scheme == "http" {
		return E(Policy, next.URL.String(), errors.New("a redirect from https to http is not followed"))
	}
	if next.URL.Scheme == "file" {
		return E(Policy, next.URL.String(), ErrScheme)
	}
	return c.options.Rules.Check(next.URL)
}

// Resolve is the address that is really asked, with mirrors applied; the
// longest prefix wins.
func (c *Client) Resolve(address string) string {
	best := Mirror{}
	for _, m := range c.options.Mirrors {
		from := strings.TrimSuffix(m.From, "/")
		if (address == from || strings.HasPrefix(address, from+"/")) && len(from) > len(best.From) {
			best = Mirror{from, strings.TrimSuffix(m.To, "/")}
		}
	}
	if best.From == "" {
		return address
	}
	return best.To + strings.TrimPrefix(address, best.From)
}

// Request says what to fetch.
type Request struct {
	URL          string
	ETag         string // of the copy at hand; empty for none
	LastModified string
	MaxBytes     int64 // default 256 MiB
	// Progress hears of bytes so far and in all (-1 when unknown).
	Progress func(done, total int64)
}

// Response is what came. Body must be closed; it is nil when NotModified.
type Response struct {
	NotModified  bool
	ETag         string
	LastModified string
	Size         int64 // -1 when unknown
	Body         io.ReadCloser
}

// Open starts a fetch. The body goes on by itself after a broken connection,
// with a Range request. Errors, the body's too, are *Error.
func (c *Client) Open(ctx context.Context, r Request) (*Response, error) {
	if r.MaxBytes <= 0 {
		r.MaxBytes = 256 << 20
	}
	r.URL = c.Resolve(r.URL)
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, E(Policy, "", fmt.Errorf("%q is not a URL: %w", r.URL, err))
	}
	if err := c.options.Rules.Check(u); err != nil {
		return nil, err
	}
	if u.Scheme == "file" {
		return openFile(u, r)
	}
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, transportError(ctx, r.URL, ctx.Err())
	}
	b := newBody(ctx, c, r)
	response, err := b.start()
	if err != nil {
		b.Close()
		return nil, err
	}
	if response.NotModified {
		b.Close()
	}
	return response, nil
}

// ReadAll fetches a small file whole.
func (c *Client) ReadAll(ctx context.Context, r Request) ([]byte, *Response, error) {
	response, err := c.Open(ctx, r)
	if err != nil || response.NotModified {
		return nil, response, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return data, response, err
}

// do sends one request, once more with credentials where they are wanted.
func (c *Client) do(ctx context.Context, r Request, offset int64, validator string) (*http.Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, E(Policy, r.URL, err)
	}
	login := c.wantsLogin(u.Host)
	for {
		response, err := c.send(ctx, u, r, offset, validator, login)
		if err != nil {
			return nil, transportError(ctx, r.URL, err)
		}
		refused := response.StatusCode == http.StatusUnauthorized || response.StatusCode == http.StatusForbidden
		if _, _, have := c.options.Credentials(u.Host); !refused || login || !have {
			return response, nil
		}
		response.Body.Close()
		login = true
		c.mu.Lock()
		c.logins[u.Host] = true
		c.mu.Unlock()
	}
}

func (c *Client) wantsLogin(host string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.logins[host]
}

func (c *Client) send(ctx context.Context, u *url.URL, r Request, offset int64, validator string, login bool) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, E(Policy, r.URL, err)
	}
	request.Header.Set("User-Agent", c.options.UserAgent)
	if login {
		// Secrets travel encrypted only, but for addresses of the user's own.
		if u.Scheme == "http" && !c.options.Rules.configured(u) {
			secure := *u
			secure.Scheme = "https"
			request.URL = &secure
		}
		if user, secret, ok := c.options.Credentials(u.Host); ok {
			request.SetBasicAuth(user, secret)
		}
	}
	if offset > 0 {
		request.Header.Set("Range", "bytes="+strconv.FormatInt(offset, 10)+"-")
		if validator != "" {
			request.Header.Set("If-Range", validator)
		}
	} else {
		if r.ETag != "" {
			request.Header.Set("If-None-Match", r.ETag)
		}
		if r.LastModified != "" {
			request.Header.Set("If-Modified-Since", r.LastModified)
		}
	}
	return c.http.Do(request)
}

// statusKind is the failure that a status means.
func statusFailure(r Request, response *http.Response) *Error {
	cause := &statusError{response.StatusCode, response.Status, response.Header.Get("Retry-After")}
	switch response.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return E(NeedLogin, r.URL, cause)
	case http.StatusNotFound, http.StatusGone:
		return E(NotFound, r.URL, cause)
	}
	return E(Server, r.URL, cause)
}

// pause waits before attempt n (from 1): twice as long each time, between half
// and the whole of it.
func (c *Client) pause(ctx context.Context, n int, failure *Error) error {
	wait := min(500*time.Millisecond<<(n-1), maxWait)
	wait = wait/2 + rand.N(wait/2+1)
	var status *statusError
	if errors.As(failure, &status) {
		if seconds, err := strconv.Atoi(status.after); err == nil && seconds > 0 {
			wait = min(time.Duration(seconds)*time.Second, maxWait)
		}
	}
	return c.options.Sleep(ctx, wait)
}
