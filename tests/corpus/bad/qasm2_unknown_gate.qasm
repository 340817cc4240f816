OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
hh q[0];
cnx q[0], q[1];
foo q[0];
