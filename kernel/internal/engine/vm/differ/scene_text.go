package differ

import "strings"

// stringWork prints what the operations on strings make of some which are not UTF-8.
func (g *gen) stringWork() {
	g.scene("strings", func() {
		g.w("values := []string{$1, $2, $3, $4}", g.text(), g.text(), g.text(), g.text())
		g.w("for n, s := range values {")
		for range g.between(3, 6) {
			g.w("{") // each may declare the same names
			switch g.IntN(10) {
			case 0:
				g.w("for i, r := range s {\nfmt.Print(i, r, string(r), \" \")\n}\nfmt.Println()")
			case 1:
				g.w("for i := range s {\nfmt.Print(i, s[i], s[i:] > s[:i], \" \")\n}")
			case 2:
				g.w("r := []rune(s)\nb := []byte(s)\nif len(r) > $1 {\nr[0], b[0] = r[len(r)-1], b[len(b)-1]\n}\nfmt.Println(len(r), len(b), string(r), string(b), s)", g.IntN(2))
			case 3:
				g.w("t := s\ns += values[(n+1)%4]\nfmt.Println(t == s, t < s, len(s), strings.HasPrefix(s, t), s == values[n])\ns = cut(s)")
			case 4:
				g.w("switch s {\ncase $1, \"b\":\nfmt.Println(\"first\")\ncase $2 + \"q\":\nfmt.Println(\"second\")\ndefault:\nfmt.Println(\"none\", len(s))\n}", g.text(), g.text())
			case 5:
				g.w("catch(\"slice\", func() {\nfmt.Println(s[$1:], s[:$2])\n})", g.IntN(4), g.IntN(9))
			case 6:
				g.w("m := map[string]int{s: n, $1 + \"!\": 1}\nm[s+\"\"]++\nfmt.Println(m, m[string([]byte(s))])", g.text())
			case 7:
				g.w("fmt.Printf(\"%q %x %+q % x %s|%6.2s|\\n\", s, s, s, []byte(s), []string{s}, s)")
			case 8:
				g.w("x := append([]byte(\"<\"), s...)\nk := copy(x[len(x)/2:], s)\nfmt.Println(k, string(x), strings.Map(func(r rune) rune {\nif r > $1 {\nreturn -1\n}\nreturn r + 1\n}, s))", g.between(50, 200))
			default:
				g.w("f := strings.FieldsFunc(s, func(r rune) bool { return r == 'l' || r > $1 })\nfmt.Println(len(f), strings.Join(f, \"|\"), utf8.ValidString(s), utf8.RuneCountInString(s))", g.between(100, 300))
			}
			g.w("}")
		}
		g.w("_, _ = n, s\n}")
		g.w("var b strings.Builder\nfor i := range $1 {\nb.WriteString(values[i%4])\nb.WriteByte(byte('a' + i))\nb.WriteRune(rune(0x$2 + i))\n}\nfmt.Println(b.Len(), b.String())", g.between(1, 5), g.oneOf("20", "ff", "d7ff", "10fffe", "3b1"))
		g.w("fmt.Println(string(rune($1)), []rune{$2}[0], strconv.Quote(string([]rune{'x', $1, 0x1F600})))", g.oneOf("-1", "0xD800", "0x10FFFF", "65", "0x110000"), g.oneOf("'本'", "'\\xff'", "'\\u00e9'"))
	})
}

// printing prints values of every sort in every way.
func (g *gen) printing() {
	verbs := []string{"%v", "%+v", "%#v", "%T", "%q", "%x", "%d", "%s", "%8v|", "%-8v|", "%08v", "%t", "%.3v", "%e", "%U", "%c", "%p!", "%o", "%b", "%6.2f"}
	g.scene("printing", func() {
		for range g.between(2, 4) {
			g.declare(0)
		}
		for range g.between(5, 12) {
			t := g.valueType(2)
			var format []string
			for range g.between(1, 3) {
				v := pickOf(g, verbs)
				if v == "%p!" {
					v = "%%"
				}
				format = append(format, v)
			}
			x := g.value(t, 1)
			if t.kind == structKind && t.name != "" && g.chance(30) {
				x = "&" + g.composite(t, func(e *typ) string { return g.value(e, 0) })
				format = []string{g.oneOf("%v", "%+v", "%T", "%s")}
			}
			args := make([]string, len(format))
			for i := range args {
				args[i] = x
			}
			g.w("fmt.Printf(\"$1\\n\", $2)", strings.Join(format, " "), strings.Join(args[strings.Count(strings.Join(format, " "), "%%"):], ", "))
		}
		g.w("fmt.Println($1, $2)", g.value(g.valueType(1), 1), g.value(g.valueType(1), 1))
		g.w("print($1, \" \", $2, \" \", $3, \"\\n\")", g.expr(intType, 1), g.expr(basics[g.between(int(int8Kind), int(float64Kind))], 1), g.expr(stringType, 1))
		g.w("println($1, $2, $3, $4)", g.expr(boolType, 1), g.expr(basics[complex128Kind], 1), g.expr(basics[g.between(int(intKind), int(uintptrKind))], 1), g.value(stringType, 1))
	})
}

