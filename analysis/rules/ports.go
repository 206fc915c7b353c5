package rules

func portRules() []*Rule { return nil }
