OPENQASM 2.0;
include "qelib1.inc";
qreg q[1];
rx(sqrt(-1)) q[0];
rx(ln(0)) q[0];
rx(1/0) q[0];
rx(10^400) q[0];
rx(1e999) q[0];
