package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

func repositoryRules() []*Rule {
	return []*Rule{
		{ID: "repository-malformed", Summary: "A repository is not written as the distribution writes it", Level: always(diagnostic.Error), Kinds: Definitions, Fix: SafeFix, Check: checkRepositoryForm},
		{ID: "repository-duplicate", Summary: "A repository is listed twice", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: SafeFix, Check: checkRepositoryDuplicate},
		{ID: "repository-http", Summary: "A repository is fetched without TLS", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkRepositoryHTTP},
		{ID: "repository-no-signed-by", Summary: "A third-party deb line names no key", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkSignedBy},
		{ID: "repository-unverified", Summary: "A deb line switches the verification of packages off", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkUnverified},
		{ID: "repository-wrong-release", Summary: "A repository is of another Alpine release", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkRepositoryRelease},
		{ID: "repository-wrong-suite", Summary: "A repository is of another Debian release", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkRepositorySuite},
		{ID: "repository-edge", Summary: "A repository is Alpine's development branch", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkRepositoryEdge},
		{ID: "repository-order", Summary: "Alpine's own repository stands before that of hardened packages", Level: catalogOnly(diagnostic.Info), Kinds: Definitions, Check: checkRepositoryOrder},
		{ID: "repository-community-alone", Summary: "Alpine's community repository is listed without main", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkCommunityAlone},
		{ID: "repository-misspelt", Summary: "A repository or key is nearly one that is known", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkMisspelt},
		{ID: "alpine-no-repositories", Summary: "An Alpine definition installs packages but lists no repository", Level: always(diagnostic.Error), Kinds: Images | Packages, Check: checkNoRepositories},
		{ID: "keyring-duplicate", Summary: "A key is listed twice", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: SafeFix, Check: checkKeyringDuplicate},
		{ID: "keyring-http", Summary: "A key is fetched without TLS", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkKeyringHTTP},
		{ID: "keyring-missing", Summary: "A third-party repository has no key to verify it", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkKeyringMissing},
		{ID: "keyring-without-repositories", Summary: "Keys are listed, but no repository", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkKeyringAlone},
		{ID: "keyring-without-thirdparty-repo", Summary: "Keys are listed, but every repository is the distribution's own", Level: always(diagnostic.Info), Kinds: Definitions, Check: checkKeyringUnused},
	}
}

// repository is an entry of a repositories list.
type repository struct {
	scope *definition.Contents
	field definition.Field
	// line is the entry as written, for ranges and form.
	line entry.Repository
	// meant is the entry with its variables resolved, for what it says; the
	// same as line where there are none.
	meant entry.Repository
	// known says that meant holds no ${} any more.
	known bool
}

type sharedRepositories struct {
	repositories   []repository
	repositoriesOK bool
}

// allRepositories are the entries of all scopes, in the order of the text.
func (p *Pass) allRepositories() []repository {
	if p.shared.repositoriesOK {
		return p.shared.repositories
	}
	p.shared.repositoriesOK = true
	for _, scope := range p.Def.Scopes() {
		for _, f := range scope.Repositories {
			if f.Set() {
				p.shared.repositories = append(p.shared.repositories, p.readRepository(scope, f))
			}
		}
	}
	return p.shared.repositories
}

func (p *Pass) readRepository(scope *definition.Contents, f definition.Field) repository {
	family := p.repositoryFamily(scope)
	r := repository{scope: scope, field: f, line: entry.ParseRepository(f.Value(), family), known: true}
	r.meant = r.line
	if r.line.HasTemplate {
		var v string
		v, r.known = p.Resolve(f.Value())
		r.meant = entry.ParseRepository(v, family)
	}
	return r
}

// malformed reports whether the entry is reported for its form, so that what
// it says is not known.
func (r *repository) malformed() bool {
	for i := range r.line.Problems {
		if r.line.Problems[i].Kind == entry.Malformed {
			return true
		}
	}
	return false
}

// repositoryFamily is the family whose repositories the scope lists: that of
// the definition where all its signs agree, unknown otherwise and in stages
// that run in another image.
func (p *Pass) repositoryFamily(scope *definition.Contents) entry.Family {
	if scope.Stage != nil && scope.Stage.Uses.Set() {
		return entry.UnknownFamily
	}
	family := ""
	for _, f := range []string{p.Def.OSRelease.ID.Value(), p.Doc.Directive.Dist().Family, p.Doc.Place.Dist.Family} {
		switch {
		case f == "":
		case family != "" && f != family:
			return entry.UnknownFamily
		default:
			family = f
		}
	}
	switch family {
	case string(schema.Alpine):
		return entry.Alpine
	case string(schema.Debian):
		return entry.Debian
	}
	return entry.UnknownFamily
}

