OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
int i = 0;
let a = q[i:2];
bit[4] c;
bit d = c[i:3] == 1;
