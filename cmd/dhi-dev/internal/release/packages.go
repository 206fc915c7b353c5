package release

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// recipes is the folder of the package recipes.
const recipes = ".ci/packaging"

// apkArch are Alpine's names; Debian's are Go's.
var apkArch = map[string]string{"amd64": "x86_64", "arm64": "aarch64"}

// packages makes the Debian and the Alpine package of a platform.
func (o *Options) packages(ctx context.Context, p Platform) ([]string, error) {
	man := filepath.Join(o.Out, "stage", p.String()+"-man")
	defer os.RemoveAll(man)
	if err := gzipAll(filepath.Join(o.stage(p), "man"), man); err != nil {
		return nil, err
	}
	if err := settle(man, o.Time); err != nil {
		return nil, err
	}
	env := []string{"ARCH=" + p.Arch, "VERSION=" + o.Version, "STAGE=" + o.stage(p), "MAN=" + man}
	var names []string
	for kind, arch := range map[string]string{"deb": p.Arch, "apk": apkArch[p.Arch]} {
		name := fmt.Sprintf("dhi-ls_%s_%s.%s", o.Version, arch, kind)
		recipe := filepath.Join(o.Root, filepath.FromSlash(recipes), "nfpm.yaml")
		if err := o.tool(ctx, env, nfpm, "package", "--config", recipe, "--packager", kind, "--target", filepath.Join(o.Out, name)); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

// gzipAll compresses manual pages as packages have them.
func gzipAll(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	pages, err := filepath.Glob(filepath.Join(from, "*.1"))
	if err != nil {
		return err
	}
	for _, page := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := z.Write(data); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(page)+".gz"), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeFormula fills in the Homebrew formula where all its archives are made.
func (o *Options) writeFormula(sums map[string]string) error {
	data := map[string]string{"Version": o.Version}
	for _, p := range Platforms {
		if p.OS == "windows" {
			continue
		}
		sum, ok := sums[o.name(p)+".tar.gz"]
		if !ok {
			return nil
		}
		data[p.OS+strings.ToUpper(p.Arch)] = sum
	}
	t, err := template.New("").Option("missingkey=error").ParseFiles(filepath.Join(o.Root, filepath.FromSlash(recipes), "dhi-ls.rb.tmpl"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "dhi-ls.rb.tmpl", data); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.Out, "dhi-ls.rb"), b.Bytes(), 0o644)
}
