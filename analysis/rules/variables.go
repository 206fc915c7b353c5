package rules

func variableRules() []*Rule { return nil }
