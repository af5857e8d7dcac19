// Package rtype makes real runtime types for the types that cells declare: fmt, reflect, encoding/json, errors.As and
// every interface of compiled code see them as types that the compiler made.
//
// reflect makes what it can: pointers, slices, maps, functions, plain structs. A defined type, an interface or a struct
// that embeds begins as a copy of the descriptor that reflect makes for the same layout, and gets its own name, hash,
// fields and method table. A defined type is known before its parts, so that they may mention it (layout, named).
// A method table needs code addresses; they are those of prepared stubs in assembly, each of which jumps into a closure
// that the machine gives (Config.Implement): any func value of the right signature, a typed closure for speed or
// reflect.MakeFunc. Descriptors and stubs are never freed: the runtime relies on that.
//
// What depends on the Go release is in abi.go, abi_go12*.go and linkname.go, and SelfTest tells whether it still holds.
// Arithmetic on addresses happens in setEqual only, as in reflect.StructOf, and to find the code of a stub.
//
// # What a type costs
//
// Since nothing is freed, a declaration that is run again and again must cost little: 2.7 kB and eight stubs of 32768
// for a struct with four value methods (TestRedefinitions). So nothing here keeps an object of go/types (key.go), the versions
// of a type share layouts and func types where reflect makes them (layout, passed), a type that is built anew for a new
// method keeps the stubs of its others (Renew), and a call of Type that fails gives its stubs back.
//
// # Decisions
//
// A method added in a later cell: the runtime remembers for good that a type does not implement an interface (itabAdd in
// runtime/iface.go), so a type that was printed once can never become a Stringer. Renew makes a new runtime type of the same
// layout, and of all types that mention it; View shows the memory of a variable as the new type, so that session
// variables are rebound without a copy. Values already boxed in interfaces keep the old type; its methods share their
// stubs with the new type's, so they do the same. A method whose body alone changes keeps the type: Rearm points its
// stubs at the new code, for all values.
//
// A declaration that is run again unchanged keeps type and stubs, because package check keeps its go/types object, and
// Type returns the same type for the same object.
//
// # Two versions
//
// Two versions of a type print alike, so when they meet, Meet says which cells they come from. reflect.Type.ConvertibleTo
// compares types of one name and package by their parts, and for two versions of a recursive type would not end (as it
// does not for two recursive types of one name that compiled functions declare). So from its second version on, the
// PkgPath of a recursive type is that of its package with the version: "main#2".
//
// Known limit: the name of a type that is local to a generic function lacks the function's arguments if they do not
// occur in the type (local.go).
package rtype
