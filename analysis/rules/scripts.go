package rules

func scriptRules() []*Rule { return nil }
