package deb

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/version"
)

func TestParseRelations(t *testing.T) {
	got, skipped := ParseRelations("libc6 (>= 2.36), awk | mawk:any, x [arm64], y [!amd64], z [amd64] <!nocheck>, , (broken), w (<< 1:2~)", "amd64")
	want := [][]Relation{
		{{Name: "libc6", Constraint: version.Constraint{Op: version.Greater | version.Equal, Version: "2.36"}}},
		{{Name: "awk"}, {Name: "mawk", Qualifier: "any"}},
		{{Name: "z"}},
		{{Name: "w", Constraint: version.Constraint{Op: version.Less, Version: "1:2~"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" || skipped != 1 {
		t.Errorf("%d skipped; -want +got:\n%s", skipped, diff)
	}
	if text := want[3][0].String(); text != "w (<< 1:2~)" {
		t.Errorf("writes as %q", text)
	}
}

func TestParse(t *testing.T) {
	const text = "Package: a\nVersion: 1:2-3\nArchitecture: amd64\nSource: src (2-3)\nInstalled-Size: 10\nSize: 77\nPriority: required\nEssential: yes\nMulti-Arch: foreign\n" +
		"Depends: b,\n c (>= 1)\nDescription: short\n long text\n .\n more\nProvides: v (= 2)\n\n\nPackage: b\nVersion: 1\n"
	var got []record.Package
	if err := Parse(strings.NewReader(text), record.Limits{}, func(p *record.Package) error { got = append(got, p.Clone()); return nil }); err != nil {
		t.Fatal(err)
	}
	want := []record.Package{
		{Name: "a", Version: "1:2-3", Arch: "amd64", Origin: "src", InstalledSize: 10240, Size: 77, Priority: 1,
			Flags: record.Essential | record.MultiArchForeign, Depends: "b, c (>= 1)", Description: "short", Provides: "v (= 2)"},
		{Name: "b", Version: "1", Origin: "b"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, x := range map[string]struct {
		text   string
		limits record.Limits
	}{
		"no version": {"Package: a\n\n", record.Limits{}},
		"no colon":   {"Package: a\nVersion 1\n", record.Limits{}},
		"bad size":   {"Package: a\nVersion: 1\nSize: -1\n", record.Limits{}},
		"too many":   {"Package: a\nVersion: 1\n\nPackage: b\nVersion: 1\n", record.Limits{Packages: 1}},
		"long line":  {"Package: " + strings.Repeat("a", 200) + "\n", record.Limits{Line: 100}},
	} {
		if err := Parse(strings.NewReader(x.text), x.limits, func(*record.Package) error { return nil }); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

const releaseText = "Origin: Test\nSuite: stable\nCodename: trixie\nDate: Sat, 11 Jul 2026 10:16:37 UTC\nValid-Until: Sat, 18 Jul 2026 10:16:37 UTC\nAcquire-By-Hash: yes\n" +
	"Architectures: all amd64\nComponents: main\nNotAutomatic: yes\nButAutomaticUpgrades: yes\nMD5Sum:\n d41d8cd98f00b204e9800998ecf8427e 0 main/binary-amd64/Packages\nSHA256:\n" +
	" e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages\n" +
	" e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages.xz\n" +
	" e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-all/Packages.gz\n"

func TestParseRelease(t *testing.T) {
	r, err := ParseRelease([]byte(releaseText))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Date.Equal(time.Date(2026, 7, 11, 10, 16, 37, 0, time.UTC)) || !r.ValidUntil.After(r.Date) || !r.AcquireByHash || r.Priority() != 100 {
		t.Errorf("%+v", r)
	}
	files := r.Packages("main", "amd64")
	if len(files) != 2 || files[0].Path != "main/binary-amd64/Packages.xz" || files[1].Path != "main/binary-all/Packages.gz" {
		t.Errorf("files %+v", files)
	}
	if !strings.HasPrefix(files[0].ByHash(), "main/binary-amd64/by-hash/SHA256/e3b0") {
		t.Errorf("by hash %s", files[0].ByHash())
	}
	for _, text := range []string{"", "<html>", "Date: yesterday\n", "Date: Sat, 11 Jul 2026 10:16:37 UTC\nSHA256:\n zz 0 x\n", "Date: Sat, 11 Jul 2026 10:16:37 UTC\nSHA256:\n e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 ../x\n"} {
		if _, err := ParseRelease([]byte(text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestInstalledKeyring(t *testing.T) {
	data, err := os.ReadFile("/usr/share/keyrings/debian-archive-keyring.gpg")
	if err != nil {
		t.Skip("Debian's archive keyring is not installed here")
	}
	keys, err := ParseKeyring(data)
	if err != nil || len(keys) < 3 {
		t.Errorf("%d keys, %v", len(keys), err)
	}
	if _, _, err := VerifyInRelease([]byte(releaseText), keys); !errors.Is(err, ErrUnsigned) {
		t.Errorf("an unsigned release: %v", err)
	}
}

func FuzzParsePackages(f *testing.F) {
	f.Add("Package: a\nVersion: 1\nDepends: b (>= 1) | c [amd64],\n d\nProvides: x (= 1)\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		limits := record.Limits{Bytes: 1 << 20, Packages: 1000, Line: 1 << 16}
		_ = Parse(strings.NewReader(text), limits, func(p *record.Package) error {
			if p.Name == "" || p.Version == "" {
				t.Error("a package without name or version")
			}
			Names("amd64")(p, func(string) {}, nil)
			ParseRelations(p.Depends, "amd64")
			return nil
		})
	})
}

func FuzzParseRelease(f *testing.F) {
	f.Add([]byte(releaseText))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := ParseRelease(data); err == nil {
			for _, x := range r.Packages("main", "amd64") {
				if !strings.HasSuffix(x.ByHash(), x.SHA256) {
					t.Errorf("%s by hash is %s", x.Path, x.ByHash())
				}
			}
		}
	})
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nx\n-----BEGIN PGP SIGNATURE-----\n\nwsBz\n-----END PGP SIGNATURE-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, _, err := VerifyInRelease(data, nil); err == nil {
			t.Error("verified without a key")
		}
		if _, err := VerifyDetached(data, data, nil); err == nil {
			t.Error("verified without a key")
		}
		_, _ = ParseKeyring(data)
	})
}
