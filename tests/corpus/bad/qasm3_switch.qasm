OPENQASM 3.0;
include "stdgates.inc";
qubit q;
int i = 0;
int j = 1;
switch (i) { case 1 { x q; } case 1 { x q; } case j { } }
switch (i) { default { } case 2 { } }
