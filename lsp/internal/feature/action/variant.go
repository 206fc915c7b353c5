package action

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/format"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// devPackages are what dev images have beside their runtime's packages, in
// the public catalog nearly all of them.
var devPackages = map[string][]string{
	"alpine": {"apk-tools", "busybox"},
	"debian": {
		"apt", "bash", "ca-certificates", "coreutils", "diffutils", "dpkg", "findutils", "grep", "libc-bin", "mawk",
		"perl-base", "sed", "util-linux",
	},
}

// devVariant makes the dev image of a runtime, as a file beside it.
func devVariant(r *request) []offer {
	if !isRuntime(r.doc) || !r.atTop() {
		return nil
	}
	const title = "Make the dev variant of this image"
	o := offer{title: title, kind: protocol.CodeActionKindRefactorRewrite}
	target, ok := r.devFile()
	if !ok || !createsFiles(r.s) {
		o.command = commandid.Of(title, commandid.MakeDevVariant, commandid.Document{URI: r.d.URI})
		return []offer{o}
	}
	if r.taken(target) {
		return nil
	}
	o.later = func() (change, bool) {
		content, ok := devText(r.doc)
		return change{file: &newFile{target, content}}, ok
	}
	return []offer{o}
}

func isRuntime(doc *definition.Document) bool {
	return doc.Kind == definition.Image && doc.Def != nil && doc.Def.Variant.Value() == "runtime"
}

// devFile is the file of the dev variant: 1-dev.yaml beside 1.yaml.
func (r *request) devFile() (uri.URI, bool) {
	file, ok := session.Path(r.d.URI)
	if !ok {
		return "", false
	}
	extension := path.Ext(file)
	return uri.File(strings.TrimSuffix(file, extension) + "-dev" + extension), true
}

// taken says whether the file is there already, on disk or in the editor.
func (r *request) taken(target uri.URI) bool {
	if _, open := r.s.Document(target); open {
		return true
	}
	file, ok := session.Path(target)
	return ok && r.s.Services.Disk != nil && r.s.Services.Disk.Stat(file) == rules.File
}

// MakeDevVariant opens the dev variant as a text that is not saved, for
// clients that make no files. It returns the text for those that cannot open
// it either.
func MakeDevVariant(ctx context.Context, s *session.Snapshot, d *session.Document, doc *definition.Document) (string, error) {
	content, ok := devText(doc)
	if !isRuntime(doc) || !ok {
		return "", errors.New("the document is no definition of a runtime image that a dev variant could be made of")
	}
	r := &request{ctx: ctx, s: s, d: d, doc: doc}
	if target, ok := r.devFile(); ok && createsFiles(s) {
		if r.taken(target) {
			return "", errors.New("there is a file for the dev variant already: " + target.Path())
		}
		edit, _ := createFile(s, &newFile{target, content})
		return content, s.Client.ApplyEdit(ctx, "Make the dev variant", edit)
	}
	target := uri.URI("untitled:" + strings.TrimSuffix(path.Base(doc.Path), path.Ext(doc.Path)) + "-dev.yaml")
	if s.Client == nil || s.Client.Open(ctx, target, false, nil) != nil {
		return content, nil
	}
	fill := &protocol.WorkspaceEdit{Changes: map[uri.URI][]protocol.TextEdit{target: {{NewText: content}}}}
	return content, s.Client.ApplyEdit(ctx, "Make the dev variant", fill)
}

// devText is the dev variant's text.
func devText(doc *definition.Document) (string, bool) {
	v := &variant{request: &request{d: session.NewDocument(uri.URI("untitled:variant"), "yaml", 0, doc.Text.String(), text.UTF8), doc: doc}}
	v.family = doc.Dist().Family
	v.names()
	v.packages()
	v.accounts()
	v.environment()
	content, err := text.Apply(doc.Text.String(), sortedEdits(v.edits))
	if err != nil {
		return "", false
	}
	made := analysis.Open(doc.Path, text.New(content), analysis.Options{})
	if made.Def == nil || made.Def.Contents == nil || made.Def.Contents.Node == nil {
		return content, true
	}
	if edit, ok := format.SortPackages(made, made.Def.Contents.Node.Get("packages")); ok {
		if sorted, err := text.Apply(content, []text.Edit{edit}); err == nil {
			content = sorted
		}
	}
	return content, true
}

