// expect: 01
OPENQASM 2.0;
include "qelib1.inc";
qreg q[1]; creg c[2];
x q[0]; measure q[0] -> c[0]; reset q[0]; measure q[0] -> c[1];
