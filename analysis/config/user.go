package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// UserFile is where the user's own configuration is: what it allows, a
// workspace cannot. DHI_LS_USER_CONFIG names another place.
func UserFile() (string, error) {
	if file := os.Getenv("DHI_LS_USER_CONFIG"); file != "" {
		return file, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "dhi-ls", "config.yaml"), nil
}

// LoadUser reads the user's own configuration; nil where there is none.
func LoadUser(names RuleNames) (*Config, error) {
	file, err := UserFile()
	if err != nil {
		return nil, nil
	}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return Load(file, names)
}
