package upgrade

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// hashes are git commits and digests.
var hashes = regexp.MustCompile(`\b(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40})\b`)

// commitVar names variables that hold the product's own commit.
var commitVar = regexp.MustCompile(`^(?:[A-Z0-9_]+_)?(?:COMMIT|COMMIT_SHA|COMMIT_HASH|GIT_COMMIT|GIT_SHA|REVISION|COMMIT_ID)$`)

// mark lists the places of hashes that the new version makes stale: those of
// changed files and references, and wherever else the same hash stands.
func (p *plan) mark() {
	stale := map[string]string{} // hash to what it is of
	p.markReferences(stale)
	p.markFiles(stale)
	if p.product && p.old != p.new {
		p.markCommits(stale)
	}
	for _, l := range p.leaves {
		for _, m := range hashes.FindAllStringIndex(l.value(), -1) {
			hash := l.value()[m[0]:m[1]]
			of, ok := stale[hash]
			if !ok {
				of, ok = stale["sha256:"+hash]
			}
			if ok && !l.changes(m[0], m[1]) {
				p.place(l, m[0], m[1], of)
			}
		}
	}
	p.markDates()
}

// changes reports whether an edit touches the bytes.
func (l *leaf) changes(start, end int) bool {
	for _, e := range l.edits {
		if e.start < end && start < e.end {
			return true
		}
	}
	return false
}

func (p *plan) place(l *leaf, start, end int, of string) {
	value := l.value()[start:end]
	what := Checksum
	switch {
	case len(value) == 40:
		what = Commit
	case strings.HasPrefix(of, "dhi"):
		what = Digest
	}
	m := p.doc.Tree.SourceMap(l.node)
	p.refresh = append(p.refresh, Place{
		Range: m.Range(text.Range{Start: start, End: end}), Path: l.path.String(), What: what, Value: value, Of: of,
	})
}

func (p *plan) markReferences(stale map[string]string) {
	if p.digest != "" {
		return
	}
	for _, l := range p.leaves {
		if r, ok := p.mine(l); ok && r.Digest.Text != "" {
			after, _, _ := strings.Cut(l.result(), "@")
			stale[r.Digest.Text] = after
		}
	}
}

// markFiles marks the checksums of files whose URL changes, and the commits in
// URLs of the product's own sources.
func (p *plan) markFiles(stale map[string]string) {
	for _, l := range p.leaves {
		if l.zone != inSource {
			continue
		}
		_, ref, _ := strings.Cut(l.value(), "#")
		own := p.product && p.old != p.new && hashes.FindString(ref) == ref && ref != "" && (p.isCommit(ref) || p.source != "" && urlOf(l.value(), p.source))
		if len(l.edits) == 0 && !own {
			continue
		}
		of := l.result()
		if own {
			of, _, _ = strings.Cut(of, "#")
			stale[ref] = of
		}
		if sum := fileItem(l).Get("checksum"); sum != nil && sum.Kind == syntax.Scalar {
			p.markChecksum(sum.Value, of, stale, 0)
		}
	}
}

