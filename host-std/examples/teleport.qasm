// Teleportation with feed-forward: the state of `alice` arrives at `bob`, whatever the two
// measurements in between give. Undoing its preparation there must give |0>.
// Expected: `result` is 0 in every shot, `sent` is 00, 01, 10 and 11, a quarter each.
OPENQASM 3.0;
include "stdgates.inc";

const float theta = 1.1;
const float phi = 0.7;

qubit alice;
qubit[2] pair;
bit[2] sent;
bit result;

// What is to be sent.
ry(theta) alice;
rz(phi) alice;

// A Bell pair, one half each.
h pair[0];
cx pair[0], pair[1];

// Alice measures her two qubits in the Bell basis.
cx alice, pair[0];
h alice;
sent[0] = measure alice;
sent[1] = measure pair[0];

// Bob corrects what her two bits tell him to.
let bob = pair[1];
if (sent[1]) x bob;
if (sent[0]) z bob;

// The inverse of the preparation.
rz(-phi) bob;
ry(-theta) bob;
result = measure bob;
