package workspace

import (
	"encoding/binary"
	"sync"

	"github.com/cespare/xxhash/v2"

	"github.com/dhi-ls/dhi-ls/analysis/kept"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// Question is one that a view was asked. All that a view answers follows from
// the records that the question names, so that what follows from the same
// answers is the same.
type Question struct {
	kind lookup
	root string
	key  string
}

// Asked are the questions that a view was asked, each once. It is not safe for
// concurrent use; a nil one notes nothing.
type Asked struct {
	list []Question
	seen map[Question]bool
}

func (a *Asked) note(q Question) {
	if a == nil || a.seen[q] {
		return
	}
	if a.seen == nil {
		a.seen = map[Question]bool{}
	}
	a.seen[q] = true
	a.list = append(a.list, q)
}

// Noting is the view with its questions noted.
func (v View) Noting(a *Asked) View {
	v.asked = a
	return v
}

// Answers names what a model answers to questions, so that it can be seen
// whether another model answers the same. It is safe for concurrent use.
type Answers struct {
	model *Model
	mu    sync.Mutex
	known map[Question]uint64
}

// Answers names what the model answers.
func (m *Model) Answers() *Answers { return &Answers{model: m, known: map[Question]uint64{}} }

// Encode writes the questions with the answers to them, as a record of root
// asked them.
func (a *Answers) Encode(root string, asked *Asked) string {
	w := &kept.Writer{}
	w.Int(len(asked.list))
	for _, q := range asked.list {
		w.Int(int(q.kind))
		if q.root == root {
			w.Int(0)
		} else {
			w.Int(1)
			w.String(q.root)
		}
		w.String(q.key)
		w.Uint64(a.of(q))
	}
	return w.Done()
}

// Same reports whether the answers to questions that Encode wrote for a record
// of root are the same here.
func (a *Answers) Same(root, encoded string) bool {
	r := kept.NewReader(encoded)
	for n := r.Count(); n > 0 && !r.Bad(); n-- {
		q := Question{kind: lookup(r.Int()), root: root}
		if r.Int() == 1 {
			q.root = r.String()
		}
		q.key = r.String()
		if answer := r.Uint64(); r.Bad() || q.kind > allRecords || a.of(q) != answer {
			return false
		}
	}
	return r.AtEnd()
}

func (a *Answers) of(q Question) uint64 {
	a.mu.Lock()
	answer, ok := a.known[q]
	a.mu.Unlock()
	if ok {
		return answer
	}
	answer = a.model.answer(q)
	a.mu.Lock()
	a.known[q] = answer
	a.mu.Unlock()
	return answer
}

// answer names all that may be read of the records that the question names.
func (m *Model) answer(q Question) uint64 {
	v := m.ViewOf(q.root)
	d := xxhash.New()
	switch q.kind {
	case byPin:
		for _, p := range v.pinned(q.key) {
			printTo(d, p.In)
		}
	case allImages:
		for _, name := range v.Images() {
			_, _ = d.WriteString(name)
			_, _ = d.Write([]byte{0})
		}
	case allRecords:
		for r := range v.Records() {
			printTo(d, r)
		}
	default:
		for _, r := range v.find(q.kind, q.key) {
			printTo(d, r)
		}
	}
	return d.Sum64()
}

func printTo(d *xxhash.Digest, r *facts.Record) {
	_, _ = d.WriteString(r.Path)
	var sum [9]byte // with a zero between path and print
	binary.LittleEndian.PutUint64(sum[1:], r.Print())
	_, _ = d.Write(sum[:])
}
