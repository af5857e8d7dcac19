package nnlib

import "github.com/gopherceptron/gopherceptron/nnlib/data"

// ImageOptions say how image files become examples; see package data.
type ImageOptions = data.ImageOptions

// CSVOptions say how a table becomes a data set; see package data.
type CSVOptions = data.CSVOptions

// Augmentation says how pictures change whenever they are learned from; see package data.
type Augmentation = data.Augmentation

// MNIST returns 60,000 handwritten digits of 28x28 to learn from and 10,000 to test with, numbers from 0 to 255.
func MNIST() (train, test *Dataset, err error) { return data.MNIST() }

// FashionMNIST returns 60,000 pictures of clothes of 28x28 to learn from and 10,000 to test with, numbers from 0 to 255.
func FashionMNIST() (train, test *Dataset, err error) { return data.FashionMNIST() }

// Flowers returns n drawn flowers of five kinds, 192x192x3, numbers from 0 to 255.
func Flowers(n int, seed int64) *Dataset { return data.Flowers(n, seed) }

// FlowerPhotos returns 3,670 photographs of five kinds of flowers, downloaded when first needed (229 MB).
func FlowerPhotos(options ImageOptions) (*Dataset, error) { return data.FlowerPhotos(options) }

// ImageFolder reads a folder that has one folder of JPEG and PNG files for each class.
func ImageFolder(dir string, options ImageOptions) (*Dataset, error) {
	return data.ImageFolder(dir, options)
}

// LoadCSV reads a table with a line for each example and, by default, its class in the last column.
func LoadCSV(path string, options CSVOptions) (*Dataset, error) { return data.LoadCSV(path, options) }

// Circle returns n points in the plane: a disc of class 1 in a ring of class 0.
func Circle(n int, noise float64, seed int64) *Dataset { return data.Circle(n, noise, seed) }

// XORPoints returns n points in four squares: class 1 where x1 and x2 have different signs.
func XORPoints(n int, noise float64, seed int64) *Dataset { return data.XOR(n, noise, seed) }

// Spiral returns n points in two arms that turn around each other.
func Spiral(n int, noise float64, seed int64) *Dataset { return data.Spiral(n, noise, seed) }

// Moons returns n points in two half circles that reach into each other.
func Moons(n int, noise float64, seed int64) *Dataset { return data.Moons(n, noise, seed) }

// Blobs returns n points in as many clouds as there are classes.
func Blobs(n, classes int, noise float64, seed int64) *Dataset {
	return data.Blobs(n, classes, noise, seed)
}
