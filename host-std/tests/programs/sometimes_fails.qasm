// The index is out of range in the shots in which both coins show 1.
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
int i;
h q[0];
h q[1];
c = measure q;
if (c == 3) { i = 2; }
c[i] = 1;
