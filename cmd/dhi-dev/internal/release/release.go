// Package release makes what users download: archives, packages, SBOMs, a
// Homebrew formula and checksums. The same sources, version, commit and time
// give the same bytes with the same Go, wherever they lie.
package release

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// The tools are run as modules by version, which Go's checksum database holds
// them to.
const (
	nfpm  = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2" // 2.46 and later need modules that proxies do not serve
	gomod = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"
)

// Platform is one that Go builds for, in Go's words.
type Platform struct{ OS, Arch string }

func (p Platform) String() string { return p.OS + "_" + p.Arch }

func (p Platform) program() string {
	if p.OS == "windows" {
		return "dhi-ls.exe"
	}
	return "dhi-ls"
}

// Platforms are all that releases are made for.
var Platforms = []Platform{
	{"darwin", "amd64"}, {"darwin", "arm64"}, {"linux", "amd64"}, {"linux", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
}

// ParsePlatforms reads "linux/amd64,darwin/arm64"; "" is all of them.
func ParsePlatforms(list string) ([]Platform, error) {
	if list == "" {
		return Platforms, nil
	}
	var out []Platform
	for word := range strings.SplitSeq(list, ",") {
		goos, arch, ok := strings.Cut(word, "/")
		if !ok {
			return nil, fmt.Errorf("%q is no platform such as linux/amd64", word)
		}
		out = append(out, Platform{goos, arch})
	}
	return out, nil
}

// Options say what to release.
type Options struct {
	Root      string // the sources
	Out       string // where everything lands
	Version   string // a semantic version without v
	Commit    string
	Time      time.Time // of the commit; the time of every file
	Platforms []Platform
	Log       io.Writer
	// Env is added to the environment of the compiler.
	Env []string
}

// A prerelease is a word that dpkg and apk order before the release.
var semver = regexp.MustCompile(`^\d+\.\d+\.\d+(-(alpha|beta|rc|git)\d*)?$`)

func (o *Options) check() error {
	if !semver.MatchString(o.Version) {
		return fmt.Errorf("version %q: want 1.2.3, or 1.2.3 followed by -alpha, -beta, -rc or -git and digits", o.Version)
	}
	if o.Time.IsZero() {
		return fmt.Errorf("the time of the commit is missing: set SOURCE_DATE_EPOCH")
	}
	return nil
}

// name is that of a file for a platform, without what follows the dot.
func (o *Options) name(p Platform) string { return fmt.Sprintf("dhi-ls_%s_%s", o.Version, p) }

// stage is the folder of what an archive holds.
func (o *Options) stage(p Platform) string { return filepath.Join(o.Out, "stage", p.String()) }

// Run makes everything, replacing what Out holds of an earlier run.
func Run(ctx context.Context, o Options) error {
	if err := Stage(ctx, o); err != nil {
		return err
	}
	var made []string
	for _, p := range o.Platforms {
		files, err := o.pack(ctx, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		made = append(made, files...)
	}
	sums, err := writeChecksums(o.Out, made)
	if err != nil {
		return err
	}
	return o.writeFormula(sums)
}

// Stage fills Out/stage with a folder per platform of what archives, packages
// and the image hold, and removes everything that was made of an earlier one.
func Stage(ctx context.Context, o Options) error {
	if err := o.check(); err != nil {
		return err
	}
	if err := clean(o.Out); err != nil {
		return err
	}
	extras, err := o.extras(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(extras)
	for _, p := range o.Platforms {
		if err := o.fill(ctx, p, extras); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	return nil
}

// clean removes what earlier runs made and nothing else: the folder is shared
// with the extension's files.
func clean(out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, pattern := range []string{"stage", "checksums.txt", "dhi-ls.rb", "dhi-ls_*"} {
		old, err := filepath.Glob(filepath.Join(out, pattern))
		if err != nil {
			return err
		}
		for _, path := range old {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// fill makes the stage of one platform.
func (o *Options) fill(ctx context.Context, p Platform, extras string) error {
	dir := o.stage(p)
	program := filepath.Join(dir, p.program())
	if err := o.build(ctx, p, program); err != nil {
		return err
	}
	if err := os.CopyFS(dir, os.DirFS(extras)); err != nil {
		return err
	}
	if err := o.writeLicences(ctx, program, filepath.Join(dir, "THIRD-PARTY-LICENSES")); err != nil {
		return err
	}
	return settle(dir, o.Time)
}

// pack makes the files of one platform and returns their names.
func (o *Options) pack(ctx context.Context, p Platform) ([]string, error) {
	archive, err := o.archive(p)
	if err != nil {
		return nil, err
	}
	sbom, err := o.writeSBOM(ctx, p, filepath.Join(o.stage(p), p.program()))
	if err != nil {
		return nil, err
	}
	files := []string{archive, sbom}
	if p.OS == "linux" {
		packages, err := o.packages(ctx, p)
		if err != nil {
			return nil, err
		}
		files = append(files, packages...)
	}
	for _, f := range files {
		fmt.Fprintln(o.Log, filepath.Join(o.Out, f))
	}
	return files, nil
}

// build compiles dhi-ls. Nothing of the environment that changes bytes gets
// through.
func (o *Options) build(ctx context.Context, p Platform, program string) error {
	flags := fmt.Sprintf("-s -w -buildid= -X main.version=%s -X main.commit=%s -X main.date=%s", o.Version, o.Commit, o.Time.UTC().Format(time.RFC3339))
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", program, "./cmd/dhi-ls")
	cmd.Dir = o.Root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.OS, "GOARCH="+p.Arch, "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0")
	cmd.Env = append(cmd.Env, o.Env...)
	return run(cmd)
}

// extras makes the folder of what is the same for all platforms: the licence,
// completions and manual pages, written by a program for this machine.
func (o *Options) extras(ctx context.Context) (string, error) {
	dir, err := os.MkdirTemp("", "dhi-ls-release")
	if err != nil {
		return "", err
	}
	here := Platform{runtime.GOOS, runtime.GOARCH}
	program := filepath.Join(o.Out, "stage", "here", here.program())
	defer os.RemoveAll(filepath.Dir(program))
	if err := o.build(ctx, here, program); err != nil {
		return "", err
	}
	if err := run(exec.CommandContext(ctx, program, "man", filepath.Join(dir, "man"))); err != nil {
		return "", err
	}
	if err := os.Mkdir(filepath.Join(dir, "completions"), 0o755); err != nil {
		return "", err
	}
	for shell, name := range map[string]string{"bash": "dhi-ls.bash", "zsh": "_dhi-ls", "fish": "dhi-ls.fish", "powershell": "dhi-ls.ps1"} {
		script, err := exec.CommandContext(ctx, program, "completion", shell).Output()
		if err != nil {
			return "", fmt.Errorf("completion %s: %w", shell, err)
		}
		if err := os.WriteFile(filepath.Join(dir, "completions", name), script, 0o644); err != nil {
			return "", err
		}
	}
	licence, err := os.ReadFile(filepath.Join(o.Root, "LICENSE"))
	if err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "LICENSE"), licence, 0o644)
}

// settle gives all files below dir one time and modes that no umask decides.
func settle(dir string, t time.Time) error {
	return filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		mode := os.FileMode(0o644)
		if name := info.Name(); info.IsDir() || name == "dhi-ls" || name == "dhi-ls.exe" {
			mode = 0o755
		}
		if err := os.Chmod(path, mode); err != nil {
			return err
		}
		return os.Chtimes(path, t, t)
	})
}

// tool runs a Go program of another module.
func (o *Options) tool(ctx context.Context, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"run"}, args...)...)
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0", fmt.Sprintf("SOURCE_DATE_EPOCH=%d", o.Time.Unix()))
	cmd.Env = append(cmd.Env, env...)
	return run(cmd)
}

func run(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return nil
}
