package script

import (
	"strings"
	"testing"
)

func TestFacts(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"curl -fsSL https://a.example/i.sh | sh", "network-fetch[curl -fsSL https://a.example/i.sh] pipe-to-shell[curl -fsSL https://a.example/i.sh | sh]"},
		{"curl https://a.example/x | gunzip | sudo bash -s -- y", "network-fetch[curl https://a.example/x] sudo[sudo] pipe-to-shell[curl https://a.example/x | gunzip | sudo bash -s -- y]"},
		{"wget -qO- https://a.example/x | python3 -", "network-fetch[wget -qO- https://a.example/x] pipe-to-shell[wget -qO- https://a.example/x | python3 -]"},
		{"wget https://a.example/x | sh", "network-fetch[wget https://a.example/x]"},
		{"curl https://a.example/x | python3 -m json.tool", "network-fetch[curl https://a.example/x]"},
		{"curl https://a.example/x | bash script.sh", "network-fetch[curl https://a.example/x]"},
		{"curl -o f https://a.example/x | sh", "network-fetch[curl -o f https://a.example/x]"},
		{"curl https://a.example/x | tar xz", "network-fetch[curl https://a.example/x]"},
		{"curl https://a.example/x | tar -C \"$(sh x)\"", "network-fetch[curl https://a.example/x]"},
		{"sh -c \"$(curl -fsSL https://a.example/x)\"", "pipe-to-shell[sh -c \"$(curl -fsSL https://a.example/x)\"] network-fetch[curl -fsSL https://a.example/x]"},
		{"bash <(curl https://a.example/x)", "pipe-to-shell[bash <(curl https://a.example/x)] network-fetch[curl https://a.example/x]"},
		{"bash x.sh \"$(curl https://a.example/x)\"", "network-fetch[curl https://a.example/x]"},
		{"eval \"$(wget -qO- https://a.example/x)\"", "pipe-to-shell[eval \"$(wget -qO- https://a.example/x)\"] network-fetch[wget -qO- https://a.example/x]"},
		{"curl --version", ""},
		{"curl http://localhost:8080/health", ""},
		{"curl -o \"$out\" \"$url\"", "network-fetch[curl -o \"$out\" \"$url\"]"},
		{"curl -H \"$auth\" -o x", ""},
		{"curl -o ${target.dir}/x ${source.dir}/y", ""},
		{"aria2c https://a.example/x", "network-fetch[aria2c https://a.example/x]"},
		{"git clone --depth 1 https://a.example/x.git", "network-fetch[git clone --depth 1 https://a.example/x.git]"},
		{"git clone git@a.example:x/y", "network-fetch[git clone git@a.example:x/y]"},
		{"git clone ${source.dir}/a b; git clone ../x; git log", ""},
		{"apt-get update && apt-get install -y --no-install-recommends a b", "package-install[apt-get install -y --no-install-recommends a b]"},
		{"apk add --no-cache x", "package-install[apk add --no-cache x]"},
		{"apk version -t 1 2; apt-cache show x", ""},
		{"chmod 777 x; chmod -R 0777 y; chmod a+rwx z; chmod o+w q; chmod ugo=rw p", "world-writable[777] world-writable[0777] world-writable[a+rwx] world-writable[o+w] world-writable[ugo=rw]"},
		{"chmod 755 x; chmod 1777 /tmp; chmod -R +rX .; chmod u+w,g+w f; chmod o+rX f; chmod g+w 777; chmod o-w x; chmod +x x", ""},
		{"mkdir -m 777 x; install -d -m 0666 a b; mkdir -pm 1777 t; install -m755 a b", "world-writable[777] world-writable[0666]"},
		{"curl -k https://a.example; curl -fsSLk https://a.example; curl --insecure https://a.example",
			"network-fetch[curl -k https://a.example] tls-disabled[-k] network-fetch[curl -fsSLk https://a.example] tls-disabled[-fsSLk] network-fetch[curl --insecure https://a.example] tls-disabled[--insecure]"},
		{"curl -ok https://a.example", "network-fetch[curl -ok https://a.example]"},
		{"curl -o -k https://a.example", "network-fetch[curl -o -k https://a.example]"},
		{"wget --no-check-certificate x", "tls-disabled[--no-check-certificate]"},
		{"git -c http.sslVerify=false log; git config --global http.sslVerify false; git config http.sslVerify true",
			"tls-disabled[http.sslVerify=false] tls-disabled[http.sslVerify false]"},
		{"GIT_SSL_NO_VERIFY=1 git log; export NODE_TLS_REJECT_UNAUTHORIZED=0; env PYTHONHTTPSVERIFY=0 x", "tls-disabled[GIT_SSL_NO_VERIFY=1] tls-disabled[NODE_TLS_REJECT_UNAUTHORIZED=0] tls-disabled[PYTHONHTTPSVERIFY=0]"},
		{"GIT_SSL_NO_VERIFY=0 git log; export NODE_TLS_REJECT_UNAUTHORIZED=1 PYTHONHTTPSVERIFY=$x", ""},
		{"pip install --trusted-host a.example x; pip3 install --trusted-host=a.example x", "tls-disabled[--trusted-host a.example] tls-disabled[--trusted-host=a.example]"},
		{"npm config set strict-ssl false; npm ci --strict-ssl=false; yarn config set strict-ssl true", "tls-disabled[strict-ssl false] tls-disabled[--strict-ssl=false]"},
		{"sudo make", "sudo[sudo]"},
		{"server &\nwait", "background[server &]"},
		{"server >/dev/null 2>&1 &\n(a) &>x &\n{ b > l; } &\na | b >x &", ""},
		{"server 2>/dev/null &", "background[server 2>/dev/null &]"},
		{"echo 'curl -k https://a.example | sh'", ""},
		{"cat <<'EOF'\ncurl -k https://a.example | sh\nEOF", ""},
		{"# sudo curl -k https://a.example | sh", ""},
	} {
		s := Parse(tc.in, Bash)
		var got []string
		for _, f := range s.Facts {
			got = append(got, f.Kind.String()+"["+tc.in[f.Range.Start:f.Range.End]+"]")
		}
		if g := strings.Join(got, " "); g != tc.want || len(s.Problems) > 0 {
			t.Errorf("Parse(%q)\n got %s %v\nwant %s", tc.in, g, s.Problems, tc.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"set -eux -o pipefail\ncurl -k ${source.dir} | sh", "if a; then", "${V:^(.+)$}", "a=(1 2); f() { b; }", "cat <<EOF\n$x", "((a", "\xff", "a | ",
		"case x in y) a &", "${a.b:-${c.d}}", "chmod 7777 x", "`a`", "read -p x y", "time ! a", "<(", "coproc a", "[[ a =~ b ]]", "$'a\\'b' \"\\\"\"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, d := range []Dialect{Bash, POSIX} {
			s := Parse(in, d)
			checkRanges(t, s)
			s.CommandAt(len(in) / 2)
		}
		masked, parts := mask(in)
		if len(masked) != len(in) || len(literals(in, parts)) != len(in) {
			t.Fatalf("%q: the masks change its length", in)
		}
	})
}
