package script

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// FactKind classifies what rules may want to know.
type FactKind uint8

const (
	// PipeToShell: what was just fetched is executed.
	PipeToShell FactKind = iota + 1
	// NetworkFetch: curl, wget or git get something from another host.
	NetworkFetch
	// PackageInstall: a package manager installs in the script.
	PackageInstall
	// WorldWritable: a mode that lets everybody write.
	WorldWritable
	// TLSDisabled: certificates are not verified.
	TLSDisabled
	// Sudo: sudo or doas is used.
	Sudo
	// Background: a process is left in the background without a redirect of
	// its output.
	Background
)

var factNames = [...]string{"", "pipe-to-shell", "network-fetch", "package-install", "world-writable", "tls-disabled", "sudo", "background"}

func (k FactKind) String() string { return factNames[k] }

// Fact is one thing worth knowing, with its place.
type Fact struct {
	Kind  FactKind
	Range text.Range
	// Command is the command in question, Detail the URL, option, mode or
	// packages.
	Command, Detail string
}

func (c *collector) fact(kind FactKind, r text.Range, command, detail string) {
	c.s.Facts = append(c.s.Facts, Fact{Kind: kind, Range: r, Command: command, Detail: detail})
}

// commandFacts looks closer at single commands. It is filled once by init, as
// the compiler sees a cycle through command otherwise, and never changes.
var commandFacts map[string]func(*collector, *Command)

func init() {
	commandFacts = map[string]func(*collector, *Command){
		"curl": (*collector).curl, "wget": (*collector).wget, "aria2c": (*collector).fetch, "git": (*collector).git,
		"apt": (*collector).install, "apt-get": (*collector).install, "aptitude": (*collector).install, "apk": (*collector).install,
		"dnf": (*collector).install, "yum": (*collector).install, "microdnf": (*collector).install, "zypper": (*collector).install,
		"chmod": (*collector).chmod, "mkdir": (*collector).modeOption, "install": (*collector).modeOption,
		"sudo": (*collector).sudo, "doas": (*collector).sudo,
		"pip": (*collector).pip, "pip3": (*collector).pip, "npm": (*collector).npm, "yarn": (*collector).npm, "pnpm": (*collector).npm,
		"export": (*collector).envArgs, "env": (*collector).envArgs,
	}
}

func (c *collector) sudo(cmd *Command) {
	c.fact(Sudo, cmd.NameRange, cmd.Name, "")
}

var (
	remoteURL = regexp.MustCompile(`^(?:https?|ftps?|git|ssh)://`)
	localHost = regexp.MustCompile(`^[a-z]+://(?:[^/@]*@)?(?:localhost|127\.[0-9.]+|\[::1\]|0\.0\.0\.0)(?:[:/]|$)`)
)

// fetch reports the first URL among the arguments, or else a variable one.
func (c *collector) fetch(cmd *Command) {
	variable := -1
	for i, a := range cmd.Args {
		if remoteURL.MatchString(a.Text) {
			if !localHost.MatchString(a.Text) {
				c.fact(NetworkFetch, cmd.NameRange.Union(a.Range), cmd.Name, a.Text)
			}
			return
		}
		follows := i > 0 && strings.HasPrefix(cmd.Args[i-1].Text, "-") && optionTakesValue(cmd.Args[i-1].Text)
		if !a.Static && variable < 0 && !follows && looksVariable(a.Text) {
			variable = i
		}
	}
	if variable >= 0 {
		a := cmd.Args[variable]
		c.fact(NetworkFetch, cmd.NameRange.Union(a.Range), cmd.Name, a.Text)
	}
}

// looksVariable tells "$URL" from a path below a directory.
func looksVariable(s string) bool {
	return strings.HasPrefix(s, "$") && !strings.HasPrefix(s, "${source.dir}") && !strings.HasPrefix(s, "${target.dir}")
}

// curlValued are curl's letters that take a value, the rest of the cluster
// or the next word. wget's of the same letters agree where it matters.
const curlValued = "AbcCdDeEFhHKmoPQrtTuUwxXyYz"

func optionTakesValue(option string) bool {
	if strings.HasPrefix(option, "--") {
		return !strings.Contains(option, "=") && valuedLong[option]
	}
	return strings.IndexByte(curlValued, option[len(option)-1]) >= 0 || strings.HasSuffix(option, "O")
}

var valuedLong = setOf("--output --header --data --data-raw --data-binary --user --user-agent --output-dir --request --retry --max-time --connect-timeout --cacert --output-document --directory-prefix --password --http-password --form")

