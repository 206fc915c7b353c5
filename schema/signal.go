package schema

import (
	"slices"
	"strconv"
	"strings"
)

// Signal is a signal that can stop a container.
type Signal struct {
	// Name is the signal with its prefix, such as SIGTERM.
	Name string
	// Number is its number on Linux for amd64 and arm64.
	Number int
	// Doc says what the signal usually does.
	Doc string
}

// realTimeMin and realTimeMax bound the real-time signals that a container
// runtime knows by number.
const (
	realTimeMin = 34
	realTimeMax = 64
)

// signals are those of signal(7) on Linux, most useful for stopping first.
var signals = []Signal{
	{"SIGTERM", 15, "Asks the process to end; the default when no stop signal is set."},
	{"SIGINT", 2, "Interrupts, as Ctrl-C does. PostgreSQL reads it as fast shutdown: open transactions are rolled back."},
	{"SIGQUIT", 3, "Quits. nginx and PHP-FPM read it as graceful shutdown: open requests are answered first."},
	{"SIGWINCH", 28, "Reports a new window size. Apache httpd reads it as graceful stop."},
	{"SIGHUP", 1, "Reports a closed terminal. Many servers reload their configuration on it rather than stop."},
	{"SIGUSR1", 10, "Has the meaning that the program gives it. HAProxy reads it as soft stop."},
	{"SIGUSR2", 12, "Has the meaning that the program gives it."},
	{"SIGKILL", 9, "Ends the process at once; it can not clean up. Not a good stop signal."},
	{"SIGABRT", 6, "Aborts with a core dump."},
	{"SIGALRM", 14, "Reports an expired timer."},
	{"SIGBUS", 7, "Reports a bad memory access."},
	{"SIGCHLD", 17, "Reports that a child process ended; ignored by default, so it stops nothing."},
	{"SIGCONT", 18, "Continues a stopped process, so it stops nothing."},
	{"SIGFPE", 8, "Reports an arithmetic error."},
	{"SIGILL", 4, "Reports an illegal instruction."},
	{"SIGIO", 29, "Reports that input or output is possible."},
	{"SIGPIPE", 13, "Reports a write to a pipe that nobody reads."},
	{"SIGPROF", 27, "Reports an expired profiling timer."},
	{"SIGPWR", 30, "Reports a power failure."},
	{"SIGSEGV", 11, "Reports an invalid memory reference."},
	{"SIGSTKFLT", 16, "Reports a stack fault on a coprocessor; unused."},
	{"SIGSTOP", 19, "Suspends the process; it can not be caught and ends nothing."},
	{"SIGSYS", 31, "Reports a bad system call."},
	{"SIGTRAP", 5, "Reports a breakpoint."},
	{"SIGTSTP", 20, "Suspends, as Ctrl-Z does."},
	{"SIGTTIN", 21, "Reports a read from the terminal in the background."},
	{"SIGTTOU", 22, "Reports a write to the terminal in the background."},
	{"SIGURG", 23, "Reports urgent data on a socket."},
	{"SIGVTALRM", 26, "Reports an expired virtual timer."},
	{"SIGXCPU", 24, "Reports that the limit on processor time is used up."},
	{"SIGXFSZ", 25, "Reports that the limit on file size is reached."},
	{"SIGRTMIN", realTimeMin, "First real-time signal; SIGRTMIN+N are the following ones. systemd reads SIGRTMIN+3 as halt."},
	{"SIGRTMAX", realTimeMax, "Last real-time signal; SIGRTMAX-N are the ones before."},
}

// Signals returns the signals by name, the most useful stop signals first.
func Signals() []Signal { return slices.Clone(signals) }

// ParseSignal reads a stop signal as container engines do: a name with or
// without SIG in any case, SIGRTMIN+N, SIGRTMAX-N, or a number from 1 to 64.
func ParseSignal(text string) (Signal, bool) {
	if n, err := strconv.Atoi(text); err == nil {
		return signalByNumber(n)
	}
	name := strings.ToUpper(text)
	if !strings.HasPrefix(name, "SIG") {
		name = "SIG" + name
	}
	for _, s := range signals {
		if s.Name == name {
			return s, true
		}
	}
	return parseRealTime(name)
}

func signalByNumber(n int) (Signal, bool) {
	for _, s := range signals {
		if s.Number == n {
			return s, true
		}
	}
	if n > realTimeMin && n < realTimeMax {
		return Signal{Name: "SIGRTMIN+" + strconv.Itoa(n-realTimeMin), Number: n, Doc: "Real-time signal; its meaning is the program's."}, true
	}
	return Signal{}, false
}

// parseRealTime reads SIGRTMIN+1 to SIGRTMIN+15 and SIGRTMAX-1 to
// SIGRTMAX-14, the names that container engines accept.
func parseRealTime(name string) (Signal, bool) {
	base, most := realTimeMin, 15
	offset, ok := strings.CutPrefix(name, "SIGRTMIN+")
	sign := 1
	if !ok {
		base, most, sign = realTimeMax, 14, -1
		offset, ok = strings.CutPrefix(name, "SIGRTMAX-")
	}
	n, err := strconv.Atoi(offset)
	if !ok || err != nil || n < 1 || n > most || offset[0] == '+' {
		return Signal{}, false
	}
	return Signal{Name: name, Number: base + sign*n, Doc: "Real-time signal; its meaning is the program's."}, true
}
