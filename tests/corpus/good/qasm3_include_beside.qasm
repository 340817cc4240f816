// expect: 11
OPENQASM 3.0;
include "parts/entangle.inc";
qubit[2] q; bit[2] c;
pair_up q[0], q[1];
c = measure q;
