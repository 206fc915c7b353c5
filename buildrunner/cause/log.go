package cause

import (
	"regexp"
	"sync"
)

// hash is a checksum in hex, with or without its algorithm.
const hash = `(?:sha\d+:)?[0-9a-f]{40,128}`

// where is how a shell begins a complaint: its name and the line.
const where = `(?:^|[ \t])(?:[\w./\-]*(?:sh|main|script)[\w./\-]*|-c|environment): (?:line )?(?P<line>\d+): `

// logRows are complaints of tools inside a step, the most telling first.
var logRows = sync.OnceValue(func() []row {
	return []row{
		{kind: DiskFull, class: Environment, end: true, re: regexp.MustCompile(`(?i)no space left on device|disk quota exceeded|disk full`),
			title: "The builder's disk is full.", remedy: "Free space, for example with docker buildx prune.", action: "retry"},
		{kind: OutOfMemory, class: Environment, end: true, re: regexp.MustCompile(`(?i)^(?:.*: )?(?:out of memory|cannot allocate memory|virtual memory exhausted)|Killed signal terminated program|JavaScript heap out of memory|signal: killed`),
			title: "The step ran out of memory.", remedy: "Give the builder more memory, or let the step use less."},
		{kind: EmulatorMissing, class: Environment, end: true, re: regexp.MustCompile(`(?i)exec format error`),
			title:  "The builder cannot run programs of this platform.",
			remedy: "Install emulators (docker run --privileged --rm tonistiigi/binfmt --install all), or use a builder that has a node of the platform."},
		{kind: RateLimited, class: Environment, end: true, re: regexp.MustCompile(`(?i)429 Too Many Requests|error: 429|API rate limit exceeded`),
			title: "A server allows the step no more requests for now.", remedy: "Wait, then build again.", action: "retry"},
		{kind: CertificateBad, class: Environment, end: true, re: regexp.MustCompile(`SSL certificate problem|certificate verify failed|x509: certificate|TLS: server certificate not trusted`),
			title: "The step does not trust a server's certificate.", remedy: "Add the package ca-certificates (or ca-certificates-bundle) to the stage, or your proxy's CA to the builder."},
		{kind: Proxy, class: Environment, end: true, re: regexp.MustCompile(`407 Proxy Authentication Required|Received HTTP code 407|proxyconnect`),
			title: "The proxy does not let the step through.", remedy: "Check the proxy settings of the builder."},
		{kind: NameResolution, class: Environment, end: true, re: regexp.MustCompile(`(?i)could not resolve(?: host)?:? '?(?P<subject>[\w.\-]+)|lookup (?P<subject2>[\w.\-]+).*(?:no such host|server misbehaving|Temporary failure)|bad address '(?P<subject3>[^']+)'|temporary failure (?:resolving '(?P<subject4>[^']+)'|in name resolution)|DNS lookup error|DNS: transient error`),
			title: "The step cannot find the host {subject}.", remedy: "Check the host's spelling, the builder's DNS and its network.", action: "retry"},
		{kind: Network, class: Environment, end: true, re: regexp.MustCompile(`curl: \((?:7|28|35|52|56)\)|wget: can't connect|dial tcp [^:]+:\d+: (?:connect: )?(?:connection refused|i/o timeout|network is unreachable)|(?i)connection (?:timed out|reset by peer)|network is unreachable`),
			title: "The step cannot reach a server.", remedy: "Check the builder's network, proxy and firewall, then build again.", action: "retry"},
		{kind: ServerFailed, class: Environment, end: true, re: regexp.MustCompile(`(?:returned error|HTTP/[\d.]+|status code:?|error:) ?5\d\d\b|5\d\d (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout)`),
			title: "A server failed to answer the step.", remedy: "Build again later.", action: "retry"},
		{kind: ChecksumMismatch, class: Definition, re: regexp.MustCompile(`(?i)(?:checksum|digest|hash|sha\d+)\b.*expected:? *"?(?P<want>` + hash + `)"?,? *(?:but )?(?:actual|got):? *"?(?P<got>` + hash + `)`),
			title: "A checksum is {got}, not {want}.", remedy: "If the new content is what you want, write its checksum."},
		{kind: ChecksumMismatch, class: Definition, re: regexp.MustCompile(`(?i)(?:checksum|digest|hash|sha\d+)\b.*(?:got|actual):? *"?(?P<got>` + hash + `)"?,? *(?:but )?(?:expected|want(?:ed)?):? *"?(?P<want>` + hash + `)`),
			title: "A checksum is {got}, not {want}.", remedy: "If the new content is what you want, write its checksum."},
		{kind: ChecksumMismatch, class: Definition, re: regexp.MustCompile(`^(?P<subject>\S+): FAILED(?: open or read)?$`),
			title: "The checksum of {subject} is wrong.", remedy: "Write the checksum of the file that is downloaded."},
		{kind: GitRefNotFound, class: Definition, re: regexp.MustCompile(`(?:couldn't find remote ref|Remote branch|pathspec) '?(?P<want>[\w./\-]+)'?`),
			title: "The repository has no ref {want}.", remedy: "Check the tag or commit."},
		{kind: URLNotFound, class: Definition, re: regexp.MustCompile(`(?P<subject>https?://[^\s"']+)[^\n]*(?:404|410)\b|(?:requested URL returned error: |HTTP/[\d.]+ |ERROR )(?:404|410)\b`),
			title: "The step asks for a URL that does not exist (404).", remedy: "Check the version and the file name in it."},
		{kind: UserNotFound, class: Definition, re: regexp.MustCompile(`(?:chown|chgrp|su|install|useradd|adduser|addgroup|usermod|su-exec|gosu): (?:unknown|invalid) (?:user/group|user|group)(?: name)?:? ['‘"]?(?P<subject>[\w.\-]+)|user '?(?P<subject2>[\w.\-]+)'? does not exist`),
			title: "The user or group {subject} does not exist when the step runs.", remedy: "Declare it under the stage's accounts, or use a numeric id."},
		{kind: UserTaken, class: Definition, re: regexp.MustCompile(`(?:adduser|useradd): (?:user |uid |UID )?'?(?P<subject>[\w.\-]+)'? (?:in use|already exists|is not unique)|(?:addgroup|groupadd): (?:group |gid |GID )?'?(?P<subject2>[\w.\-]+)'? (?:in use|already exists)`),
			title: "The user or group {subject} exists already.", remedy: "Choose another name or id, or leave it out."},
		{kind: CommandNotFound, class: Definition, re: regexp.MustCompile(where + `(?P<subject>[^\s:]+): (?:command )?not found`),
			title: "Line {line} of the script calls {subject}, which the stage does not have.", remedy: "Add the package that has it to the stage's packages."},
		{kind: UnboundVariable, class: Definition, re: regexp.MustCompile(where + `(?P<subject>\w+): (?:unbound variable|parameter not set)`),
			title: "Line {line} of the script uses the variable {subject}, which is not set.", remedy: "Set it under environment or vars, or write ${{subject}:-}."},
		{kind: ShellSyntax, class: Definition, re: regexp.MustCompile(where + `(?:[Ss]yntax error:? ?|unexpected EOF )(?P<subject>.*)`),
			title: "The shell cannot read line {line} of the script.", remedy: "Look for an open quote, bracket or block."},
		{kind: ShellLine, class: Definition, re: regexp.MustCompile(where + `(?P<subject>.+)`),
			title: "Line {line} of the script failed: {subject}.", remedy: ""},
		{kind: CommandNotFound, class: Definition, re: regexp.MustCompile(`^(?:/bin/)?(?:ba|da|a)?sh: (?P<subject>[^\s:]+): (?:command )?not found`),
			title: "The script calls {subject}, which the stage does not have.", remedy: "Add the package that has it to the stage's packages."},
		{kind: UnboundVariable, class: Definition, re: regexp.MustCompile(`^(?:/bin/)?(?:ba|da|a)?sh: (?P<subject>\w+): (?:unbound variable|parameter not set)`),
			title: "The script uses the variable {subject}, which is not set.", remedy: "Set it under environment or vars."},
		{kind: ShellSyntax, class: Definition, re: regexp.MustCompile(`^(?:/bin/)?(?:ba|da|a)?sh: (?:[Ss]yntax error:? ?)(?P<subject>.*)`),
			title: "The shell cannot read the script: {subject}.", remedy: "Look for an open quote, bracket or block."},
	}
})
