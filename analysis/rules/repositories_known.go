package rules

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/schema"
)

// checkKeyringOther finds repositories whose publisher's key is not listed,
// though others are. Only keys that the publisher serves itself are asked for:
// another's may be served from anywhere.
func (p *Pass) checkKeyringOther() {
	all := p.allRepositories()
	for i := range all {
		r := &all[i]
		keys := r.scope.EffectiveKeyring()
		if len(keys) == 0 || !r.known || !needsKey(r) || p.unverified(r) || r.scope.Stage != nil && r.scope.Stage.Uses.Set() {
			continue
		}
		known, ok := schema.LookupRepository(r.meant.URL.Text)
		wanted := known.Keys(r.meant.URL.Text)
		if !ok || len(wanted) != 1 || hostOf(wanted[0]) != r.meant.Host() {
			continue
		}
		found := false
		for _, k := range keys {
			value, known := p.known(k)
			found = found || !known || value == wanted[0] || oneEdit(value, wanted[0])
		}
		if !found {
			p.Report(p.repositoryAt(r, r.meant.URL), "`%s` is signed with a key that `keyring` does not list", r.meant.URL.Text).
				Help("list the key %s", wanted[0]).
				Related(keys[0].Range(), "the first key that is listed")
			return
		}
	}
}

// checkCommunityAlone finds scopes with Alpine's community repository and
// without main of the same release, on which nearly all of it depends. In the
// 2,420 scopes of half of the public catalog with community, main is there.
func checkCommunityAlone(p *Pass) {
	all := p.allRepositories()
	for i := range all {
		r := &all[i]
		base, ok := strings.CutSuffix(strings.TrimSuffix(r.meant.URL.Text, "/"), "/community")
		if !ok || !r.known || !isOwnRepository(&r.meant) || r.scope.Stage != nil && r.scope.Stage.Uses.Set() {
			continue
		}
		if !slices.ContainsFunc(all, func(o repository) bool {
			return o.scope == r.scope && (!o.known || o.malformed() || o.meant.Family != entry.Alpine || strings.TrimSuffix(o.meant.URL.Text, "/") == base+"/main" || strings.HasSuffix(strings.TrimSuffix(o.meant.URL.Text, "/"), "/main") && isOwnRepository(&o.meant))
		}) {
			p.Report(p.repositoryAt(r, r.meant.URL), "the repository stands without `%s/main`, on which its packages depend", base).
				Help("list `%s/main`, too", base)
		}
	}
}

// checkMisspelt finds repositories and keys that are one letter away from a
// known one.
func checkMisspelt(p *Pass) {
	var hosts, keys []string
	for _, r := range schema.Repositories() {
		host, _, _ := strings.Cut(r.Prefix, "/")
		hosts = append(hosts, host)
		keys = append(keys, r.Keyring...)
	}
	all := p.allRepositories()
	for i := range all {
		r := &all[i]
		meant, ok := nearly(r.meant.Host(), hosts)
		if !ok || !r.known || r.malformed() {
			continue
		}
		f := p.Report(p.repositoryAt(r, r.meant.URL), "`%s` is no host of a known repository, but nearly `%s`", r.meant.Host(), meant)
		if r.line.URL == r.meant.URL && !r.line.HasTemplate {
			at := p.repositoryAt(r, r.line.URL)
			f.Fix("Change to `"+meant+"`", false, Replace(at, strings.Replace(r.line.URL.Text, r.meant.Host(), meant, 1)))
		}
	}
	for _, scope := range p.Def.Scopes() {
		for _, key := range scope.Keyring {
			value, known := p.known(key)
			if meant, ok := nearly(value, keys); known && ok {
				p.Report(key.Range(), "the key is none that is known, but nearly %s", meant).
					Fix("Change to the known key", false, Replace(key.Range(), meant))
			}
		}
	}
}

// nearly is the one of the words that differs from s by one letter; false for
// a word that is one of them.
func nearly(s string, words []string) (string, bool) {
	if s == "" || slices.Contains(words, s) {
		return "", false
	}
	for _, w := range words {
		if len(w) > 4 && oneEdit(s, w) {
			return w, true
		}
	}
	return "", false
}

// oneEdit reports whether one letter is changed, missing, too many, or
// swapped with its neighbour.
func oneEdit(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	x, y := a[i:], b[i:]
	switch len(x) - len(y) {
	case 1:
		return x[1:] == y
	case -1:
		return x == y[1:]
	case 0:
		return len(x) > 0 && x[1:] == y[1:] || len(x) > 1 && x[0] == y[1] && x[1] == y[0] && x[2:] == y[2:]
	}
	return false
}
