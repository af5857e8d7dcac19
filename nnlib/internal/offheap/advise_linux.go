package offheap

import "syscall"

// hugePages asks for pages of 2 MiB, which spare the processor most of its page tables. It is advice only.
func hugePages(bytes []byte) {
	const advice = 14 // MADV_HUGEPAGE
	syscall.Madvise(bytes, advice)
}

// discard gives pages back at once; they are zeros when they are used again.
func discard(bytes []byte) { syscall.Madvise(bytes, syscall.MADV_DONTNEED) }
