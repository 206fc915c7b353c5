package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// lspClient speaks to a server process and notes when answers came. It
// declares next to nothing, so that diagnostics are sent to it.
type lspClient struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	sending sync.Mutex
	mu      sync.Mutex
	id      int
	waiting map[string]chan time.Time // by id, or by URI and version of diagnostics
}

// startServer starts a process; its error output is not shown.
func startServer(command []string, env ...string) (*lspClient, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(append(os.Environ(), "DHI_LS_INDEX_DIR=off"), env...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &lspClient{cmd: cmd, in: in, waiting: map[string]chan time.Time{}}
	go c.read(bufio.NewReaderSize(out, 1<<20))
	return c, nil
}

// read notes the messages of the server until it ends.
func (c *lspClient) read(in *bufio.Reader) {
	for {
		body, err := readMessage(in)
		if err != nil {
			return
		}
		now := time.Now()
		var m struct {
			ID     *json.RawMessage
			Method string
			Params struct {
				URI     string
				Version int
			}
			Result json.RawMessage
		}
		if json.Unmarshal(body, &m) != nil {
			continue
		}
		switch {
		case m.Method == "textDocument/publishDiagnostics":
			c.arrived(diagnosticsKey(m.Params.URI, m.Params.Version), now)
		case m.ID != nil && m.Method != "":
			c.send(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": nil})
		case m.ID != nil:
			if r := string(m.Result); r != "" && r != "null" && r != "[]" {
				c.arrived("some "+string(*m.ID), now)
			}
			c.arrived(string(*m.ID), now)
		}
	}
}

func readMessage(in *bufio.Reader) ([]byte, error) {
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
		if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if length, err = strconv.Atoi(value); err != nil {
				return nil, err
			}
		}
	}
	body := make([]byte, length)
	_, err := io.ReadFull(in, body)
	return body, err
}

func diagnosticsKey(uri string, version int) string { return fmt.Sprintf("%s@%d", uri, version) }

func (c *lspClient) arrived(key string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ch := c.waiting[key]; ch != nil {
		delete(c.waiting, key)
		ch <- at
	}
}

// expect is where the time of an arrival will be.
func (c *lspClient) expect(key string) chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	c.waiting[key] = ch
	return ch
}

func (c *lspClient) send(message any) {
	body, err := json.Marshal(message)
	if err != nil {
		panic(err) // maps of strings and numbers
	}
	c.sending.Lock()
	defer c.sending.Unlock()
	fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(body), body)
}

func (c *lspClient) notify(method string, params any) {
	c.send(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
}

// request sends a request; the channel gets the time of the answer.
func (c *lspClient) request(method string, params any) (id int, answer chan time.Time) {
	c.mu.Lock()
	c.id++
	id = c.id
	c.mu.Unlock()
	answer = c.expect(strconv.Itoa(id))
	c.send(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	return id, answer
}

// since waits for an arrival; the error says that none came.
func since(start time.Time, arrival chan time.Time, what string) (time.Duration, error) {
	select {
	case at := <-arrival:
		return at.Sub(start), nil
	case <-time.After(10 * time.Second):
		return 0, fmt.Errorf("no answer to %s", what)
	}
}

// await asks until the answer is not empty.
func (c *lspClient) await(method string, params any, patience time.Duration) error {
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		c.mu.Lock()
		c.id++
		id := c.id
		c.mu.Unlock()
		some, answer := c.expect(fmt.Sprint("some ", id)), c.expect(strconv.Itoa(id))
		c.send(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
		if _, err := since(time.Now(), answer, method); err != nil {
			return err
		}
		select {
		case <-some:
			return nil
		default:
		}
	}
	return fmt.Errorf("%s found nothing in %v", method, patience)
}

func (c *lspClient) initialize() error { return c.initializeIn("") }

// initializeIn starts with a folder as the workspace, empty for none.
func (c *lspClient) initializeIn(root string) error {
	var rootURI any
	if root != "" {
		rootURI = fileURI(root, "")
	}
	_, answer := c.request("initialize", map[string]any{"processId": os.Getpid(), "rootUri": rootURI, "capabilities": map[string]any{
		"textDocument": map[string]any{"completion": map[string]any{"completionItem": map[string]any{
			"snippetSupport": true, "documentationFormat": []string{"markdown"}, "labelDetailsSupport": true,
			"resolveSupport": map[string]any{"properties": []string{"documentation", "detail"}},
		}}},
	}})
	if _, err := since(time.Now(), answer, "initialize"); err != nil {
		return err
	}
	c.notify("initialized", map[string]any{})
	return nil
}

// stop ends the process.
func (c *lspClient) stop() {
	_, answer := c.request("shutdown", nil)
	_, _ = since(time.Now(), answer, "shutdown")
	c.notify("exit", nil)
	_ = c.in.Close()
	_ = c.cmd.Wait()
}

// resident is the memory of the process in KiB, 0 where the system does not
// tell.
func (c *lspClient) resident() int { return c.status("VmRSS:") }

// status is a figure in KiB that the system tells of the process.
func (c *lspClient) status(name string) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(status), "\n") {
		if value, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(value, "kB")))
			return n
		}
	}
	return 0
}
