package script

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// TokenKind says what a stretch of a script is, for colouring it.
type TokenKind uint8

const (
	noToken TokenKind = iota
	// TokenComment is a comment.
	TokenComment
	// TokenKeyword is a word of the shell's grammar: if, then, export.
	TokenKeyword
	// TokenCommand is the name of a command, TokenFunction that of a function
	// where it is defined.
	TokenCommand
	TokenFunction
	// TokenOption is an argument that begins with a dash.
	TokenOption
	// TokenString is quoted text, its quotes included, or a here-document.
	TokenString
	// TokenVariable is a use or an assignment of a variable.
	TokenVariable
	// TokenOperator joins commands or redirects them.
	TokenOperator
)

// Token is a stretch of a script on one line or over several.
type Token struct {
	Kind  TokenKind
	Range text.Range
}

// Tokens are the parts of a script in the order of the text, none inside
// another. It accepts any text; of one that is not read, there are none.
func Tokens(source string, dialect Dialect) []Token {
	if whySkip(source, dialect) != "" {
		return nil
	}
	masked, _ := mask(source)
	lang := syntax.LangBash
	if dialect == POSIX {
		lang = syntax.LangPOSIX
	}
	parser := syntax.NewParser(syntax.Variant(lang), syntax.RecoverErrors(maxRecovered), syntax.KeepComments(true))
	file, _ := parser.Parse(strings.NewReader(masked), "")
	if file == nil {
		return nil
	}
	p := &painter{s: &Script{Source: source}, kinds: make([]TokenKind, len(source))}
	syntax.Walk(file, func(n syntax.Node) bool {
		if n != nil {
			p.node(n)
		}
		return true
	})
	return p.tokens()
}

// painter gives every byte its kind; what is inside comes after what is
// around it and paints over it.
type painter struct {
	s     *Script
	kinds []TokenKind
}

func (p *painter) paint(r text.Range, kind TokenKind) {
	for i := r.Start; i < r.End; i++ {
		p.kinds[i] = kind
	}
}

func (p *painter) span(n syntax.Node, kind TokenKind) { p.paint(p.s.span(n), kind) }

// word paints the letters from a position on.
func (p *painter) word(pos syntax.Pos, length int, kind TokenKind) {
	if !pos.IsValid() || pos.IsRecovered() {
		return
	}
	start := p.s.offset(pos)
	p.paint(text.Range{Start: start, End: min(start+length, len(p.kinds))}, kind)
}

func (p *painter) keywords(words ...keyword) {
	for _, w := range words {
		p.word(w.at, len(w.text), TokenKeyword)
	}
}

type keyword struct {
	at   syntax.Pos
	text string
}

func (p *painter) node(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.Comment:
		p.span(n, TokenComment)
	case *syntax.SglQuoted, *syntax.DblQuoted:
		p.span(n, TokenString)
	case *syntax.ParamExp:
		p.span(n, TokenVariable)
	case *syntax.CmdSubst:
		p.span(n, noToken)
		p.word(n.Left, len("$("), TokenOperator)
		p.word(n.Right, len(")"), TokenOperator)
	case *syntax.ArithmExp:
		p.span(n, noToken)
	case *syntax.CallExpr:
		p.call(n)
	case *syntax.Assign:
		if n.Name != nil {
			p.span(n.Name, TokenVariable)
		}
	case *syntax.FuncDecl:
		if n.Name != nil {
			p.span(n.Name, TokenFunction)
		}
	case *syntax.Redirect:
		p.word(n.OpPos, len(n.Op.String()), TokenOperator)
		if n.Hdoc != nil {
			p.span(n.Hdoc, TokenString)
		}
	case *syntax.BinaryCmd:
		p.word(n.OpPos, len(n.Op.String()), TokenOperator)
	default:
		p.clause(n)
	}
}

func (p *painter) clause(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.IfClause:
		p.ifClause(n)
	case *syntax.WhileClause:
		name := "while"
		if n.Until {
			name = "until"
		}
		p.keywords(keyword{n.WhilePos, name}, keyword{n.DoPos, "do"}, keyword{n.DonePos, "done"})
	case *syntax.ForClause:
		p.keywords(keyword{n.ForPos, "for"})
		if !n.Braces {
			p.keywords(keyword{n.DoPos, "do"}, keyword{n.DonePos, "done"})
		}
	case *syntax.WordIter:
		p.span(n.Name, TokenVariable)
		p.keywords(keyword{n.InPos, "in"})
	case *syntax.CaseClause:
		p.keywords(keyword{n.Case, "case"}, keyword{n.In, "in"}, keyword{n.Esac, "esac"})
	case *syntax.DeclClause:
		p.span(n.Variant, TokenKeyword)
	case *syntax.TestClause:
		p.keywords(keyword{n.Left, "[["}, keyword{n.Right, "]]"})
	}
}

// ifClause paints the words that stand in the text at the positions: the
// clause of an else has the same type as an if.
func (p *painter) ifClause(n *syntax.IfClause) {
	for _, word := range []string{"if", "elif", "else"} {
		if at := p.s.offset(n.Position); strings.HasPrefix(p.s.Source[at:], word) {
			p.keywords(keyword{n.Position, word})
		}
	}
	if n.ThenPos.IsValid() {
		p.keywords(keyword{n.ThenPos, "then"})
	}
	p.keywords(keyword{n.FiPos, "fi"})
}

func (p *painter) call(n *syntax.CallExpr) {
	for i, arg := range n.Args {
		literal := arg.Lit()
		switch {
		case literal == "":
		case i == 0:
			p.span(arg, TokenCommand)
		case literal[0] == '-' && len(literal) > 1:
			p.span(arg, TokenOption)
		}
	}
}

// tokens are the painted stretches.
func (p *painter) tokens() []Token {
	var out []Token
	for i := 0; i < len(p.kinds); {
		start, kind := i, p.kinds[i]
		for i < len(p.kinds) && p.kinds[i] == kind {
			i++
		}
		if kind != noToken {
			out = append(out, Token{kind, text.Range{Start: start, End: i}})
		}
	}
	return out
}