func (c *collector) curl(cmd *Command) {
	c.fetch(cmd)
	for i, a := range cmd.Args {
		if a.Text == "--insecure" || a.Text == "--proxy-insecure" || a.Text == "--doh-insecure" || clusterHas(a.Text, 'k', curlValued) && !valueOf(cmd.Args, i) {
			c.fact(TLSDisabled, a.Range, cmd.Name, a.Text)
		}
	}
}

// valueOf reports whether argument i is the value of the option before it.
func valueOf(args []Arg, i int) bool {
	if i == 0 || !strings.HasPrefix(args[i-1].Text, "-") || len(args[i-1].Text) < 2 {
		return false
	}
	before := args[i-1].Text
	if strings.HasPrefix(before, "--") {
		return !strings.Contains(before, "=") && valuedLong[before]
	}
	return strings.IndexByte(curlValued, before[len(before)-1]) >= 0
}

// clusterHas looks for a letter in -fsSLk, up to a letter that takes a value.
func clusterHas(arg string, letter byte, valued string) bool {
	if len(arg) < 2 || arg[0] != '-' || arg[1] == '-' {
		return false
	}
	for i := 1; i < len(arg); i++ {
		if arg[i] == letter {
			return true
		}
		if strings.IndexByte(valued, arg[i]) >= 0 {
			return false
		}
	}
	return false
}

func (c *collector) wget(cmd *Command) {
	c.fetch(cmd)
	for _, a := range cmd.Args {
		if a.Text == "--no-check-certificate" || a.Text == "--check-certificate=off" {
			c.fact(TLSDisabled, a.Range, cmd.Name, a.Text)
		}
	}
}

var (
	gitFetches = setOf("clone fetch pull ls-remote submodule")
	sslOff     = regexp.MustCompile(`(?i)^http\.(?:.+\.)?sslverify=(?:false|0|no|off)$`)
	scpURL     = regexp.MustCompile(`^[\w.-]+@[\w.-]+:`)
)

func (c *collector) git(cmd *Command) {
	verb := ""
	for i, a := range cmd.Args {
		switch {
		case sslOff.MatchString(a.Text):
			c.fact(TLSDisabled, a.Range, cmd.Name, a.Text)
		case strings.EqualFold(a.Text, "http.sslVerify") && i+1 < len(cmd.Args) && isOff(cmd.Args[i+1].Text):
			c.fact(TLSDisabled, a.Range.Union(cmd.Args[i+1].Range), cmd.Name, a.Text)
		case gitFetches[a.Text] && verb == "":
			verb = a.Text
		case verb != "" && (remoteURL.MatchString(a.Text) && !localHost.MatchString(a.Text) || scpURL.MatchString(a.Text)):
			c.fact(NetworkFetch, cmd.NameRange.Union(a.Range), cmd.Name, a.Text)
			return
		case verb == "clone" && !a.Static && looksVariable(a.Text) && !strings.HasPrefix(cmd.Args[i-1].Text, "-"):
			c.fact(NetworkFetch, cmd.NameRange.Union(a.Range), cmd.Name, a.Text)
			return
		}
	}
}

func isOff(s string) bool {
	switch strings.ToLower(s) {
	case "false", "0", "no", "off":
		return true
	}
	return false
}

// install reports apt-get install, apk add and the like.
func (c *collector) install(cmd *Command) {
	verb := "install"
	if cmd.Name == "apk" {
		verb = "add"
	}
	var packages []string
	found := false
	for _, a := range cmd.Args {
		switch {
		case strings.HasPrefix(a.Text, "-"):
		case a.Text == verb && !found:
			found = true
		case found:
			packages = append(packages, a.Text)
		}
	}
	if found {
		c.fact(PackageInstall, cmd.Range, cmd.Name, strings.Join(packages, " "))
	}
}

var (
	octalMode    = regexp.MustCompile(`^[0-7]{3,5}$`)
	symbolicMode = regexp.MustCompile(`^(?:[ugoa]*[-+=][rwxXstugo]*,?)+$`)
	othersWrite  = regexp.MustCompile(`(?:^|,)[ug]*[oa][ugoa]*[+=][rxXst]*w`)
)

// worldWritable judges a mode. The sticky bit, as on /tmp, makes it right.
func worldWritable(mode string) bool {
	if octalMode.MatchString(mode) {
		others := mode[len(mode)-1] - '0'
		sticky := len(mode) > 3 && (mode[len(mode)-4]-'0')&1 == 1
		return others&2 != 0 && !sticky
	}
	return symbolicMode.MatchString(mode) && othersWrite.MatchString(mode) && !strings.Contains(mode, "t")
}

