// expect: 1010
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q; bit[4] c;
for uint i in [0:3] {
  for uint j in [0:i] { x q[j]; }
}
c = measure q;
