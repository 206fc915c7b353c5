package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

func checkKeyringDuplicate(p *Pass) {
	for _, scope := range p.Def.Scopes() {
		for i, b := range scope.Keyring {
			for _, a := range scope.Keyring[:i] {
				if a.Set() && b.Set() && a.Value() == b.Value() {
					p.reportRepeated(a, b, "key")
					break
				}
			}
		}
	}
}

func checkKeyringHTTP(p *Pass) {
	for _, scope := range p.Def.Scopes() {
		for _, key := range scope.Keyring {
			if strings.HasPrefix(key.Value(), "http://") {
				p.Report(key.Range(), "the key is fetched without TLS: whoever changes it on its way can sign packages").
					Fix("Use https", false, Replace(p.In(key.Node, text.Range{Start: 0, End: len("http")}), "https"))
			}
		}
	}
}

// needsKey reports whether a repository needs a key that builders do not have.
func needsKey(r *repository) bool {
	if r.meant.URL.Text == "" || r.meant.Host() == "" || isOwnRepository(&r.meant) || r.malformed() {
		return false
	}
	if o, ok := r.meant.Option("signed-by"); ok {
		// Debian's own keyrings come with the packages of their name.
		file := o.Value.Text[strings.LastIndexByte(o.Value.Text, '/')+1:]
		return !strings.HasPrefix(file, "debian-")
	}
	return true
}

func checkKeyringMissing(p *Pass) {
	p.checkKeyringOther()
	all := p.allRepositories()
	var last *definition.Contents
	for i := range all {
		r := &all[i]
		if r.scope == last || !needsKey(r) || p.unverified(r) || p.hasKeys(r.scope) {
			continue
		}
		last = r.scope
		f := p.Report(p.repositoryAt(r, r.meant.URL), "`%s` is signed with a key of its own, but no `keyring` lists one", r.meant.URL.Text)
		known, ok := schema.LookupRepository(r.meant.URL.Text)
		if keys := known.Keys(r.meant.URL.Text); ok && len(keys) > 0 {
			f.Help("list the key %s in `keyring`", strings.Join(keys, " and "))
			p.fixKeyring(f, r.scope, keys)
		}
	}
}

// fixKeyring adds a keyring behind the repositories of the scope.
func (p *Pass) fixKeyring(f *Finding, scope *definition.Contents, keys []string) {
	e := scope.Node.Entry("repositories")
	if scope.HasKeyring || scope.Node.Style != syntax.Block || e.Value.Style != syntax.Block {
		return
	}
	t := p.Doc.Text
	first, last := t.LineOf(e.Key.Range.Start), t.LineOf(max(e.Range.Start, e.Range.End-1))
	if last+1 >= t.Lines() {
		return
	}
	indent := spaces(e.Key.Range.Start - t.LineStart(first))
	var b strings.Builder
	b.WriteString(indent + "keyring:" + t.Newline())
	for _, key := range keys {
		b.WriteString(indent + "  - " + key + t.Newline())
	}
	f.Fix("List the key", false, Replace(text.At(t.LineStart(last+1)), b.String()))
}

// hasKeys reports whether keys are listed for the scope, a half-typed list
// included.
func (p *Pass) hasKeys(scope *definition.Contents) bool {
	if len(scope.EffectiveKeyring()) > 0 {
		return true
	}
	// A stage that runs in another image has the keys of that image.
	return scope.Stage != nil && scope.Stage.Uses.Set()
}

// heirs are the scopes that use the keyring of one: itself, and the stages
// that list none.
func (p *Pass) heirs(of *definition.Contents) []*definition.Contents {
	if of.Stage != nil {
		return []*definition.Contents{of}
	}
	var out []*definition.Contents
	for _, scope := range p.Def.Scopes() {
		if scope == of || !scope.HasKeyring {
			out = append(out, scope)
		}
	}
	return out
}

func checkKeyringAlone(p *Pass) {
	for _, scope := range p.Def.Scopes() {
		if len(scope.Keyring) > 0 && p.countRepositories(scope) == 0 {
			p.Report(scope.Node.Entry("keyring").Key.Range, "`keyring` lists a key, but no repository is listed that it could verify").
				Help("list the repository in `repositories`, or remove the key")
		}
	}
}

func (p *Pass) countRepositories(scope *definition.Contents) int {
	n := 0
	for _, heir := range p.heirs(scope) {
		n += len(heir.EffectiveRepositories())
	}
	return n
}

func checkKeyringUnused(p *Pass) {
	for _, scope := range p.Def.Scopes() {
		if len(scope.Keyring) == 0 || p.countRepositories(scope) == 0 || p.keyringUsed(scope) {
			continue
		}
		p.Report(scope.Node.Entry("keyring").Key.Range, "`keyring` lists a key, but every repository is the distribution's own, which needs none")
	}
}

func (p *Pass) keyringUsed(of *definition.Contents) bool {
	all := p.allRepositories()
	for _, heir := range p.heirs(of) {
		for s := heir; s != nil; s = s.Parent {
			if !s.HasRepositories {
				continue
			}
			for i := range all {
				if all[i].scope == s && (!all[i].known || needsKey(&all[i]) || hasSignedBy(&all[i].meant)) {
					return true
				}
			}
			break
		}
	}
	return false
}

func hasSignedBy(r *entry.Repository) bool {
	_, ok := r.Option("signed-by")
	return ok
}
