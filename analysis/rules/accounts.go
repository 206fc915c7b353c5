package rules

import (
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

func accountRules() []*Rule {
	return append([]*Rule{
		{ID: "accounts-missing", Summary: "An image has no accounts", Level: always(diagnostic.Warning), Kinds: Images, Check: checkAccountsMissing},
		{ID: "run-as-missing", Summary: "The accounts do not say who the container runs as", Level: always(diagnostic.Warning), Kinds: Images, Check: checkRunAsMissing},
		{ID: "run-as-undefined", Summary: "`run-as` names a user that does not exist", Level: always(diagnostic.Error), Kinds: Images | Packages, Fix: UnsafeFix, Check: checkRunAsUndefined},
		{ID: "run-as-numeric-undefined", Summary: "`run-as` is a number that no user has", Level: always(diagnostic.Warning), Kinds: Images, Check: checkRunAsNumber},
		{ID: "run-as-root-but-root-not-enabled", Summary: "`run-as` is root, but the root account is not enabled", Level: always(diagnostic.Error), Kinds: Images | Packages, Fix: UnsafeFix, Check: checkRunAsRoot},
		{ID: "runtime-runs-as-root", Summary: "A runtime image runs as root", Level: always(diagnostic.Warning), Kinds: Images, Check: checkRuntimeRoot},
		{ID: "runtime-root-enabled-unused", Summary: "A runtime image enables root, but runs as another user", Level: always(diagnostic.Info), Kinds: Images, Fix: UnsafeFix, Check: checkRootUnused},
		{ID: "dev-not-root", Summary: "A dev image runs as another user than root", Level: catalogOnly(diagnostic.Info), Kinds: Images, Check: checkDevNotRoot},
		{ID: "dev-root-not-enabled", Summary: "A dev image does not enable root", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Check: checkDevRoot},
		{ID: "nonroot-id", Summary: "The user `nonroot` has other numbers than in all hardened images", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Check: checkNonroot},
		{ID: "stage-user-drift", Summary: "A user of a build stage has other numbers than in the image", Level: always(diagnostic.Warning), Kinds: Images, Check: checkStageUsers},
		{ID: "dev-no-unprivileged-user", Summary: "A dev image has no user beside root", Level: always(diagnostic.Warning), Kinds: Images, Check: checkDevUser},
	}, userRules()...)
}

// account is who a run-as names: user, or user:group.
type account struct {
	field  definition.Field
	name   string
	number int64
	// numeric says that name is a number.
	numeric bool
	// written says that the name stands at the start of the field as it is.
	written bool
}

func (a account) root() bool { return a.name == "root" || a.numeric && a.number == 0 }

// at is the place of the name.
func (p *Pass) accountRange(a account) text.Range {
	if a.written {
		return p.In(a.field.Node, text.Range{End: len(a.name)})
	}
	return a.field.Range()
}

// runAs reads run-as; false where it is absent, empty or not known.
func (p *Pass) runAs(a *definition.Accounts) (account, bool) {
	if a == nil {
		return account{}, false
	}
	value, ok := p.known(a.RunAs)
	name, _, _ := strings.Cut(value, ":")
	if !ok || name == "" {
		return account{}, false
	}
	who := account{field: a.RunAs, name: name, written: value == a.RunAs.Value()}
	n, err := strconv.ParseInt(name, 10, 64)
	who.number, who.numeric = n, err == nil
	return who, true
}

// scope is a set of accounts: the image's own, or that of a build stage.
type accountScope struct {
	*definition.Accounts
	stage *definition.Build
}

// accountScopes are all accounts of the definition.
func (p *Pass) accountScopes() []accountScope {
	var out []accountScope
	if p.Def.Accounts != nil {
		out = append(out, accountScope{p.Def.Accounts, nil})
	}
	for i := range p.Def.Contents.Builds {
		if b := &p.Def.Contents.Builds[i]; b.Accounts != nil {
			out = append(out, accountScope{b.Accounts, b})
		}
	}
	return out
}

// open says that there may be users that the accounts do not list: those of
// the image that a stage builds on.
func (s accountScope) open() bool { return s.stage != nil && s.stage.Uses.Present() }

// hasUser looks for a user; true, too, where a name is not known.
func (p *Pass) hasUser(s accountScope, name string) bool {
	if name == "root" {
		return true
	}
	for _, u := range s.Users {
		if n, ok := p.known(u.Name); !ok || n == name {
			return true
		}
	}
	return false
}

// userNames are the names of the users, for suggestions.
func userNames(s accountScope) []string {
	names := []string{"root"}
	for _, u := range s.Users {
		if u.Name.Set() {
			names = append(names, u.Name.Value())
		}
	}
	return names
}

// accountsKey is the key of the top-level accounts.
func (p *Pass) accountsKey() text.Range {
	if e := p.Def.Root.Entry("accounts"); e != nil && e.Key != nil {
		return e.Key.Range
	}
	return p.topRange()
}

func checkAccountsMissing(p *Pass) {
	if p.Def.Root.Entry("accounts") == nil {
		p.absent(p.Report(p.topRange(), "`accounts` is missing: nothing says which users the image has and who it runs as"), p.Def.Root, "accounts")
	}
}

func checkRunAsMissing(p *Pass) {
	if a := p.Def.Accounts; a != nil && !a.RunAs.Present() {
		p.absent(p.Report(p.accountsKey(), "`run-as` is missing: nothing says who the container runs as"), a.Node, "run-as")
	}
}

func checkRunAsUndefined(p *Pass) {
	p.checkStepUsers()
	for _, s := range p.accountScopes() {
		who, ok := p.runAs(s.Accounts)
		if !ok || who.numeric || s.open() || p.hasUser(s, who.name) {
			continue
		}
		r := p.accountRange(who)
		f := p.Report(r, "`run-as` names the user `%s`, which `accounts.users` does not define", who.name)
		if s.stage != nil {
			f.AtMost(diagnostic.Warning) // a package of the stage may create it
		}
		if e := s.Node.Entry("users"); e != nil && e.Key != nil {
			f.Related(e.Key.Range, "the users are defined here")
		}
		if name, ok := schema.Suggest(who.name, userNames(s)); ok {
			f.Help("did you mean `%s`?", name)
			if who.written {
				f.Fix("Change to `"+name+"`", false, Replace(r, name))
			}
		}
	}
}

func checkRunAsNumber(p *Pass) {
	who, ok := p.runAs(p.Def.Accounts)
	if !ok || !who.numeric || who.number == 0 {
		return
	}
	for _, u := range p.Def.Accounts.Users {
		if uid, ok := u.UID.Int(); !ok || uid == who.number {
			return
		}
	}
	p.Report(p.accountRange(who), "no user in `accounts.users` has the uid %s: the container runs without a name and a home directory", who.name)
}

func checkRunAsRoot(p *Pass) {
	for _, s := range p.accountScopes() {
		who, ok := p.runAs(s.Accounts)
		if !ok || !who.root() || s.Root.True() || s.open() {
			continue
		}
		if _, isBool := s.Root.Bool(); s.Root.Set() && !isBool {
			continue // a wrong type, or a variable
		}
		f := p.Report(p.accountRange(who), "`run-as` is root, but the root account is not enabled by `root: true`")
		if s.stage != nil {
			f.AtMost(diagnostic.Warning)
		}
		switch {
		case s.Root.Set():
			f.Related(s.Root.Range(), "disabled here")
			f.Fix("Enable root", false, Replace(s.Root.Node.Range, "true"))
		case !s.Root.Present() && s.Node.Style == syntax.Block && len(s.Node.Entries) > 0:
			at := s.Node.Entries[0].Range.Start
			f.Fix("Add `root: true`", false, Replace(text.At(at), "root: true"+p.Doc.Text.Newline()+spaces(s.Node.Indent)))
		}
	}
}

// rootWaiver is the annotation by which the catalog declares that an image
// needs root.
const rootWaiver = "com.docker.dhi.runtime-root-required"

func checkRuntimeRoot(p *Pass) {
	who, ok := p.runAs(p.Def.Accounts)
	if !ok || !who.root() || p.Def.Variant.Value() != "runtime" || p.Def.Annotation(rootWaiver) != "" {
		return
	}
	p.Report(p.accountRange(who), "a runtime image should not run as root").
		Help("run as an unprivileged user, or say why not with the annotation `%s`", rootWaiver)
}

func checkRootUnused(p *Pass) {
	who, ok := p.runAs(p.Def.Accounts)
	if !ok || who.root() || p.Def.Variant.Value() != "runtime" || !p.Def.Accounts.Root.True() || p.Def.Annotation(rootWaiver) != "" {
		return
	}
	f := p.Report(p.Def.Accounts.Root.KeyRange(), "the root account is enabled, but the image runs as `%s`", who.name)
	f.Related(who.field.Range(), "the user it runs as")
	if edit, ok := p.RemoveEntry(p.Def.Accounts.Root.Node); ok {
		f.Fix("Remove `root: true`", false, edit)
	}
}

func checkDevNotRoot(p *Pass) {
	who, ok := p.runAs(p.Def.Accounts)
	if ok && p.Def.Variant.Value() == "dev" && !who.root() && !ownTagScheme[p.Doc.Place.Name] {
		p.Report(p.accountRange(who), "a dev image runs as root in the catalog, this one as `%s`", who.name)
	}
}

func checkDevRoot(p *Pass) {
	a := p.Def.Accounts
	if a == nil || p.Def.Variant.Value() != "dev" || a.Root.True() {
		return
	}
	if who, ok := p.runAs(a); ok && who.root() {
		return // run-as-root-but-root-not-enabled says it
	}
	if _, isBool := a.Root.Bool(); a.Root.Set() && !isBool {
		return
	}
	p.Report(p.accountsKey(), "a dev image should enable the root account with `root: true`, so that packages can be installed in it")
}

// checkDevUser does not count _apt, which only downloads.
func checkDevUser(p *Pass) {
	a := p.Def.Accounts
	if a == nil || p.Def.Variant.Value() != "dev" {
		return
	}
	for _, u := range a.Users {
		name, ok := p.known(u.Name)
		if uid, isInt := u.UID.Int(); !ok || name != "root" && name != "_apt" && (!isInt || uid != 0) {
			return
		}
	}
	p.Report(p.accountsKey(), "a dev image should define an unprivileged user, too, so that applications can switch to it")
}

// nonrootID is the uid and gid of nonroot in all 1,176 images of half of the
// public catalog that have the user.
const nonrootID = "65532"

func checkNonroot(p *Pass) {
	if p.Def.Accounts == nil {
		return
	}
	check := func(f definition.Field, what string) {
		if v, ok := p.known(f); ok && wholeNumber.MatchString(v) && v != nonrootID && v != "0" {
			p.Report(f.Range(), "the %s of `nonroot` is %s, but "+nonrootID+" in all hardened images: files that they share will belong to somebody else", what, v)
		}
	}
	for _, u := range p.Def.Accounts.Users {
		if u.Name.Value() == "nonroot" {
			check(u.UID, "uid")
			check(u.GID, "gid")
		}
	}
	for _, g := range p.Def.Accounts.Groups {
		if g.Name.Value() == "nonroot" {
			check(g.GID, "gid")
		}
	}
}
