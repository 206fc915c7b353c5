package analysis

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/rules"
)

func TestHead(t *testing.T) {
	top := t.TempDir()
	root := filepath.Join(top, "catalog")
	write := func(name, content string) {
		file := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("catalog/image/a/bin/start", "#!/bin/bash\nexec a\n")
	write("catalog/image/a/bin/short", "#!x")
	write("catalog/image/a/bin/long", "#!"+strings.Repeat("y", 4000))
	write("catalog/image/a/bin/empty", "")
	write("outside/secret", "#!/secret\n")
	for link, to := range map[string]string{
		"image/a/bin/near": "start", "image/a/bin/far": "../../../../outside/secret", "image/a/out": "../../../outside", "image/a/bin/absolute": filepath.Join(top, "outside", "secret"),
	} {
		if err := os.Symlink(filepath.FromSlash(to), filepath.Join(root, link)); err != nil {
			t.Skipf("no links here: %v", err)
		}
	}
	for name, want := range map[string]string{
		"image/a/bin/start": "#!/bin/bash", "image/a/bin/short": "#!x", "image/a/bin/long": "#!" + strings.Repeat("y", rules.HeadLength-2),
		"image/a/bin/near": "#!/bin/bash", "image/a/bin/far": "", "image/a/out/secret": "", "image/a/bin/absolute": "", "../outside/secret": "",
		"image/a/bin": "", "image/a/bin/empty": "", "image/a/bin/none": "",
	} {
		if got := (OSDisk{}).Head(filepath.ToSlash(root), name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if got := (OSDisk{Dir: top}).Head("catalog", name); got != want {
			t.Errorf("%s, relative: %q, want %q", name, got, want)
		}
	}
	t.Chdir(root)
	for _, here := range []string{"", "."} {
		if got := (OSDisk{}).Head(here, "image/a/bin/start"); got != "#!/bin/bash" {
			t.Errorf("below the current folder, %q: %q", here, got)
		}
		if got := (OSDisk{}).Head(here, "image/a/bin/far"); got != "" {
			t.Errorf("out of the current folder: %q", got)
		}
	}
	for _, c := range []struct {
		inside []string
		want   string
	}{
		{nil, "#!/bin/bash"}, {[]string{}, ""}, {[]string{filepath.Join(top, "outside")}, ""}, {[]string{top}, "#!/bin/bash"}, {[]string{root}, "#!/bin/bash"},
		{[]string{filepath.Join(root, "image", "a")}, "#!/bin/bash"}, {[]string{filepath.Join(root, "image", "b")}, ""},
	} {
		if got := (OSDisk{Inside: c.inside}).Head(filepath.ToSlash(root), "image/a/bin/near"); got != c.want {
			t.Errorf("inside of %q: %q, want %q", c.inside, got, c.want)
		}
		if got := (OSDisk{Inside: c.inside}).Head(filepath.ToSlash(root), "image/a/bin/far"); got != "" {
			t.Errorf("inside of %q, out of it: %q", c.inside, got)
		}
	}
}

func TestProbeHolds(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "start")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	record := &recordingDisk{disk: OSDisk{}}
	if got := record.Head(dir, "start"); got != "#!/bin/sh" {
		t.Fatalf("%q", got)
	}
	_ = record.Stat(filepath.ToSlash(file))
	hold := func() (list []bool) {
		for _, p := range record.probes {
			list = append(list, p.Holds(OSDisk{}))
		}
		return list
	}
	if got := hold(); len(got) != 2 || !got[0] || !got[1] {
		t.Errorf("unchanged: %v", got)
	}
	if err := os.WriteFile(file, []byte("#!/bin/bash\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := hold(); len(got) != 2 || got[0] || !got[1] {
		t.Errorf("another first line: %v", got)
	}
	if record.probes[0].Holds(nil) {
		t.Error("a probe holds without a disk")
	}
}
