//go:build !linux

package data

import "errors"

func newFileStore(int) (*store, error) {
	return nil, errors.New("data: no files for pictures on this system")
}
