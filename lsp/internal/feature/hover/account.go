package hover

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
)

// account says which user or group is behind a name or a number.
func (h *place) account() {
	if !h.isValue() || h.doc.Def == nil || !h.mayName() {
		return
	}
	at, ok := names.For(h.d, h.doc).At(h.offset)
	if !ok {
		return
	}
	switch at.Kind {
	case names.User, names.UID:
		h.user(at)
	case names.Group, names.GID:
		h.group(at)
	}
}

// mayName reports whether the scalar is where users and groups are named, so
// that their names need not be searched elsewhere.
func (h *place) mayName() bool {
	if len(h.path) == 0 || h.node.Style == syntax.Literal {
		return false
	}
	switch key := h.path[len(h.path)-1]; key {
	case "uid", "gid", "run-as":
		return true
	case "name":
		return strings.Contains(strings.Join(h.path, "."), "accounts.")
	}
	return len(h.path) > 1 && h.path[len(h.path)-2] == "members"
}

func (h *place) user(at names.Occurrence) {
	index := names.For(h.d, h.doc)
	users := index.Users(at.Name)
	var lines []string
	for _, u := range users {
		lines = append(lines, h.userLine(index, at, u))
	}
	root := at.Kind == names.User && at.Text == "root" || at.Kind == names.UID && at.Text == "0"
	switch {
	case len(lines) > 0:
	case root:
		lines = append(lines, "**root** uid 0: may do everything in the container")
	case at.Kind == names.UID:
		lines = append(lines, "No user of `accounts.users` has the uid "+at.Text+".")
	default:
		lines = append(lines, "`accounts.users` has no user "+markup.Code(at.Text)+".")
	}
	h.say(strings.Join(lines, "\n\n"), at.Range)
}

func (h *place) userLine(index *names.Index, at names.Occurrence, u definition.User) string {
	line := "**" + markup.Text(u.Name.Value()) + "** user"
	if uid := names.Number(u.UID); uid != "" {
		line += ", uid " + uid
	}
	if gid := names.Number(u.GID); gid != "" {
		line += ", gid " + gid
		for _, g := range index.Groups(names.Name{Kind: names.GID, Text: gid, Stage: at.Stage}) {
			line += " (" + markup.Text(g.Name.Value()) + ")"
		}
	}
	if u.Home.Set() {
		line += ", home " + markup.Code(u.Home.Value())
	}
	if u.Shell.Set() {
		line += ", shell " + markup.Code(u.Shell.Value())
	}
	if in := memberOf(index.Accounts(at.Stage), u.Name.Value()); len(in) > 0 {
		line += "\n\nMember of " + codes(in)
	}
	return line + h.stage(at)
}

func memberOf(a *definition.Accounts, user string) []string {
	if a == nil {
		return nil
	}
	var out []string
	for _, g := range a.Groups {
		for _, m := range g.Members {
			if m.Set() && m.Value() == user {
				out = append(out, g.Name.Value())
				break
			}
		}
	}
	return out
}

func (h *place) group(at names.Occurrence) {
	groups := names.For(h.d, h.doc).Groups(at.Name)
	var lines []string
	for _, g := range groups {
		line := "**" + markup.Text(g.Name.Value()) + "** group"
		if gid := names.Number(g.GID); gid != "" {
			line += ", gid " + gid
		}
		var members []string
		for _, m := range g.Members {
			members = append(members, m.Value())
		}
		if len(members) > 0 {
			line += "\n\nMembers: " + codes(members)
		}
		lines = append(lines, line+h.stage(at))
	}
	root := at.Kind == names.Group && at.Text == "root" || at.Kind == names.GID && at.Text == "0"
	switch {
	case len(lines) > 0:
	case root:
		lines = append(lines, "**root** group, gid 0")
	case at.Kind == names.GID:
		lines = append(lines, "No group of `accounts.groups` has the gid "+at.Text+".")
	default:
		lines = append(lines, "`accounts.groups` has no group "+markup.Code(at.Text)+".")
	}
	h.say(strings.Join(lines, "\n\n"), at.Range)
}

// stage says where an account is defined that is not the image's.
func (h *place) stage(at names.Occurrence) string {
	if at.Stage == nil {
		return ""
	}
	return "\n\nDefined in build stage " + markup.Code(at.Stage.Name.Value())
}
