package action

import (
	"fmt"
	"strconv"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// The customary account of hardened images.
const (
	customaryName = "nonroot"
	customaryID   = 65532
	// firstID is where ids of ordinary users begin.
	firstID = 1000
)

// addUser adds a user with a group of its own to the accounts at the cursor,
// and makes accounts for an image that has none.
func addUser(r *request) []offer {
	def := r.doc.Def
	if def == nil {
		return nil
	}
	accounts := accountsAt(def, r)
	if accounts == nil {
		if def.Kind != definition.Image || def.Root == nil || def.Root.Get("accounts") != nil || !r.atTop() {
			return nil
		}
		edit, ok := r.insertTop("accounts", newAccounts(customaryName, customaryID)...)
		if !ok {
			return nil
		}
		return userOffer("Add accounts with the user "+customaryName, []diagnostic.Edit{edit})
	}
	name, id := freeAccount(accounts)
	var edits []diagnostic.Edit
	for _, list := range []struct {
		key   string
		lines []string
	}{
		{"users", userLines(name, id)},
		{"groups", groupLines(name, id)},
	} {
		edit, ok := r.addItem(accounts.Node, list.key, list.lines)
		if !ok {
			return nil
		}
		edits = append(edits, edit)
	}
	return userOffer(fmt.Sprintf("Add the user %s with its group", name), edits)
}

func userOffer(title string, edits []diagnostic.Edit) []offer {
	return []offer{{title: title, kind: protocol.CodeActionKindRefactorRewrite, change: change{edits: edits}}}
}

// atTop says whether the cursor is at a key of the top level or on no key.
func (r *request) atTop() bool {
	return len(r.doc.Tree.At(r.at.Start).Path) <= 1
}

// accountsAt are the accounts of the image or stage that the cursor is in.
func accountsAt(def *definition.Definition, r *request) *definition.Accounts {
	all := []*definition.Accounts{def.Accounts}
	if def.Contents != nil {
		for i := range def.Contents.Builds {
			all = append(all, def.Contents.Builds[i].Accounts)
		}
	}
	for _, a := range all {
		if a == nil || a.Node == nil || a.Node.Kind != syntax.Mapping || a.Node.Style != syntax.Block {
			continue
		}
		owner := a.Node.Owner()
		if owner != nil && owner.Range.Overlaps(r.at) {
			return a
		}
	}
	return nil
}

// freeAccount is a name and an id that no account has.
func freeAccount(a *definition.Accounts) (string, int) {
	names, ids := map[string]bool{}, map[string]bool{}
	for _, u := range a.Users {
		names[u.Name.Value()], ids[u.UID.Value()], ids[u.GID.Value()] = true, true, true
	}
	for _, g := range a.Groups {
		names[g.Name.Value()], ids[g.GID.Value()] = true, true
	}
	if !names[customaryName] && !ids[strconv.Itoa(customaryID)] {
		return customaryName, customaryID
	}
	name, id := "user1", firstID
	for i := 2; names[name]; i++ {
		name = "user" + strconv.Itoa(i)
	}
	for ids[strconv.Itoa(id)] {
		id++
	}
	return name, id
}

func userLines(name string, id int) []string {
	return []string{"- name: " + name, fmt.Sprintf("  uid: %d", id), fmt.Sprintf("  gid: %d", id)}
}

func groupLines(name string, id int) []string {
	return []string{"- name: " + name, fmt.Sprintf("  gid: %d", id), "  members:", "    - " + name}
}

func newAccounts(name string, id int) []string {
	lines := []string{"accounts:", "  run-as: " + name, "  users:"}
	for _, l := range userLines(name, id) {
		lines = append(lines, "    "+l)
	}
	lines = append(lines, "  groups:")
	for _, l := range groupLines(name, id) {
		lines = append(lines, "    "+l)
	}
	return lines
}

// addItem appends an item to the list below a key of the accounts, with the
// key if it is not there.
func (r *request) addItem(accounts *syntax.Node, key string, item []string) (diagnostic.Edit, bool) {
	list := accounts.Get(key)
	if list == nil {
		lines := []string{key + ":"}
		for _, l := range item {
			lines = append(lines, "  "+l)
		}
		return r.insertKey(accounts, schema.Lookup(schema.Definition, []string{"accounts"}), key, lines...)
	}
	if list.Kind != syntax.Sequence || list.Style != syntax.Block || len(list.Entries) == 0 {
		return diagnostic.Edit{}, false
	}
	return r.insertEntry(list, len(list.Entries), item...)
}
