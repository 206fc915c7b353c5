package names

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// account is what useradd and groupadd of all distributions take.
var account = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,31}$`)

// maxID is the largest uid and gid: (uid_t)-1 means "unchanged" to chown(2).
const maxID = 1<<32 - 2

// Rename gives a name another text everywhere. The error says why it cannot.
// The edits are of the document itself and have no file.
func (x *Index) Rename(n Name, to string) ([]diagnostic.Edit, error) {
	if err := x.check(n, to); err != nil {
		return nil, err
	}
	if to == n.Text {
		return nil, nil
	}
	var edits []diagnostic.Edit
	for _, o := range x.All(n) {
		edits = append(edits, x.edit(&o, to))
	}
	return edits, nil
}

// edit is the change of one place, with quotes where the new name needs them.
func (x *Index) edit(o *Occurrence, to string) diagnostic.Edit {
	r, fresh := o.Range, to
	switch number := o.Kind == UID || o.Kind == GID; {
	case !o.Whole() || number:
	case o.Node.Style == syntax.Plain && !plain(to):
		fresh = "'" + strings.ReplaceAll(to, "'", "''") + "'"
	case o.Node.Style == syntax.SingleQuoted:
		fresh = strings.ReplaceAll(to, "'", "''")
	case o.Node.Style == syntax.DoubleQuoted:
		fresh = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(to)
	}
	return diagnostic.Edit{Range: r, New: fresh}
}

// plain reports whether every reader takes the word for a string where it has
// no quotes.
func plain(word string) bool {
	root := syntax.Parse(text.New("[" + word + "]")).Root
	if root == nil || root.Kind != syntax.Sequence || len(root.Entries) != 1 {
		return false
	}
	v := root.Entries[0].Value
	if v.Kind != syntax.Scalar || v.Style != syntax.Plain || v.Type != syntax.String || v.Value != word {
		return false
	}
	_, trap := v.NumberTrap()
	return !trap
}

// check says why the name cannot become another.
func (x *Index) check(n Name, to string) error {
	switch n.Kind {
	case Variable:
		if !expr.IsVarName(to) {
			return fmt.Errorf("%q cannot name a variable: want letters, digits and underscores, not a digit first", to)
		}
	case User, Group:
		if !account.MatchString(to) {
			return fmt.Errorf("%q cannot name a %s: want a letter or underscore, then at most 31 letters, digits, and any of _ . -", to, n.Kind)
		}
	case UID, GID:
		if id, err := strconv.ParseUint(to, 10, 64); err != nil || id > maxID {
			return fmt.Errorf("%q is no %s: want a number from 0 to %d", to, n.Kind, maxID)
		}
		if canonical := strings.TrimLeft(to[:len(to)-1], "0") + to[len(to)-1:]; canonical != to {
			return fmt.Errorf("write the %s as %s: with a zero in front it is octal to some readers", n.Kind, canonical)
		}
	case Stage:
		if strings.TrimSpace(to) != to || to == "" || strings.ContainsAny(to, "\n\r\x00") {
			return errors.New("a build stage needs a name of one line, without blanks around it")
		}
	}
	other := n
	other.Text = to
	if to != n.Text && len(x.Declarations(other)) > 0 {
		return fmt.Errorf("there is a %s %s already", n.Kind, to)
	}
	return nil
}