// repositoryAt is the place of a part of meant.
func (p *Pass) repositoryAt(r *repository, w entry.Word) text.Range {
	if r.line.HasTemplate {
		return r.field.Range()
	}
	return p.In(r.field.Node, w.Range)
}

// releaseWanted is the distribution that a scope's repositories should be of:
// that of the directory where there is one, since a file copied into it has
// all the rest still to be changed. It is unknown in stages that run in
// another image.
func (p *Pass) releaseWanted(scope *definition.Contents) definition.Dist {
	if scope.Stage != nil && scope.Stage.Uses.Set() {
		return definition.Dist{}
	}
	if p.Doc.Place.Dist.Known() {
		return p.Doc.Place.Dist
	}
	if d, ok := p.outvoted(); ok {
		return d
	}
	return p.Doc.Dist()
}

func checkRepositoryForm(p *Pass) {
	all := p.allRepositories()
	for i := range all {
		r := &all[i]
		for j := range r.line.Problems {
			if pr := &r.line.Problems[j]; pr.Kind != entry.MalformedTemplate {
				p.reportEntryProblem(r.field, pr)
			}
		}
	}
}

// reportEntryProblem reports what package entry found; forms that a package
// manager might take all the same are warnings at most.
func (p *Pass) reportEntryProblem(field definition.Field, pr *entry.Problem) {
	f := p.Report(p.In(field.Node, pr.Range), "%s", pr.Message)
	if pr.Kind == entry.UnusedForm || pr.Kind == entry.UnknownOption {
		f.AtMost(diagnostic.Warning)
	}
	if pr.Fix != nil {
		f.Fix(pr.FixTitle, pr.Kind == entry.Malformed, Replace(p.In(field.Node, pr.Fix.Range), pr.Fix.New))
	}
}

// sameRepository is what two entries share that lead to the same packages.
func sameRepository(s string) string { return strings.TrimRight(strings.TrimSpace(s), "/") }

func checkRepositoryDuplicate(p *Pass) {
	all := p.allRepositories()
	for i := range all {
		for j := i - 1; j >= 0 && all[j].scope == all[i].scope; j-- {
			a, b := all[j].field, all[i].field
			if sameRepository(a.Value()) == sameRepository(b.Value()) {
				p.reportRepeated(a, b, "repository")
				break
			}
		}
	}
}

// reportRepeated reports the second of two equal items of a list.
func (p *Pass) reportRepeated(first, second definition.Field, what string) {
	f := p.Report(second.Range(), "the %s is listed twice", what).Related(first.Range(), "it is listed here already").Tag(diagnostic.Unnecessary)
	if e, ok := p.RemoveEntry(second.Node); ok {
		f.Fix("Remove the repetition", true, e)
	}
}

func checkRepositoryHTTP(p *Pass) {
	all := p.allRepositories()
	for i := range all {
		r := &all[i]
		// The hardened packages themselves are published by http, signed.
		if r.meant.Scheme() != "http" || r.meant.IsDHI() || r.malformed() {
			continue
		}
		f := p.Report(p.repositoryAt(r, r.meant.URL), "`%s` is fetched without TLS", r.meant.URL.Text)
		f.Help("use https if the host offers it")
		if p.verified(r) {
			f.AtMost(diagnostic.Info)
		}
		if at := strings.Index(r.line.Source, "http://"); at >= 0 {
			scheme := p.In(r.field.Node, text.Range{Start: at, End: at + len("http")})
			f.Fix("Use https", false, Replace(scheme, "https"))
		}
	}
}

// verified reports whether the signatures of the repository's packages are
// checked against a key that is not fetched in the same way.
func (p *Pass) verified(r *repository) bool {
	if r.meant.Family == entry.Debian {
		return !p.unverified(r)
	}
	return isOwnRepository(&r.meant) || len(r.scope.EffectiveKeyring()) > 0
}

func (p *Pass) unverified(r *repository) bool {
	for _, key := range []string{"trusted", "allow-insecure"} {
		if o, ok := r.meant.Option(key); ok && isYes(o.Value.Text) {
			return true
		}
	}
	return false
}

