OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit[3] a;
bit[2] b;
if (a == b) x q;
if (q) x q;
if (10ns) x q;
if (a ^ b == 1) x q;
