package rules

func osReleaseRules() []*Rule { return nil }
