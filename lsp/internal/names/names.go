// Package names finds the names of a definition and their uses: variables,
// users, groups, their numbers, and build stages. It answers where something
// is defined, who uses it, and what a rename changes.
package names

import (
	"cmp"
	"slices"
	"sort"
	"strconv"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Kind is what a name names.
type Kind uint8

const (
	// Variable is a key of vars.
	Variable Kind = iota
	// User is the name of a user.
	User
	// Group is the name of a group.
	Group
	// UID and GID are numbers of users and groups.
	UID
	GID
	// Stage is the name of a build stage.
	Stage
)

// words call the kinds for people.
var words = map[Kind]string{Variable: "variable", User: "user", Group: "group", UID: "uid", GID: "gid", Stage: "build stage"}

func (k Kind) String() string { return words[k] }

// Name identifies what is named.
type Name struct {
	Kind Kind
	// Text is the name; numbers are in canonical form.
	Text string
	// Stage is the build stage whose accounts define the user or group, nil
	// for the definition's own.
	Stage *definition.Build
}

// Occurrence is one place of a name.
type Occurrence struct {
	Name
	// Range is where the name stands, without quotes and braces.
	Range text.Range
	// Node is the key or scalar that holds it.
	Node *syntax.Node
	// Declaration tells where something gets its name from where it is used.
	Declaration bool
}

// Whole reports whether the name is all there is in its scalar.
func (o *Occurrence) Whole() bool { return o.Range == o.Node.Body }

// Index holds the names of one version of a document.
type Index struct {
	doc *definition.Document
	all []Occurrence // by place
	by  map[Name][]int
}

// Of finds the names. A document without a definition has none.
func Of(doc *definition.Document) *Index {
	x := &Index{doc: doc, by: map[Name][]int{}}
	if doc.Def == nil {
		return x
	}
	c := collector{Index: x, def: doc.Def}
	c.variables()
	c.accounts()
	c.stages()
	slices.SortStableFunc(x.all, func(a, b Occurrence) int {
		return cmp.Or(cmp.Compare(a.Range.Start, b.Range.Start), cmp.Compare(a.Range.End, b.Range.End))
	})
	// An alias has the same node in many places.
	x.all = slices.CompactFunc(x.all, func(a, b Occurrence) bool { return a.Range == b.Range })
	for i := range x.all {
		x.by[x.all[i].Name] = append(x.by[x.all[i].Name], i)
	}
	return x
}

// At is the name at the offset; a cursor right behind a name is still in it.
func (x *Index) At(offset int) (Occurrence, bool) {
	i := sort.Search(len(x.all), func(i int) bool { return x.all[i].Range.End >= offset })
	for ; i < len(x.all) && x.all[i].Range.Start <= offset; i++ {
		// Of two names that touch, the one that begins here.
		if x.all[i].Range.End == offset && i+1 < len(x.all) && x.all[i+1].Range.Start == offset {
			continue
		}
		return x.all[i], true
	}
	return Occurrence{}, false
}

// All are the places of a name in order of the text.
func (x *Index) All(n Name) []Occurrence {
	var out []Occurrence
	for _, i := range x.by[n] {
		out = append(out, x.all[i])
	}
	return out
}

// Declarations are the places that define the name.
func (x *Index) Declarations(n Name) []Occurrence {
	return slices.DeleteFunc(x.All(n), func(o Occurrence) bool { return !o.Declaration })
}

// Every is all places of all names, in order of the text. The list must not be
// changed.
func (x *Index) Every() []Occurrence { return x.all }

// Accounts are the accounts of a scope, nil without.
func (x *Index) Accounts(stage *definition.Build) *definition.Accounts {
	if stage != nil {
		return stage.Accounts
	}
	if x.doc.Def == nil {
		return nil
	}
	return x.doc.Def.Accounts
}

// Users are those that a user name or a uid means.
func (x *Index) Users(n Name) []definition.User {
	a := x.Accounts(n.Stage)
	if a == nil {
		return nil
	}
	var out []definition.User
	for _, u := range a.Users {
		if n.Kind == User && u.Name.Set() && u.Name.Value() == n.Text || n.Kind == UID && Number(u.UID) == n.Text && n.Text != "" {
			out = append(out, u)
		}
	}
	return out
}

// Groups are those that a group name or a gid means.
func (x *Index) Groups(n Name) []definition.Group {
	a := x.Accounts(n.Stage)
	if a == nil {
		return nil
	}
	var out []definition.Group
	for _, g := range a.Groups {
		if n.Kind == Group && g.Name.Set() && g.Name.Value() == n.Text || n.Kind == GID && Number(g.GID) == n.Text && n.Text != "" {
			out = append(out, g)
		}
	}
	return out
}

// Number is the canonical form of the number that a field holds, "" where it
// holds none. Quoted numbers count: run-as has them.
func Number(f definition.Field) string {
	n, err := strconv.ParseUint(f.Value(), 0, 32)
	if err != nil {
		return ""
	}
	return strconv.FormatUint(n, 10)
}
