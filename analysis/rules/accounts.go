package rules

func accountRules() []*Rule { return nil }
