// Command registry is a registry on loopback for tests. It holds the
// stand-in frontend's image under the names that definitions and the build
// guide use, serves a few files, and refuses some repositories on purpose.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "where to listen")
	frontend := flag.String("frontend", "", "static frontend binary")
	busybox := flag.String("busybox", "/bin/busybox", "static busybox")
	auth := flag.String("auth", "", "USER:PASSWORD that every request must bring")
	files := flag.String("files", "", "directory served under /files/")
	flag.Parse()
	if err := run(*addr, *frontend, *busybox, *auth, *files); err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		os.Exit(1)
	}
}

func run(addr, frontend, busybox, auth, files string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/v2/", gate(auth, registry.New(registry.Logger(log.New(io.Discard, "", 0)))))
	mux.Handle("/files/", http.StripPrefix("/files/", http.FileServer(http.Dir(files))))
	mux.HandleFunc("/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		var code int
		fmt.Sscan(r.PathValue("code"), &code)
		w.WriteHeader(code)
	})
	failed := make(chan error, 1)
	go func() { failed <- http.Serve(ln, mux) }()
	if err := pushImages(ln.Addr().String(), frontend, busybox, auth); err != nil {
		return err
	}
	fmt.Println("ready", ln.Addr())
	return <-failed
}

// refusals are answers by repository prefix, with the codes of the OCI
// distribution specification.
var refusals = []struct {
	prefix, code, message string
	status                int
}{
	{"denied/", "DENIED", "requested access to the resource is denied", http.StatusForbidden},
	{"login/", "UNAUTHORIZED", "authentication required", http.StatusUnauthorized},
	{"limited/", "TOOMANYREQUESTS", "You have reached your pull rate limit.", http.StatusTooManyRequests},
	{"broken/", "UNKNOWN", "internal error", http.StatusInternalServerError},
}

func gate(auth string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		fmt.Printf("%s %s auth=%v\n", r.Method, r.URL, ok)
		if auth != "" && (!ok || user+":"+password != auth) {
			refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
			return
		}
		for _, f := range refusals {
			if strings.HasPrefix(strings.TrimPrefix(r.URL.Path, "/v2/"), f.prefix) {
				refuse(w, f.status, f.code, f.message)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="stand-in"`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]string{{"code": code, "message": message}}})
}
