package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// The sizes of definitions that are measured, in bytes: a common one and the
// largest of the public catalog.
var (
	commonSize  = 2 << 10
	largestSize = 66 << 10
)

const (
	lspRounds = 60
	// pause between edits: that of somebody who types fast.
	pause = 60 * time.Millisecond
)

// figures are the samples of each measure, in order.
type figures struct {
	names   []string
	samples map[string][]time.Duration
	memory  int // KiB, right after
	atRest  int // KiB, a while later
}

// restAfter is longer than the server waits before it gives memory back.
const restAfter = 2500 * time.Millisecond

func (f *figures) add(name string, d time.Duration) {
	if f.samples[name] == nil {
		f.names = append(f.names, name)
	}
	f.samples[name] = append(f.samples[name], d)
}

// benchServer measures the server as a process over stdio, beside a bare one.
func benchServer(program string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	ours, err := measure([]string{program, "serve"})
	if err != nil {
		return fmt.Errorf("dhi-ls serve: %w", err)
	}
	bare, err := measure([]string{self, "bareserver"})
	if err != nil {
		return fmt.Errorf("the bare server: %w", err)
	}
	fmt.Printf("\n%-36s %9s %9s %10s %9s\n", "server, whole process over stdio", "p50", "p95", "bare p50", "bare p95")
	for _, name := range ours.names {
		a, b := ours.samples[name], bare.samples[name]
		fmt.Printf("%-36s %9s %9s %10s %9s\n", name, msOf(percentile(a, 50)), msOf(percentile(a, 95)), msOf(percentile(b, 50)), msOf(percentile(b, 95)))
	}
	if ours.memory > 0 {
		fmt.Printf("%-36s %5d MiB %20d MiB\n", "memory after opening 20 definitions", ours.memory>>10, bare.memory>>10)
		fmt.Printf("%-36s %5d MiB %20d MiB\n", "and at rest", ours.atRest>>10, bare.atRest>>10)
	}
	return nil
}

func msOf(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Nanoseconds())/1e6) }

func percentile(list []time.Duration, p int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	s := slices.Clone(list)
	slices.Sort(s)
	return s[min(len(s)-1, len(s)*p/100)]
}

func measure(command []string) (*figures, error) {
	f := &figures{samples: map[string][]time.Duration{}}
	for range 20 {
		start := time.Now()
		c, err := startServer(command)
		if err != nil {
			return nil, err
		}
		if err := c.initialize(); err != nil {
			return nil, err
		}
		f.add("start and initialize", time.Since(start))
		c.stop()
	}
	for _, size := range []int{commonSize, largestSize} {
		if err := f.documents(command, size); err != nil {
			return nil, err
		}
	}
	return f, f.open20(command)
}

// documents measures everything that has to do with a document of a size.
func (f *figures) documents(command []string, size int) error {
	c, err := startServer(command)
	if err != nil {
		return err
	}
	defer c.stop()
	if err := c.initialize(); err != nil {
		return err
	}
	label := fmt.Sprintf("%d KB: ", size>>10)
	content := definitionOf(size) + "work-dir: /x\nstop-signal: NONE\n"
	var last string
	for i := range lspRounds / 2 {
		last = fmt.Sprintf("file:///bench/%d-%d.yaml", size, i)
		d, err := c.open(last, content)
		if err != nil {
			return err
		}
		f.add(label+"open to diagnostics", d)
	}
	for _, step := range []func(*lspClient, string, string, string) error{f.edits, f.questions, f.cancels} {
		if err := step(c, label, last, content); err != nil {
			return err
		}
	}
	return nil
}

func (c *lspClient) open(uri, content string) (time.Duration, error) {
	arrival := c.expect(diagnosticsKey(uri, 1))
	start := time.Now()
	c.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "languageId": "yaml", "version": 1, "text": content}})
	return since(start, arrival, "didOpen")
}

// edits changes what a finding says, at the end of the document, and asks for
// completion right behind each edit.
func (f *figures) edits(c *lspClient, label, uri, content string) error {
	line := strings.Count(content, "\n") - 1
	column := len("stop-signal: NONE")
	for version := 2; version < 2+lspRounds; version++ {
		time.Sleep(pause)
		arrival := c.expect(diagnosticsKey(uri, version))
		start := time.Now()
		c.notify("textDocument/didChange", map[string]any{
			"textDocument":   map[string]any{"uri": uri, "version": version},
			"contentChanges": []any{map[string]any{"range": span(line, column), "text": "X"}},
		})
		column++
		_, answer := c.request("textDocument/completion", place(uri, line, column))
		d, err := since(start, answer, "completion behind an edit")
		if err != nil {
			return err
		}
		f.add(label+"edit to completion", d)
		if d, err = since(start, arrival, "didChange"); err != nil {
			return err
		}
		f.add(label+"edit to diagnostics", d)
	}
	return nil
}

// questions asks about places in a document at rest.
func (f *figures) questions(c *lspClient, label, uri, content string) error {
	lines := strings.Split(content, "\n")
	for i := range lspRounds * 5 {
		line := i * 7 % len(lines)
		for _, method := range []string{"completion", "hover"} {
			start := time.Now()
			_, answer := c.request("textDocument/"+method, place(uri, line, len(lines[line])))
			d, err := since(start, answer, method)
			if err != nil {
				return err
			}
			f.add(label+method, d)
		}
	}
	return nil
}

// cancels asks for something and takes it back at once.
func (f *figures) cancels(c *lspClient, label, uri, _ string) error {
	for range lspRounds {
		id, answer := c.request("textDocument/formatting", map[string]any{
			"textDocument": map[string]any{"uri": uri}, "options": map[string]any{"tabSize": 2, "insertSpaces": true},
		})
		start := time.Now()
		c.notify("$/cancelRequest", map[string]any{"id": id})
		d, err := since(start, answer, "a cancelled request")
		if err != nil {
			return err
		}
		f.add(label+"cancel to answer", max(0, d))
	}
	return nil
}

// open20 measures memory: 20 definitions of all sizes are open.
func (f *figures) open20(command []string) error {
	c, err := startServer(command)
	if err != nil {
		return err
	}
	defer c.stop()
	if err := c.initialize(); err != nil {
		return err
	}
	for i := range 20 {
		size := commonSize * (1 + i%5)
		if i == 0 {
			size = largestSize
		}
		if _, err := c.open(fmt.Sprintf("file:///bench/memory-%d.yaml", i), definitionOf(size)); err != nil {
			return err
		}
	}
	time.Sleep(200 * time.Millisecond) // what runs behind the first diagnostics
	f.memory = c.resident()
	time.Sleep(restAfter)
	f.atRest = c.resident()
	return nil
}

func span(line, column int) map[string]any {
	at := map[string]any{"line": line, "character": column}
	return map[string]any{"start": at, "end": at}
}

func place(uri string, line, column int) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": uri}, "position": map[string]any{"line": line, "character": column}}
}
