package markup

import "testing"

func TestMode(t *testing.T) {
	for octal, want := range map[string]string{
		"0755": "rwxr-xr-x", "0644": "rw-r--r--", "1777": "rwxrwxrwt", "4755": "rwsr-xr-x", "2750": "rwxr-s---", "1666": "rw-rw-rwT", "0": "---------",
		"0o755": "rwxr-xr-x", "7777": "rwsrwsrwt", "6000": "--S--S---",
		"": "", "x": "", "0888": "", "10000": "", "-1": "",
	} {
		if _, got, ok := Mode(octal); got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", octal, got, ok, want)
		}
	}
}
