package doctor

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/index"
)

// tool is a program that some part of dhi-ls can use.
type tool struct {
	name    string
	version []string // the arguments that print its version
	use     string
	remedy  string
}

var programs = []tool{
	{"docker", []string{"--version"}, "running, tagging and pushing images", "https://docs.docker.com/get-started/get-docker/"},
	{"git", []string{"--version"}, "check --new-from, and ignored files", "Install git with the system's package manager."},
	{"shellcheck", []string{"--version"}, "check --shellcheck: mistakes in scripts", "Install shellcheck with the system's package manager, or from https://www.shellcheck.net"},
}

var plugins = []tool{
	{"buildx", nil, "starting builders, and what --print prints", "https://docs.docker.com/build/install-buildx/"},
	{"scout", nil, "scan and compare", "https://docs.docker.com/scout/install/"},
	{"debug", nil, "debug", "https://docs.docker.com/reference/cli/docker/debug/"},
}

// versionLimit bounds how long a program may take to say its version.
const versionLimit = 5 * time.Second

func tools(ctx context.Context, env builder.Env) []Part {
	var out []Part
	for _, t := range programs {
		out = append(out, t.look(ctx))
	}
	for _, t := range plugins {
		p := Part{Name: "docker " + t.name, State: OK, For: t.use}
		if !buildrunner.HasPlugin(env, t.name) {
			p.State, p.Problem, p.Remedy = Missing, "docker's plug-in is not installed", t.remedy
		}
		out = append(out, p)
	}
	return out
}

// number is the version in what programs say of themselves.
var number = regexp.MustCompile(`\d+(\.\d+)+[\w.+~-]*`)

func (t *tool) look(ctx context.Context) Part {
	p := Part{Name: t.name, State: OK, For: t.use}
	path, err := exec.LookPath(t.name)
	if err != nil {
		p.State, p.Problem, p.Remedy = Missing, "not in PATH", t.remedy
		return p
	}
	p.Path = path
	ctx, cancel := context.WithTimeout(ctx, versionLimit)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, t.version...).Output()
	if err != nil {
		p.State, p.Problem, p.Remedy = Broken, fmt.Sprintf("%s %s: %v", t.name, strings.Join(t.version, " "), err), t.remedy
		return p
	}
	p.Detail = number.FindString(string(out))
	return p
}

const updateRemedy = "Run: dhi-ls index update"

// indexes looks at the cache in dir, "" where it is left out.
func indexes(dir string) Index {
	x := Index{Part: Part{Name: "package indexes", Path: dir, For: "knowing packages and their versions"}}
	if dir == "" {
		x.State, x.Problem = Missing, "left out: DHI_LS_INDEX_DIR is off"
		return x
	}
	cache, err := index.Open(dir)
	if err != nil {
		x.State, x.Problem, x.Remedy = Broken, err.Error(), "Remove the folder and run: dhi-ls index update"
		return x
	}
	var oldest time.Time
	for _, s := range cache.List() {
		x.Repositories++
		if !s.Usable() {
			x.Unusable++
			x.Problem = s.Explain()
			continue
		}
		if at := time.Now().Add(-s.Age(time.Now())); oldest.IsZero() || at.Before(oldest) {
			oldest = at
		}
	}
	if !oldest.IsZero() {
		x.Updated = oldest.UTC().Format(time.RFC3339)
	}
	switch {
	case x.Repositories == 0:
		x.State, x.Problem, x.Remedy = Missing, "none is there yet", updateRemedy
	case x.Unusable > 0:
		x.State, x.Remedy = Broken, updateRemedy
	default:
		x.State, x.Detail = OK, fmt.Sprintf("%d, the oldest of %s", x.Repositories, oldest.Format(time.DateOnly))
	}
	return x
}
