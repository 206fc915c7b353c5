package rules

func fileRules() []*Rule { return nil }
