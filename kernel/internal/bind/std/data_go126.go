//go:build !go1.27

package std

import _ "embed"

//go:embed std.zip
var data string
