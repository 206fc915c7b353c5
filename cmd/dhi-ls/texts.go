package main

import (
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// texts are those that findings of a run stand in: a file is read, and its
// lines are found, once for all that is to be shown of it. A nil one keeps
// nothing, for runs that change files.
type texts struct {
	mu    sync.Mutex
	known map[string]*text.Text
	size  int
}

// maxTexts bounds what is kept, in bytes.
const maxTexts = 16 << 20

// of is the text of a file, nil if it cannot be read.
func (t *texts) of(path string) *text.Text {
	if t == nil {
		return readText(path)
	}
	if known := t.get(path); known != nil {
		return known
	}
	read := readText(path)
	if read != nil {
		t.keep(path, read)
	}
	return read
}

// with is the text of a file whose content was read.
func (t *texts) with(path, content string) *text.Text {
	if t == nil {
		return text.New(content)
	}
	if known := t.get(path); known != nil && known.String() == content {
		return known
	}
	made := text.New(content)
	t.keep(path, made)
	return made
}

func (t *texts) get(path string) *text.Text {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.known[path]
}

func (t *texts) keep(path string, one *text.Text) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || t.size+one.Len() > maxTexts {
		t.known, t.size = map[string]*text.Text{}, 0
	}
	if old := t.known[path]; old != nil {
		t.size -= old.Len()
	}
	t.known[path] = one
	t.size += one.Len()
}
