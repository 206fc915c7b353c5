package rules

func tagRules() []*Rule { return nil }
