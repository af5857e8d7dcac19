// Package generic has Go source for the generic functions and methods of compiled packages, which have no compiled value:
// the machine checks it, makes instances of it and runs them.
//
// # Contract
//
// The source of a package P is its shadow: a package with P's name, to be checked under P's path, with an importer that
// gives the real packages by their export data, P itself too, and package native as [native.Path]. It declares functions
// only, besides what is unexported; an exported type or variable stays that of P, so that a value has one type wherever it
// comes from. [Name] says which function of the shadow is which of P:
//
//   - F for an exported generic function F, with the same type parameters and the same signature;
//   - T_M for the method M of an exported generic type T. Its type parameters are those of T (and then those of M, if it
//     has any), its first parameter is the receiver.
//
// Type parameters correspond by their order; their constraints are the same, but for unexported interfaces, which the
// shadow has a copy of. A shadow calls another generic function of P directly, and one of another package by an ordinary
// import: who runs it finds the shadow of that one. Nothing is imported that a cell could not import, except for native.
//
// A shadow has no variables and needs no initialization. It may use package unsafe for the layout of P's types.
//
// # Where it comes from
//
// std.zip has what can be taken from the standard library as it is; go generate makes it (gen.go). The rest, which needs
// the runtime or what only P can reach, is in _own/P/*.go, a folder that the go command does not build; files of one
// package from both places are one shadow. Where even that does not reach, package native has a compiled function.
//
// # Differences to compiled code
//
//   - iter.Pull runs the iterator on a goroutine of its own. One that is neither ended nor stopped waits for ever; a
//     coroutine does, too. stop called by the iterator itself ends it at its next yield.
//   - maphash.Comparable and WriteComparable hash the value as one in an interface. The hashes are good and consistent, but
//     not those which a compiled instance makes with the same seed; and a value of type any hashes like what is in it.
//   - unique.Make knows the values of shadows alone; no package of the standard library gives handles away. A value that
//     leads to its own handle is never freed.
//   - runtime.AddCleanup cannot see that the cleanup function refers to ptr, and does not panic: the cleanup never runs.
//   - maps.Clone copies with a loop: no difference but time.
package generic

//go:generate go run gen.go
