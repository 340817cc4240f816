OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
h q[2];
measure q[0] -> c[7];
h q[-1];
