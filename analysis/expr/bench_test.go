package expr

import "testing"

func BenchmarkParse(b *testing.B) {
	for name, s := range map[string]string{
		"plain":      "usr/local/bin/tool",
		"variable":   "${source.dir}/src-${VERSION}.tar.gz",
		"expression": `#{ target.arch == "amd64" ? "x86_64" : "aarch64" }`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(s)
			}
		})
	}
}
