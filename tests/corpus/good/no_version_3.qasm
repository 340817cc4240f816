// expect: 1
include "stdgates.inc";
qubit q; bit c; x q; c = measure q;
