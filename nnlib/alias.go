package nnlib

import (
	"github.com/gopherceptron/gopherceptron/nnlib/data"
	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// A Tensor is a box of numbers with a shape; see package tensor.
type Tensor = tensor.Tensor

// A Dataset is examples with what is known of each; see package data.
type Dataset = data.Dataset

// An Error is a mistake in the program that uses the library. Functions panic with a *Error that says what was asked
// for, what was received and what is expected.
type Error = tensor.Error

// NewTensor returns a tensor of zeros.
func NewTensor(shape ...int) *Tensor { return tensor.New(shape...) }

// TensorFrom returns a tensor of the given shape with a copy of values, the last axis fastest.
func TensorFrom(values []float64, shape ...int) *Tensor { return tensor.From(values, shape...) }

// FromRows returns a tensor with a copy of the rows, which must have equal lengths.
func FromRows(rows [][]float64) *Tensor { return tensor.FromRows(rows) }

// Digits returns 1,797 handwritten digits of 8x8 pixels with grey levels from 0 to 16, and their labels.
func Digits() *Dataset { return data.Digits() }
