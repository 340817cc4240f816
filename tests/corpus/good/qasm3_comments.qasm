// expect: 1
/* a /* b */
OPENQASM 3.0; // c
/**/ qubit /* d */ q; bit c; U(pi,0,pi) /* e
f */ q; c = measure q;
