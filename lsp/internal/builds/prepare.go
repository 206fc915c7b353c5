package builds

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildplace"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// Options are the argument of the command that builds. Those that docker
// buildx build has, too, mean what they mean there.
type Options struct {
	URI uri.URI `json:"uri"`
	// Wait answers when the build has ended, not when it has begun.
	Wait bool `json:"wait"`
	// Load puts the image into the Docker engine, under Tags or a local name
	// made of the definition's own.
	Load bool `json:"load"`
	// Push pushes to Tags.
	Push bool     `json:"push"`
	Tags []string `json:"tags"`
	// Guide adds the attestations of the build guide.
	Guide bool `json:"guide"`
	// Check only asks the frontend for its lint.
	Check     bool     `json:"check"`
	NoCache   bool     `json:"noCache"`
	Pull      bool     `json:"pull"`
	Platforms []string `json:"platforms"`
	Builder   string   `json:"builder"`
	Target    string   `json:"target"`
	// Outputs, Secrets and SSH are written as on the command line.
	Outputs    []string          `json:"outputs"`
	Secrets    []string          `json:"secrets"`
	SSH        []string          `json:"ssh"`
	BuildArgs  map[string]string `json:"buildArgs"`
	SBOM       string            `json:"sbom"`
	Provenance string            `json:"provenance"`
}

// prepare checks that a build is allowed and can be, and makes its request.
func (m *Manager) prepare(snapshot *session.Snapshot, o Options) (*build, error) {
	if !snapshot.Trusted {
		return nil, rpc.Failed("Builds run programs and use the network, and this workspace is not trusted: trust it in the editor first")
	}
	doc, err := document(snapshot, o.URI)
	if err != nil {
		return nil, err
	}
	d := engine.Document(snapshot, doc)
	if !d.Kind.IsDefinition() || d.Tree == nil {
		return nil, rpc.Failed("%s is no definition that can be built: its first line must be a directive such as # syntax=dhi.io/build:2-alpine3.23", path.Base(engine.PathOf(doc.URI)))
	}
	b := &build{
		name: path.Base(engine.PathOf(doc.URI)), doc: doc, now: doc, asked: o, done: make(chan struct{}),
		place: buildplace.New(d.Tree), log: progress.NewBuffer(maxLog),
	}
	if b.req, err = m.request(snapshot, doc, o); err != nil {
		return nil, err
	}
	if b.req.Load && len(b.req.Tags) == 0 && d.Def != nil {
		b.req.Tags = []string{localTag(d.Def)}
	}
	return b, nil
}

// document is what the client has open, or the file.
func document(snapshot *session.Snapshot, u uri.URI) (*session.Document, error) {
	if u == "" {
		return nil, rpc.Failed("no document is named: the argument needs a uri")
	}
	if doc, open := snapshot.Document(u); open {
		return doc, nil
	}
	file, ok := session.Path(u)
	if !ok {
		return nil, rpc.Failed("%s is neither open nor a file", u)
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, rpc.Failed("%s cannot be read: %v", file, err)
	}
	if !info.Mode().IsRegular() || info.Size() > analysis.MaxSize {
		return nil, rpc.Failed("%s is no definition: it is too large, or no regular file", file)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, rpc.Failed("%s cannot be read: %v", file, err)
	}
	return session.FileDocument(file, string(content), snapshot.Encoding), nil
}

func localTag(def *definition.Definition) string {
	var tags []string
	for _, t := range def.Tags {
		if t.Set() {
			tags = append(tags, t.Value())
		}
	}
	return buildrunner.LocalTag(def.Image.Value(), tags)
}

// request joins what was asked for with the settings.
func (m *Manager) request(snapshot *session.Snapshot, doc *session.Document, o Options) (buildrunner.Request, error) {
	wanted := snapshot.Settings(doc.URI).Build
	req := buildrunner.Request{
		Text: []byte(doc.Text.String()), Env: m.Env, Load: o.Load, Push: o.Push, Tags: o.Tags, Check: o.Check,
		NoCache: o.NoCache, Pull: o.Pull, Platforms: o.Platforms, Target: o.Target, BuildArgs: o.BuildArgs,
	}
	req.Builder.Spec = o.Builder
	if req.Builder.Spec == "" {
		req.Builder.Spec = wanted.Builder
	}
	user, err := config.LoadUser(analysis.RuleName)
	if err != nil {
		return req, rpc.Failed("%v", err)
	}
	configured, ignored := config.BuildOf(user, engine.Config(snapshot, doc))
	if ignored != "" {
		snapshot.Client.Log(protocol.MessageTypeWarning, "dhi-ls: the builder "+ignored+" of "+config.FileName+" is not used: an address counts only in your own configuration")
	}
	req.Builder.Configured = configured.Builder
	if len(req.Platforms) == 0 {
		req.Platforms = strings.FieldsFunc(wanted.Platforms, func(r rune) bool { return r == ',' || r == ' ' })
	}
	if len(req.Platforms) == 0 && configured.Platform != "" {
		req.Platforms = []string{configured.Platform}
	}
	if o.Guide || wanted.Guide {
		req.AsInGuide()
	}
	if err := where(snapshot, doc, &req); err != nil {
		return req, err
	}
	if err := lists(&req, o); err != nil {
		return req, rpc.Failed("%v", err)
	}
	req.Inspect = !req.Check && (req.SBOM.Wanted() || req.Provenance.Wanted())
	req.Measure = !req.Check
	return req, nil
}

// where names the file; a document without one is built from the root of its
// workspace.
func where(snapshot *session.Snapshot, doc *session.Document, req *buildrunner.Request) error {
	if file, ok := session.Path(doc.URI); ok {
		req.File = file
		return nil
	}
	req.File = path.Base(engine.PathOf(doc.URI))
	folders := snapshot.Folders
	if f, ok := snapshot.Folder(doc.URI); ok {
		folders = []session.Folder{f}
	}
	for _, f := range folders {
		if dir, ok := session.Path(f.URI); ok {
			req.File, req.ContextDir = filepath.Join(dir, req.File), dir
			return nil
		}
	}
	return rpc.Failed("%s has no folder that its sources could be relative to: save it first", req.File)
}

func lists(req *buildrunner.Request, o Options) (err error) {
	if req.Outputs, err = buildrunner.ParseAll(o.Outputs, buildrunner.ParseOutput); err != nil {
		return err
	}
	if req.Secrets, err = buildrunner.ParseAll(o.Secrets, buildrunner.ParseSecret); err != nil {
		return err
	}
	if req.SSH, err = buildrunner.ParseAll(o.SSH, buildrunner.ParseSSH); err != nil {
		return err
	}
	if o.SBOM != "" {
		if req.SBOM, err = buildrunner.ParseAttestation("sbom", o.SBOM); err != nil {
			return err
		}
	}
	if o.Provenance != "" {
		req.Provenance, err = buildrunner.ParseAttestation("provenance", o.Provenance)
	}
	return err
}
