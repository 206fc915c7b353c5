package completion

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"go.lsp.dev/protocol"
)

// usualUser is an account that many images have.
type usualUser struct{ name, uid, gid, about string }

// usualUsers are the accounts of the public catalog, most used first.
var usualUsers = []usualUser{
	{"nonroot", "65532", "65532", "the usual unprivileged user"},
	{"_apt", "42", "65532", "apt's own user, in Debian dev images"},
	{"node", "1000", "1000", ""},
	{"postgres", "70", "70", ""},
	{"nginx", "65532", "65532", ""},
	{"nogroup", "65533", "65533", ""},
	{"www-data", "82", "82", ""},
}

// usualIDs are user and group numbers by use in the public catalog.
var usualIDs = []string{"65532", "1000", "70", "42", "999", "10001", "101", "1001", "82", "65533", "65534"}

// accounts are those of the stage around the place, else of the image.
func (p *place) accounts() *definition.Accounts {
	if p.Doc.Def == nil {
		return nil
	}
	if p.build >= 0 && p.build < len(p.stages()) {
		if own := p.stages()[p.build].Accounts; own != nil {
			return own
		}
		if p.shape == "contents.builds[].accounts" {
			return nil
		}
	}
	return p.Doc.Def.Accounts
}

func (p *place) stages() []definition.Build {
	if p.Doc.Def == nil || p.Doc.Def.Contents == nil {
		return nil
	}
	return p.Doc.Def.Contents.Builds
}

// users offers who can run a process, or be the member of a group.
func (p *place) users() {
	var taken []string
	list := p.cur.Role == syntax.RoleItem
	if list {
		taken = p.cur.Siblings()
	}
	a := p.accounts()
	group := p.groupOfMembers()
	if a != nil {
		for _, u := range a.Users {
			if name := u.Name.Value(); name != "" && !containsString(taken, name) {
				tier := tierLikely
				if name == group {
					tier = tierNext
				}
				p.add(Item{Label: name, value: name, Kind: protocol.CompletionItemKindReference, Description: "uid " + u.UID.Value(), tier: tier})
			}
		}
		if !list {
			for _, u := range a.Users {
				if id := u.UID.Value(); id != "" && !p.here(u.UID) {
					p.add(Item{Label: id, value: id, Kind: protocol.CompletionItemKindReference, Description: u.Name.Value(), tier: tierKnown})
				}
			}
		}
	}
	if !list {
		tier := tierKnown
		if a != nil && a.Root.True() || p.build >= 0 {
			tier = tierLikely
		}
		p.add(Item{Label: "root", value: "root", Kind: protocol.CompletionItemKindReference, Description: "uid 0", tier: tier})
	}
	if group != "" {
		p.value(tierTable, group, "named like the group")
	}
	if a == nil || len(a.Users) == 0 {
		p.value(tierTable, "nonroot", "the usual unprivileged user")
	}
}

// groupOfMembers is the name of the group whose members are typed.
func (p *place) groupOfMembers() string {
	if p.cur.Role != syntax.RoleItem && p.cur.Role != syntax.RoleValue || len(p.cur.Path) < 3 {
		return ""
	}
	for i := len(p.cur.Path); i > 1; i-- {
		if p.cur.Path[i-1].Key == "members" {
			g, _ := p.Doc.Tree.Lookup(p.cur.Path[:i-1])
			if n := g.Get("name"); n != nil {
				return n.Value
			}
		}
	}
	return ""
}

// userNames offers names for a user: those that something refers to first.
func (p *place) userNames() {
	a := p.accounts()
	if a == nil {
		a = &definition.Accounts{}
	}
	var have []string
	for _, u := range a.Users {
		if u.Name.Node != p.cur.Node || p.cur.Node == nil {
			have = append(have, u.Name.Value())
		}
	}
	offer := func(tier int, name, about string) {
		if name != "" && name != "root" && !containsString(have, name) && !digits(name) {
			p.value(tier, name, about)
		}
	}
	offer(tierNext, a.RunAs.Value(), "who the container runs as")
	for _, g := range a.Groups {
		for _, m := range g.Members {
			offer(tierNext, m.Value(), "member of "+g.Name.Value())
		}
		offer(tierLikely, g.Name.Value(), "named like the group")
	}
	p.usualNames(offer)
	offer(tierTable, p.baseName(), "named like the image")
}

