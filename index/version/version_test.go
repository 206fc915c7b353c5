package version

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// TestAlpineJudge holds us to apk-tools' own version data.
func TestAlpineJudge(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "judges", "apk-version.data"))
	if err != nil {
		t.Skipf("apk-tools' version data is not beside the repository: %v", err)
	}
	scanner := bufio.NewScanner(bytes.NewReader(data))
	held := 0
	for number := 1; scanner.Scan(); number++ {
		line, _, _ := strings.Cut(scanner.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if err := judgeLine(fields); err != nil {
			t.Errorf("line %d: %q: %v", number, line, err)
			continue
		}
		held++
	}
	if held < 700 {
		t.Errorf("only %d lines held", held)
	}
	t.Logf("%d lines hold", held)
}

func judgeLine(fields []string) error {
	switch len(fields) {
	case 1:
		v, refused := strings.CutPrefix(fields[0], "!")
		if ValidAlpine(v) == refused {
			return fmt.Errorf("valid: %v", !refused)
		}
		return nil
	case 3:
		op, refuse := strings.CutPrefix(fields[1], "!")
		if got := Alpine.Satisfies(fields[0], Constraint{ops[op], fields[2]}); got == refuse {
			return fmt.Errorf("satisfied: %v", got)
		}
		return nil
	}
	return fmt.Errorf("unknown form")
}

var ops = map[string]Op{"<": Less, "=": Equal, ">": Greater, "~": Fuzzy, "<~": Less | Fuzzy, ">~": Greater | Fuzzy}

func TestAlpineOrder(t *testing.T) {
	// Each is older than the next one.
	chain := []string{
		"0.9", "1.0_alpha", "1.0_alpha2", "1.0_beta", "1.0_pre", "1.0_rc1", "1.0", "1.0-r1", "1.0_git20260101",
		"1.0_p1", "1.0a", "1.0.01", "1.0.1", "1.0.9", "1.0.10", "1.1", "2",
	}
	for i, a := range chain {
		for j, b := range chain {
			if got := CompareAlpine(a, b); got != sign(i-j) {
				t.Errorf("CompareAlpine(%s, %s) = %d, want %d", a, b, got, sign(i-j))
			}
		}
	}
}

func TestAlpineInvalidComparesAntisymmetrically(t *testing.T) {
	odd := []string{"", "a", "1.0bc", "1.", "1_x", "9-gitlab-r0", "1.0"}
	for _, a := range odd {
		for _, b := range odd {
			if CompareAlpine(a, b) != -CompareAlpine(b, a) {
				t.Errorf("%q and %q are not ordered both ways", a, b)
			}
		}
	}
}

func TestDebianOrder(t *testing.T) {
	chain := []string{
		"0~~", "0~", "0", "1.0~beta1~svn1245", "1.0~beta1", "1.0", "1.0-1~bpo12+1", "1.0-1", "1.0-1+b1", "1.0-1.1",
		"1.0-10", "1.0a", "1.0+dfsg", "1.0.1", "1:0~", "1:0.1", "2:0",
	}
	for i, a := range chain {
		for j, b := range chain {
			if got := CompareDebian(a, b); got != sign(i-j) {
				t.Errorf("CompareDebian(%s, %s) = %d, want %d", a, b, got, sign(i-j))
			}
		}
	}
}

func TestDebianValid(t *testing.T) {
	for _, v := range []string{"1", "6:8.0.5-1rl1~trixie1", "1.2-3-4", "0:1", "1:2:3-1"} {
		if err := ValidDebian(v); err != nil {
			t.Errorf("%q: %v", v, err)
		}
	}
	for _, v := range []string{"", "a1", "1-", ":1", "x:1", "1_2", "1 2", "-1", "2147483648:1", "1:"} {
		if ValidDebian(v) == nil {
			t.Errorf("%q is accepted", v)
		}
	}
}

func TestSatisfies(t *testing.T) {
	tests := []struct {
		scheme Scheme
		have   string
		op     Op
		want   string
		ok     bool
	}{
		{Debian, "1.0", 0, "", true},
		{Debian, "1.0", Any, "", true},
		{Debian, "1.0", Greater | Equal, "1.0", true},
		{Debian, "1.0", Greater, "1.0", false},
		{Debian, "1.0", Less, "1.0-1", true},
		{Alpine, "2.13.8-r0", Fuzzy, "2.13", true},
		{Alpine, "2.13.8-r0", Equal, "2.13", false},
		{Alpine, "2.10", Greater | Fuzzy, "2.5", true},
		{Alpine, "2.2", Greater | Fuzzy, "2.5", false},
	}
	for _, x := range tests {
		if got := x.scheme.Satisfies(x.have, Constraint{x.op, x.want}); got != x.ok {
			t.Errorf("%s %s %s: %v", x.have, x.op, x.want, got)
		}
	}
}

// dpkgPairs is the number of pairs that are compared with dpkg itself.
const dpkgPairs = 20_000

