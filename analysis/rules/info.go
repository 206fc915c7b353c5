package rules

func infoRules() []*Rule { return nil }
