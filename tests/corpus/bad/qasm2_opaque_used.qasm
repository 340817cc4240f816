OPENQASM 2.0;
include "qelib1.inc";
opaque magic(a) q;
qreg q[1];
magic(0.1) q[0];
