package rules

func packageRules() []*Rule { return nil }
