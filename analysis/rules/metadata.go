package rules

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

func metadataRules() []*Rule {
	return slices.Concat([]*Rule{
		{ID: "annotation-description-missing", Summary: "An image has no description", Level: always(diagnostic.Warning), Kinds: Images, Check: checkDescription},
		{ID: "annotation-licenses-missing", Summary: "An image does not name its licence", Level: Level{diagnostic.Hint, diagnostic.Info}, Kinds: Images, Check: checkLicensesMissing},
		{ID: "annotation-unknown", Summary: "An annotation is not one that its namespace defines", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkAnnotationKeys},
		{ID: "annotation-is-label", Summary: "A key that is read from labels stands among the annotations", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkAnnotationIsLabel},
		{ID: "annotation-value-malformed", Summary: "The value of an annotation has not the form that its key asks for", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkAnnotationValues},
		{ID: "date-malformed", Summary: "A date is not written as YYYY-MM-DD", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkDates},
		{ID: "date-eol-before-release", Summary: "The end of life lies before the release", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkDateOrder},
		{ID: "date-eol-past", Summary: "The end of life has passed", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkEndOfLife},
		{ID: "dates-empty", Summary: "`dates` holds no date", Level: always(diagnostic.Info), Kinds: Definitions, Fix: SafeFix, Check: checkDatesEmpty},
		{ID: "stop-signal-unknown", Summary: "The stop signal is none that container engines know", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkStopSignal},
		{ID: "placeholder-left", Summary: "A placeholder was left behind", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkPlaceholders},
	}, commandRules(), versionRules(), contentRules())
}

const descriptionKey = "org.opencontainers.image.description"

// annotationsPlace is where a missing annotation is reported.
func (p *Pass) annotationsPlace() text.Range {
	if e := p.Def.Root.Entry("annotations"); e != nil && e.Key != nil {
		return e.Key.Range
	}
	return p.topRange()
}

func (p *Pass) annotation(key string) (definition.Field, bool) {
	for _, a := range p.Def.Annotations {
		if a.Name() == key {
			return a, true
		}
	}
	return definition.Field{}, false
}

func checkDescription(p *Pass) {
	a, ok := p.annotation(descriptionKey)
	switch {
	case !ok && len(p.brokenLines()) > 0: // it may be among what can't be read
	case !ok:
		f := p.Report(p.annotationsPlace(), "the image has no `%s`: registries show it", descriptionKey).
			Help("add it to `annotations`, in one sentence")
		p.absent(f, p.Def.Root, "annotations")
	case strings.TrimSpace(a.Value()) == "" && a.Node != nil:
		p.Report(a.KeyRange(), "the description of the image is empty")
	}
}

func checkLicensesMissing(p *Pass) {
	a, ok := p.annotation(licensesKey)
	if !ok && len(p.brokenLines()) > 0 {
		return
	}
	if !ok || strings.TrimSpace(a.Value()) == "" {
		f := p.Report(p.annotationsPlace(), "the image has no `%s`, the licence of what it holds", licensesKey).
			Help("add it to `annotations`, as an SPDX expression such as Apache-2.0")
		p.absent(f, p.Def.Root, "annotations")
	}
}

func checkAnnotationKeys(p *Pass) {
	var known []string
	for _, a := range p.Def.Annotations {
		key := a.Name()
		prefix, complete, ok := schema.AnnotationNamespace(key)
		if _, found := schema.LookupAnnotation(key); found || a.Key == nil || strings.Contains(key, "${") {
			continue
		}
		if known == nil {
			for _, k := range schema.Annotations() {
				known = append(known, k.Key)
			}
		}
		meant, near := schema.Suggest(key, known)
		if !(ok && complete) && !near {
			continue
		}
		f := p.Report(a.KeyRange(), "`%s` is no known annotation", shorten(key))
		if ok && complete {
			f.Help("%s defines a fixed list of keys; put your own under a domain of yours", strings.TrimSuffix(prefix, "."))
		}
		if near {
			f.Help("did you mean `%s`?", meant)
			if _, taken := p.annotation(meant); !taken {
				f.Fix("Change to `"+meant+"`", false, Replace(p.In(a.Key, text.Range{Start: 0, End: len(key)}), meant))
			}
		}
	}
}

func checkAnnotationIsLabel(p *Pass) {
	for _, a := range p.Def.Annotations {
		known, ok := schema.LookupAnnotation(a.Name())
		if !ok || !known.Label || p.hasLabel(a.Name()) {
			continue
		}
		p.Report(a.KeyRange(), "`%s` is read from the labels of an image", a.Name()).Help("move it to `labels`")
	}
}

func (p *Pass) hasLabel(key string) bool {
	for _, l := range p.Def.Labels {
		if l.Name() == key {
			return true
		}
	}
	return false
}

var (
	webURL = regexp.MustCompile(`^https?://[^\s/]+\S*$`)
	digest = regexp.MustCompile(`^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$`)
)

