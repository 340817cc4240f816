// The one-parameter ansatz of the hydrogen molecule on two qubits, at the optimum for a bond of
// 0.735 angstrom: cos(theta/2) |01> - sin(theta/2) |10>, with theta = 0.2235.
// Expected: 01 in 98.8 % of the shots, 10 in 1.2 %, nothing else.
OPENQASM 3.0;
include "stdgates.inc";
include "pandia.inc";

const float theta = 0.2235;

// exp(-i angle/2 Y X), from a rotation about ZZ between changes of basis.
gate rotation_yx(angle_yx) a, b {
    rx(pi / 2) a;
    h b;
    zz_phase(angle_yx) a, b;
    h b;
    rx(-pi / 2) a;
}

qubit[2] q;
bit[2] c;

x q[0];
rotation_yx(theta) q[1], q[0];
c = measure q;
