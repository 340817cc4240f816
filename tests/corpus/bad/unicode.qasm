OPENQASM 3.0;
qubit q;
x q;
☃ q;
qubit 😀;
π = 3;
