// expect: 00101010
OPENQASM 3.0;
include "stdgates.inc";
qubit q; output bit[8] o;
int a = 6; int b = 7;
int p = 0;
while (b > 0) { p += a; b -= 1; }
o = bit[8](p);
