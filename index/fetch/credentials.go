package fetch

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
)

// Credentials answer with the login for a host; ok is false when there is
// none.
type Credentials func(host string) (user, secret string, ok bool)

// DefaultCredentials ask the Docker configuration (its helpers too) and then
// netrc. Both are read on first use.
func DefaultCredentials() Credentials {
	docker := sync.OnceValue(func() *configfile.ConfigFile {
		file, err := config.Load(config.Dir())
		if err != nil {
			return nil
		}
		return file
	})
	entries := sync.OnceValue(func() []netrcEntry {
		data, err := os.ReadFile(netrcPath())
		if err != nil {
			return nil
		}
		return parseNetrc(string(data))
	})
	return func(host string) (string, string, bool) {
		if user, secret, ok := dockerLogin(docker(), host); ok {
			return user, secret, true
		}
		return netrcLogin(entries(), host)
	}
}

// DockerCredentials ask a Docker configuration folder.
func DockerCredentials(dir string) Credentials {
	return func(host string) (string, string, bool) {
		file, err := config.Load(dir)
		if err != nil {
			return "", "", false
		}
		return dockerLogin(file, host)
	}
}

func dockerLogin(file *configfile.ConfigFile, host string) (string, string, bool) {
	if file == nil {
		return "", "", false
	}
	auth, err := file.GetAuthConfig(host)
	if err != nil || auth.Username == "" || auth.Password == "" {
		return "", "", false
	}
	return auth.Username, auth.Password, true
}

func netrcPath() string {
	if path := os.Getenv("NETRC"); path != "" {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	if runtime.GOOS == "windows" {
		return filepath.Join(home, "_netrc")
	}
	return filepath.Join(home, ".netrc")
}

// NetrcCredentials read the text of a netrc file.
func NetrcCredentials(text string) Credentials {
	entries := parseNetrc(text)
	return func(host string) (string, string, bool) { return netrcLogin(entries, host) }
}

type netrcEntry struct{ machine, login, password string }

// parseNetrc reads machine, default, login and password; macros end at the
// next empty line.
func parseNetrc(text string) []netrcEntry {
	var list []netrcEntry
	inMacro := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if inMacro {
			inMacro = line != ""
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.Fields(line)
		for i := 0; i < len(words); i++ {
			if words[i] == "macdef" {
				inMacro = true
				break
			}
			if words[i] == "default" {
				list = append(list, netrcEntry{})
				continue
			}
			if i+1 == len(words) {
				break
			}
			i++
			list = netrcWord(list, words[i-1], words[i])
		}
	}
	return list
}

func netrcWord(list []netrcEntry, key, value string) []netrcEntry {
	if key == "machine" {
		return append(list, netrcEntry{machine: value})
	}
	if len(list) == 0 {
		return list
	}
	last := &list[len(list)-1]
	switch key {
	case "login":
		last.login = value
	case "password":
		last.password = value
	}
	return list
}

func netrcLogin(entries []netrcEntry, host string) (string, string, bool) {
	bare, _, _ := strings.Cut(host, ":")
	for _, e := range entries {
		if e.machine == "" || strings.EqualFold(e.machine, host) || strings.EqualFold(e.machine, bare) {
			return e.login, e.password, e.login != "" && e.password != ""
		}
	}
	return "", "", false
}
