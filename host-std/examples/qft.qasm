// The quantum Fourier transform on four qubits. The Fourier state of the number 5 is prepared by
// phases alone; the inverse transform turns it into the number.
// Expected: 0101 in every shot.
OPENQASM 3.0;
include "stdgates.inc";

const int n = 4;
const int number = 5;

qubit[n] q;
bit[n] c;

gate qft4 a, b, c, d {
    h d;
    cp(pi / 2) c, d;
    cp(pi / 4) b, d;
    cp(pi / 8) a, d;
    h c;
    cp(pi / 2) b, c;
    cp(pi / 4) a, c;
    h b;
    cp(pi / 2) a, b;
    h a;
    swap a, d;
    swap b, c;
}

// Qubit k of the Fourier state of x turns by 2 pi x 2^k / 2^n.
h q;
for int k in [0:n - 1] {
    p(tau * number * 2.0 ** (k - n)) q[k];
}

inv @ qft4 q[0], q[1], q[2], q[3];
c = measure q;
