// expect: 10
OPENQASM 2.0;
// No include: the two built-in gates and definitions are all there is.
gate x a { U(pi, 0, pi) a; }
gate cx c, t { CX c, t; }
gate ccx a, b, c { x a; x a; x b; x b; x c; x c; }
qreg q[2]; creg c[2];
x q[1]; 
measure q -> c;