// TestDebianJudge compares with dpkg: generated versions, and neighbours of
// each other, so that the differences lie deep.
func TestDebianJudge(t *testing.T) {
	if _, err := exec.LookPath("dpkg"); err != nil {
		t.Skip("dpkg is not installed here")
	}
	if testing.Short() {
		t.Skip("asks dpkg 20,000 times")
	}
	random := rand.New(rand.NewSource(1))
	pairs := make([][2]string, 0, dpkgPairs)
	for _, a := range realShapes {
		for _, b := range realShapes {
			pairs = append(pairs, [2]string{a, b})
		}
	}
	for len(pairs) < dpkgPairs {
		a := generate(random)
		b := mutate(random, a)
		if ValidDebian(a) == nil && ValidDebian(b) == nil {
			pairs = append(pairs, [2]string{a, b})
		}
	}
	half := len(pairs) / 2
	var judges sync.WaitGroup
	for _, some := range [][][2]string{pairs[:half], pairs[half:]} {
		judges.Go(func() { askDpkg(t, some) })
	}
	judges.Wait()
	t.Logf("%d pairs compared", len(pairs))
}

// realShapes are versions as real archives write them.
var realShapes = []string{
	"1", "0", "1.0-1", "1.0-1+b1", "1.0-1+deb12u3", "1.0-1~bpo12+1", "6:8.0.5-1rl1~trixie1", "2:1.02.205-2", "20230311",
	"1.2.3+dfsg1-4", "1.2.3~rc1-1", "1.2.3~rc1+git20240101.abcdef-1", "12.4+deb12u10", "5.36.0-7+deb12u2", "1:9.18.33-1~deb12u2",
	"0.0~git20200101.1234567-1", "2.36-9+deb12u13", "3.0.17-1~deb12u2", "10.1-2.1", "10.1-2.1+b2", "1.0.0", "1.00.0", "01.0.0",
	"99999999999999999999999.1", "100000000000000000000000.1", "1.0-00", "1.0-0", "1.0", "0:1.0", "1.0A", "1.0a", "1.0.a", "1.0+", "1.0~",
}

// askDpkg asks whether dpkg agrees with each of our answers, from one shell.
func askDpkg(t *testing.T, pairs [][2]string) {
	t.Helper()
	var script strings.Builder
	for i, p := range pairs {
		ours := []string{"lt", "eq", "gt"}[CompareDebian(p[0], p[1])+1]
		fmt.Fprintf(&script, "dpkg --compare-versions '%s' %s '%s' || echo %d\n", p[0], ours, p[1], i)
	}
	script.WriteString("echo done\n")
	cmd := exec.Command("sh")
	cmd.Stdin = strings.NewReader(script.String())
	out, err := cmd.Output()
	if err != nil || !bytes.HasSuffix(out, []byte("done\n")) {
		t.Errorf("the comparisons did not run to their end: %v", err)
		return
	}
	for _, line := range strings.Fields(strings.TrimSuffix(string(out), "done\n")) {
		i, err := strconv.Atoi(line)
		if err != nil {
			t.Errorf("dpkg answers %q", line)
			return
		}
		t.Errorf("dpkg disagrees: CompareDebian(%q, %q) = %d", pairs[i][0], pairs[i][1], CompareDebian(pairs[i][0], pairs[i][1]))
	}
}

func generate(r *rand.Rand) string {
	const alphabet = "0123456789012345678901abzAZ..++~~-"
	var b strings.Builder
	if r.Intn(4) == 0 {
		fmt.Fprintf(&b, "%d:", r.Intn(3))
	}
	b.WriteByte('0' + byte(r.Intn(10)))
	for n := r.Intn(12); n > 0; n-- {
		b.WriteByte(alphabet[r.Intn(len(alphabet))])
	}
	return b.String()
}

func mutate(r *rand.Rand, v string) string {
	const alphabet = "0019ab~+.-"
	at := r.Intn(len(v) + 1)
	c := string(alphabet[r.Intn(len(alphabet))])
	switch r.Intn(4) {
	case 0:
		return v[:at] + c + v[at:]
	case 1:
		return v + c
	case 2:
		if at < len(v) {
			return v[:at] + v[at+1:]
		}
	}
	return generate(r)
}

func FuzzCompare(f *testing.F) {
	f.Add("1.0-r1", "1.0_rc1")
	f.Add("1:1.0~x-1", "1.0+b-2")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, s := range []Scheme{Debian, Alpine} {
			if s.Compare(a, a) != 0 || s.Compare(a, b) != -s.Compare(b, a) {
				t.Errorf("scheme %d does not order %q and %q", s, a, b)
			}
			s.Valid(a)
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	for name, s := range map[string]Scheme{"debian": Debian, "alpine": Alpine} {
		x, y := "2:1.2.3~rc1+git20240101-4", "2:1.2.3~rc1+git20240101-5"
		if s == Alpine {
			x, y = "1.2.3_git20240101-r4", "1.2.3_git20240101-r5"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Compare(x, y)
			}
		})
	}
}
