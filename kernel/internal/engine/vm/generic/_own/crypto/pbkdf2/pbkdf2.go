package pbkdf2

import (
	"hash"

	"gopherceptron.internal/native"
)

// Key is [pbkdf2.Key].
func Key[Hash hash.Hash](h func() Hash, password string, salt []byte, iter, keyLength int) ([]byte, error) {
	return native.PBKDF2Key(func() hash.Hash { return h() }, password, salt, iter, keyLength)
}
