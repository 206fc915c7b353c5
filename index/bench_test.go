package index

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/dhi-ls/dhi-ls/index/store"
)

// syntheticDebian is the text of a Packages file as large as Debian's main.
func syntheticDebian(packages int) string {
	r := rand.New(rand.NewSource(7))
	words := []string{"lib", "python3", "golang", "ruby", "perl", "node", "data", "dev", "doc", "common", "client", "server", "utils", "plugin", "gtk", "core", "http", "json", "xml", "test"}
	name := func(i int) string {
		w := rand.New(rand.NewSource(int64(i)))
		return fmt.Sprintf("%s-%s%d-%s", words[w.Intn(len(words))], words[w.Intn(len(words))], i, words[w.Intn(len(words))])
	}
	var b strings.Builder
	for i := range packages {
		fmt.Fprintf(&b, "Package: %s\nVersion: %d.%d.%d-%d\nArchitecture: amd64\nMaintainer: Somebody <somebody@example.org>\nInstalled-Size: %d\nPriority: optional\nSection: misc\nHomepage: https://example.org/%d\n",
			name(i), r.Intn(9), r.Intn(30), r.Intn(30), r.Intn(9), r.Intn(90000), i%5000)
		b.WriteString("Depends: libc6 (>= 2.34)")
		for n := r.Intn(5); n > 0 && i%40 > 0; n-- {
			fmt.Fprintf(&b, ", %s (>= 0)", name(i-1-r.Intn(i%40)))
		}
		fmt.Fprintf(&b, "\nDescription: package number %d for measurements of several words\nFilename: pool/main/x/x%d.deb\nSize: %d\nSHA256: %064x\n\n", i, i, r.Intn(1e6), r.Uint64())
	}
	b.WriteString("Package: libc6\nVersion: 2.41-12\nArchitecture: amd64\nDescription: C library\n\n")
	return b.String()
}

const debianSize = 69_000

type benchWorld struct {
	*world
	packed []byte
	repos  []Repository
}

func newBenchWorld(b *testing.B) benchWorld {
	b.Helper()
	w := benchWorld{world: newWorld(b, Debian)}
	w.packed = gzipped(b, []byte(syntheticDebian(debianSize)))
	debSuite{suite: "trixie", date: day, files: map[string][]byte{"main/binary-amd64/Packages.gz": w.packed}}.publish(b, w.server, makeEntity())
	w.want(w.update(), Updated, "")
	w.repos = []Repository{w.repo}
	return w
}

// BenchmarkIndex measures an index of the size of Debian's main archive. Each
// floor is the least that the same answer takes.
func BenchmarkIndex(b *testing.B) {
	w := newBenchWorld(b)
	set := w.set()
	path := w.cache.dir.FilePath(set.Sources()[0].Entry.File)
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := store.Open(path); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("set cold", func(b *testing.B) {
		for b.Loop() {
			cache, err := Open(w.cache.Path())
			if err != nil || len(cache.Set(w.repos, []string{"amd64"}).Names("lib-", 1)) != 1 {
				b.Fatal(err)
			}
		}
	})
	b.Run("prefix", func(b *testing.B) {
		for b.Loop() {
			set.Names("python3-", 100)
		}
	})
	b.Run("fuzzy", func(b *testing.B) {
		for b.Loop() {
			set.Fuzzy("libcli", 100)
		}
	})
	b.Run("fuzzy floor", func(b *testing.B) {
		all := set.Names("", 1<<20)
		b.ResetTimer()
		for b.Loop() {
			n := 0
			for i := range all {
				if strings.Contains(all[i].Name, "libcli") {
					n++
				}
			}
		}
	})
	var entries []string
	for i, n := range set.Names("", 1<<20) {
		if i%1150 == 7 {
			entries = append(entries, n.Name)
		}
	}
	b.Run(fmt.Sprintf("resolve %d", len(entries)), func(b *testing.B) {
		installed := 0
		for b.Loop() {
			r := set.Resolve(Selection{Entries: entries, Platform: "amd64"})
			if len(r.Problems) > 0 {
				b.Fatal(r.Problems)
			}
			installed = len(r.Packages)
		}
		b.ReportMetric(float64(installed), "packages")
	})
	b.Run("update", func(b *testing.B) {
		for b.Loop() {
			cache, err := Open(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			o := cache.Update(context.Background(), w.repos, []string{"amd64"}, UpdateOptions{Client: w.client, Keys: w.keys})[0]
			if o.Err != nil {
				b.Fatal(o.Err)
			}
		}
	})
	b.Run("update floor: download and gunzip", func(b *testing.B) {
		for b.Loop() {
			answer, err := http.Get(w.URL + "/debian/dists/trixie/main/binary-amd64/Packages.gz")
			if err != nil {
				b.Fatal(err)
			}
			data, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if err != nil {
				b.Fatal(err)
			}
			z, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, z); err != nil {
				b.Fatal(err)
			}
		}
		http.DefaultClient.CloseIdleConnections()
	})
}
