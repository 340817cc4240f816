OPENQASM 3.0;
include "stdgates.inc";
qubit q;
if (true) { qubit r; include "a.inc"; gate g a { } def f() { } }
if (true { x q; }
else x q;
