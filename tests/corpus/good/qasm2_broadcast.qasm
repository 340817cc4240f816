// expect: 1111
OPENQASM 2.0;
include "qelib1.inc";
qreg a[2]; qreg b[2]; creg c[4];
x a; cx a, b; barrier a, b;
measure a[0] -> c[0]; measure a[1] -> c[1]; measure b[0] -> c[2]; measure b[1] -> c[3];
