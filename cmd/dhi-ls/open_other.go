//go:build !unix

package main

const openNonblocking = 0
