package nnlib

import "errors"

// SaveWeights writes the model's parameters to a file.
func (m *Sequential) SaveWeights(path string) error {
	m.made("SaveWeights")
	return errors.New("nnlib: SaveWeights: not yet")
}
