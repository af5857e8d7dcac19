package notebook_test

import (
	"fmt"

	"github.com/gopherceptron/gopherceptron/kernel/internal/notebook"
)

func ExampleNotebook_Parameters() {
	nb, err := notebook.Parse("train.ipynb", []byte(`{
	 "cells": [{
	  "cell_type": "code", "id": "p", "execution_count": null, "outputs": [],
	  "metadata": {"tags": ["parameters"]}, "source": ["epochs := 10\n", "optimizer := \"adam\""]
	 }],
	 "metadata": {}, "nbformat": 4, "nbformat_minor": 5
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := nb.Parameters(map[string]string{"epochs": "1", "optimizer": "sgd"}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(nb.Cells[1].Source)
	fmt.Println(nb.Parameters(map[string]string{"epoch": "1"}))
	// Output:
	// // Parameters
	// epochs = 1
	// optimizer = "sgd"
	// notebook: train.ipynb: the parameters cell does not declare "epoch", but: epochs, optimizer
}
