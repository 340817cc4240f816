"""Selene's own package loads what pandia writes, and finds in it what was in the trace."""

import json

from selene_core.trace import MeasurementEvent, parse_trace_json
from selene_formats.trace import Trace, Traces, parse_trace_document_json

import programs

NOISE = ["--noise", "depolarizing:p_1q=0.3,p_2q=0.3", "--noise", "readout:p_1_given_0=0.2"]
TIMES = ["--runtime", "simple:duration_1q_ns=20,duration_2q_ns=60,duration_measure_ns=500"]


def records(pandia, trace, joint):
    """Operations at a joint, out of pandia's own JSON lines."""
    lines = pandia.path("jsonl")
    pandia.call("trace", "convert", trace, "-o", lines)
    every = [json.loads(line) for line in lines.read_text().splitlines()]
    ops = [line for line in every if line["record"] == "op" and line["joint"] == joint]
    return every[0], ops


def check_single(pandia, words):
    """One shot is a `Trace`, for both of their readers."""
    program = pandia.program(programs.MIXED)
    native, _ = pandia.run(program, "--shot", 3, *TIMES, *words)
    output = pandia.path("selene.json")
    pandia.call("trace", "convert", native, "-o", output)
    text = output.read_text()
    trace = parse_trace_json(text)
    assert isinstance(parse_trace_document_json(text), Trace)

    about, asked = records(pandia, native, 0)
    _, scheduled = records(pandia, native, 1)
    _, executed = records(pandia, native, about["joints"] - 1)
    parts = [
        (trace.get_user_program_trace(), asked),
        (trace.get_runtime_trace(), scheduled),
        (trace.get_error_model_trace(), executed),
        (trace.get_simulator_trace(), executed),
    ]
    for found, expected in parts:
        assert len(found.events) == len(expected) > 0, (len(found.events), len(expected))
        for event, op in zip((record.event for record in found.events), expected):
            if op["op"] == "measure":
                assert isinstance(event, MeasurementEvent) and [event.qubit] == op["qubits"]
            elif op["op"] == "gate":
                assert event.qubits == op["qubits"] and event.params == op["params"]
    for record, op in zip(trace.get_runtime_trace().events, scheduled):
        assert record.source.start_time == op["start_ns"]
        assert record.source.end_time == op["start_ns"] + op["length_ns"]
    indices = [record.source.index for record in trace.get_simulator_trace().events]
    assert indices == list(range(len(executed)))
    names = {record.event.gate_name for record in trace.events if record.event.kind == "Gate"}
    assert {"Rxy", "Rz", "Rzz", "LocalBarrier", "h", "cx"} <= names, names
    # What they write again, they and we read again.
    again = parse_trace_json(trace.model_dump_json())
    assert again == trace
    return len(trace.events)


def check_several(pandia):
    """Several shots are `Traces`; written by the run itself, with measured time."""
    program = pandia.program(programs.MIXED)
    trace, shots = pandia.run(
        program, "--shots", 20, "--trace-time", *NOISE, *TIMES, ending="selene.json"
    )
    document = parse_trace_document_json(trace.read_text())
    assert isinstance(document, Traces) and len(document.traces) == len(shots) == 20
    durations = [
        record.source.duration_ns
        for shot in document.traces
        for record in shot.events
        if record.source.kind == "Simulator"
    ]
    assert any(durations)


def check_strictness():
    """Their model is one that can refuse."""
    for text in ['{"schema_version":"0.1.0","events":[{}]}', '{"schema_version":"9","events":[]}']:
        try:
            parse_trace_json(text)
        except ValueError:
            continue
        raise SystemExit(f"selene-core takes {text}")


def check(pandia):
    check_strictness()
    counts = [check_single(pandia, words) for words in ([], NOISE)]
    check_several(pandia)
    print(f"selene: traces of {counts[0]} and {counts[1]} events, and 20 shots in one document")
