// expect: 1
OPENQASM 3.0;
include "stdgates.inc";
// Names of gates are names of variables too, where no gate can stand.
qubit x; bit s; float t = pi; int h = 0;
rx(t) x; s = measure x;
