OPENQASM 3.0;
include "stdgates.inc";
include "broken_part.inc";
qubit q;
x q;