// usualNames offers the names of accounts that fit the numbers given.
func (p *place) usualNames(offer func(tier int, name, about string)) {
	id := p.sibling("uid")
	for _, u := range usualUsers {
		tier := tierTable
		if id != "" && (id == u.uid || p.sibling("gid") == u.uid && id == "") {
			tier = tierLikely
		}
		offer(tier, u.name, u.about)
	}
}

// groupNames offers names for a group: users that have none yet first.
func (p *place) groupNames() {
	a := p.accounts()
	if a == nil {
		a = &definition.Accounts{}
	}
	var have []string
	for _, g := range a.Groups {
		if g.Name.Node != p.cur.Node || p.cur.Node == nil {
			have = append(have, g.Name.Value())
		}
	}
	offer := func(tier int, name, about string) {
		if name != "" && !containsString(have, name) {
			p.value(tier, name, about)
		}
	}
	if members := p.mapping().Get("members"); members != nil {
		for _, m := range members.Items() {
			offer(tierNext, m.Value, "its member")
		}
	}
	for _, u := range a.Users {
		offer(tierLikely, u.Name.Value(), "named like the user")
	}
	p.usualNames(offer)
}

// newID offers numbers for an account that is being written: those of the
// account that belongs to it.
func (p *place) newID() {
	a := p.accounts()
	if a == nil {
		return
	}
	name := p.sibling("name")
	group := p.shape == "accounts.groups[].gid" || p.shape == "contents.builds[].accounts.groups[].gid"
	id := func(value, about string) {
		if value != "" {
			p.value(tierNext, value, about)
		}
	}
	for _, u := range a.Users {
		if u.Node == p.cur.Container {
			continue
		}
		if group && u.Name.Value() == name {
			id(u.GID.Value(), "gid of "+name)
			id(u.UID.Value(), "uid of "+name)
		}
	}
	for _, g := range a.Groups {
		if g.Node != p.cur.Container && g.Name.Value() == name {
			id(g.GID.Value(), "group "+name)
		}
	}
	id(p.sibling("uid"), "like the uid")
	if !group {
		id(p.sibling("gid"), "like the gid")
	}
	for _, u := range usualUsers {
		if u.name == name {
			id(u.uid, u.about)
			id(u.gid, u.about)
		}
	}
}

// ids offers the numbers of users and groups.
func (p *place) ids() {
	p.pairedID()
	group := p.field.Role == "gid"
	if a := p.accounts(); a != nil {
		if group {
			for _, g := range a.Groups {
				p.id(g.GID, "group "+g.Name.Value())
			}
		}
		for _, u := range a.Users {
			n := u.UID
			if group {
				n = u.GID
			}
			p.id(n, "user "+u.Name.Value())
		}
	}
	p.add(Item{Label: "0", value: "0", Kind: protocol.CompletionItemKindReference, Description: "root", tier: tierLikely})
	for _, id := range usualIDs {
		p.value(tierRare, id, "")
	}
}

// pairedID: owner and group are mostly of one account.
func (p *place) pairedID() {
	other := "uid"
	if p.field.Role == "uid" {
		other = "gid"
	}
	if v := p.sibling(other); v != "" {
		p.value(tierNext, v, "like the "+other)
	}
}

func (p *place) id(f definition.Field, about string) {
	if value := f.Value(); value != "" && !p.here(f) {
		p.add(Item{Label: value, value: value, Kind: protocol.CompletionItemKindReference, Description: about, tier: tierLikely})
	}
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
