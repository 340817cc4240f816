"""Pandia beside its peers: the same circuits, one thread, CPU seconds, the minimum of repeats.

Usage: peers.py PANDIA_BINARY [--quick] [--json FILE]
"""

import argparse
import importlib.metadata
import json
import math
import os
import resource
import struct
import subprocess
import sys
import tempfile

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QULACS_NUM_THREADS", "1")

LAYERS = 20
P = 1e-3


def ladder(n):
    """The small-circuit workload: the same angles as the `Ladder` of the Rust benches."""
    for layer in range(LAYERS):
        for q in range(n):
            yield ("px", q, 0.3 + 0.1 * layer + 0.07 * q, 1.1 - 0.05 * layer + 0.2 * q)
        for q in range(1, n):
            yield ("zz", q - 1, q, 0.9 - 0.03 * layer + 0.11 * q)


def cpu_seconds():
    own = resource.getrusage(resource.RUSAGE_SELF)
    kids = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + kids.ru_utime + kids.ru_stime


def seconds_per_shot(run, shots, repeats):
    """CPU seconds of one shot: the cheapest of several runs of `shots`, less that of one shot."""

    def cheapest(count):
        best = math.inf
        for _ in range(repeats):
            start = cpu_seconds()
            run(count)
            best = min(best, cpu_seconds() - start)
        return best

    run(1)
    return max(cheapest(shots) - cheapest(1), 1e-12) / (shots - 1)


class Pandia:
    name = "pandia"

    def __init__(self, binary, source, simulator, noise):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".qasm")
        self.file.write(source)
        self.file.flush()
        self.command = [binary, "run", self.file.name, "--simulator", simulator, "--noise", noise]
        self.command += ["--threads", "1", "--format", "json", "--seed", "1"]

    def __call__(self, shots):
        command = self.command + ["--shots", str(shots)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"pandia failed with {done.returncode}: {done.stderr}")
        total = sum(json.loads(done.stdout)["counts"].values())
        assert total == shots, f"{total} of {shots} shots were counted"


def pandia_ladder(n):
    lines = ["OPENQASM 3.0;", 'include "pandia.inc";', f"qubit[{n}] q;", f"bit[{n}] c;"]
    for gate in ladder(n):
        if gate[0] == "px":
            lines.append(f"phased_x({gate[2]!r}, {gate[3]!r}) q[{gate[1]}];")
        else:
            lines.append(f"zz_phase({gate[3]!r}) q[{gate[1]}], q[{gate[2]}];")
    return "\n".join([*lines, "c = measure q;", ""])


def qulacs_ladder(n):
    import qulacs
    from qulacs.gate import U3, DepolarizingNoise, PauliRotation, TwoQubitDepolarizingNoise

    circuit = qulacs.QuantumCircuit(n)
    for gate in ladder(n):
        if gate[0] == "px":
            _, q, theta, phi = gate
            circuit.add_gate(U3(q, theta, phi - math.pi / 2, math.pi / 2 - phi))
            circuit.add_gate(DepolarizingNoise(q, P))
        else:
            _, a, b, theta = gate
            circuit.add_gate(PauliRotation([a, b], [3, 3], -theta))
            circuit.add_gate(TwoQubitDepolarizingNoise(a, b, P))
    state = qulacs.QuantumState(n)

    def run(shots):
        for _ in range(shots):
            state.set_zero_state()
            circuit.update_quantum_state(state)
            state.sampling(1)

    return run


class Helios:
    """A Selene program written as the text that its Helios interface compiles."""

    EXTERNS = """declare void @setup(i64)
declare i64 @teardown()
declare i64 @___qalloc()
declare void @___reset(i64)
declare void @___qfree(i64)
declare void @___rxy(i64, double, double)
declare void @___rzz(i64, i64, double)
declare void @___rz(i64, double)
declare i64 @___lazy_measure(i64)
declare void @___dec_future_refcount(i64)
declare i1 @___read_future_bool(i64)
define i64 @qmain(i64 %0) {
entry:
  call void @setup(i64 %0)
"""

    def __init__(self, qubits):
        self.qubits = qubits
        self.lines = [f"  %q{q} = call i64 @___qalloc()" for q in range(qubits)]
        self.results = 0

    @staticmethod
    def real(x):
        return f"0x{struct.unpack('<Q', struct.pack('<d', x))[0]:016X}"

    def call(self, name, *operands):
        words = [f"i64 %q{x}" if isinstance(x, int) else f"double {self.real(x)}" for x in operands]
        self.lines.append(f"  call void @___{name}({', '.join(words)})")

    def measure(self, q):
        k = self.results
        self.results += 1
        self.lines.append(f"  %f{k} = call i64 @___lazy_measure(i64 %q{q})")

    def build(self):
        from selene_helios_qis_plugin import HeliosInterface
        from selene_sim import build

        for k in range(self.results):
            self.lines.append(f"  %b{k} = call i1 @___read_future_bool(i64 %f{k})")
            self.lines.append(f"  call void @___dec_future_refcount(i64 %f{k})")
        self.lines += [f"  call void @___qfree(i64 %q{q})" for q in range(self.qubits)]
        tail = '  %s = call i64 @teardown()\n  ret i64 %s\n}\n!name = !{!0}\n!0 = !{!"mainlib"}\n'
        return build(self.EXTERNS + "\n".join(self.lines) + "\n" + tail, interface=HeliosInterface())


