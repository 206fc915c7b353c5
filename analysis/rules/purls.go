package rules

func purlRules() []*Rule { return nil }
