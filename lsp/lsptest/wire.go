package lsptest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Wire is the other end of a server without any client in between.
type Wire struct {
	conn   net.Conn
	frames chan Frame
	// Ended gets what the server ended with.
	Ended chan error
}

// Frame is a message of the server.
type Frame struct {
	ID     jsontext.Value `json:"id"`
	Method string         `json:"method"`
	Result jsontext.Value `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// StartWire runs a server in this process. It ends with the test.
func StartWire(t testing.TB, o lsp.Options) *Wire {
	ours, theirs := net.Pipe()
	w := &Wire{conn: ours, frames: make(chan Frame, 1024), Ended: make(chan error, 1)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		w.Ended <- lsp.Serve(context.Background(), theirs, o)
	}()
	read := make(chan struct{})
	go func() {
		defer close(read)
		w.read(bufio.NewReader(ours))
	}()
	t.Cleanup(func() {
		ours.Close()
		<-served
		<-read
	})
	return w
}

// Bytes sends bytes as they are. It fails when the server has hung up.
func (w *Wire) Bytes(b string) error {
	w.conn.SetWriteDeadline(time.Now().Add(Patience))
	_, err := io.WriteString(w.conn, b)
	return err
}

// Send sends a body with its header.
func (w *Wire) Send(body string) error { return w.Bytes(Framed(body)) }

// Framed is a body with its header.
func Framed(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }

// HangUp closes the connection.
func (w *Wire) HangUp() { w.conn.Close() }

// Answer returns the server's answer to the request with this id, skipping
// all else. ok is false when the server hung up without.
func (w *Wire) Answer(id string) (frame Frame, ok bool) {
	timeout := time.After(Patience)
	for {
		select {
		case frame, ok := <-w.frames:
			if !ok || string(frame.ID) == id && frame.Method == "" {
				return frame, ok
			}
		case <-timeout:
			return Frame{}, false
		}
	}
}

func (w *Wire) read(in *bufio.Reader) {
	defer close(w.frames)
	for {
		body, err := readFrame(in)
		if err != nil {
			return
		}
		for _, one := range unbatch(body) {
			var f Frame
			if json.Unmarshal(one, &f) == nil {
				w.frames <- f
			}
		}
	}
}

func unbatch(body []byte) []jsontext.Value {
	var batch []jsontext.Value
	if json.Unmarshal(body, &batch) == nil {
		return batch
	}
	return []jsontext.Value{body}
}

func readFrame(in *bufio.Reader) ([]byte, error) {
	length := 0
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimSpace(line)
		if line == "" {
			break
		}
		if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if length, err = strconv.Atoi(v); err != nil {
				return nil, err
			}
		}
	}
	body := make([]byte, length)
	_, err := io.ReadFull(in, body)
	return body, err
}