// annotationForms say what is wrong with a value of a role, "" if nothing is.
var annotationForms = map[string]func(string) string{
	"url": func(s string) string {
		if !webURL.MatchString(s) {
			return "expected a URL that begins with https://"
		}
		return ""
	},
	"date-time": func(s string) string {
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return "expected a date and time as in 2026-02-10T12:00:00Z (RFC 3339)"
		}
		return ""
	},
	"digest": func(s string) string {
		if !digest.MatchString(s) {
			return "expected sha256: and 64 hex digits"
		}
		return ""
	},
	"image-reference": func(s string) string {
		if r := entry.ParseReference(s); len(r.Problems) > 0 {
			return "expected an image reference such as docker.io/library/debian:13"
		}
		return ""
	},
}

func checkAnnotationValues(p *Pass) {
	for _, a := range p.Def.Annotations {
		known, ok := schema.LookupAnnotation(a.Name())
		form := annotationForms[known.Role]
		value, resolved := p.known(a)
		if !ok || form == nil || !resolved || value == "" {
			continue
		}
		if expected := form(value); expected != "" {
			p.Report(a.Range(), "`%s` is no value for `%s`: %s", shorten(value), a.Name(), expected)
		}
	}
}

// dateOf reads a date; ok says that it is known, err that it is none.
func (p *Pass) dateOf(f definition.Field) (date string, ok bool, err error) {
	s, ok := p.known(f)
	if !ok {
		return "", false, nil
	}
	_, err = time.Parse(time.DateOnly, s)
	return s, true, err
}

func checkDates(p *Pass) {
	for _, f := range []definition.Field{p.Def.Dates.Release, p.Def.Dates.EndOfLife} {
		s, ok, err := p.dateOf(f)
		if !ok || err == nil {
			continue
		}
		if dateForm.MatchString(s) {
			p.Report(f.Range(), "there is no day `%s`", s)
			continue
		}
		p.Report(f.Range(), "`%s` is no date: expected YYYY-MM-DD", shorten(s))
	}
}

var dateForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)

func checkDateOrder(p *Pass) {
	release, ok1, err1 := p.dateOf(p.Def.Dates.Release)
	end, ok2, err2 := p.dateOf(p.Def.Dates.EndOfLife)
	if ok1 && ok2 && err1 == nil && err2 == nil && end < release {
		p.Report(p.Def.Dates.EndOfLife.Range(), "the end of life, %s, lies before the release, %s", end, release).
			Related(p.Def.Dates.Release.Range(), "the release")
	}
}

func checkEndOfLife(p *Pass) {
	end, ok, err := p.dateOf(p.Def.Dates.EndOfLife)
	if ok && err == nil && end < p.NeedsToday() {
		p.Report(p.Def.Dates.EndOfLife.Range(), "what is in here has had no support since %s", end).
			Help("move to a version that gets security fixes, or correct the date")
	}
}

func checkDatesEmpty(p *Pass) {
	e := p.Def.Root.Entry("dates")
	if e == nil || e.Key == nil || p.Def.Dates.Release.Present() || p.Def.Dates.EndOfLife.Present() || len(e.Value.Entries) > 0 {
		return
	}
	f := p.Report(e.Key.Range, "`dates` holds no date").Tag(diagnostic.Unnecessary)
	if edit, ok := p.RemoveEntry(e.Value); ok {
		f.Fix("Remove `dates`", true, edit)
	}
}

func checkStopSignal(p *Pass) {
	s, ok := p.known(p.Def.StopSignal)
	if !ok {
		return
	}
	if _, ok := schema.ParseSignal(s); ok {
		return
	}
	f := p.Report(p.Def.StopSignal.Range(), "`%s` is no signal that container engines know", shorten(s))
	signals := schema.Signals()
	names := make([]string, len(signals))
	for i := range signals {
		names[i] = signals[i].Name
	}
	if meant, ok := schema.Suggest(strings.ToUpper(s), names); ok && s == p.Def.StopSignal.Value() {
		f.Help("did you mean `%s`?", meant)
		f.Fix("Change to `"+meant+"`", false, Replace(p.Def.StopSignal.Node.Range, meant))
	}
}

var (
	placeholderNames  = []string{"FOO", "BAR", "BAZ", "FOOBAR"}
	placeholderValues = []string{"foo", "bar", "baz", "foobar", "changeme", "change-me", "change_me", "todo", "fixme", "xxx", "tbd", "replace-me", "replaceme", "replace_me", "x.y.z", "0.0.0-todo"}
)

func checkPlaceholders(p *Pass) {
	for _, list := range [][]definition.Field{p.Def.Vars, p.Def.Environment, p.Def.Labels, p.Def.Annotations} {
		for _, f := range list {
			value := strings.ToLower(strings.Trim(f.Value(), "<>"))
			switch {
			case slices.Contains(placeholderValues, value), strings.HasPrefix(f.Value(), "<") && strings.HasSuffix(f.Value(), ">"), strings.HasPrefix(value, "lorem ipsum"):
				p.Report(f.Range(), "`%s` looks like a placeholder that was left behind", f.Value())
			case slices.Contains(placeholderNames, f.Name()):
				p.Report(f.KeyRange(), "`%s` looks like a placeholder that was left behind", f.Name())
			}
		}
	}
}
