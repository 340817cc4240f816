OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg q[2];
qreg q[3];
gate g a { h a; }
gate g a { x a; }
