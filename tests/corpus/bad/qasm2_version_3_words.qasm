OPENQASM 2.0;
include "qelib1.inc";
qubit[2] q;
for int i in [0:3] { h q[i]; }
