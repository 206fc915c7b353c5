package entry

import (
	"fmt"
	"strconv"
	"strings"
)

// Port is an item of ports: a range of numbers, mostly of one, and a protocol.
type Port struct {
	First, Last int
	Protocol    string // "" where none is written, which means tcp
}

// ParsePort reads N, N-M, N/tcp and N-M/udp. The problem is empty for a port
// that container engines accept.
func ParsePort(s string) (p Port, problem string) {
	numbers, protocol, slash := strings.Cut(s, "/")
	p.Protocol = strings.ToLower(protocol)
	switch {
	case slash && p.Protocol != "tcp" && p.Protocol != "udp" && p.Protocol != "sctp":
		return p, fmt.Sprintf("the protocol is `tcp`, `udp` or `sctp`, not `%s`", protocol)
	case strings.Contains(numbers, ":"):
		return p, "only the port of the container is named here, which port of the host leads to it is up to who runs it"
	}
	first, last, isRange := strings.Cut(numbers, "-")
	if !isRange {
		last = first
	}
	var ok1, ok2 bool
	p.First, ok1 = portNumber(first)
	p.Last, ok2 = portNumber(last)
	switch {
	case !ok1 || !ok2:
		return p, "expected a number from 1 to 65535 and a protocol, such as `8080/tcp`"
	case p.First > p.Last:
		return p, "the range ends before it begins"
	}
	return p, ""
}

func portNumber(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return int(n), err == nil && n > 0
}