// library has compiled packages call what the program defines.
func (g *gen) library() {
	g.scene("library", func() {
		e := g.oneOfTypes(intType, stringType, floatType, basics[int8Kind], basics[uint16Kind])
		g.w("xs := []$1{$2}\n_ = xs", e, g.parts(g.between(3, 9), e, func(t *typ) string { return g.literal(t) }))
		for range g.between(3, 6) {
			g.w("{") // each may declare the same names
			switch g.IntN(14) {
			case 0:
				g.w("sort.Slice(xs, func(i, j int) bool { return xs[i] $1 xs[j] })\nfmt.Println(xs)", g.oneOf("<", ">"))
			case 1:
				g.w("slices.SortFunc(xs, func(a, b $1) int { return cmp.Compare($2) })\nfmt.Println(xs, slices.Max(xs))", e, g.oneOf("a, b", "b, a"))
			case 2:
				g.w("fmt.Println(slices.IndexFunc(xs, func(x $1) bool { return x == xs[$2] }), slices.Contains(xs, $3))", e, g.IntN(3), g.literal(e))
			case 3:
				s := g.name("S")
				g.w("type $1 struct {\nA int `json:\"a\"`\nB []$2 `json:\"b,omitempty\"`\nC map[string]$2\nd int\nE *$1 `json:\",omitempty\"`\n}", s, e)
				g.w("out, err := json.Marshal($1{A: $2, B: xs, E: &$1{C: map[string]$3{\"k\": $4}, d: 1}})\nfmt.Println(string(out), err)", s, g.between(0, 9), e, g.literal(e))
				g.w("var back $1\nerr = json.Unmarshal(out, &back)\nfmt.Printf(\"%+v %v %v\\n\", back.B, back.E != nil, err)", s)
			case 4:
				g.w("fmt.Println(strings.Map(func(r rune) rune { return r $1 }, $2), strings.IndexFunc($3, unicode.IsSpace))", g.oneOf("+ 1", "&^ 1", "| 32"), g.text(), g.text())
			case 5:
				g.w("var err error = fmt.Errorf(\"outer %d: %w\", $1, io.EOF)\nfmt.Println(err, errors.Is(err, io.EOF), errors.Unwrap(err) == io.EOF, errors.Join(err, nil, errors.New($2)))", g.IntN(9), g.text())
			case 6:
				g.w("v := reflect.ValueOf(&xs).Elem()\nv.Set(reflect.Append(v, reflect.ValueOf(xs[0])))\nfmt.Println(v.Len(), v.Type(), v.Kind(), xs)")
			case 7:
				g.w("f := reflect.MakeFunc(reflect.TypeFor[func(int, $1) $1](), func(in []reflect.Value) []reflect.Value {\nfmt.Println(in[0], in[1])\nreturn in[1:]\n}).Interface().(func(int, $1) $1)\nfmt.Println(f(3, xs[0]))", e)
			case 8:
				g.w("g := func(a int, b ...$1) (int, $1) { return a + len(b), b[0] }\nout := reflect.ValueOf(g).Call([]reflect.Value{reflect.ValueOf($2), reflect.ValueOf(xs[0])})\nfmt.Println(len(out), out[0].Int(), out[1].Interface(), reflect.TypeOf(g))", e, g.IntN(9))
			case 9:
				g.w("var once sync.Once\nfor i := range 3 {\nonce.Do(func() { fmt.Println(\"once\", i, xs[i]) })\n}")
			case 10:
				g.w("r := regexp.MustCompile(`[a-z]+`)\nfmt.Println(r.ReplaceAllStringFunc(\"ab 12 cde\", func(s string) string { return fmt.Sprint(len(s), strings.ToUpper(s)) }))")
			case 11:
				g.w("sc := bufio.NewScanner(strings.NewReader(\"a b\\nc $1\"))\nsc.Split(bufio.ScanWords)\nfor sc.Scan() {\nfmt.Print(sc.Text(), \";\")\n}\nfmt.Println()", g.oneOf("d", "日", ""))
			case 12:
				g.w("fmt.Println(time.Duration($1) * time.Millisecond, time.Unix($2, 0).UTC().Format(time.DateTime), time.Month($3), time.Weekday(3))", g.between(0, 99999), g.between(0, 1<<30), g.between(1, 12))
			default:
				g.w("slices.SortStableFunc(xs, func(a, b $1) int { return len(fmt.Sprint(a)) - len(fmt.Sprint(b)) })\nfmt.Println(xs, slices.Compact(slices.Clone(xs)))", e)
			}
			g.w("}")
		}
	})
}
