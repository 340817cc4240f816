OPENQASM;
qubit q;
