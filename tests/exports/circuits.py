"""Qiskit loads the circuits of noisy shots and reproduces them."""

import math

from qiskit import qasm2, qasm3, transpile
from qiskit.quantum_info import Statevector
from qiskit_aer import AerSimulator

import programs

SHOTS = 200_000


def load(text, version):
    return qasm2.loads(text) if version == 2 else qasm3.loads(text)


def circuit(pandia, trace, shot, version):
    text = pandia.call("trace", "qasm", trace, "--shot", shot, "--openqasm", version)
    return text, load(text, version)


def gave(text):
    """The outcomes that the comments name, last one first, as Qiskit shows bits."""
    outcomes = [line.rsplit(" ", 1)[1] for line in text.splitlines() if "// gave " in line]
    return "".join(reversed(outcomes))


def without_errors(simulator, text):
    """What the circuit gives without the lines that layers inserted."""
    lines = [line for line in text.splitlines() if "// inserted by" not in line]
    loaded = load("\n".join(lines), 3)
    (bits,) = simulator.run(transpile(loaded, simulator), shots=1).result().get_counts()
    return bits


def check_certain(pandia):
    """Errors of bits and phases leave outcomes certain: Qiskit must find the same, shot by shot."""
    program = pandia.program(programs.CERTAIN)
    simulator = AerSimulator(method="statevector", seed_simulator=1)
    seen, noisy, matters = set(), 0, 0
    noise = "depolarizing:p_1q=0.1,p_2q=0.2,p_meas=0.1"
    trace, shots = pandia.run(program, "--shots", 25, "--noise", noise)
    for shot in range(len(shots)):
        for version in (2, 3):
            text, loaded = circuit(pandia, trace, shot, version)
            counts = simulator.run(transpile(loaded, simulator), shots=20).result().get_counts()
            assert len(counts) == 1, f"shot {shot} is not certain: {counts}\n{text}"
            (bits,) = counts
            assert bits == gave(text), f"shot {shot}: {bits}, not {gave(text)}\n{text}"
        seen.add(bits)
        noisy += "inserted by" in text
        matters += without_errors(simulator, text) != bits
    # Without the errors in it a circuit is another one: what is compared can differ.
    assert len(seen) > 5 and noisy > 10 and matters > 5, (seen, noisy, matters)
    return len(shots), len(seen)


def deviation(loaded, measured):
    """How far measured counts are from Qiskit's exact probabilities, in sigma, at worst."""
    exact = Statevector(loaded.remove_final_measurements(inplace=False)).probabilities_dict()
    assert sum(value > 0.01 for value in exact.values()) >= 10, exact
    sigmas = []
    for bits, value in exact.items():
        sigma = math.sqrt(max(value * (1 - value), 1 / SHOTS) / SHOTS)
        sigmas.append(abs(measured.get(bits, 0) / SHOTS - value) / sigma)
    return max(sigmas)


def check_every_gate(pandia):
    """Every gate: Qiskit's exact probabilities against what pandia measured, within 5 sigma, along
    each of the three axes, so that phases count too."""
    for turn in ("", "h q;", "sdg q; h q;"):
        check_along(pandia, programs.EVERY_GATE.replace("c = measure", f"{turn} c = measure"))


def check_along(pandia, source):
    program = pandia.program(source)
    counts = pandia.call("run", program, "--shots", SHOTS, "--format", "csv").splitlines()[1:]
    measured = {bits: int(count) for bits, count in (line.split(",") for line in counts)}
    trace, _ = pandia.run(program, "--shot", 0)
    for version in (2, 3):
        text, loaded = circuit(pandia, trace, 0, version)
        assert (worst := deviation(loaded, measured)) < 5, f"{worst} sigma\n{text}"
        # One wrong sign anywhere shows, so the bound means something.
        for gate in ("phased_x(0.7, 0.4)", "zz_phase(0.8)", "phased_xx(0.45, 0.3)", "yy_phase(-0.6)"):
            assert gate in text
            name, first = gate.split("(")
            flipped = f"{name}({first[1:]}" if first[0] == "-" else f"{name}(-{first}"
            wrong = load(text.replace(gate, flipped), version)
            assert deviation(wrong, measured) > 20, f"{flipped} does not show"


def check_mixed(pandia):
    """Random outcomes in the middle: Aer's distribution of one noisy shot's circuit against pandia's
    of the same file, which takes it as any other program."""
    program = pandia.program(programs.MIXED)
    simulator = AerSimulator(method="statevector", seed_simulator=1)
    trace, _ = pandia.run(program, "--shots", 3, "--noise", "depolarizing:p_1q=0.5,p_2q=0.5")
    for version in (2, 3):
        text, loaded = circuit(pandia, trace, 2, version)
        assert "inserted by" in text
        ran = simulator.run(transpile(loaded, simulator), shots=SHOTS // 4).result().get_counts()
        here = pandia.program(text)
        lines = pandia.call("run", here, "--shots", SHOTS // 4, "--format", "csv").splitlines()[1:]
        ours = {bits: int(count) for bits, count in (line.split(",") for line in lines)}
        assert len(ours) > 3
        for bits in ran.keys() | ours.keys():
            a, b = ran.get(bits, 0), ours.get(bits, 0)
            # Two counts of the same thing: their difference has the variance of their sum.
            assert abs(a - b) < 5 * math.sqrt(a + b) + 1, f"{bits}: {a} and {b}\n{text}"


def check(pandia):
    shots, outcomes = check_certain(pandia)
    check_every_gate(pandia)
    check_mixed(pandia)
    print(
        f"circuits: {shots} noisy shots with {outcomes} different outcomes, every gate, and a program "
        "with feed-forward, in OpenQASM 2 and 3"
    )
