// A GHZ state on five qubits, by a chain of controlled X.
// Expected: 00000 and 11111, each in half of the shots.
OPENQASM 2.0;
include "qelib1.inc";

gate link a, b { cx a, b; }

qreg q[5];
creg c[5];

h q[0];
link q[0], q[1];
link q[1], q[2];
link q[2], q[3];
link q[3], q[4];
barrier q;
measure q -> c;
