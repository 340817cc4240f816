OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
def f(int n) -> int { }
def g(qubit a) { x b; }
def h1(qubit a) { h1(a); }
def k(qubit[2] a) -> bit { return measure a; }
int n = missing(1);
def two(int a, int b) -> int { return a + b; }
int z = two(1);
two(1, 2, 3);
return 1;
