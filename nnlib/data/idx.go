package data

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ReadIDX reads a file of the format that MNIST made known: two zero bytes, the type 0x08 for bytes, the number of
// axes, the length of each as 32 bits big-endian, then the values with the last axis fastest. It is not compressed.
// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database", section "File formats".
func ReadIDX(r io.Reader) (shape []int, values []byte, err error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, nil, fmt.Errorf("data: IDX: the head is missing: %w", noEOF(err))
	}
	if head[0] != 0 || head[1] != 0 {
		return nil, nil, fmt.Errorf("data: IDX: file begins with %x, 0000 is expected: it is no IDX file", head[:2])
	}
	if head[2] != 8 {
		return nil, nil, fmt.Errorf("data: IDX: values have type 0x%02x, 0x08 for bytes is expected", head[2])
	}
	if head[3] < 1 || head[3] > 4 {
		return nil, nil, fmt.Errorf("data: IDX: %d axes, 1 to 4 are expected", head[3])
	}
	size := int64(1)
	for range head[3] {
		var length [4]byte
		if _, err := io.ReadFull(r, length[:]); err != nil {
			return nil, nil, fmt.Errorf("data: IDX: the shape is cut off: %w", noEOF(err))
		}
		n := int64(binary.BigEndian.Uint32(length[:]))
		shape = append(shape, int(n))
		if size *= n; size > most {
			return nil, nil, fmt.Errorf("data: IDX: shape %v holds more than %d values", shape, most)
		}
	}
	// What is there is read first: a damaged shape must not take memory for values that do not exist.
	values, err = io.ReadAll(io.LimitReader(r, size+1))
	if err != nil {
		return nil, nil, fmt.Errorf("data: IDX: %w", err)
	}
	if int64(len(values)) != size {
		return nil, nil, fmt.Errorf("data: IDX: file has %d values or more, shape %v holds %d", len(values), shape, size)
	}
	return shape, values, nil
}

// noEOF says that an end came too early.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
