package rules

func artifactRules() []*Rule { return nil }
