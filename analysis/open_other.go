//go:build !unix

package analysis

const openNonblocking = 0
