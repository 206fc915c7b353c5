package main

// verdicts say, rule by rule, what the hits in the catalog are. They are
// judgements by people who looked at the places; see docs/catalog-findings.md.
var verdicts = map[string]string{}
