package format

import "unicode"

// naturalCompare orders keys as go.yaml.in/yaml/v3 writes the keys of a map:
// digits count as numbers, letters stand behind other characters but, behind a
// digit, before them.
func naturalCompare(a, b string) int {
	x, y := []rune(a), []rune(b)
	i := 0
	for i < len(x) && i < len(y) && x[i] == y[i] {
		i++
	}
	if i == len(x) || i == len(y) {
		return len(x) - len(y)
	}
	xLetter, yLetter := unicode.IsLetter(x[i]), unicode.IsLetter(y[i])
	afterDigit := i > 0 && unicode.IsDigit(x[i-1])
	switch {
	case xLetter && yLetter:
		return int(x[i]) - int(y[i])
	case xLetter:
		return before(afterDigit)
	case yLetter:
		return before(!afterDigit)
	}
	return compareNumbers(x, y, i)
}

func before(yes bool) int {
	if yes {
		return -1
	}
	return 1
}

// compareNumbers compares what begins with no letter at i, the first place
// where x and y differ: as numbers where they go on with digits.
func compareNumbers(x, y []rune, i int) int {
	var lead int64
	if (x[i] == '0' || y[i] == '0') && continuesNumber(x, i) {
		lead = 1 // a zero inside of a number counts
	}
	xn, xEnd := number(x, i, lead)
	yn, yEnd := number(y, i, lead)
	switch {
	case xn != yn:
		return before(xn < yn)
	case xEnd != yEnd:
		return xEnd - yEnd
	}
	return int(x[i]) - int(y[i])
}

// continuesNumber says whether a digit other than zero precedes i in the same
// run of digits.
func continuesNumber(x []rune, i int) bool {
	for j := i - 1; j >= 0 && unicode.IsDigit(x[j]); j-- {
		if x[j] != '0' {
			return true
		}
	}
	return false
}

// number reads the digits from i on behind the digit lead. It wraps around as
// yaml.v3's does.
func number(x []rune, i int, lead int64) (n int64, end int) {
	n = lead
	for ; i < len(x) && unicode.IsDigit(x[i]); i++ {
		n = n*10 + int64(x[i]-'0')
	}
	return n, i
}
