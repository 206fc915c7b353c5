package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/schema"
)

// chartRules look at what the step that prepares a chart is told.
func chartRules() []*Rule {
	return []*Rule{
		{ID: "chart-ref-no-digest", Summary: "An image of a chart is not pinned by its digest", Level: always(diagnostic.Warning), Kinds: Charts, Check: checkChartDigest},
		{ID: "chart-image-duplicate", Summary: "Two images of a chart have the same name", Level: always(diagnostic.Warning), Kinds: Charts, Check: checkChartImageNames},
		{ID: "chart-app-unknown", Summary: "The application of a chart is none of its images", Level: always(diagnostic.Warning), Kinds: Charts, Fix: UnsafeFix, Check: checkChartApp},
		{ID: "chart-app-behind", Summary: "A chart takes its application in another version than its own", Level: always(diagnostic.Info), Kinds: Charts, Check: checkChartAppVersion},
		{ID: "chart-name-vs-image", Summary: "The name given to a chart is not that of its image", Level: always(diagnostic.Warning), Kinds: Charts, Fix: UnsafeFix, Check: checkChartName},
	}
}

// chartImage is an image of a chart: its alias and its reference.
type chartImage struct {
	alias *syntax.Node
	imageRef
}

// eachChart calls f for what describes a chart in the inputs of a step, with
// its images.
func (p *Pass) eachChart(f func(chart *syntax.Node, images []chartImage)) {
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		chart := s.With.Get("chart").Deref()
		if chart == nil || chart.Kind != syntax.Mapping {
			return
		}
		var images []chartImage
		for _, item := range chart.Get("images").Deref().Items() {
			alias, ref := item.Get("name").Deref(), item.Get("ref").Deref()
			if alias == nil || alias.Kind != syntax.Scalar || ref == nil || ref.Kind != syntax.Scalar {
				continue
			}
			value, known := p.Resolve(ref.Value)
			if !known || value == "" {
				continue
			}
			images = append(images, chartImage{alias, imageRef{
				Field: definition.Field{Node: ref}, Reference: entry.ParseReference(value), Exact: value == ref.Value,
			}})
		}
		f(chart, images)
	})
}

func checkChartDigest(p *Pass) {
	p.eachChart(func(_ *syntax.Node, images []chartImage) {
		for i := range images {
			if r := &images[i].imageRef; !r.malformed() && r.Digest.Text == "" {
				p.Report(r.Field.Range(), "the image `%s` of the chart is not pinned: its tag can be moved to other content", images[i].alias.Value).
					Help("add the digest behind the tag: %s@sha256:…", shorten(r.Source))
			}
		}
	})
}

func checkChartImageNames(p *Pass) {
	p.eachChart(func(_ *syntax.Node, images []chartImage) {
		first := map[string]*syntax.Node{}
		for i := range images {
			alias := images[i].alias
			if other, ok := first[alias.Value]; ok {
				p.Report(alias.Range, "two images of the chart are called `%s`: its values can name only one of them", alias.Value).
					Related(other.Range, "the other image")
				continue
			}
			first[alias.Value] = alias
		}
	})
}

func checkChartApp(p *Pass) {
	p.eachChart(func(chart *syntax.Node, images []chartImage) {
		app := chart.Get("appRef").Deref()
		if app == nil || app.Kind != syntax.Scalar || app.Value == "" || len(images) != len(chart.Get("images").Deref().Items()) {
			return
		}
		names := make([]string, len(images))
		for i := range images {
			names[i] = images[i].alias.Value
			if names[i] == app.Value {
				return
			}
		}
		f := p.Report(app.Range, "`appRef` names `%s`, which is none of the chart's images", app.Value)
		if meant, ok := schema.Suggest(app.Value, names); ok {
			f.Help("did you mean `%s`?", meant)
			f.Fix("Change to `"+meant+"`", false, Replace(app.Range, meant))
		} else if len(names) > 0 {
			f.Help("its images are %s", listNames(names))
		}
	})
}

// checkChartAppVersion: a chart whose source is tagged by its own version, and
// whose application shares major and minor with it, is released together with
// the application.
func checkChartAppVersion(p *Pass) {
	version, ok := p.varValue("VERSION")
	if !ok || strings.Count(version, ".") < 2 || dottedVersion.FindString(version) != version || !p.taggedBy(version) {
		return
	}
	p.eachChart(func(chart *syntax.Node, images []chartImage) {
		app := chart.Get("appRef").Deref()
		for i := range images {
			r := &images[i].imageRef
			if app == nil || images[i].alias.Value != app.Value || r.malformed() {
				continue
			}
			of := dottedVersion.FindString(strings.TrimPrefix(r.Tag.Text, "v"))
			if of == version || strings.Count(of, ".") < 2 || sharedParts(of, version) < 2 {
				continue
			}
			p.Report(r.at(p, r.Tag.Range), "the chart is of version `%s`, but takes its application `%s` in version `%s`", version, app.Value, of)
		}
	})
}

// taggedBy reports whether a source of the definition is the tag of the
// version, with or without a v.
func (p *Pass) taggedBy(version string) bool {
	tagged := false
	p.sources(func(s fileSource) {
		ref := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		tagged = tagged || s.Git && strings.TrimPrefix(ref, "v") == version
	})
	return tagged
}

func checkChartName(p *Pass) {
	own := p.imageName()
	if own == "" {
		return
	}
	p.eachChart(func(chart *syntax.Node, _ []chartImage) {
		name := chart.Get("name").Deref()
		if name == nil || name.Kind != syntax.Scalar || name.Value == "" || name.Value == own || strings.Contains(name.Value, "${") {
			return
		}
		if place := p.Doc.Place; place.InCatalog() && name.Value == place.Name+"-chart" {
			return // image-name-vs-dir says it
		}
		p.Report(name.Range, "the chart is prepared as `%s`, but its image is `%s`", name.Value, own).
			Fix("Change to `"+own+"`", false, Replace(name.Range, own)).Related(p.Def.Image.Range(), "the image")
	})
}
