package main

import (
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// moved is how far a digest is behind whose tag stands for another one.
const moved = "moved"

// outdatedImages lists references whose tags stand for another digest than
// the one they pin, and what could not be known.
func outdatedImages(source *indexed.Source, l *loader) (list []outdatedPin, unknown []string) {
	for _, f := range l.files {
		record := facts.Of(f.doc)
		if record == nil {
			continue
		}
		for i := range record.References {
			r := &record.References[i]
			if r.Digest == "" || r.Tag == "" {
				continue
			}
			reference := indexed.Reference(r)
			name, ok := images.NameOf(&reference)
			if !ok {
				continue
			}
			found := source.Images().Repository(name)
			if found.State != images.Known {
				unknown = appendNew(unknown, found.Detail)
			}
			now := found.Digest(r.Tag)
			if now == "" || now == r.Digest {
				continue
			}
			at := f.doc.Text.Human(r.DigestRange.Start)
			list = append(list, outdatedPin{
				File: f.path, Line: at.Line, Column: at.Column, Package: name + ":" + r.Tag, Pinned: r.Digest, Newest: now, Versions: 1,
				Behind: moved, Repository: images.Registry(name), Made: madeOn(found.Images[now].Created), Stage: r.Stage,
			})
		}
	}
	return list, unknown
}

// madeOn is a day, empty for none.
func madeOn(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
