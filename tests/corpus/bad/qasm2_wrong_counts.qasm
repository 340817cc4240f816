OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
cx q[0];
rx q[0];
h(0.1) q[0];
ccx q[0], q[1];
u3(1,2) q[0];
