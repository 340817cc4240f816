OPENQASM 2.0;
include "qelib1.inc";
qreg q[4294967296];
qreg r[2000000];
qreg s[99999999999999999999];