func (c *collector) chmod(cmd *Command) {
	for _, a := range cmd.Args {
		if strings.HasPrefix(a.Text, "-") && !symbolicMode.MatchString(a.Text) || strings.HasPrefix(a.Text, "--") {
			continue
		}
		if strings.HasPrefix(a.Text, "-R") {
			continue
		}
		if a.Static && worldWritable(a.Text) {
			c.fact(WorldWritable, a.Range, cmd.Name, a.Text)
		}
		return
	}
}

// modeOption reads -m MODE of mkdir and install.
func (c *collector) modeOption(cmd *Command) {
	for i, a := range cmd.Args {
		mode := Arg{}
		switch {
		case strings.HasPrefix(a.Text, "--mode="):
			mode = Arg{Text: strings.TrimPrefix(a.Text, "--mode="), Range: a.Range}
		case (a.Text == "--mode" || len(a.Text) > 1 && a.Text[0] == '-' && a.Text[1] != '-' && strings.HasSuffix(a.Text, "m")) && i+1 < len(cmd.Args):
			mode = cmd.Args[i+1]
		case strings.HasPrefix(a.Text, "-m"):
			mode = Arg{Text: strings.TrimPrefix(a.Text, "-m"), Range: a.Range}
		}
		if mode.Text != "" && worldWritable(mode.Text) {
			c.fact(WorldWritable, mode.Range, cmd.Name, mode.Text)
		}
	}
}

func (c *collector) pip(cmd *Command) {
	for i, a := range cmd.Args {
		switch {
		case strings.HasPrefix(a.Text, "--trusted-host="):
			c.fact(TLSDisabled, a.Range, cmd.Name, a.Text)
		case a.Text == "--trusted-host":
			r := a.Range
			if i+1 < len(cmd.Args) {
				r = r.Union(cmd.Args[i+1].Range)
			}
			c.fact(TLSDisabled, r, cmd.Name, a.Text)
		}
	}
}

var strictSSLOff = regexp.MustCompile(`^(?:--)?(?:strict-ssl|enableStrictSsl)[=](?:false|0)$|^--no-strict-ssl$`)

func (c *collector) npm(cmd *Command) {
	for i, a := range cmd.Args {
		name := strings.TrimPrefix(a.Text, "--")
		switch {
		case strictSSLOff.MatchString(a.Text):
			c.fact(TLSDisabled, a.Range, cmd.Name, a.Text)
		case (name == "strict-ssl" || name == "enableStrictSsl") && i+1 < len(cmd.Args) && isOff(cmd.Args[i+1].Text):
			c.fact(TLSDisabled, a.Range.Union(cmd.Args[i+1].Range), cmd.Name, a.Text)
		}
	}
}

// envArgs reads NAME=value among the arguments of env.
func (c *collector) envArgs(cmd *Command) {
	for _, a := range cmd.Args {
		if name, value, ok := strings.Cut(a.Text, "="); ok {
			c.assignFacts(name, Arg{Text: value, Static: a.Static}, a.Range)
		}
	}
}

// tlsVariables are the variables that switch verification off, with the
// values that do so; "" is any value but an off one.
var tlsVariables = map[string]string{
	"GIT_SSL_NO_VERIFY": "", "NODE_TLS_REJECT_UNAUTHORIZED": "0", "PYTHONHTTPSVERIFY": "0",
	"NPM_CONFIG_STRICT_SSL": "false", "npm_config_strict_ssl": "false", "PIP_TRUSTED_HOST": "",
}

func (c *collector) assignFacts(name string, value Arg, r text.Range) {
	want, ok := tlsVariables[name]
	if !ok || value.Text == "" || !value.Static {
		return
	}
	if want == "" && !isOff(value.Text) || want != "" && isOff(value.Text) {
		c.fact(TLSDisabled, r, name, value.Text)
	}
}

// background reports a & without a redirect of the standard output.
func (c *collector) background(st *syntax.Stmt) {
	if !st.Background || st.Cmd == nil || redirectsOutput(st) {
		return
	}
	c.fact(Background, c.s.span(st), "", "")
}

func redirectsOutput(st *syntax.Stmt) bool {
	for _, r := range st.Redirs {
		toOutput := r.N == nil || r.N.Value == "1"
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.DplOut:
			if toOutput {
				return true
			}
		case syntax.RdrAll, syntax.AppAll:
			return true
		}
	}
	switch cmd := st.Cmd.(type) {
	case *syntax.BinaryCmd:
		return redirectsOutput(cmd.Y)
	case *syntax.Block:
		return len(cmd.Stmts) == 1 && redirectsOutput(cmd.Stmts[0])
	case *syntax.Subshell:
		return len(cmd.Stmts) == 1 && redirectsOutput(cmd.Stmts[0])
	}
	return false
}
