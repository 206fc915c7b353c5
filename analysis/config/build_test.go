package config

import "testing"

func TestBuildOf(t *testing.T) {
	of := func(builder, platform string) *Config { return &Config{Build: Build{builder, platform}} }
	for _, c := range []struct {
		user, workspace *Config
		want            Build
		ignored         string
	}{
		{nil, nil, Build{}, ""},
		{nil, of("team", "linux/arm64"), Build{"team", "linux/arm64"}, ""},
		{of("mine", ""), of("team", "linux/arm64"), Build{"mine", "linux/arm64"}, ""},
		{of("tcp://10.0.0.5:1234", "linux/amd64"), of("team", "linux/arm64"), Build{"tcp://10.0.0.5:1234", "linux/amd64"}, ""},
		{nil, of("tcp://builder.example.com:1234", ""), Build{}, "tcp://builder.example.com:1234"},
		{of("auto", ""), of("team", ""), Build{}, ""},
	} {
		got, ignored := BuildOf(c.user, c.workspace)
		if got != c.want || ignored != c.ignored {
			t.Errorf("%+v, %+v: %+v, %q", c.user, c.workspace, got, ignored)
		}
	}
}
