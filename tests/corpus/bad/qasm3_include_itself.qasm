OPENQASM 3.0;
include "stdgates.inc";
include "qasm3_include_itself.qasm";
qubit q;
