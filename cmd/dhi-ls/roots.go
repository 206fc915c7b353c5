package main

// The roots of Mozilla that the Go project keeps stand in where the system
// has none: in an image from scratch, and in slim images.
import _ "golang.org/x/crypto/x509roots/fallback"
