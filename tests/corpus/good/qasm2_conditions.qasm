// expect: 1 011
OPENQASM 2.0;
include "qelib1.inc";
qreg q[4]; creg c[3]; creg d[1];
x q[0]; x q[1];
measure q[0] -> c[0]; measure q[1] -> c[1]; measure q[2] -> c[2];
if(c==3) x q[3];
if(c==2) x q[3];
measure q[3] -> d[0];
