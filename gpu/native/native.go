// Package native holds the sources of the compute plugin, so that any binary can compile them where it runs.
package native

import "embed"

// Files has include/nnp.h and src/.
//
//go:embed include src
var Files embed.FS
