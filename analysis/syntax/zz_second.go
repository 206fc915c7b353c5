package syntax

// SecondOpinion is written in second.go.
func SecondOpinion(t *Tree) []Problem { return nil }
