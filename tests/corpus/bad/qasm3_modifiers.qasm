OPENQASM 3.0;
include "stdgates.inc";
qubit[5] q;
ctrl @ x q[0];
ctrl(0) @ x q[0];
ctrl(99) @ x q[0], q[1];
pow(0.5) @ ccx q[0], q[1], q[2];
gate g a, b, c, d { cx a, b; cx c, d; h a; }
pow(0.5) @ g q[0], q[1], q[2], q[3];
float t = 0.5;
pow(t) @ x q[0];
pow(1e300) @ x q[0];
inv x q[0];
ctrl @ measure q[0];
ctrl @ ctrl x q[0], q[1];
