package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestTexts(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile("a.yaml", []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("one\n")
	var kept texts
	first := kept.of("a.yaml")
	if first == nil || first.String() != "one\n" {
		t.Fatal(first)
	}
	write("two\n")
	if kept.of("a.yaml") != first || kept.with("a.yaml", "one\n") != first {
		t.Error("a text is read twice")
	}
	if got := kept.with("a.yaml", "two\n"); got.String() != "two\n" || kept.of("a.yaml") != got {
		t.Error("another content has the text of the first")
	}
	if kept.of("gone.yaml") != nil {
		t.Error("a file that is not there has a text")
	}
	var none *texts
	for _, content := range []string{"three\n", "four\n"} {
		write(content)
		if none.of("a.yaml").String() != content || none.with("a.yaml", "x").String() != "x" {
			t.Error("kept where nothing is to be kept")
		}
	}
}

func TestTextsAreBounded(t *testing.T) {
	var kept texts
	large := strings.Repeat("x", maxTexts/3)
	for i := range 10 {
		kept.with(fmt.Sprint(i), large)
		kept.with(fmt.Sprint(i), large+"y") // in the place of the first
		if kept.size > maxTexts || len(kept.known) == 0 || kept.size != (len(large)+1)*len(kept.known) {
			t.Fatalf("%d bytes in %d texts after %d", kept.size, len(kept.known), i)
		}
	}
}
