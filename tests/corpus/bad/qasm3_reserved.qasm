OPENQASM 3.0;
include "stdgates.inc";
qubit if;
int for = 1;
bit[2] measure;
gate gate a { }
