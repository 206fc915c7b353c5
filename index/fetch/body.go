package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// body reads an answer and goes on after a break.
type body struct {
	client  *Client
	request Request
	ctx     context.Context
	stop    context.CancelCauseFunc
	end     context.CancelFunc
	stall   *time.Timer
	free    sync.Once

	current   io.ReadCloser
	validator string // strong ETag or Last-Modified, for If-Range
	offset    int64
	size      int64 // -1 when unknown
	attempts  int
	failed    error
}

func newBody(ctx context.Context, c *Client, r Request) *body {
	b := &body{client: c, request: r, size: -1}
	timed, end := context.WithTimeout(ctx, c.options.Total)
	b.end = end
	b.ctx, b.stop = context.WithCancelCause(timed)
	b.stall = time.AfterFunc(c.options.Stall, func() { b.stop(errStalled) })
	return b
}

// start sends the first request, with retries.
func (b *body) start() (*Response, error) {
	for {
		response, failure := b.connect()
		if failure == nil {
			return response, nil
		}
		if err := b.again(failure); err != nil {
			return nil, err
		}
	}
}

// again waits for the next attempt, or returns why there is none.
func (b *body) again(failure *Error) error {
	b.attempts++
	if !retryable(failure) || b.attempts > max(b.client.options.Retries, 0) || b.ctx.Err() != nil {
		return failure
	}
	b.stall.Stop()
	if b.client.pause(b.ctx, b.attempts, failure) != nil {
		return failure
	}
	b.stall.Reset(b.client.options.Stall)
	return nil
}

func (b *body) connect() (*Response, *Error) {
	b.stall.Reset(b.client.options.Stall)
	answer, err := b.client.do(b.ctx, b.request, b.offset, b.validator)
	if err != nil {
		return nil, transportError(b.ctx, b.request.URL, err)
	}
	switch {
	case answer.StatusCode == http.StatusNotModified && b.offset == 0:
		answer.Body.Close()
		return &Response{NotModified: true, ETag: b.request.ETag, LastModified: b.request.LastModified}, nil
	case answer.StatusCode == http.StatusOK:
		return b.accept(answer, 0)
	case answer.StatusCode == http.StatusPartialContent && b.offset > 0 && rangeStart(answer) == b.offset:
		return b.accept(answer, b.offset)
	}
	answer.Body.Close()
	return nil, statusFailure(b.request, answer)
}

// accept takes an answer whose first byte is at from; what was read before is
// skipped when the server starts anew.
func (b *body) accept(answer *http.Response, from int64) (*Response, *Error) {
	size := int64(-1)
	if answer.ContentLength >= 0 {
		size = from + answer.ContentLength
	}
	if size > b.request.MaxBytes {
		answer.Body.Close()
		return nil, E(TooLarge, b.request.URL, fmt.Errorf("%d bytes, at most %d are read", size, b.request.MaxBytes))
	}
	etag, modified := answer.Header.Get("ETag"), answer.Header.Get("Last-Modified")
	validator := etag
	if etag == "" || strings.HasPrefix(etag, "W/") {
		validator = modified
	}
	if from == 0 && b.offset > 0 {
		if validator == "" {
			answer.Body.Close()
			return nil, E(Truncated, b.request.URL, errors.New("the server cannot go on where it stopped"))
		}
		if validator != b.validator {
			answer.Body.Close()
			return nil, E(Server, b.request.URL, errors.New("the file changed while it was fetched"))
		}
		if _, err := io.CopyN(io.Discard, answer.Body, b.offset); err != nil {
			answer.Body.Close()
			return nil, transportError(b.ctx, b.request.URL, err)
		}
	}
	b.stall.Stop()
	b.current, b.validator, b.size = answer.Body, validator, size
	return &Response{ETag: etag, LastModified: modified, Size: size, Body: b}, nil
}

func rangeStart(answer *http.Response) int64 {
	text, ok := strings.CutPrefix(answer.Header.Get("Content-Range"), "bytes ")
	if !ok {
		return -1
	}
	first, _, _ := strings.Cut(text, "-")
	n, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (b *body) Read(p []byte) (int, error) {
	for b.failed == nil {
		// The timer runs while the network is waited for, not while the reader
		// takes its time.
		b.stall.Reset(b.client.options.Stall)
		n, err := b.current.Read(p)
		b.stall.Stop()
		b.offset += int64(n)
		if n > 0 && b.request.Progress != nil {
			b.request.Progress(b.offset, b.size)
		}
		switch {
		case b.offset > b.request.MaxBytes:
			b.failed = E(TooLarge, b.request.URL, fmt.Errorf("more than %d bytes", b.request.MaxBytes))
		case err == io.EOF && (b.size < 0 || b.offset == b.size):
			b.failed = io.EOF
		case err != nil:
			b.failed = b.resume(err)
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, b.failed
}

// resume makes the connection anew; nil means that reading can go on.
func (b *body) resume(cause error) error {
	b.current.Close()
	failure := transportError(b.ctx, b.request.URL, cause)
	for {
		if err := b.again(failure); err != nil {
			return err
		}
		if _, failure = b.connect(); failure == nil {
			return nil
		}
	}
}

// Close ends the fetch and frees its slot.
func (b *body) Close() error {
	b.free.Do(func() {
		b.stall.Stop()
		if b.current != nil {
			b.current.Close()
		}
		b.stop(nil)
		b.end()
		<-b.client.slots
	})
	return nil
}

// openFile reads a file of the user's; its time and size stand for an ETag.
func openFile(u *url.URL, r Request) (*Response, error) {
	f, err := os.Open(FilePath(u))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, E(NotFound, r.URL, nil)
	}
	if err != nil {
		return nil, E(Internal, r.URL, err)
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, E(NotFound, r.URL, errors.New("it is not a file"))
	}
	if info.Size() > r.MaxBytes {
		f.Close()
		return nil, E(TooLarge, r.URL, fmt.Errorf("%d bytes, at most %d are read", info.Size(), r.MaxBytes))
	}
	etag := fmt.Sprintf("%q", fmt.Sprintf("%x-%x", info.ModTime().UnixNano(), info.Size()))
	if etag == r.ETag {
		f.Close()
		return &Response{NotModified: true, ETag: etag}, nil
	}
	return &Response{ETag: etag, Size: info.Size(), Body: f}, nil
}

// FilePath is the path that a file URL names.
func FilePath(u *url.URL) string {
	path := filepath.FromSlash(u.Path)
	if runtime.GOOS == "windows" {
		path = strings.TrimPrefix(path, `\`)
	}
	return path
}
