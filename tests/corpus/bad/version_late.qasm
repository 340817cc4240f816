include "stdgates.inc";
OPENQASM 3.0;
qubit q;
