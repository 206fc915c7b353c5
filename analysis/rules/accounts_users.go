package rules

import (
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/schema"
)

// userRules are about the lists of users and groups, of images as well as of
// build stages.
func userRules() []*Rule {
	return []*Rule{
		{ID: "group-member-undefined", Summary: "A group lists a user that does not exist", Level: always(diagnostic.Error), Kinds: Images | Packages, Fix: UnsafeFix, Check: checkGroupMembers},
		{ID: "user-gid-undefined", Aliases: []string{"user-gid-undefined-_apt"}, Summary: "A user's gid is that of no group", Level: always(diagnostic.Warning), Kinds: Images, Check: checkUserGID},
		{ID: "user-uid-zero", Summary: "A user beside root has the uid 0", Level: always(diagnostic.Warning), Kinds: Images | Packages, Check: checkUserUIDZero},
		{ID: "account-name-malformed", Summary: "The name of a user or group breaks `/etc/passwd` or `/etc/group`", Level: always(diagnostic.Error), Kinds: Images | Packages, Check: checkAccountNames},
		{ID: "account-id-out-of-range", Summary: "A uid or gid is no number that Linux has", Level: always(diagnostic.Error), Kinds: Images | Packages, Check: checkAccountIDs},
		{ID: "duplicate-user-name", Summary: "Two users have the same name", Level: always(diagnostic.Warning), Kinds: Images | Packages, Fix: SafeFix, Check: checkUserNames},
		{ID: "duplicate-user-uid", Summary: "Two users have the same uid", Level: always(diagnostic.Warning), Kinds: Images | Packages, Check: checkUserUIDs},
		{ID: "duplicate-group-name", Summary: "Two groups have the same name", Level: always(diagnostic.Warning), Kinds: Images | Packages, Fix: SafeFix, Check: checkGroupNames},
		{ID: "duplicate-group-gid", Summary: "Two groups have the same gid", Level: always(diagnostic.Warning), Kinds: Images | Packages, Check: checkGroupGIDs},
		{ID: "duplicate-group-member", Summary: "A group lists a user twice", Level: always(diagnostic.Warning), Kinds: Images | Packages, Fix: SafeFix, Check: checkMembersTwice},
	}
}

func checkGroupMembers(p *Pass) {
	for _, s := range p.accountScopes() {
		if s.open() {
			continue
		}
		for _, g := range s.Groups {
			for _, m := range g.Members {
				p.checkMember(s, g, m)
			}
		}
	}
}

func (p *Pass) checkMember(s accountScope, g definition.Group, m definition.Field) {
	name, ok := p.known(m)
	if !ok || p.hasUser(s, name) {
		return
	}
	f := p.Report(m.Range(), "group `%s` lists `%s`, which is no user in `accounts.users`", g.Name.Value(), name)
	if s.stage != nil {
		f.AtMost(diagnostic.Warning) // a package of the stage may create it
	}
	if e := s.Node.Entry("users"); e != nil && e.Key != nil {
		f.Related(e.Key.Range, "the users are defined here")
	}
	if other, ok := schema.Suggest(name, userNames(s)); ok && name == m.Value() {
		f.Help("did you mean `%s`?", other)
		f.Fix("Change to `"+other+"`", false, Replace(m.Node.Range, other))
		return
	}
	if g.Name.Value() == name && name == m.Value() && !s.hasUID(g.GID) {
		p.addUser(f, s.Node.Get("users"), name, g.GID.Value()) // a group of its own
	}
	if edit, ok := p.RemoveEntry(m.Node); ok {
		f.Fix("Remove it from the group", false, edit)
	}
}

// hasUID reports whether a user has the number.
func (s accountScope) hasUID(number definition.Field) bool {
	for _, u := range s.Users {
		if u.UID.Value() == number.Value() {
			return true
		}
	}
	return false
}

func checkUserGID(p *Pass) {
	a := p.Def.Accounts
	if a == nil {
		return
	}
	gids := map[int64]bool{0: true}
	for _, g := range a.Groups {
		gid, ok := g.GID.Int()
		if !ok {
			return
		}
		gids[gid] = true
	}
	for _, u := range a.Users {
		gid, ok := u.GID.Int()
		if !ok || gids[gid] || gid < 0 || gid > maxID {
			continue
		}
		f := p.Report(u.GID.Range(), "user `%s` has the gid %d, which no group in `accounts.groups` has", u.Name.Value(), gid)
		f.Help("add the group to `accounts.groups`, or correct the gid")
		if u.Name.Value() == "_apt" {
			f.AtMost(diagnostic.Info) // it owns no files
		}
	}
}

func checkUserUIDZero(p *Pass) {
	for _, s := range p.accountScopes() {
		for _, u := range s.Users {
			uid, ok := u.UID.Int()
			name, known := p.known(u.Name)
			if ok && known && uid == 0 && name != "root" {
				p.Report(u.UID.Range(), "user `%s` has the uid 0, so it is root under another name", name).Help("give it a uid of its own")
			}
		}
	}
}

func checkAccountNames(p *Pass) {
	for _, s := range p.accountScopes() {
		for _, u := range s.Users {
			p.checkAccountName("user", u.Name)
		}
		for _, g := range s.Groups {
			p.checkAccountName("group", g.Name)
		}
	}
}

