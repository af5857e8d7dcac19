package gpu

import "unsafe"

// What native/include/nnp.h declares, as Go. The layouts are C's: all fields have their natural alignment.

const (
	abiVersion = 1
	maxRank    = 6
)

type status int32

const (
	statusOK status = iota
	statusUnsupported
	statusCancelled
	statusInvalid
	statusNoMemory
	statusFailed
)

func (s status) String() string {
	names := []string{"ok", "unsupported", "cancelled", "invalid argument", "out of memory", "failed"}
	if s < 0 || int(s) >= len(names) {
		return "unknown status"
	}
	return names[s]
}

type cSlot struct {
	role, batched, rank, _ int32
	dims                   [maxRank]int64
}

type cOp struct {
	kind, function                 int32
	firstOperand, operands, result int32
	firstConst, consts             int32
	_                              int32
}

type cEntry struct{ firstOp, ops int32 }

type cProgram struct {
	size                                                        uint32
	maxBatch                                                    int32
	slotCount, entryCount, opCount, operandCount, constantCount int32
	_                                                           int32
	slots                                                       *cSlot
	entries                                                     *cEntry
	ops                                                         *cOp
	operands                                                    *int32
	consts                                                      *float32
}

type cInfo struct {
	size    uint32
	threads int32
	name    [64]byte
	isa     [32]byte
	memory  int64
}

type cBench struct {
	size                        uint32
	what, threads, milliseconds int32
	perSecond                   float64
}

// cAPI is the table of functions.
type cAPI struct {
	version, size uint32
	compile       uintptr
	destroy       uintptr
	write         uintptr
	read          uintptr
	run           uintptr
	cancelWord    uintptr
	info          uintptr
	lastError     uintptr
	bench         uintptr
	writePart     uintptr
	readPart      uintptr
}

// text returns a C string.
func text(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// An address that C returned, as a pointer: it is not Go's memory, which go vet cannot know of a plain conversion.
func pointer[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }
