module gopherceptron.invalid/fetch

go 1.26.0

require github.com/gopherdata/gophernotes v0.7.5
