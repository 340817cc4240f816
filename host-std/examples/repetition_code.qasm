// The three-qubit repetition code: repeated syndrome measurement and correction.
// In every round one data qubit, another each time, is flipped; the syndrome finds it and the
// correction flips it back. The logical 1 survives.
// Expected: `data` is 111 and `corrections` is 0110 (six rounds, six corrections) in every shot
// without noise.
OPENQASM 3.0;
include "stdgates.inc";

const int rounds = 6;

qubit[3] code;
qubit[2] ancilla;
bit[2] syndrome;
bit[4] corrections;
bit[3] data;

def measure_syndrome(qubit[3] d, qubit[2] a) -> bit[2] {
    bit[2] s;
    reset a;
    cx d[0], a[0];
    cx d[1], a[0];
    cx d[1], a[1];
    cx d[2], a[1];
    s = measure a;
    return s;
}

// Logical 1.
x code[0];
cx code[0], code[1];
cx code[0], code[2];

int corrected = 0;
for int round in [1:rounds] {
    x code[round % 3];
    syndrome = measure_syndrome(code, ancilla);
    switch (syndrome) {
        case 1 { x code[0]; corrected += 1; }
        case 3 { x code[1]; corrected += 1; }
        case 2 { x code[2]; corrected += 1; }
    }
}

corrections = bit[4](corrected);
data = measure code;
