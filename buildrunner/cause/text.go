package cause

import (
	"regexp"
	"sync"
)

// ref is an image reference in an error.
const ref = `(?P<subject>[\w.\-]+(?::\d+)?(?:/[\w.\-]+)+(?::[\w.\-]+)?(?:@sha256:[0-9a-f]+)?)`

// metadata is how BuildKit begins an error about an image; containerd's
// resolver quotes the reference.
const metadata = `failed to (?:resolve source metadata for|resolve reference "?|resolve image config for docker-image://|load metadata for|do request: Head )\s*` + ref

// textRows are failures that BuildKit words itself, the gravest and most
// certain first. Texts are those of BuildKit 0.34 and containerd 2.4.
var textRows = sync.OnceValue(func() []row {
	return []row{
		{kind: DiskFull, class: Environment, re: regexp.MustCompile(`no space left on device|disk quota exceeded`),
			title: "The builder's disk is full.", remedy: "Free space, for example with docker buildx prune.", action: "retry"},
		{kind: EmulatorMissing, class: Environment, re: regexp.MustCompile(`exec format error`),
			title:  "The builder cannot run programs of this platform.",
			remedy: "Install emulators (docker run --privileged --rm tonistiigi/binfmt --install all), or use a builder that has a node of the platform."},
		{kind: OutOfMemory, class: Environment, re: regexp.MustCompile(`cannot allocate memory|OOM|signal: killed`),
			title: "The builder is out of memory.", remedy: "Give the builder more memory."},
		{kind: CredentialsFailed, class: Environment, re: regexp.MustCompile(`error getting credentials(?:[^\n]*exec: "(?P<subject>[\w\-]+)")?`),
			title: "The docker credential helper {subject} failed.", remedy: "Install it, or take it out of credsStore and credHelpers in the docker configuration and log in again.", action: "login"},
		{kind: BuilderFailed, class: Environment, re: regexp.MustCompile(`(?P<subject>(?:/var/lib/(?:docker|buildkit|containerd)|/tmp/buildkit|/run/(?:user/\d+/)?(?:containerd|docker|runc|buildkit)|/proc/|/sys/)[^\s":]*)"?: (?:no such file|permission denied|operation not permitted|read-only file system|input/output error|device or resource busy)|failed to mount |failed to create shim|read-only file system|input/output error|snapshot \S+ does not exist|parent snapshot`),
			title: "The builder itself failed.", remedy: "Look at the daemon's log; restart the builder, or create a new one."},
		{kind: OutputUnsupported, class: Environment, re: regexp.MustCompile(`docker exporter does not currently support exporting manifest lists|(?:exporter|export) .*(?:not supported|unsupported)|exporter "[\w-]+" could not be found`),
			title: "The builder cannot write this output.", remedy: "Build one --platform at a time for --load and type=docker, or use --push or --output type=oci."},
		{kind: DaemonLost, class: Environment, re: regexp.MustCompile(`no active session|error reading from server: EOF|transport is closing`),
			title: "The connection to the builder was lost.", remedy: "Look at the daemon's log and build again.", action: "retry"},
		{kind: SecretMissing, class: Environment, re: regexp.MustCompile(`secret (?P<subject>[\w.\-/]+): not found`),
			title: "The secret {subject} was not given.", remedy: "Pass it with --secret id={subject},env=NAME or --secret id={subject},src=FILE.", action: "secret"},
		{kind: SSHMissing, class: Environment, re: regexp.MustCompile(`unset ssh forward key (?P<subject>[\w.\-]+)|no ssh forwarding|unable to find ssh agent|could not parse ssh`),
			title: "No ssh agent was given to the build.", remedy: "Pass it with --ssh default."},
		{kind: NotAllowed, class: Environment, re: regexp.MustCompile(`(?P<subject>security\.insecure|network\.host|device) is not allowed|granting entitlement (?P<subject2>[\w.]+) is not allowed`),
			title: "The builder does not allow {subject}, which a privileged step needs.", remedy: "Start the daemon with --allow-insecure-entitlement {subject} and build with --allow {subject}."},
		{kind: RateLimited, class: Environment, re: regexp.MustCompile(`(?i)(?:(?:` + metadata + `).*)?(?:429 Too Many Requests|toomanyrequests|pull rate limit|status 429)`),
			title: "The server allows no more requests for now.", remedy: "Wait, or log in: known users are allowed more.", action: "retry"},
		{kind: NotEntitled, class: Environment, re: regexp.MustCompile(metadata + `.*(?:403 Forbidden|pull access denied|insufficient_scope|requested access to the resource is denied|denied:)`),
			title: "Your account may not read {subject}.", remedy: "Ask for access, or log in to {host} with an account that has it.", action: "login"},
		{kind: NotLoggedIn, class: Environment, re: regexp.MustCompile(metadata + `.*(?:401 Unauthorized|authentication required|no basic auth credentials|unauthorized)`),
			title: "You are not logged in to {host}.", remedy: "Run docker login {host}.", action: "login"},
		{kind: NotEntitled, class: Environment, re: regexp.MustCompile(`push access denied|failed to push (?P<subject>\S+?): .*(?:403 Forbidden|denied)`),
			title: "You may not push {subject}.", remedy: "Check the tag's repository, and log in with an account that may write to it.", action: "login"},
		{kind: NotLoggedIn, class: Environment, re: regexp.MustCompile(`failed to push (?P<subject>\S+?): .*(?:401|unauthorized|authentication required)|401 Unauthorized|no basic auth credentials`),
			title: "You are not logged in to {host}.", remedy: "Run docker login {host}.", action: "login"},
		{kind: CertificateBad, class: Environment, re: regexp.MustCompile(`(?:(?:` + metadata + `).*)?(?:x509: |tls: (?:failed to verify|first record does not look|handshake failure|bad certificate)|server gave HTTP response to HTTPS client)`),
			title: "The server's certificate cannot be trusted.", remedy: "Add the registry's or proxy's CA to the builder."},
		{kind: Proxy, class: Environment, re: regexp.MustCompile(`proxyconnect|407 Proxy Authentication Required`),
			title: "The proxy does not let the builder through.", remedy: "Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the daemon."},
		{kind: NameResolution, class: Environment, re: regexp.MustCompile(`lookup (?P<subject>[\w.\-]+)[^\n]*: (?:no such host|server misbehaving|Temporary failure|i/o timeout)|no such host`),
			title: "The builder cannot find the host {subject}.", remedy: "Check the host's spelling, the builder's DNS and its network.", action: "retry"},
		{kind: Network, class: Environment, re: regexp.MustCompile(`dial tcp (?P<subject>[^\s:]+(?::\d+)?)[^\n]*: (?:connect: )?(?:connection refused|i/o timeout|no route to host|network is unreachable)|connection reset by peer|TLS handshake timeout|unexpected EOF|Client\.Timeout exceeded|net/http: request canceled`),
			title: "The builder cannot reach {subject}.", remedy: "Check the builder's network, proxy and firewall, then build again.", action: "retry"},
		{kind: NotEntitled, class: Environment, re: regexp.MustCompile(`unexpected status from \w+ request to https?://(?P<subject>[^\s/]+/v2/[^\s:]+?)/(?:manifests|blobs)/[^\n]*: 403 Forbidden`),
			title: "Your account may not read from {host}.", remedy: "Ask for access, or log in to {host} with an account that has it.", action: "login"},
		{kind: ServerFailed, class: Environment, re: regexp.MustCompile(`(?:(?:` + metadata + `).*)?(?:invalid response status 5\d\d|5\d\d (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout))`),
			title: "A server failed to answer.", remedy: "Build again later.", action: "retry"},
		{kind: NotEntitled, class: Environment, re: regexp.MustCompile(`invalid response status 40[13]`),
			title: "A download needs a login or is forbidden.", remedy: "Check that the URL is public; private files need a secret-id.", action: "login"},
		{kind: ChecksumMismatch, class: Definition, re: regexp.MustCompile(`digest mismatch (?P<got>[a-z0-9]+:[0-9a-f]+): (?P<want>[a-z0-9]+:[0-9a-f]+)`),
			title: "The download's checksum is {got}, not {want}.", remedy: "If the new content is what you want, write its checksum."},
		{kind: URLNotFound, class: Definition, re: regexp.MustCompile(`(?:(?P<subject>https?://[^\s"]+).*)?invalid response status (?:404|410)`),
			title: "The URL does not exist (404).", remedy: "Check the version and the file name in it."},
		{kind: GitRefNotFound, class: Definition, re: regexp.MustCompile(`(?:couldn't find remote ref|Remote branch|repository does not contain ref) "?(?P<want>[\w./\-]+)`),
			title: "The repository has no ref {want}.", remedy: "Check the tag or commit behind '#'."},
		{kind: GitRefNotFound, class: Definition, re: regexp.MustCompile(`expected checksum to match (?P<want>[0-9a-f]+), got (?P<got>[0-9a-f]+)`),
			title: "The ref is at commit {got}, not {want}.", remedy: "If the new commit is what you want, write it as the checksum."},
		{kind: ImagePlatform, class: Definition, re: regexp.MustCompile(metadata + `.*no match for platform in manifest`),
			title: "{subject} does not exist for this platform.", remedy: "Leave the platform out, or choose an image that has it."},
		{kind: ImageNotFound, class: Definition, re: regexp.MustCompile(metadata + `.*(?:not found|manifest unknown|name unknown|404)`),
			title: "{subject} does not exist.", remedy: "Check name, tag and digest."},
		{kind: BadReference, class: Definition, re: regexp.MustCompile(`(?:failed to parse(?: image name)? |invalid reference )"?(?P<subject>[^\s":]+[^\s"]*?)"?: (?:invalid reference format|repository name)`),
			title: "{subject} is not an image reference.", remedy: "Write host/name:tag@sha256:digest."},
		{kind: SourceNotFound, class: Definition, re: regexp.MustCompile(`failed to calculate checksum of ref [^"]*"(?P<subject>[^"]+)": not found`),
			title: "{subject} is not in the build context.", remedy: "Check the path, the context directory, and that no ignore file leaves it out."},
		{kind: ImageNotFound, class: Definition, re: regexp.MustCompile(`(?m)(?:failed to load cache key|failed to copy|failed to solve): ` + ref + `: not found`),
			title: "{subject} does not exist.", remedy: "Check name, tag and digest."},
		{kind: DaemonTooOld, class: Environment, re: regexp.MustCompile(`unsupported frontend capability|unknown (?:service|method)|requested .* feature .* not supported by build server`),
			title: "The daemon is too old for this frontend.", remedy: "Update Docker or BuildKit."},
		{kind: UserNotFound, class: Definition, re: regexp.MustCompile(`unable to find (?:user|group) (?P<subject>[\w.\-]+): no matching entries`),
			title: "The user {subject} does not exist when the step runs.", remedy: "Declare it under the stage's accounts, or use a numeric id."},
		{kind: WorkDirMissing, class: Definition, re: regexp.MustCompile(`chdir to cwd \("(?P<subject>[^"]+)"\)`),
			title: "The working directory {subject} cannot be entered.", remedy: "Create it in an earlier step, and let the user of the step enter it."},
		{kind: BuilderFailed, class: Environment, re: regexp.MustCompile(`exec: "(?P<subject>git|git-lfs|runc|crun|buildkit-runc|buildkit-qemu-\w+|fuse-overlayfs|newuidmap|newgidmap)": executable file not found in \$PATH`),
			title: "The builder lacks the program {subject}.", remedy: "Install it where the daemon runs, or use a builder that has it."},
		{kind: ShellMissing, class: Definition, re: regexp.MustCompile(`exec: "?(?P<subject>[^\s":]+)"?: (?:stat [^:]+: no such file|executable file not found|no such file)|exec (?P<subject2>/\S+): no such file or directory`),
			title: "{subject} does not exist in the stage, so the step cannot start.", remedy: "Add the package that has it to the stage's packages, or choose another shell."},
		{kind: PathFailed, class: Definition, re: regexp.MustCompile(`(?:mkdir|open|symlink \S+|lstat|stat|chown|chmod|rename|remove|copy) "?(?P<subject>/[^\s":]+)"?: (?:no such file or directory|file exists|not a directory|permission denied|is a directory|directory not empty|operation not permitted|not found)`),
			title: "The path {subject} cannot be made.", remedy: "Look at what else writes there, and at the directories above it."},
		{kind: SyntaxInvalid, class: Definition, re: regexp.MustCompile(`yaml: (?:line (?P<line>\d+): )?(?P<subject>[^\n]+)`),
			title: "The frontend cannot read the definition: {subject}.", remedy: ""},
	}
})