// markChecksum follows the variables of a checksum to its hashes.
func (p *plan) markChecksum(value, of string, stale map[string]string, depth int) {
	for _, h := range hashes.FindAllString(value, -1) {
		stale[h] = of
	}
	if depth > 4 {
		return
	}
	for _, name := range variables(value) {
		p.markChecksum(p.v(name), of, stale, depth+1)
	}
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)[:}]|definition\.vars\.([A-Za-z_][A-Za-z0-9_]*)`)

func variables(value string) (list []string) {
	for _, m := range variable.FindAllStringSubmatch(value, -1) {
		if name := m[1] + m[2]; expr.IsVarName(name) {
			list = append(list, name)
		}
	}
	return list
}

// isCommit reports whether the hash is that of a variable for the product's
// own commit.
func (p *plan) isCommit(hash string) bool {
	for _, l := range p.leaves {
		if l.zone == inVar && commitVar.MatchString(l.key) && l.value() == hash {
			return true
		}
	}
	return false
}

// markCommits marks the product's commit where no file tells it: the variable
// without the name of another product.
func (p *plan) markCommits(stale map[string]string) {
	for _, l := range p.leaves {
		if l.zone != inVar || !commitVar.MatchString(l.key) || hashes.FindString(l.value()) != l.value() {
			continue
		}
		if _, seen := stale[l.value()]; !seen && (len(words(l.key)) == 0 || p.related(l.key)) && !p.usedUnchanged(l.value()) {
			stale[l.value()] = ""
		}
	}
}

// usedUnchanged reports whether the commit belongs to a file that stays.
func (p *plan) usedUnchanged(hash string) bool {
	for _, l := range p.leaves {
		if l.zone == inSource && len(l.edits) == 0 {
			sum := fileItem(l).Get("checksum")
			if strings.HasSuffix(l.value(), "#"+hash) || sum != nil && sum.Value == hash {
				return true
			}
		}
	}
	return false
}

// markDates marks the release date where a new line begins.
func (p *plan) markDates() {
	oldM, _ := parts(p.oldUpstream)
	newM, _ := parts(p.newUpstream)
	if !p.product || oldM == newM {
		return
	}
	for _, f := range []definition.Field{p.doc.Def.Dates.Release, p.doc.Def.Dates.EndOfLife} {
		if f.Set() {
			p.refresh = append(p.refresh, Place{Range: f.Node.Body, Path: f.Node.Path().String(), What: Date, Value: f.Value(), Of: p.ownName() + " " + p.new})
		}
	}
}

// result turns the edits of values into edits of the text.
func (p *plan) result() (*Result, error) {
	r := &Result{From: p.old, To: p.new, Product: p.product, Refresh: p.refresh, Notes: p.notes}
	for _, l := range p.leaves {
		if len(l.edits) > 0 {
			r.Edits = append(r.Edits, p.edits(l)...)
		}
	}
	slices.SortStableFunc(r.Edits, func(a, b text.Edit) int { return a.Range.Start - b.Range.Start })
	slices.SortStableFunc(r.Refresh, func(a, b Place) int { return a.Range.Start - b.Range.Start })
	if len(r.Edits) == 0 && len(r.Refresh) == 0 {
		return nil, ErrCurrent
	}
	return r, nil
}

// edits writes the new value of a scalar. A value that needs other quotes than
// before is written as a whole.
func (p *plan) edits(l *leaf) []text.Edit {
	raw := p.doc.Text.Slice(l.node.Range)
	if l.node.Style != syntax.Literal && l.node.Style != syntax.Folded && !strings.Contains(raw, "\n") {
		before, ok1 := scalar(l.value())
		after, ok2 := scalar(l.result())
		numeric := l.node.Type == syntax.Int || l.node.Type == syntax.Float
		if ok1 && ok2 && !numeric && (raw == before || l.node.Style == syntax.Plain) && quote(after) != quote(raw) {
			return []text.Edit{{Range: l.node.Range, New: after}}
		}
	}
	m := p.doc.Tree.SourceMap(l.node)
	list := make([]text.Edit, len(l.edits))
	for i, e := range l.edits {
		list[i] = text.Edit{Range: m.Range(text.Range{Start: e.start, End: e.end}), New: e.new}
	}
	return list
}

func quote(raw string) byte {
	if raw != "" && (raw[0] == '"' || raw[0] == '\'') {
		return raw[0]
	}
	return 0
}

// scalar writes a string as the canonical form does.
func scalar(v string) (string, bool) {
	out, err := yaml.Marshal(v)
	if err != nil {
		return "", false
	}
	out = bytes.TrimSuffix(out, []byte("\n"))
	return string(out), !bytes.Contains(out, []byte("\n"))
}
