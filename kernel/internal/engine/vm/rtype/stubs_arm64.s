#include "textflag.h"
#include "stubs.h"

// A stub loads its closure into the context register of the Go ABI (abi-internal.md) and jumps to its first word. R27 is
// the assembler's own scratch register.
#define STUB(i) PCALIGN $16; MOVD ·closures+(8*(i))(SB), R26; MOVD (R26), R27; JMP (R27);

TEXT ·stubCode(SB), NOSPLIT|NOFRAME, $0-0
	STUBS32768(0)

DATA ·stubAddress+0(SB)/8, $·stubCode(SB)
GLOBL ·stubAddress(SB), NOPTR, $8
