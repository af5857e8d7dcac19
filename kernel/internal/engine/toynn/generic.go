package toynn

// Map returns f of each element.
func Map[T, U any](xs []T, f func(T) U) []U {
	out := make([]U, 0, len(xs))
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

// A Pair is a key and its value.
type Pair[K comparable, V any] struct {
	Key K
	Val V
}
