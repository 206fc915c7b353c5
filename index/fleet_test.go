package index

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// TestFleet starts 50 processes at once on one cache: one download, and all
// have the whole index.
func TestFleet(t *testing.T) {
	if dir := os.Getenv("DHI_TEST_FLEET"); dir != "" {
		fleetMember(t, dir, os.Getenv("DHI_TEST_FLEET_URL"))
		return
	}
	w := newWorld(t, Alpine)
	w.publishAlpine(alpineText, day)
	const size = 50
	dir := t.TempDir()
	var members sync.WaitGroup
	for range size {
		members.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestFleet$")
			cmd.Env = append(os.Environ(), "DHI_TEST_FLEET="+dir, "DHI_TEST_FLEET_URL="+w.URL)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("a member failed: %v\n%s", err, out)
			}
		})
	}
	members.Wait()
	if served, _ := w.count(alpinePath); served != 1 {
		t.Errorf("the index was downloaded %d times", served)
	}
	if served, _ := w.count("/key.rsa.pub"); served != 1 {
		t.Errorf("the key was downloaded %d times", served)
	}
}

func fleetMember(t *testing.T, dir, url string) {
	cache, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	client := fetch.New(fetch.Options{Rules: fetch.Rules{Configured: []string{url}}})
	defer client.Close()
	repo, err := ParseRepository(Alpine, url+"/alpine/v3.23/main")
	if err != nil {
		t.Fatal(err)
	}
	o := cache.Update(context.Background(), []Repository{repo}, []string{"amd64"}, UpdateOptions{Client: client, Keys: Keys{URLs: []string{url + "/key.rsa.pub"}}})[0]
	set := cache.Set([]Repository{repo}, []string{"amd64"})
	if o.Err != nil || set.Sources()[0].Trust != store.Verified || len(set.Versions("hello")) != 2 {
		t.Fatalf("outcome %+v, sources %+v", o, set.Sources())
	}
	if damaged, err := cache.Verify(context.Background()); err != nil || len(damaged) > 0 {
		t.Fatalf("damaged %v, %v", damaged, err)
	}
}
