// Package differ writes random Go programs that end and print what they compute, so that two ways to run a program can
// be held against each other. A program is decided by its seed alone.
//
// Programs keep to what the language defines. No expression reads what a call in it changes, nothing that can panic
// stands beside a call or beside something else that can panic, maps are walked in the order of their keys, addresses
// are not printed, no element of a map is shifted by what may be negative (compiled code makes the element first), floats
// become integers only within their range, and nothing depends on how much room append makes.
package differ
