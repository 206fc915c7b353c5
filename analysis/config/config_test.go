package config

import (
	"strings"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
)

func names(name string) (string, bool) {
	if name == "old-name" {
		return "new-name", true
	}
	if strings.HasPrefix(name, "no") {
		return "unknown rule `" + name + "`", false
	}
	return name, true
}

func TestParse(t *testing.T) {
	c, err := Parse("/p/.dhi-ls.yaml", `profile: catalog
rules:
  old-name: off
  port-malformed:
    severity: warning
    allow: 53
overrides:
  - paths: [image/legacy/**]
    rules:
      port-malformed: error
exclude:
  - vendor
  - "**/*.gen.yaml"
directive-prefixes:
  - registry.example.com/mirror
index:
  max-age: 7d
`, names)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		file, rule string
		want       diagnostic.Severity
	}{
		{"/p/a.yaml", "new-name", diagnostic.Off},
		{"/p/a.yaml", "port-malformed", diagnostic.Warning},
		{"/p/image/legacy/x/a.yaml", "port-malformed", diagnostic.Error},
		{"/p/a.yaml", "other", diagnostic.Info},
	} {
		if got := c.Severity(test.file, test.rule, diagnostic.Info); got != test.want {
			t.Errorf("%s %s: %v, want %v", test.file, test.rule, got, test.want)
		}
	}
	if v, ok := c.Option("/p/a.yaml", "port-malformed", "allow"); !ok || v != int64(53) {
		t.Errorf("option: %v %v", v, ok)
	}
	for file, want := range map[string]bool{"/p/vendor/x.yaml": true, "/p/a/b.gen.yaml": true, "/p/a.yaml": false, "/p/a/vendor/b.yaml": true} {
		if c.Excluded(file) != want {
			t.Errorf("excluded %s: %v", file, !want)
		}
	}
	if c.Index.MaxAge != 7*24*time.Hour || c.Profile != "catalog" || len(c.Prefixes) != 1 {
		t.Errorf("%+v", c)
	}
}

func TestFaults(t *testing.T) {
	for content, want := range map[string]string{
		"profil: auto\n":                    "/p/.dhi-ls.yaml:1:1: unknown field `profil`; did you mean `profile`?",
		"rules:\n  no-such: off\n":          ":2:3: unknown rule",
		"profile: other\n":                  ":1:10:",
		"exclude:\n  - 'a['\n":              "no valid glob",
		"index:\n  max-age: soon\n":         "must be a duration",
		"index:\n  max-age: 1d12h\n":        "no duration",
		"rules: [\n":                        ":1:8:",
		"rules:\n  port-malformed: fatal\n": ":2:",
	} {
		_, err := Parse("/p/.dhi-ls.yaml", content, names)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", content, err, want)
		} else if strings.Contains(want, "duration") && strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: told twice: %v", content, err)
		}
	}
	if _, err := Parse("/p/.dhi-ls.yaml", "", names); err != nil {
		t.Errorf("empty file: %v", err)
	}
}

func TestNilConfig(t *testing.T) {
	var c *Config
	if c.Severity("a", "b", diagnostic.Hint) != diagnostic.Hint || c.Excluded("a") {
		t.Error("a nil configuration changes something")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("profile: auto\nrules:\n  a: {severity: off}\n")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := Parse("/p/x.yaml", s, names); err == nil {
			c.Severity("/p/y", "a", diagnostic.Error)
			c.Excluded("/p/y")
		}
	})
}