func sortedEdits(list []diagnostic.Edit) []text.Edit {
	out := make([]text.Edit, len(list))
	for i, e := range list {
		out[i] = text.Edit{Range: e.Range, New: e.New}
	}
	slices.SortStableFunc(out, func(a, b text.Edit) int { return a.Range.Start - b.Range.Start })
	return out
}

// variant collects what makes a dev variant of a runtime.
type variant struct {
	*request
	family string
	edits  []diagnostic.Edit
}

func (v *variant) add(e diagnostic.Edit, ok bool) {
	if ok {
		v.edits = append(v.edits, e)
	}
}

// set gives a scalar another value.
func (v *variant) set(f definition.Field, value string) {
	if f.Set() && f.Node.Kind == syntax.Scalar {
		v.edits = append(v.edits, diagnostic.Edit{Range: f.Node.Range, New: scalar(value, inFlow(f.Node))})
	}
}

// names are the image's name, its variant, its tags and the variables that
// hold their suffix.
func (v *variant) names() {
	def := v.doc.Def
	v.set(def.Variant, "dev")
	name := def.Name.Value()
	if inner, ok := strings.CutSuffix(name, ")"); ok {
		v.set(def.Name, inner+", dev)")
	} else if name != "" {
		v.set(def.Name, name+" (dev)")
	}
	for _, tag := range def.Tags {
		v.set(tag, tag.Value()+"-dev")
	}
	for _, suffix := range []string{"FLAVORED_SUFFIX", "SUFFIX"} {
		if field, ok := def.Var(suffix); ok {
			v.set(field, field.Value()+"-dev")
		}
	}
}

func (v *variant) packages() {
	c := v.doc.Def.Contents
	if c == nil || c.Node == nil {
		return
	}
	list := c.Node.Get("packages")
	have := map[string]bool{}
	for _, p := range c.Packages {
		have[p.Entry.Name] = true
	}
	var lines []string
	for _, name := range devPackages[v.family] {
		if !have[name] {
			lines = append(lines, "- "+name)
		}
	}
	if list == nil || list.Style != syntax.Block || len(list.Entries) == 0 || len(lines) == 0 {
		return
	}
	v.add(v.insertEntry(list, len(list.Entries), lines...))
}

// accounts: a dev image runs as root, and Debian's apt wants a user.
func (v *variant) accounts() {
	a := v.doc.Def.Accounts
	if a == nil || a.Node == nil || a.Node.Style != syntax.Block {
		return
	}
	field := schema.Lookup(schema.Definition, []string{"accounts"})
	v.set(a.RunAs, "root")
	switch {
	case a.Root.Set():
		v.edits = append(v.edits, diagnostic.Edit{Range: a.Root.Node.Range, New: "true"})
	default:
		v.add(v.insertKey(a.Node, field, "root", "root: true"))
	}
	hasAPT := slices.ContainsFunc(a.Users, func(u definition.User) bool { return u.Name.Value() == "_apt" })
	if v.family == "debian" && !hasAPT {
		v.add(v.addItem(a.Node, "users", []string{"- name: _apt", "  uid: 42", "  gid: 65532"}))
	}
}

func (v *variant) environment() {
	if v.family != "debian" {
		return
	}
	env := v.doc.Def.Root.Get("environment")
	switch {
	case env == nil:
		v.add(v.insertTop("environment", "environment:", "  DEBIAN_FRONTEND: noninteractive"))
	case env.Get("DEBIAN_FRONTEND") == nil:
		v.add(v.insertSorted(env, "DEBIAN_FRONTEND", "noninteractive"))
	}
}
