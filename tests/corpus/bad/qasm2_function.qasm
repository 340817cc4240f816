OPENQASM 2.0;
include "qelib1.inc";
qreg q[1];
rx(sine(1)) q[0];
rx(sin(1, 2)) q[0];
rx(sin()) q[0];
rx(sin) q[0];
