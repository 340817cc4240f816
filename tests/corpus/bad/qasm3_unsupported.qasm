OPENQASM 3.0;
include "stdgates.inc";
qubit q;
extern f(int) -> int;
box { x q; }
cal { }
defcalgrammar "openpulse";
defcal x $0 { }
nop q;
array[int, 3] a = {1, 2, 3};
complex[float] z = 2im;
stretch s;
