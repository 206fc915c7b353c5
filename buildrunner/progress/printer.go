package progress

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/util/progress/progressui"
)

// Modes are the values of --progress, buildx's.
var Modes = []string{string(progressui.AutoMode), string(progressui.PlainMode), string(progressui.TtyMode), string(progressui.RawJSONMode), string(progressui.QuietMode)}

// Printer shows a build on a terminal or as text the way buildx does.
type Printer struct {
	ch   chan *client.SolveStatus
	done chan struct{}
}

// NewPrinter prints to w in the mode: auto, plain, tty, rawjson or quiet. tty
// needs a terminal; auto takes one when w is one.
func NewPrinter(w io.Writer, mode string) (*Printer, error) {
	d, err := progressui.NewDisplay(w, progressui.DisplayMode(mode))
	if err != nil {
		return nil, fmt.Errorf("--progress=%s: %w (modes: %s)", mode, err, strings.Join(Modes, ", "))
	}
	p := &Printer{ch: make(chan *client.SolveStatus, 16), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		// The display ends when the channel is closed, never earlier, so
		// that nobody blocks on it.
		_, _ = d.UpdateFrom(context.Background(), p.ch)
	}()
	return p, nil
}

// Update shows one message of the stream.
func (p *Printer) Update(s *client.SolveStatus) { p.ch <- s }

// Close shows the end and returns when all is printed.
func (p *Printer) Close() {
	close(p.ch)
	<-p.done
}
