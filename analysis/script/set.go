package script

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Set is a set command.
type Set struct {
	// Range is the command, Options what it switches.
	Range   text.Range
	Options []Option
	// First says that it is the first command of the script.
	First bool
}

// Option is one option of the shell that set switches.
type Option struct {
	// Name is the long name: errexit for -e.
	Name string
	// Flag is the letter as written, "" for -o name.
	Flag string
	// On is true for -, false for +.
	On    bool
	Range text.Range
}

// Has reports whether the command switches the option on, by its long name.
func (s *Set) Has(name string) bool {
	on := false
	for _, o := range s.Options {
		if o.Name == name {
			on = o.On
		}
	}
	return on
}

// flagNames are the long names of the one-letter options of bash.
var flagNames = map[byte]string{
	'a': "allexport", 'b': "notify", 'e': "errexit", 'f': "noglob", 'h': "hashall", 'k': "keyword", 'm': "monitor",
	'n': "noexec", 'p': "privileged", 't': "onecmd", 'u': "nounset", 'v': "verbose", 'x': "xtrace", 'B': "braceexpand",
	'C': "noclobber", 'E': "errtrace", 'H': "histexpand", 'P': "physical", 'T': "functrace",
}

// parseSet reads the arguments of set; nil if they switch no option.
func parseSet(cmd *Command, first bool) *Set {
	set := &Set{Range: cmd.Range, First: first}
	for i := 0; i < len(cmd.Args); i++ {
		arg := cmd.Args[i]
		if len(arg.Text) < 2 || !arg.Static || arg.Text == "--" || strings.IndexByte("-+", arg.Text[0]) < 0 {
			break
		}
		takesNext := set.cluster(arg)
		if takesNext && i+1 < len(cmd.Args) {
			i++
			next := cmd.Args[i]
			set.Options = append(set.Options, Option{Name: next.Text, On: arg.Text[0] == '-', Range: next.Range})
		}
	}
	if len(set.Options) == 0 {
		return nil
	}
	return set
}

// cluster reads -eux; it reports whether -o asks for the next word.
func (s *Set) cluster(arg Arg) (takesNext bool) {
	plain := arg.Range.Len() == len(arg.Text)
	for i := 1; i < len(arg.Text); i++ {
		c := arg.Text[i]
		if c == 'o' {
			takesNext = true
			continue
		}
		r := arg.Range
		if plain {
			r = text.Range{Start: r.Start + i, End: r.Start + i + 1}
		}
		name := flagNames[c]
		if name == "" {
			name = string(rune(c))
		}
		s.Options = append(s.Options, Option{Name: name, Flag: string(rune(c)), On: arg.Text[0] == '-', Range: r})
	}
	return takesNext
}

// shellBuiltins are the commands that bash and ash provide themselves; test,
// echo, printf and the like exist as programs too.
var shellBuiltins = setOf(". : [ alias bg bind break builtin caller cd command compgen complete continue declare dirs disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait")

func setOf(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
