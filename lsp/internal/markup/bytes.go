package markup

import "fmt"

// Bytes writes a size for people: 1.5 MiB.
func Bytes(size int64) string {
	units := []string{"B", "KiB", "MiB", "GiB"}
	n, i := float64(size), 0
	for n >= 1024 && i < len(units)-1 {
		n, i = n/1024, i+1
	}
	return fmt.Sprintf("%.4g %s", n, units[i])
}
