OPENQASM 2.0;
include "qelib1.inc";
qreg qr[2];
h r[0];
h qq[0];
measure qr -> c;
