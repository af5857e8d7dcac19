module gopherceptron.invalid/fetch

go 1.26.0

require (
	github.com/cosmos72/gomacro v0.0.0-20231101204900-3dc08f5f8fea
	github.com/gopherdata/gophernotes v0.7.5
)
