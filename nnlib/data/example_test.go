package data_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/gopherceptron/gopherceptron/nnlib/data"
)

func ExampleDataset_StratifiedSplit() {
	train, test := data.Digits().Normalize(0, 16).StratifiedSplit(0.8, 1)
	fmt.Println(train)
	fmt.Println(test)
	// Output:
	// 1438 examples of shape [8 8], 10 classes: 0 1 2 3 4 5 6 7 8 9
	// 359 examples of shape [8 8], 10 classes: 0 1 2 3 4 5 6 7 8 9
}

// Tables come in and go out as CSV.
func ExampleReadCSV() {
	table := "petals,height,kind\n13,0.3,daisy\n6,0.5,tulip\n14,0.4,daisy\n"
	d, err := data.ReadCSV(strings.NewReader(table), data.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Features, d.Classes, d.Labels())
	fmt.Println(d.OneHot().Y.Row(1))
	if err := d.Select(1, 0).WriteCSV(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// [petals height] [daisy tulip] [0 1 0]
	// [0 1]
	// petals,height,y
	// 6,0.5,tulip
	// 13,0.3,daisy
}

// A batch is what a model is trained on; an augmented data set gives another one each time.
func ExampleDataset_Batch() {
	d := data.Moons(4, 0, 1)
	batch := make([]float32, 2*d.RowLen())
	d.Batch(batch, []int{3, 0})
	fmt.Println(len(batch), "numbers,", d)

	pictures := data.Flowers(5, 1).Augment(data.Augmentation{FlipHorizontal: true, Shift: 8, Seed: 1})
	batch = make([]float32, pictures.RowLen())
	pictures.Batch(batch, []int{0})
	fmt.Println(len(batch), "numbers,", pictures)
	// Output:
	// 4 numbers, 4 examples of shape [2], 2 classes: 0 1
	// 110592 numbers, 5 examples of shape [192 192 3], 5 classes: daisy dandelion roses sunflowers tulips
}

func ExampleImageFolder() {
	_, err := data.ImageFolder("no/such/folder", data.ImageOptions{Height: 64})
	fmt.Println(err)
	// Output: data: ImageFolder: open no/such/folder: no such file or directory; a folder with one folder for each class is expected
}
