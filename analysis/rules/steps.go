package rules

func stepRules() []*Rule { return nil }
