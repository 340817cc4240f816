"""The programs that are traced, and how pandia is called."""

import json
import pathlib
import subprocess
import tempfile

# Every kind of operation that other programs know: gates, measurements in the middle, feed-forward,
# resets, barriers, waits.
MIXED = """OPENQASM 3.0; include "stdgates.inc"; include "pandia.inc";
qubit[3] q; bit[3] c; bit m;
h q[0]; cx q[0], q[1]; phased_x(0.5, 0.25) q[2]; barrier q; zz_phase(0.75) q[1], q[2];
m = measure q[0]; if (m) { x q[1]; } reset q[0]; delay[40ns] q[2]; rz(0.125) q[0];
c = measure q;
"""

# Outcomes are certain once it is known which errors happened: only bit flips act, and phases.
CERTAIN = """OPENQASM 3.0; include "stdgates.inc"; include "pandia.inc";
qubit[5] q; bit[5] c; bit[2] m;
x q[0]; cx q[0], q[1]; cx q[1], q[2]; swap q[2], q[3]; ccx q[0], q[1], q[4]; z q[1]; s q[3];
m[0] = measure q[1]; if (m[0]) { x q[2]; } reset q[0]; phased_x(pi, 0.5) q[0]; iswap q[0], q[3];
y q[1]; cz q[1], q[4]; zz_phase(0.3) q[0], q[2]; sx q[2]; sxdg q[2]; m[1] = measure q[3];
cswap q[1], q[2], q[3]; c = measure q;
"""

# Every gate, at angles without meaning, between turns that make phases visible.
EVERY_GATE = """OPENQASM 3.0; include "stdgates.inc"; include "pandia.inc";
qubit[4] q; bit[4] c;
u3(0.9, 0.4, -0.7) q[0]; u3(1.3, -0.2, 0.5) q[1]; u3(0.6, 1.1, 0.3) q[2]; u3(2.0, 0.8, -1.2) q[3];
phased_x(0.7, 0.4) q[0]; rz(0.3) q[1]; zz_phase(0.8) q[0], q[2]; rx(0.4) q[3]; ry(-0.9) q[2];
xx_phase(0.5) q[1], q[3]; yy_phase(-0.6) q[0], q[1]; phased_xx(0.45, 0.3) q[2], q[3]; id q[0];
h q[0]; x q[1]; y q[2]; z q[3]; s q[0]; sdg q[1]; t q[2]; tdg q[3]; sx q[0]; sxdg q[1];
u3(0.2, 0.3, 0.4) q[2]; p(0.7) q[3]; u3(0.5, 0.1, 0.9) q[0]; u3(1.5, 0.6, -0.4) q[1];
cx q[0], q[1]; cy q[1], q[2]; cz q[2], q[3]; ch q[3], q[0]; swap q[0], q[2]; iswap q[1], q[3];
u3(0.8, -0.3, 0.6) q[2]; u3(0.4, 0.9, 0.2) q[3]; crz(0.9) q[0], q[1]; cp(1.1) q[2], q[3];
u3(1.1, 0.5, -0.8) q[0]; ccx q[0], q[1], q[2]; u3(0.3, 0.2, 0.1) q[1]; cswap q[3], q[0], q[1];
u3(0.7, -0.6, 0.2) q[0]; u3(0.9, 0.1, 0.4) q[1]; u3(1.2, 0.3, -0.5) q[2]; u3(0.5, 0.7, 0.8) q[3];
c = measure q;
"""


class Pandia:
    """One binary of pandia, and a folder for what it writes."""

    def __init__(self, binary):
        self.binary = str(pathlib.Path(binary).resolve())
        self._folder = tempfile.TemporaryDirectory(prefix="pandia-exports-")
        self.folder = pathlib.Path(self._folder.name)
        self._count = 0

    def call(self, *words):
        done = subprocess.run([self.binary, "--quiet", *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"pandia {' '.join(map(str, words))}: {done.stderr}")
        return done.stdout

    def path(self, ending):
        self._count += 1
        return self.folder / f"{self._count}.{ending}"

    def program(self, text):
        path = self.path("qasm")
        path.write_text(text)
        return path

    def run(self, program, *words, ending="ptrace"):
        """Runs with a trace: its path, and the shots as `pandia run --format jsonl` says them."""
        trace = self.path(ending)
        out = self.call("run", program, "--format", "jsonl", "--trace", trace, *words)
        return trace, [json.loads(line) for line in out.splitlines()]
