package main

import (
	"fmt"
	"sort"
	"strings"
	"sync"
)

type node struct {
	key         int
	name        string
	left, right *node
	visit       func(int) int
	tags        []string
	more        map[string]any
}

type shape interface{ size() int }

func (n *node) size() int {
	if n == nil {
		return 0
	}
	return 1 + n.left.size() + n.right.size()
}

type pair[K comparable, V any] struct {
	k K
	v V
}

func build(depth, key int) *node {
	if depth == 0 {
		return nil
	}
	n := &node{key: key, name: fmt.Sprint("node ", key), tags: strings.Split("a b c", " "), more: map[string]any{}}
	n.visit = func(x int) int { return x + n.key + len(n.name) }
	n.left, n.right = build(depth-1, 2*key), build(depth-1, 2*key+1)
	n.more["self"] = n
	n.more["pair"] = pair[string, []int]{n.name, []int{key, key + 1}}
	return n
}

func (n *node) walk(yield func(*node) bool) bool {
	return n == nil || n.left.walk(yield) && yield(n) && n.right.walk(yield)
}

func work(seed int) string {
	total := 0
	var names []string
	for round := range 6 {
		root := build(7, seed+round)
		var s shape = root
		total += s.size()
		for n := range root.walkAll {
			total += n.visit(1)
			p := n.more["pair"].(pair[string, []int])
			total += p.v[1] + len(p.k)
			names = append(names, n.name+n.tags[1])
		}
		func() {
			defer func() { total += len(fmt.Sprint(recover())) }()
			var m map[string]int
			m[names[0]] = 1
		}()
	}
	sort.Slice(names, func(i, j int) bool { return names[i] < names[j] })
	return fmt.Sprint(total, len(names), names[0], names[len(names)-1])
}

func (n *node) walkAll(yield func(*node) bool) { n.walk(yield) }

func main() {
	var wg sync.WaitGroup
	out := make([]string, 4)
	for i := range out {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out[i] = work(i + 1)
		}()
	}
	wg.Wait()
	for _, s := range out {
		fmt.Println(s)
	}
}
