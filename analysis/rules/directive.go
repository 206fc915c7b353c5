package rules

func directiveRules() []*Rule { return nil }
