// expect: 1
OPENQASM 3.0;
#pragma simulator noise
@reversible
pragma something else
qubit q; bit c;
U(pi, 0, pi) q;
c = measure q;