def selene_runner(program, simulator, p_spam):
    from selene_sim import DepolarizingErrorModel

    instance = program.build()
    noise = DepolarizingErrorModel(p_1q=P, p_2q=P, p_meas=p_spam, p_init=p_spam)
    seeds = iter(range(1, 1 << 30, 1_000_003))

    def run(shots):
        options = {"n_qubits": program.qubits, "n_shots": shots, "error_model": noise}
        for shot in instance.run_shots(simulator(), random_seed=next(seeds), **options):
            for _ in shot:
                pass

    return run


def selene_ladder(n):
    from selene_sim import Quest

    program = Helios(n)
    for q in range(n):
        program.call("reset", q)
    for gate in ladder(n):
        if gate[0] == "px":
            program.call("rxy", *gate[1:])
        else:
            program.call("rzz", *gate[1:])
    for q in range(n):
        program.measure(q)
    return selene_runner(program, Quest, 0.0)


def surface_code(d):
    import stim

    noise = {
        "after_clifford_depolarization": P,
        "before_measure_flip_probability": P,
        "after_reset_flip_probability": P,
    }
    task = "surface_code:rotated_memory_z"
    circuit = stim.Circuit.generated(task, distance=d, rounds=d, **noise)
    steps = []
    targets = lambda i: [t.value for t in i.targets_copy() if t.is_qubit_target]
    used = sorted({q for i in circuit.flattened() for q in targets(i)})
    number = {q: k for k, q in enumerate(used)}
    for instruction in circuit.flattened():
        qubits = [number[q] for q in targets(instruction)]
        if instruction.name == "CX":
            steps += [("cx", a, b) for a, b in zip(qubits[::2], qubits[1::2])]
        elif instruction.name in ("H", "R", "M", "MR"):
            steps += [(instruction.name.lower(), q) for q in qubits]
    return circuit, len(used), steps


def pandia_surface_code(qubits, steps):
    bits = sum(step[0] in ("m", "mr") for step in steps)
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";', f"qubit[{qubits}] q;", f"bit[{bits}] c;"]
    bit = 0
    for step in steps:
        if step[0] == "cx":
            lines.append(f"cx q[{step[1]}], q[{step[2]}];")
        elif step[0] == "h":
            lines.append(f"h q[{step[1]}];")
        if step[0] in ("m", "mr"):
            lines.append(f"c[{bit}] = measure q[{step[1]}];")
            bit += 1
        if step[0] in ("r", "mr"):
            lines.append(f"reset q[{step[1]}];")
    return "\n".join([*lines, ""])


def selene_surface_code(qubits, steps):
    from selene_sim import Stim

    half = math.pi / 2
    program = Helios(qubits)
    for step in steps:
        if step[0] == "cx":
            _, a, b = step
            program.call("rxy", b, -half, half)
            program.call("rzz", a, b, half)
            program.call("rz", a, -half)
            program.call("rxy", b, half, math.pi)
            program.call("rz", b, -half)
        elif step[0] == "h":
            program.call("rxy", step[1], half, -half)
            program.call("rz", step[1], math.pi)
        if step[0] in ("m", "mr"):
            program.measure(step[1])
        if step[0] in ("r", "mr"):
            program.call("reset", step[1])
    return selene_runner(program, Stim, P)


def stim_tableau(circuit):
    import stim

    def run(shots):
        for _ in range(shots):
            stim.TableauSimulator().do(circuit)

    return run


def report(rows, workload, per, runners, repeats):
    """`runners`: name, runner, shots. Prints each and its ratio to Pandia, which comes first."""
    ours = None
    for name, run, shots in runners:
        cost = seconds_per_shot(run, shots, repeats)
        ours = ours or cost
        row = {"workload": workload, "who": name, "shots_per_s": 1 / cost, "ratio": cost / ours}
        row["ns_per_op"] = cost / per * 1e9
        rows.append(row)
        beside = "" if name == "pandia" else f"   pandia is {cost / ours:7.1f} times as fast"
        print(
            f"{workload:22s} {name:24s} {1 / cost:12.0f} shots/s {row['ns_per_op']:10.1f} ns/op{beside}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pandia", help="the release binary")
    parser.add_argument("--quick", action="store_true", help="fewer shots and sizes")
    parser.add_argument("--json", help="write the rows to this file")
    args = parser.parse_args()
    repeats = 2 if args.quick else 5
    scale = 0.1 if args.quick else 1.0
    version = importlib.metadata.version
    rows = []
    for n in (4, 6) if args.quick else (4, 6, 8, 10):
        gates = LAYERS * (2 * n - 1)
        noise = f"depolarizing:p_1q={P},p_2q={P}"
        count = lambda k: max(10, int(k * scale))
        runners = [
            ("pandia", Pandia(args.pandia, pandia_ladder(n), "state_vector", noise), count(20000)),
            (f"selene {version('selene-sim')} quest", selene_ladder(n), count(1000)),
            (f"qulacs {version('qulacs')}", qulacs_ladder(n), count(1000)),
        ]
        report(rows, f"trajectories n={n}", gates, runners, repeats)
    for d in (3,) if args.quick else (3, 5, 7, 11):
        circuit, qubits, steps = surface_code(d)
        noise = f"depolarizing:p_1q={P},p_2q={P},p_meas={P},p_init={P}"
        source = pandia_surface_code(qubits, steps)
        count = lambda k: max(5, int(k * scale / d**3))
        runners = [
            ("pandia", Pandia(args.pandia, source, "stabilizer", noise), count(400000)),
            (f"selene {version('selene-sim')} stim", selene_surface_code(qubits, steps), count(15000)),
            (f"stim {version('stim')} tableau", stim_tableau(circuit), count(200000)),
        ]
        report(rows, f"surface code d={d}", len(steps), runners, repeats)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
