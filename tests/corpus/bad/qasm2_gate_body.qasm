OPENQASM 2.0;
include "qelib1.inc";
gate g(a) q { rx(b) q; cx q, r; measure q -> c; }
gate h2 q, q { h q; }
gate none { }
