//go:build !linux

package main

func raise() {}
