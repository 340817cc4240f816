OPENQASM 3.0;
include "stdgates.inc";
qubit q;
int n = 1;
def f(qubit a) { n = 2; x q; }
gate g a { x q; rx(n) a; }
