package rules

func repositoryRules() []*Rule { return nil }
