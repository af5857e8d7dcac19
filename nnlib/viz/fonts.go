//go:build !cells

package viz

import (
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"
)

// fontFiles are fonts with Korean letters, in the places where systems keep them. The first one that is there is used.
var fontFiles = []string{
	"/usr/share/fonts/truetype/nanum/NanumGothic.ttf",
	"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/nanum/NanumGothic.ttf",
	"/usr/share/fonts/TTF/NanumGothic.ttf",
	"/usr/share/fonts/truetype/nanum/NanumBarunGothic.ttf",
	"/System/Library/Fonts/AppleSDGothicNeo.ttc",
	filepath.Join(os.Getenv("WINDIR"), "Fonts", "malgun.ttf"),
}

// fallback is the font for letters that the built-in one does not have, looked for when a PNG first needs it; nil where
// there is none.
var fallback = sync.OnceValue(func() *font.Face { return findFont(fontFiles) })

func findFont(files []string) *font.Face {
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		// A file may hold one font or several; those of NotoSansCJK have the same letters.
		all, err := opentype.ParseCollection(content)
		if err != nil || all.NumFonts() == 0 {
			continue
		}
		if f, err := all.Font(0); err == nil {
			return &font.Face{Face: f}
		}
	}
	return nil
}
