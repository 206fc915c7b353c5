package rules

func environmentRules() []*Rule { return nil }
