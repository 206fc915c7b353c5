package schema

import (
	"math/rand/v2"
	"testing"
)

// strict validates by the validator alone, without the fast way.
func strict(k Kind, value any) error {
	clean, _ := normalize(value, k.compiled().root)
	return k.validator().schema().Validate(clean)
}

// TestFits holds the fast way to the validator: it never accepts what the
// validator refuses, and it does accept the usual.
func TestFits(t *testing.T) {
	value := decode(t, sampleDefinition)
	if !fits(value, Definition.compiled().root) {
		t.Error("the sample does not take the fast way")
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for _, k := range allKinds() {
		generate := generator{rng: rng, root: k.compiled().source}
		accepted, refused := 0, 0
		for range 3000 {
			value := generate.value(k.compiled().source)
			fast, err := fits(value, k.compiled().root), strict(k, value)
			if fast && err != nil {
				t.Fatalf("%s: accepted %v, but %v", k, value, err)
			}
			if fast {
				accepted++
			}
			if err != nil {
				refused++
			}
		}
		t.Logf("%s: %d of 3000 accepted the fast way, %d refused", k, accepted, refused)
		if refused == 0 || accepted == 0 {
			t.Errorf("%s: %d accepted, %d refused: the values show little", k, accepted, refused)
		}
	}
}