func isYes(s string) bool {
	switch strings.ToLower(s) {
	case "yes", "true", "on", "1", "with", "enable":
		return true
	}
	return false
}

// debianHosts serve Debian itself, for which every builder has the keys.
var debianHosts = map[string]bool{
	"deb.debian.org": true, "security.debian.org": true, "archive.debian.org": true, "snapshot.debian.org": true,
	"ftp.debian.org": true, "httpredir.debian.org": true, "ftp-master.debian.org": true,
}

// isOwnRepository reports whether a repository is the distribution's own or a
// mirror of it, whose keys every builder has.
func isOwnRepository(r *entry.Repository) bool {
	if r.IsArchive() || debianHosts[r.Host()] || r.Host() == "dl-cdn.alpinelinux.org" {
		return true
	}
	if r.IsDHI() {
		return false
	}
	return r.Family == entry.Alpine && isAlpineMirror(r) || r.Family == entry.Debian && isDebianMirror(r)
}

// alpineBranches are the repositories of an Alpine release.
var alpineBranches = map[string]bool{"main": true, "community": true, "testing": true}

// isAlpineMirror knows a mirror by the layout of its path: HOST/alpine/v3.23/main.
func isAlpineMirror(r *entry.Repository) bool {
	release, ok := r.AlpineRelease()
	branch, _ := r.AlpineComponent()
	if !ok || !alpineBranches[branch.Text] {
		return false
	}
	_, path, _ := strings.Cut(r.URL.Text, "://")
	_, path, _ = strings.Cut(path, "/")
	before, _, _ := strings.Cut(path, "/"+release.Text)
	return (before == "alpine" || strings.HasSuffix(before, "/alpine")) && !strings.Contains(before, "packages")
}

// isDebianMirror knows a mirror by its layout: HOST/debian and a Debian suite.
func isDebianMirror(r *entry.Repository) bool {
	url := strings.TrimRight(r.URL.Text, "/")
	last := url[strings.LastIndexByte(url, '/')+1:]
	return (last == "debian" || last == "debian-security") && debianCodename(r.Suite.Text) != ""
}

func checkSignedBy(p *Pass) {
	all := p.allRepositories()
	for i := range all {
		r := &all[i]
		if r.meant.Family != entry.Debian || r.meant.URL.Text == "" || r.malformed() || isOwnRepository(&r.meant) {
			continue
		}
		if _, ok := r.meant.Option("signed-by"); ok || p.unverified(r) {
			continue
		}
		p.Report(p.repositoryAt(r, r.meant.URL), "the repository at `%s` names no key: any key that apt trusts could sign its packages", r.meant.URL.Text).
			Help("write deb [signed-by=%s] URL suite component, and list the key in `keyring`", keyFile(r.meant.URL.Text))
	}
}

// keyFile is the customary name of a repository's key.
func keyFile(url string) string {
	if known, ok := schema.LookupRepository(url); ok && known.SignedBy != "" {
		return known.SignedBy
	}
	return "/usr/share/keyrings/NAME.gpg"
}

func checkUnverified(p *Pass) {
	all := p.allRepositories()
	for i := range all {
		r := &all[i]
		for _, o := range r.meant.Options {
			name := strings.ToLower(o.Key.Text)
			if (name == "trusted" || name == "allow-insecure" || name == "allow-weak") && isYes(o.Value.Text) {
				at := entry.Word{Text: o.Key.Text, Range: o.Key.Range.Union(o.Value.Range)}
				p.Report(p.repositoryAt(r, at), "`%s=%s` makes apt install packages that nobody signed", o.Key.Text, o.Value.Text).
					Help("remove the option, name the key with signed-by and list it in `keyring`")
			}
		}
	}
}

func checkRepositoryEdge(p *Pass) {
	all := p.allRepositories()
	for i := range all {
		r := &all[i]
		if release, ok := r.meant.AlpineRelease(); ok && release.Text == "edge" && isAlpineURL(&r.meant) {
			p.Report(p.repositoryAt(r, release), "`edge` is Alpine's development branch: its packages change without notice and need not fit a release")
		}
	}
}

// isAlpineURL tells a release in the path of an Alpine repository from the
// version of something else.
func isAlpineURL(r *entry.Repository) bool { return strings.Contains(r.URL.Text, "alpine") }