// checkAccountName refuses only what breaks the files: what else a name may
// hold is a matter of the distribution.
func (p *Pass) checkAccountName(what string, f definition.Field) {
	if f.Present() && f.Node.Kind != syntax.Scalar {
		return
	}
	name, ok := p.known(f)
	switch {
	case !ok:
	case name == "":
		p.Report(f.Range(), "a %s needs a name", what)
	case strings.ContainsAny(name, ":\n\r\x00") || what == "group" && strings.Contains(name, ","):
		p.Report(f.Range(), "`%s` cannot be the name of a %s: it holds a character that separates the fields of `/etc/%s`", name, what, map[string]string{"user": "passwd", "group": "group"}[what])
	case strings.ContainsAny(name, " \t/"):
		p.Report(f.Range(), "`%s` cannot be the name of a %s: blanks and slashes are not allowed", name, what)
	}
}

// maxID is the largest uid and gid: (uid_t)-1 means "unchanged" to chown(2).
const maxID = 1<<32 - 2

func checkAccountIDs(p *Pass) {
	for _, s := range p.accountScopes() {
		for _, u := range s.Users {
			p.checkID("uid", u.UID)
			p.checkID("gid", u.GID)
		}
		for _, g := range s.Groups {
			p.checkID("gid", g.GID)
		}
	}
	for _, path := range p.Def.AllPaths() {
		p.checkID("uid", path.UID)
		p.checkID("gid", path.GID)
	}
}

func (p *Pass) checkID(what string, f definition.Field) {
	if !f.Set() || f.Node.Type != syntax.Int {
		return
	}
	if n, ok := f.Int(); ok && n >= 0 && n <= maxID {
		return
	}
	p.Report(f.Range(), "%s %s is out of range: expected a number from 0 to %d", what, f.Value(), int64(maxID))
}

// member is an entry of users or groups.
type member struct {
	node     *syntax.Node
	name, id definition.Field
}

func users(s accountScope) []member {
	out := make([]member, len(s.Users))
	for i, u := range s.Users {
		out[i] = member{u.Node, u.Name, u.UID}
	}
	return out
}

func groups(s accountScope) []member {
	out := make([]member, len(s.Groups))
	for i, g := range s.Groups {
		out[i] = member{g.Node, g.Name, g.GID}
	}
	return out
}

func checkUserNames(p *Pass)  { p.checkTwice("user", users, byName) }
func checkGroupNames(p *Pass) { p.checkTwice("group", groups, byName) }
func checkUserUIDs(p *Pass)   { p.checkTwice("user", users, byID) }
func checkGroupGIDs(p *Pass)  { p.checkTwice("group", groups, byID) }

// byName and byID are the keys by which two entries can be the same.
func byName(p *Pass, m member) (string, bool) { return p.known(m.name) }

func byID(_ *Pass, m member) (string, bool) {
	n, ok := m.id.Int()
	return strconv.FormatInt(n, 10), ok
}

func (p *Pass) checkTwice(what string, list func(accountScope) []member, key func(*Pass, member) (string, bool)) {
	for _, s := range p.accountScopes() {
		entries := list(s)
		if len(entries) < 2 {
			continue
		}
		first := make(map[string]member, len(entries))
		for _, m := range entries {
			k, ok := key(p, m)
			if !ok {
				continue
			}
			before, twice := first[k]
			if !twice {
				first[k] = m
				continue
			}
			p.reportTwice(what, before, m, k)
		}
	}
}

func (p *Pass) reportTwice(what string, before, m member, key string) {
	if strings.HasSuffix(p.rule.ID, "-name") {
		f := p.Report(m.name.Range(), "%s `%s` is defined twice", what, key).Related(before.name.Range(), "defined first here")
		if same(before.node, m.node) {
			f.Tag(diagnostic.Unnecessary)
			if edit, ok := p.RemoveEntry(m.node); ok {
				f.Fix("Remove the repeated "+what, true, edit)
			}
		}
		return
	}
	if before.name.Value() == m.name.Value() {
		return // the rule about names says it
	}
	id := p.rule.ID[strings.LastIndexByte(p.rule.ID, '-')+1:]
	p.Report(m.id.Range(), "%ss `%s` and `%s` have the same %s %s", what, before.name.Value(), m.name.Value(), id, key).
		Related(before.id.Range(), "used first here")
}

// same says that two nodes hold equal values, in whatever order of keys.
func same(a, b *syntax.Node) bool {
	a, b = a.Deref(), b.Deref()
	if a == nil || b == nil || a.Kind != b.Kind || len(a.Entries) != len(b.Entries) {
		return a == b
	}
	switch a.Kind {
	case syntax.Scalar:
		return a.Value == b.Value && a.Type == b.Type
	case syntax.Mapping:
		for i := range a.Entries {
			if a.Entries[i].Key == nil || !same(a.Entries[i].Value, b.Get(a.Entries[i].Key.Value)) {
				return false
			}
		}
	case syntax.Sequence:
		for i := range a.Entries {
			if !same(a.Entries[i].Value, b.Entries[i].Value) {
				return false
			}
		}
	}
	return true
}

func checkMembersTwice(p *Pass) {
	for _, s := range p.accountScopes() {
		for _, g := range s.Groups {
			p.checkDuplicates(g.Members, "member")
		}
	}
}
