package rules

func metadataRules() []*Rule { return nil }
