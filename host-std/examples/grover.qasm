// Grover's search for 101 among the eight states of three qubits, with two iterations.
// Expected: 101 in 94.5 % of the shots, each other state in 0.8 %.
OPENQASM 2.0;
include "qelib1.inc";

// Turns the sign of 111.
gate ccz a, b, c { h c; ccx a, b, c; h c; }

// Turns the sign of the state that is searched: 101, qubit 0 rightmost.
gate oracle a, b, c { x b; ccz a, b, c; x b; }

// Reflects about the uniform superposition.
gate diffusion a, b, c {
    h a; h b; h c;
    x a; x b; x c;
    ccz a, b, c;
    x a; x b; x c;
    h a; h b; h c;
}

qreg q[3];
creg c[3];

h q;
oracle q[0], q[1], q[2];
diffusion q[0], q[1], q[2];
oracle q[0], q[1], q[2];
diffusion q[0], q[1], q[2];
measure q -> c;
