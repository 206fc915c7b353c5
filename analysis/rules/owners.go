package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
)

// owner is who something is given to.
type owner struct{ uid, gid definition.Field }

func checkPathUID(p *Pass) {
	p.checkOwner("uid", func(o owner) definition.Field { return o.uid }, func(a *definition.Accounts, known map[int64]bool) bool {
		for _, u := range a.Users {
			uid, ok := u.UID.Int()
			if !ok {
				return false
			}
			known[uid] = true
		}
		if who, ok := p.runAs(a); ok && who.numeric {
			known[who.number] = true
		}
		return true
	})
}

func checkPathGID(p *Pass) {
	p.checkOwner("gid", func(o owner) definition.Field { return o.gid }, func(a *definition.Accounts, known map[int64]bool) bool {
		for _, u := range a.Users {
			gid, ok := u.GID.Int()
			if !ok {
				return false
			}
			known[gid] = true
		}
		for _, g := range a.Groups {
			gid, ok := g.GID.Int()
			if !ok {
				return false
			}
			known[gid] = true
		}
		return true
	})
}

// checkOwner compares the owners of what comes into the image with its
// accounts. What stays in a build stage may belong to users that the packages
// of the stage create.
func (p *Pass) checkOwner(what string, of func(owner) definition.Field, collect func(*definition.Accounts, map[int64]bool) bool) {
	a := p.Def.Accounts
	if a == nil || len(a.Users) == 0 {
		return
	}
	known := map[int64]bool{0: true}
	if !collect(a, known) {
		return
	}
	for _, o := range p.imageOwners() {
		field := of(o)
		if id, ok := field.Int(); ok && !known[id] && id > 0 && id <= maxID {
			p.Report(field.Range(), "no user or group in `accounts` has the %s %d", what, id)
		}
	}
}

// imageOwners are the owners of what comes into the image.
func (p *Pass) imageOwners() []owner {
	var out []owner
	for _, d := range p.Def.Paths {
		out = append(out, owner{d.UID, d.GID})
	}
	out = append(out, contentOwners(p.Def.Contents)...)
	for i := range p.Def.Contents.Builds {
		for _, o := range p.Def.Contents.Builds[i].Outputs {
			out = append(out, owner{o.UID, o.GID})
		}
	}
	return out
}

func contentOwners(c *definition.Contents) []owner {
	var out []owner
	for i := range c.Files {
		out = append(out, owner{c.Files[i].UID, c.Files[i].GID})
	}
	for i := range c.Artifacts {
		out = append(out, owner{c.Artifacts[i].UID, c.Artifacts[i].GID})
	}
	return out
}

// checkStageUsers compares the users of build stages with those of the image:
// files that a stage writes keep their numbers.
func checkStageUsers(p *Pass) {
	if p.Def.Accounts == nil {
		return
	}
	for i := range p.Def.Contents.Builds {
		b := &p.Def.Contents.Builds[i]
		if b.Accounts == nil {
			continue
		}
		for _, u := range b.Accounts.Users {
			p.compareStageUser(u)
		}
	}
}

func (p *Pass) compareStageUser(u definition.User) {
	name, ok := p.known(u.Name)
	uid, hasUID := u.UID.Int()
	gid, hasGID := u.GID.Int()
	if !ok || !hasUID || !hasGID {
		return
	}
	for _, o := range p.Def.Accounts.Users {
		other, ok := p.known(o.Name)
		imageUID, ok1 := o.UID.Int()
		imageGID, ok2 := o.GID.Int()
		if !ok || other != name || !ok1 || !ok2 || imageUID == uid && imageGID == gid {
			continue
		}
		p.Report(u.Name.Range(), "user `%s` is %d:%d in this stage, but %d:%d in the image: files keep the numbers", name, uid, gid, imageUID, imageGID).
			Related(o.Name.Range(), "the user of the image")
		return
	}
}

// checkStepUsers looks for the users that steps run as, in the accounts of the
// stage and of the image.
func (p *Pass) checkStepUsers() {
	p.eachStep(func(b *definition.Build, s *definition.Step) {
		value, ok := p.known(s.RunAs)
		name, _, _ := strings.Cut(value, ":")
		if !ok || name == "" || isNumber(name) || b.Uses.Present() {
			return
		}
		for _, a := range []*definition.Accounts{b.Accounts, p.Def.Accounts} {
			if a != nil && p.hasUser(accountScope{a, b}, name) {
				return
			}
		}
		if b.Accounts == nil && p.Def.Accounts == nil {
			return
		}
		p.Report(s.RunAs.Range(), "`run-as` names the user `%s`, which neither the stage nor the image defines", name).
			AtMost(diagnostic.Warning) // a package of the stage may create it
	})
}
