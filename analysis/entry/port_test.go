package entry

import (
	"strings"
	"testing"
)

func TestParsePort(t *testing.T) {
	for s, want := range map[string]Port{
		"8080": {8080, 8080, ""}, "53/udp": {53, 53, "udp"}, "1/TCP": {1, 1, "tcp"}, "65535/sctp": {65535, 65535, "sctp"}, "8000-8010/tcp": {8000, 8010, "tcp"},
	} {
		if got, problem := ParsePort(s); got != want || problem != "" {
			t.Errorf("%s: %+v %s", s, got, problem)
		}
	}
	for s, want := range map[string]string{
		"": "from 1 to 65535", "0": "from 1 to 65535", "65536/tcp": "from 1 to 65535", "http": "from 1 to 65535", "90-80": "ends before", "80/": "protocol is",
		"80/http": "protocol is", "8080:80": "only the port of the container", "-80": "from 1 to 65535", "80-": "from 1 to 65535",
	} {
		if _, problem := ParsePort(s); !strings.Contains(problem, want) {
			t.Errorf("%q: %q, want %q", s, problem, want)
		}
	}
}
