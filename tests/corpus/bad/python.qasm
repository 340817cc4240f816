from qiskit import QuantumCircuit
qc = QuantumCircuit(2)
