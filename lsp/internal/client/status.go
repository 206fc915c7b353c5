package client

// MethodStatus is the notification that feeds an editor's status item. It is
// sent to clients that declare the experimental capability "dhi-ls/status".
const MethodStatus = "dhi-ls/status"

// Health of the server, for the colour of a status item.
type Health string

// The healths of a server.
const (
	HealthOK      Health = "ok"
	HealthWarning Health = "warning"
	HealthError   Health = "error"
)

// Status is the payload of [MethodStatus].
type Status struct {
	Health Health `json:"health"`
	// Busy while something long runs: an index update, a build, a check of
	// the workspace.
	Busy bool `json:"busy"`
	// Message is one line for the item's tooltip.
	Message string `json:"message,omitzero"`
	// Index is the state of the package indexes, if there are any.
	Index *IndexStatus `json:"index,omitzero"`
	// Builder is what builds would use, once known.
	Builder *BuilderStatus `json:"builder,omitzero"`
}

// IndexStatus is the state of the package indexes.
type IndexStatus struct {
	// Repositories is the number of indexes at hand.
	Repositories int `json:"repositories"`
	// Updated is when the oldest of them was fetched, RFC 3339.
	Updated string `json:"updated,omitzero"`
	// Stale indexes are older than their repositories ask for.
	Stale bool `json:"stale"`
}

// BuilderStatus is what builds would use.
type BuilderStatus struct {
	Name string `json:"name"`
	// LoggedIn to the registry that serves the frontend.
	LoggedIn bool `json:"loggedIn"`
	Building bool `json:"building"`
}

// Status tells the client how the server is. What is known of the builder
// and the package indexes is added to it.
func (c *Client) Status(s Status) {
	c.statusMu.Lock()
	defer c.statusMu.Unlock()
	c.status = s
	c.tellStatus()
}

// Building tells the client what builds use, and whether one runs.
func (c *Client) Building(b BuilderStatus) {
	c.statusMu.Lock()
	defer c.statusMu.Unlock()
	c.builder = &b
	c.tellStatus()
}

// Indexing tells the client of the package indexes at hand, nil for none, and
// whether some are being fetched.
func (c *Client) Indexing(i *IndexStatus, busy bool) {
	c.statusMu.Lock()
	defer c.statusMu.Unlock()
	c.index, c.indexing = i, busy
	c.tellStatus()
}

// tellStatus sends all parts. The caller holds the lock, which keeps them in
// order.
func (c *Client) tellStatus() {
	if !c.Capabilities().Experimental(MethodStatus) {
		return
	}
	s := c.status
	if s.Health == "" {
		s.Health = HealthOK
	}
	s.Index, s.Busy = c.index, s.Busy || c.indexing
	if c.builder != nil {
		builder := *c.builder
		s.Builder = &builder
		s.Busy = s.Busy || builder.Building
	}
	c.Notify(MethodStatus, s)
}
