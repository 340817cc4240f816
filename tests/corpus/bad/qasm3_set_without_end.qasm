OPENQASM 3.0;
include "stdgates.inc";
qubit q;
for int i in {1,2 { x q; }
