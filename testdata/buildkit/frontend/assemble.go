package main

import (
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"go.yaml.in/yaml/v3"
)

// assembler turns a definition into LLB.
type assembler struct {
	root  *yaml.Node
	src   *dockerui.Source
	fault fault
	tools string
	args  map[string]string
}

func (a *assembler) at(n *yaml.Node) llb.ConstraintsOpt {
	if a.fault.Unlocated || n == nil {
		return llb.WithDescription(nil)
	}
	return a.src.SourceMap.Location([]*pb.Range{nodeRange(n)})
}

func (a *assembler) faultAt() llb.ConstraintsOpt {
	if a.fault.Lines[0] == 0 {
		return llb.WithDescription(nil)
	}
	return a.src.SourceMap.Location(lineRanges(a.fault.Lines))
}

func (a *assembler) assemble(plat ocispecs.Platform, net pb.NetMode) (llb.State, *dockerspec.DockerOCIImage) {
	st := llb.Scratch()
	contents := get(a.root, "contents")
	for _, art := range items(get(contents, "artifacts")) {
		ref := value(art, "name")
		img := llb.Image(ref, llb.WithCustomName("[dhi] artifact "+ref), a.at(get(art, "name")))
		st = st.File(llb.Copy(img, "/", "/"), llb.WithCustomName("[dhi] extract "+ref), a.at(art))
	}
	for _, stage := range items(get(contents, "builds")) {
		st = a.stage(st, stage, net)
	}
	st = a.files(st, get(contents, "files"))
	st = a.paths(st)
	st = a.inject(st, net)
	st = a.accounts(st, contents)
	return st, a.image(plat)
}

func (a *assembler) stage(st llb.State, stage *yaml.Node, net pb.NetMode) llb.State {
	st = a.files(st, get(get(stage, "contents"), "files"))
	for _, step := range items(get(stage, "pipeline")) {
		runs := get(step, "runs")
		if runs == nil {
			continue
		}
		name := fmt.Sprintf("[dhi] %s: %s", value(stage, "name"), value(step, "name"))
		opts := []llb.RunOption{
			llb.Args([]string{"/bin/busybox", "sh", "-c", runs.Value}), llb.WithCustomName(name), llb.Network(net), a.at(runs),
			llb.AddEnv("BUILD_ARG", a.args["build-arg:STEP_ARG"]),
		}
		for _, s := range items(get(step, "secrets")) {
			opts = append(opts, llb.AddSecret(value(s, "env"), llb.SecretID(value(s, "id")), llb.SecretAsEnv(true)))
		}
		st = a.toolbox("").Run(opts...).AddMount("/target", st)
	}
	return st
}

// toolbox is the image that scripts run in: always the host's platform, since
// the machine of a test has no emulators.
func (a *assembler) toolbox(image string) llb.State {
	if image == "" {
		image = a.tools
	}
	return llb.Image(image, llb.WithCustomName("[dhi] tools "+image), llb.Platform(platforms.DefaultSpec()))
}

func (a *assembler) inject(st llb.State, net pb.NetMode) llb.State {
	f := a.fault
	if f.Script != "" {
		shell := []string{"/bin/busybox", "sh", "-c", f.Script}
		st = a.toolbox(f.Image).Run(llb.Args(shell), llb.WithCustomName(f.Name), llb.Network(net), a.faultAt()).AddMount("/target", st)
	}
	if f.URL != "" {
		st = a.download(st, f.URL, f.Checksum, "/download", f.Name, a.faultAt())
	}
	return st
}

func (a *assembler) download(st llb.State, url, checksum, target, name string, at llb.ConstraintsOpt) llb.State {
	opts := []llb.HTTPOption{llb.Filename("file"), llb.WithCustomName(name), at}
	if checksum != "" {
		opts = append(opts, llb.Checksum(digest.Digest(checksum)))
	}
	copied := llb.Copy(llb.HTTP(url, opts...), "/file", target, &llb.CopyInfo{CreateDestPath: true})
	return st.File(copied, llb.WithCustomName("[dhi] copy "+target), at)
}

func (a *assembler) files(st llb.State, list *yaml.Node) llb.State {
	for _, f := range items(list) {
		url := value(f, "url")
		st = a.download(st, url, value(f, "checksum"), value(f, "path"), "[dhi] fetch "+url, a.at(f))
	}
	return st
}

func (a *assembler) paths(st llb.State) llb.State {
	for _, p := range items(get(a.root, "paths")) {
		at := value(p, "path")
		opts := []llb.ConstraintsOpt{llb.WithCustomNamef("[dhi] %s %s", value(p, "type"), at), a.at(p)}
		uid, _ := strconv.Atoi(value(p, "uid"))
		gid, _ := strconv.Atoi(value(p, "gid"))
		mode, _ := strconv.ParseUint(value(p, "mode"), 8, 32)
		parent := llb.Mkdir(path.Dir(at), 0o755, llb.WithParents(true))
		switch source := value(p, "source"); {
		case value(p, "type") == "directory":
			st = st.File(parent.Mkdir(at, os.FileMode(mode), llb.WithParents(true), llb.WithUIDGID(uid, gid)), opts...)
		case value(p, "type") == "symlink":
			st = st.File(parent.Symlink(source, at), opts...)
		case source != "":
			local := *dockerui.DefaultMainContext(llb.IncludePatterns([]string{source}))
			st = st.File(parent.Copy(local, source, at, &llb.CopyInfo{CreateDestPath: true}), opts...)
		default:
			st = st.File(parent.Mkfile(at, os.FileMode(mode), []byte(value(p, "content")), llb.WithUIDGID(uid, gid)), opts...)
		}
	}
	return st
}

func (a *assembler) accounts(st llb.State, contents *yaml.Node) llb.State {
	var passwd, pkgs strings.Builder
	for _, u := range items(get(get(a.root, "accounts"), "users")) {
		fmt.Fprintf(&passwd, "%s:x:%s:%s::/:/sbin/nologin\n", value(u, "name"), value(u, "uid"), value(u, "gid"))
	}
	for _, p := range items(get(contents, "packages")) {
		fmt.Fprintln(&pkgs, p.Value)
	}
	act := llb.Mkdir("/etc", 0o755, llb.WithParents(true)).Mkfile("/etc/passwd", 0o644, []byte(passwd.String())).
		Mkdir(path.Dir(packageList), 0o755, llb.WithParents(true)).Mkfile(packageList, 0o644, []byte(pkgs.String()))
	return st.File(act, llb.WithCustomName("[dhi] accounts"), a.at(get(a.root, "accounts")))
}

func (a *assembler) image(plat ocispecs.Platform) *dockerspec.DockerOCIImage {
	img := &dockerspec.DockerOCIImage{}
	img.Platform = plat
	img.RootFS.Type = "layers"
	img.Config.User = value(get(a.root, "accounts"), "run-as")
	img.Config.WorkingDir = value(a.root, "work-dir")
	for _, e := range items(get(a.root, "entrypoint")) {
		img.Config.Entrypoint = append(img.Config.Entrypoint, e.Value)
	}
	for _, e := range items(get(a.root, "cmd")) {
		img.Config.Cmd = append(img.Config.Cmd, e.Value)
	}
	return img
}
