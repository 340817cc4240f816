OPENQASM 3.0;
include "stdgates.inc";
qubit q;
int a = 9223372036854775808;
int b = 9223372036854775807 + 1;
int c = 2 ** 64;
int d = 1 << -1;
int e = 1 % 0;
int f = 99999999999999999999999;
