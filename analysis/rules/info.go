package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func infoRules() []*Rule {
	return []*Rule{
		{ID: "info-empty", Summary: "A field of info.yaml that readers see is empty", Level: always(diagnostic.Warning), Kinds: Infos, Check: checkInfoEmpty},
		{ID: "info-home-url", Summary: "The home page in info.yaml is no https:// address", Level: always(diagnostic.Warning), Kinds: Infos, Check: checkInfoURL},
		{ID: "info-duplicate", Summary: "info.yaml lists a category or a tool twice", Level: always(diagnostic.Warning), Kinds: Infos, Fix: SafeFix, Check: checkInfoTwins},
	}
}

func (p *Pass) metadata() *syntax.Node {
	if root := p.Doc.Tree.Root; root != nil {
		return root.Get("metadata").Deref()
	}
	return nil
}

// checkInfoEmpty leaves fields without a value to the schema, which reports
// their type.
func checkInfoEmpty(p *Pass) {
	for _, key := range []string{"display-name", "short-description"} {
		e := p.metadata().Entry(key)
		if e != nil && e.Value.Kind == syntax.Scalar && e.Value.Type == syntax.String && strings.TrimSpace(e.Value.Value) == "" {
			p.Report(e.Key.Range, "`%s` is empty: the catalog's pages show it", key)
		}
	}
	if e := p.metadata().Entry("categories"); e != nil && e.Value.Kind == syntax.Sequence && len(e.Value.Entries) == 0 {
		p.Report(e.Key.Range, "`categories` is empty: nobody will find the image by what it is for")
	}
}

func checkInfoURL(p *Pass) {
	n := p.metadata().Get("home-url").Deref()
	if n == nil || n.Kind != syntax.Scalar || n.Type == syntax.Null || strings.HasPrefix(n.Value, "https://") && webURL.MatchString(n.Value) {
		return
	}
	if webURL.MatchString(n.Value) {
		p.Report(p.In(n, text.Range{Start: 0, End: len("http://")}), "the home page is linked over plain HTTP").AtMost(diagnostic.Info).Help("use https:// if the host offers it")
		return
	}
	p.Report(n.Range, "`%s` is no address of a home page: expected a URL that begins with https://", shorten(n.Value))
}

func checkInfoTwins(p *Pass) {
	p.infoTwins("categories", func(n *syntax.Node) *syntax.Node { return n })
	p.infoTwins("included-tools", func(n *syntax.Node) *syntax.Node { return n.Get("name").Deref() })
}

// infoTwins reports items of a list whose name, as the function finds it, was
// there before.
func (p *Pass) infoTwins(key string, name func(*syntax.Node) *syntax.Node) {
	list := p.metadata().Get(key).Deref()
	if list == nil || list.Kind != syntax.Sequence {
		return
	}
	seen := make(map[string]*syntax.Node, len(list.Entries))
	for i := range list.Entries {
		item := list.Entries[i].Value
		n := name(item.Deref())
		if n == nil || n.Kind != syntax.Scalar || n.Value == "" {
			continue
		}
		first := seen[n.Value]
		if first == nil {
			seen[n.Value] = n
			continue
		}
		f := p.Report(n.Range, "`%s` is listed twice in `%s`", shorten(n.Value), key).Related(first.Range, "the first time")
		if item.Kind == syntax.Scalar {
			if edit, ok := p.RemoveEntry(item); ok {
				f.Fix("Remove it", true, edit)
			}
		}
	}
}
