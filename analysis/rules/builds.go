package rules

func buildRules() []*Rule { return nil }
