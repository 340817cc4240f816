// expect: 1
OPENQASM 3.0;
include "pandia.inc";
qubit[2] q; bit c;
phased_x(pi, 0.3) q[0]; iswap q[0], q[1]; phased_xx(0.3, 0.4) q[0], q[1]; phased_xx(-0.3, 0.4) q[0], q[1];
xx_phase(0.1) q[0], q[1]; xx_phase(-0.1) q[0], q[1]; yy_phase(0.1) q[0], q[1]; yy_phase(-0.1) q[0], q[1]; zz_phase(0.1) q[0], q[1];
c = measure q[1];
