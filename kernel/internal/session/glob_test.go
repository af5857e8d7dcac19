package session

import "testing"

func TestGlob(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "a\nb", true},
		{"a?c", "a世c", true},
		{"a?c", "ac", false},
		{"*print*", "fmt.print(1)", true},
		{"*print", "print(1)", false},
		{"a*b*c", "a-b-b-c", true},
		{"a*b*c", "a-b-b-", false},
		{"**?", "x", true},
		{"a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
	} {
		if got := glob([]rune(test.pattern), []rune(test.text)); got != test.want {
			t.Errorf("glob(%q, %q) = %v; want %v", test.pattern, test.text, got, test.want)
		}
	}
}

func TestWholeRunes(t *testing.T) {
	for _, test := range []struct {
		text string
		want int
	}{
		{"", 0}, {"abc", 3}, {"a\xe2", 1}, {"a\xe2\x82", 1}, {"a\xe2\x82\xac", 4}, {"\xff", 1}, {"\x80\x80\x80\x80\x80", 5}, {"a\xf0\x9f\x98", 1},
	} {
		if got := wholeRunes([]byte(test.text)); got != test.want {
			t.Errorf("wholeRunes(%q) = %d; want %d", test.text, got, test.want)
		}
	}
}
