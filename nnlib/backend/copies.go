package backend

import "fmt"

// CheckWrite returns an error if Exec.Write may not copy n numbers into a slot of the program. rows is how many rows of a
// batched slot they are, 0 for another slot.
func (p Program) CheckWrite(slot Slot, n int) (rows int, err error) {
	s, err := p.slot("Write", slot)
	if err != nil {
		return 0, err
	}
	switch size := s.Size(); {
	case s.Role == Temp:
		return 0, fmt.Errorf("backend: Write: slot %s is temporary, an input, a parameter or an output is expected", s.Name)
	case s.Batched && (n == 0 || n%size != 0 || n/size > p.MaxBatch):
		return 0, fmt.Errorf("backend: Write: %d numbers for slot %s, 1 to %d rows of %d are expected", n, s.Name, p.MaxBatch, size)
	case !s.Batched && n != size:
		return 0, fmt.Errorf("backend: Write: %d numbers for slot %s, %d are expected", n, s.Name, size)
	case s.Batched:
		rows = n / size
	}
	return rows, nil
}

// CheckRead returns an error if Exec.Read may not copy n numbers of a slot of the program.
func (p Program) CheckRead(slot Slot, n int) error {
	s, err := p.slot("Read", slot)
	if err != nil {
		return err
	}
	switch size := s.Size(); {
	case s.Role != Param && s.Role != Output:
		return fmt.Errorf("backend: Read: slot %s is not kept, a parameter or an output is expected", s.Name)
	case s.Batched && (n%size != 0 || n/size > p.MaxBatch):
		return fmt.Errorf("backend: Read: %d numbers of slot %s, up to %d rows of %d are expected", n, s.Name, p.MaxBatch, size)
	case !s.Batched && n != size:
		return fmt.Errorf("backend: Read: %d numbers of slot %s, %d are expected", n, s.Name, size)
	}
	return nil
}

// CheckPart returns an error if Exec's WritePart or ReadPart, which op names, may not copy n numbers of a slot of the program
// from number first on.
func (p Program) CheckPart(op string, slot Slot, first, n int) error {
	s, err := p.slot(op, slot)
	if err != nil {
		return err
	}
	switch size := s.Size(); {
	case s.Role != Param || s.Batched:
		return fmt.Errorf("backend: %s: slot %s is no parameter", op, s.Name)
	case first < 0 || first > size || n > size-first:
		return fmt.Errorf("backend: %s: %d numbers from %d on of slot %s, which has %d", op, n, first, s.Name, size)
	}
	return nil
}

func (p Program) slot(op string, slot Slot) (*SlotSpec, error) {
	if slot < 0 || int(slot) >= len(p.Slots) {
		return nil, fmt.Errorf("backend: %s: slot %d, 0 to %d are expected", op, slot, len(p.Slots)-1)
	}
	return &p.Slots[slot], nil
}
