package markup

import "testing"

func TestBytes(t *testing.T) {
	for size, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1 KiB", 1536 << 10: "1.5 MiB", 5 << 40: "5120 GiB"} {
		if got := Bytes(size); got != want {
			t.Errorf("%d: %s, want %s", size, got, want)
		}
	}
}
