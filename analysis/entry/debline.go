package entry

import (
	"sort"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// debOptions are the options of a one-line entry that sources.list(5) of apt
// 3.0 names.
var debOptions = map[string]bool{
	"arch": true, "lang": true, "target": true, "pdiffs": true, "by-hash": true, "allow-insecure": true,
	"allow-weak": true, "allow-downgrade-to-insecure": true, "trusted": true, "signed-by": true,
	"check-valid-until": true, "valid-until-min": true, "valid-until-max": true, "check-date": true,
	"date-max-future": true, "inrelease-path": true, "snapshot": true, "include": true, "exclude": true,
}

// parseDebian reads deb [options] URL suite components.
func (r *Repository) parseDebian(words []span) {
	rest := words[0].Start
	if first := words[0].text(r.masked); isDebType(first) {
		r.Type = r.word(words[0])
		rest = words[0].End
	} else if strings.HasPrefix(first, "deb[") {
		r.Type = r.word(span{words[0].Start, words[0].Start + 3})
		rest = words[0].Start + 3
		r.report(Malformed, text.At(rest), "expected a blank between deb and [").fix("Insert a blank", text.At(rest), " ")
	} else {
		pr := r.report(Malformed, text.Range(words[0]), "a Debian repository starts with deb: expected deb [options] URL suite component")
		if len(words) > 2 && (strings.Contains(first, "://") || first == DebianArchive) {
			pr.fix("Insert deb", text.At(rest), "deb ")
		}
	}
	if r.Type.Text == "deb-src" {
		r.report(UnusedForm, r.Type.Range, "deb-src lists sources, from which nothing is installed: write deb")
	}
	rest, ok := r.parseOptions(rest)
	if !ok {
		return
	}
	var args []span
	for _, w := range fields(r.masked[rest:]) {
		args = append(args, span{w.Start + rest, w.End + rest})
	}
	r.parseArgs(args)
}

// parseOptions reads [ key=value ... ] at or behind from, if it is there, and
// returns where it ends.
func (r *Repository) parseOptions(from int) (int, bool) {
	open := from + len(r.masked[from:]) - len(strings.TrimLeft(r.masked[from:], blanks))
	if open >= len(r.masked) || r.masked[open] != '[' {
		return from, true
	}
	n := strings.IndexByte(r.masked[open:], ']')
	if n < 0 {
		r.OptionsRange = text.Range{Start: open, End: len(r.masked)}
		r.report(Malformed, text.Range{Start: open, End: open + 1}, "the options are not closed: expected ]")
		return from, false
	}
	r.OptionsRange = text.Range{Start: open, End: open + n + 1}
	for _, w := range fields(r.masked[open+1 : open+n]) {
		r.parseOption(span{w.Start + open + 1, w.End + open + 1})
	}
	if end := open + n + 1; end < len(r.masked) && strings.IndexByte(blanks, r.masked[end]) < 0 {
		r.report(Malformed, text.At(end), "expected a blank behind ]").fix("Insert a blank", text.At(end), " ")
	}
	return open + n + 1, true
}

func (r *Repository) parseOption(w span) {
	key, _, ok := strings.Cut(w.text(r.masked), "=")
	if !ok {
		r.report(Malformed, text.Range(w), "an option is written key=value, as in signed-by=/usr/share/keyrings/name.gpg")
		r.Options = append(r.Options, Option{Key: r.word(w), Value: Word{Range: text.At(w.End)}})
		return
	}
	o := Option{Key: r.word(span{w.Start, w.Start + len(key)}), Value: r.word(span{w.Start + len(key) + 1, w.End})}
	r.Options = append(r.Options, o)
	// A - or + before the = removes from or adds to the default.
	name := strings.ToLower(strings.TrimRight(key, "+-"))
	switch {
	case !debOptions[name]:
		r.report(UnknownOption, o.Key.Range, "%s is no option of a deb line; apt knows %s", o.Key.Text, strings.Join(optionNames(), ", "))
	case o.Value.Text == "":
		r.report(Malformed, text.Range(w), "expected a value behind %s=", o.Key.Text)
	}
}

func optionNames() []string {
	names := make([]string, 0, len(debOptions))
	for n := range debOptions {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// parseArgs reads URL suite components.
func (r *Repository) parseArgs(args []span) {
	end := text.At(len(strings.TrimRight(r.masked, blanks)))
	if len(args) == 0 {
		r.report(Malformed, r.lastRange(end), "expected a URL and a suite: deb [options] URL suite component")
		return
	}
	r.URL = r.word(args[0])
	if !r.IsArchive() {
		r.checkURL([]string{"https", "http"})
	}
	if len(args) == 1 {
		r.report(Malformed, r.URL.Range, "expected a suite behind the URL, such as trixie main, or / for a flat repository")
		return
	}
	r.Suite = r.word(args[1])
	for _, a := range args[2:] {
		r.Components = append(r.Components, r.word(a))
	}
	switch {
	case r.Flat() && len(args) > 2:
		at := text.Range{Start: args[2].Start, End: args[len(args)-1].End}
		r.report(Malformed, at, "a flat repository (its suite ends in /) has no components").
			fix("Remove the components", text.Range{Start: args[1].End, End: at.End}, "")
	case !r.Flat() && len(args) == 2 && !hasTemplate(r.Suite.Text):
		r.report(Malformed, r.Suite.Range, "expected a component behind the suite %s, such as main", r.Suite.Text)
	}
}

func (r *Repository) lastRange(end text.Range) text.Range {
	if !r.OptionsRange.Empty() {
		return r.OptionsRange
	}
	if r.Type.Text != "" {
		return r.Type.Range
	}
	return end
}
