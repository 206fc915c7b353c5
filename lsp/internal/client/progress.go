package client

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.lsp.dev/protocol"
)

// Progress is a long work that the user sees and may cancel. Its methods do
// nothing for a client that shows no progress.
type Progress struct {
	client *Client
	token  protocol.ProgressToken
	cancel context.CancelFunc
	own    string // the token, if the server made it

	mu   sync.Mutex
	last time.Time
	done bool
}

// reportEvery is the shortest time between two reports: editors draw each.
const reportEvery = 100 * time.Millisecond

// Begin starts to show progress. token is the workDoneToken of the request
// that asks for the work, or nil for the server's own work. The context it
// returns is cancelled when the user cancels, and by [Progress.End].
func (c *Client) Begin(ctx context.Context, title string, token protocol.ProgressToken) (context.Context, *Progress) {
	ctx, cancel := context.WithCancel(ctx)
	p := &Progress{client: c, token: token, cancel: cancel}
	if token == nil {
		p.create(ctx)
	} else {
		p.own = tokenKey(token)
	}
	if p.token == nil {
		return ctx, p
	}
	c.mu.Lock()
	c.tokens[p.own] = cancel
	c.mu.Unlock()
	cancellable := true
	p.send(&protocol.WorkDoneProgressBegin{Kind: "begin", Title: title, Cancellable: &cancellable})
	return ctx, p
}

// create asks the client for a place to show progress.
func (p *Progress) create(ctx context.Context) {
	if !p.client.Capabilities().WorkDoneProgress() {
		return
	}
	p.client.mu.Lock()
	p.client.lastToken++
	name := fmt.Sprintf("dhi-ls/%d", p.client.lastToken)
	p.client.mu.Unlock()
	token := protocol.String(name)
	if err := p.client.rpc.WorkDoneProgressCreate(ctx, &protocol.WorkDoneProgressCreateParams{Token: token}); err != nil {
		p.client.logged("progress", err)
		return
	}
	p.token, p.own = token, tokenKey(token)
}

// Report shows how far the work is: a message, and the percentage from 0 to
// 100 or -1 when that is unknown. Reports in quick succession are dropped.
func (p *Progress) Report(message string, percentage int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.token == nil || p.done || time.Since(p.last) < reportEvery {
		return
	}
	p.last = time.Now()
	report := &protocol.WorkDoneProgressReport{Kind: "report", Message: &message}
	if percentage >= 0 {
		done := uint32(min(percentage, 100))
		report.Percentage = &done
	}
	p.send(report)
}

// End takes the progress away; message says how it ended and may be empty.
func (p *Progress) End(message string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel()
	if p.token == nil || p.done {
		return
	}
	p.done = true
	p.client.mu.Lock()
	delete(p.client.tokens, p.own)
	p.client.mu.Unlock()
	end := &protocol.WorkDoneProgressEnd{Kind: "end"}
	if message != "" {
		end.Message = &message
	}
	p.send(end)
}

func (p *Progress) send(value any) {
	raw, err := protocol.Marshal(value)
	if err == nil {
		err = p.client.rpc.Progress(p.client.ctx, &protocol.ProgressParams{Token: p.token, Value: raw})
	}
	p.client.logged("progress", err)
}

// CancelProgress serves window/workDoneProgress/cancel.
func (c *Client) CancelProgress(token protocol.ProgressToken) {
	c.mu.Lock()
	cancel := c.tokens[tokenKey(token)]
	c.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

// tokenKey keeps the number 1 and the string "1" apart.
func tokenKey(token protocol.ProgressToken) string { return fmt.Sprintf("%T %v", token, token) }
