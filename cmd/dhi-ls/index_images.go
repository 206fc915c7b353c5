package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/oci"
)

// imageUpdate is what came of asking registries.
type imageUpdate struct {
	outcomes []oci.Outcome
	// skipped are registries that were not asked for want of a yes.
	skipped []string
}

// updateImages asks the registries that the definitions name, after asking
// for what needs a yes.
func updateImages(ctx context.Context, s streams, source *indexed.Source, l *loader, f updateFlags) (imageUpdate, error) {
	consent, err := l.consent(f.hosts)
	if err != nil || f.noImages {
		return imageUpdate{}, err
	}
	var docs []*definition.Document
	for _, file := range l.files {
		docs = append(docs, file.doc)
	}
	plan := indexed.ImagesOf(docs)
	if needed := consent.NeededFor(plan); len(needed) > 0 && isTerminal(s.err) && isInput(s.in) {
		consent.Asked = ask(s, "Ask %s for tags and digests of images? [y/N] ", needed)
	}
	bar := newBar(s.err, len(plan), f.quiet || !isTerminal(s.err))
	defer bar.stop()
	outcomes, skipped := source.UpdateImages(ctx, plan, consent, oci.UpdateOptions{Force: f.force, Progress: bar.image})
	return imageUpdate{outcomes, skipped}, nil
}

// image counts a repository that is done.
func (b *bar) image(o oci.Outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := "image " + o.Name.String()
	b.done[key], b.total[key] = 0, 0
}

// imageResult is an outcome for people.
func imageResult(o oci.Outcome) string {
	if o.Result != oci.None {
		return string(o.Result)
	}
	switch fetch.KindOf(o.Err) {
	case fetch.NeedLogin:
		return "closed"
	case fetch.NotFound:
		return "not found"
	case fetch.Policy:
		return "not allowed"
	}
	return "failed"
}

// notes are what is to be said of an update beside the table, each once.
func (u imageUpdate) notes() []string {
	var said []string
	say := func(text string) {
		if !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	for _, o := range u.outcomes {
		for _, w := range append(o.Warnings, o.Err) {
			if w != nil {
				say(w.Error())
			}
		}
		for _, m := range o.Missing {
			say(fmt.Sprintf("%s: the registry has no %s", o.Name, kindOf(m)))
		}
	}
	for _, host := range u.skipped {
		say(fmt.Sprintf("%s was not asked about images: it is not a known registry, or a private address: --allow-host %[1]s, or an entry in index.hosts of your own configuration, allows it", host))
	}
	return said
}

// kindOf says what an identifier is.
func kindOf(identifier string) string {
	if strings.HasPrefix(identifier, "sha256:") {
		return "digest " + identifier
	}
	return "tag " + identifier
}

// write shows the outcomes, below what stands there already.
func (u imageUpdate) write(s streams, below bool) error {
	if len(u.outcomes) > 0 {
		if below {
			fmt.Fprintln(s.out)
		}
		t := table{head: []string{"RESULT", "TAGS", "IMAGE"}, right: map[int]bool{1: true}}
		for _, o := range u.outcomes {
			tags := "-"
			if o.Tags > 0 {
				tags = strconv.Itoa(o.Tags)
			}
			t.row(imageResult(o), tags, o.Name.String())
		}
		if err := t.write(s.out); err != nil {
			return err
		}
	}
	for _, line := range u.notes() {
		tell(s.err, "%s", line)
	}
	return nil
}

type jsonImageOutcome struct {
	Image    string   `json:"image"`
	Result   string   `json:"result"`
	Tags     int      `json:"tags"`
	Missing  []string `json:"missing,omitempty"`
	Kind     string   `json:"kind,omitempty"`
	Error    string   `json:"error,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

func (u imageUpdate) forJSON() []any {
	var list []any
	for _, o := range u.outcomes {
		j := jsonImageOutcome{Image: o.Name.String(), Result: string(o.Result), Tags: o.Tags, Missing: o.Missing}
		if o.Err != nil {
			j.Kind, j.Error = string(fetch.KindOf(o.Err)), o.Err.Error()
		}
		for _, w := range o.Warnings {
			j.Warnings = append(j.Warnings, w.Error())
		}
		list = append(list, j)
	}
	for _, host := range u.skipped {
		list = append(list, jsonImageOutcome{Image: host, Result: string(oci.None), Kind: string(fetch.Policy), Error: "not asked: not allowed"})
	}
	return list
}

// answered are kinds of failures in which the registry, or the user, said no:
// no failure of the update.
var answered = []fetch.Kind{fetch.NeedLogin, fetch.NotFound, fetch.Policy}

func (u imageUpdate) err() error {
	for _, o := range u.outcomes {
		if o.Err != nil && !slices.Contains(answered, fetch.KindOf(o.Err)) {
			return &exitError{code: exitFailed}
		}
	}
	return nil
}

// writeImages lists what is cached of images.
func writeImages(w io.Writer, list []oci.Status, now time.Time) error {
	t := table{head: []string{"AGE", "TAGS", "STATE", "IMAGE"}, right: map[int]bool{0: true, 1: true}}
	for _, st := range list {
		age, count := "-", "-"
		if st.Usable() {
			age, count = shortAge(now.Sub(st.Entry.Checked)), strconv.Itoa(st.Entry.Tags)
		}
		t.row(age, count, string(st.State), st.Name)
	}
	return t.write(w)
}

type jsonImages struct {
	Image string `json:"image"`
	State string `json:"state"`
	Tags  int    `json:"tags"`
	// Newest is the newest tag, of what a search found.
	Newest  string     `json:"newest,omitempty"`
	Bytes   int64      `json:"bytes"`
	Checked *time.Time `json:"checked,omitempty"`
	Problem string     `json:"problem,omitempty"`
}

func imagesForJSON(st oci.Status) jsonImages {
	j := jsonImages{Image: st.Name, State: string(st.State), Tags: st.Entry.Tags, Bytes: st.Entry.Bytes, Problem: st.Explain()}
	if t := st.Entry.Checked; !t.IsZero() {
		j.Checked = &t
	}
	return j
}
