package syntax

import "fmt"

// manyKeys is the size from which a mapping's keys are looked up in a map.
const manyKeys = 32

// keyIndex holds where each key of a large mapping stands first, of the
// entries before next.
type keyIndex struct {
	first map[string]int
	next  int
}

// sameKey is the first entry before index with the same key, or nil.
func (p *parser) sameKey(m *Node, index int) *Entry {
	key := m.Entries[index].Key
	if key.isMerge() {
		return nil
	}
	if index < manyKeys {
		for i := range m.Entries[:index] {
			if m.Entries[i].Key.Value == key.Value {
				return &m.Entries[i]
			}
		}
		return nil
	}
	if i, ok := p.indexed(m, index).first[key.Value]; ok {
		return &m.Entries[i]
	}
	return nil
}

// indexed is the index of the mapping's entries before end.
func (p *parser) indexed(m *Node, end int) *keyIndex {
	k := p.keys[m]
	if k == nil {
		if p.keys == nil {
			p.keys = map[*Node]*keyIndex{}
		}
		k = &keyIndex{first: map[string]int{}}
		p.keys[m] = k
	}
	for ; k.next < end; k.next++ {
		value := m.Entries[k.next].Key.Value
		if _, again := k.first[value]; !again {
			k.first[value] = k.next
		}
	}
	return k
}

// checkDuplicate reports the entry if its key stands in the mapping already.
func (p *parser) checkDuplicate(m *Node, index int) {
	key, other := m.Entries[index].Key, p.sameKey(m, index)
	if other == nil {
		return
	}
	p.add1(Problem{
		Code: CodeDuplicateKey, Range: key.Range,
		Message: fmt.Sprintf("`%s` is already set above: a mapping holds each key once, so one of the two is lost", clip(key.Value)),
		Related: other.Key.Range, RelatedMessage: "first set here",
	})
}
