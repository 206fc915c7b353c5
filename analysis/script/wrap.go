package script

import "strings"

// wrapper describes a command that runs another.
type wrapper struct {
	// valued are its options that take the next word.
	valued string
	// skip is the number of its own operands before the command.
	skip int
	// assigns says that NAME=value may stand before the command.
	assigns bool
}

// wrappers are the commands whose operands are a command.
var wrappers = map[string]wrapper{
	"sudo":    {valued: "-u -g -h -p -C -D -R -T -U", assigns: true},
	"doas":    {valued: "-u -C"},
	"env":     {valued: "-u -C -S --unset --chdir", assigns: true},
	"exec":    {valued: "-a"},
	"command": {},
	"builtin": {},
	"nohup":   {},
	"busybox": {},
	"nice":    {valued: "-n"},
	"ionice":  {valued: "-c -n"},
	"timeout": {valued: "-s -k --signal --kill-after", skip: 1},
	"xargs":   {valued: "-a -d -E -I -L -n -P -s --arg-file --delimiter --max-args --max-procs --max-lines"},
	"setsid":  {},
	"stdbuf":  {valued: "-i -o -e"},
	"time":    {valued: "-f -o"},
	"fakeroot": {
		valued: "-l -s -i -b",
	},
}

// unwrap is the command with its arguments that the wrapper runs, nil for
// none.
func unwrap(name string, args []Arg) []Arg {
	w, ok := wrappers[name]
	if !ok {
		return nil
	}
	skip := w.skip
	for i := 0; i < len(args); i++ {
		a := args[i].Text
		switch {
		case a == "--":
		case strings.HasPrefix(a, "-") && len(a) > 1:
			if name == "command" && (a == "-v" || a == "-V") {
				return nil
			}
			if hasWord(w.valued, a) {
				i++
			}
		case w.assigns && strings.IndexByte(a, '=') > 0:
		case skip > 0:
			skip--
		default:
			return args[i:]
		}
	}
	return nil
}

func hasWord(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if w == word {
			return true
		}
	}
	return false
}
