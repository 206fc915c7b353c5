package rules

func pathRules() []*Rule { return nil }
