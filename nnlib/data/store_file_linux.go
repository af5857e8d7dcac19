package data

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// newFileStore returns a store in a file of the user's cache, whose folder is on a disk where the one for temporary files
// may be in memory. The file has its room from the beginning, so that a disk cannot be full later, and loses its name at
// once: nothing is left however the process ends.
func newFileStore(n int) (*store, error) {
	dir, err := cacheDir()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("data: no folder for pictures: %w", err)
	}
	f, err := os.CreateTemp(dir, ".pictures-*")
	if err != nil {
		return nil, fmt.Errorf("data: no file for pictures: %w", err)
	}
	err = os.Remove(f.Name())
	if err == nil {
		err = inMemory(filepath.Dir(f.Name()))
	}
	if err == nil {
		err = syscall.Fallocate(int(f.Fd()), 0, 0, int64(n))
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("data: no file for pictures: %w", err)
	}
	return &store{file: f}, nil
}

// inMemory returns an error where the files of a folder take memory, and cannot be written out when something else needs it.
func inMemory(dir string) error {
	const tmpfs, ramfs = 0x01021994, 0x858458f6
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return err
	}
	if t := uint32(s.Type); t == tmpfs || t == ramfs {
		return fmt.Errorf("%s is in memory", dir)
	}
	return nil
}
