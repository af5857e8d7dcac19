package native

import _ "unsafe" // for linkname

// convertAssign may be reached without a linker flag: database/sql/convert.go pushes it ("hall of shame:
// ariga.io/entcache. Do not remove or change the type signature. See go.dev/issue/67401").
//
//go:linkname convertAssign database/sql.convertAssign
func convertAssign(dest, src any) error
