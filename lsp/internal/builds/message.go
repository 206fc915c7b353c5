package builds

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildplace"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"go.lsp.dev/protocol"
)

// The buttons of messages.
const (
	buttonLog   = "Show log"
	buttonRetry = "Build again"
)

// tell shows how a build ended, as far as that is not seen otherwise.
func (m *Manager) tell(ctx context.Context, b *build, res *buildrunner.Result, err error) {
	var failure *buildrunner.Failure
	switch {
	case b.answer.State == StateCanceled || b.answer.State == StateSuperseded:
	case err == nil:
		m.tellGood(b)
	case !errors.As(err, &failure):
		m.Client.Show(protocol.MessageTypeError, b.answer.Message)
	default:
		m.tellFailure(ctx, b, res)
	}
}

func (m *Manager) tellGood(b *build) {
	for _, n := range b.answer.Next {
		if n.ID == "run" {
			m.Client.Show(protocol.MessageTypeInfo, fmt.Sprintf("%s as %s. To run it: %s", b.answer.Message, strings.Join(b.req.Tags, ", "), n.Command))
			return
		}
	}
	if !m.Client.Capabilities().WorkDoneProgress() {
		m.Client.Show(protocol.MessageTypeInfo, b.answer.Message)
	}
}

// tellFailure shows what lies outside of the definition with what mends it;
// what is the definition's stands in the text.
func (m *Manager) tellFailure(ctx context.Context, b *build, res *buildrunner.Result) {
	message, level := b.answer.Message+m.lineOf(b), protocol.MessageTypeError
	var offers []offer
	if outside := buildplace.Outside(res.Failures); len(outside) > 0 {
		c := &outside[0]
		message, level = strings.TrimSpace("The build of "+b.name+" failed. "+c.Title+" "+c.Remedy), protocol.MessageTypeWarning
		offers = m.offers(b, c)
	}
	if m.canOpenLog() {
		offers = append(offers, offer{buttonLog, func() { m.openLog(ctx, b) }})
	}
	if len(offers) == 0 {
		m.Client.Show(level, message)
		return
	}
	titles := make([]string, len(offers))
	for i, o := range offers {
		titles[i] = o.title
	}
	chosen, err := m.Client.Ask(ctx, level, message, titles...)
	for _, o := range offers {
		if err == nil && o.title == chosen {
			o.do()
		}
	}
}

// lineOf tells where the first finding stands.
func (m *Manager) lineOf(b *build) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.ended[b.doc.Key()]
	if e == nil || e.build != b || len(e.found) == 0 {
		return ""
	}
	return fmt.Sprintf(" (line %d)", e.on.Text.LineOf(e.found[0].Range.Start)+1)
}

// offer is a button and what it does.
type offer struct {
	title string
	do    func()
}

func (m *Manager) offers(b *build, c *cause.Cause) []offer {
	again := offer{buttonRetry, func() { m.again(b) }}
	if c.Action != "login" {
		return []offer{again}
	}
	host := hostIn(c.Title + " " + c.Remedy)
	explain := offer{"Log in to " + host, func() {
		m.Client.Show(protocol.MessageTypeInfo, fmt.Sprintf(
			"To log in, run this in a terminal and build again: docker login %s   (the user name and a password or access token of your account; for dhi.io those of your Docker ID)", host))
	}}
	return []offer{explain, again}
}

// hostIn is the registry that a remedy names, dhi.io where it names none.
func hostIn(s string) string {
	for _, before := range []string{"docker login ", "log in to ", "logged in to "} {
		if _, after, ok := strings.Cut(s, before); ok {
			if fields := strings.Fields(after); len(fields) > 0 {
				return strings.TrimRight(fields[0], ".,;")
			}
		}
	}
	return registry
}

// again builds the document as it is now.
func (m *Manager) again(b *build) {
	if _, err := m.start(m.Snapshot(), b.asked); err != nil {
		m.Client.Show(protocol.MessageTypeError, err.Error())
	}
}
