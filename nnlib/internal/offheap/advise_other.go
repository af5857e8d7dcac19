//go:build unix && !linux

package offheap

func hugePages([]byte) {}

func discard([]byte) {} // other systems do not give pages back while they are mapped
