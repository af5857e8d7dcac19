//go:build go1.27

package std

import _ "embed"

//go:embed std_go127.zip
var data string
