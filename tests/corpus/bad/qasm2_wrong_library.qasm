OPENQASM 2.0;
include "stdgates.inc";
qreg q[1];
