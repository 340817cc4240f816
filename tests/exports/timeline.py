"""Timelines hold to the Trace Event Format, read with a reader that knows only the format."""

import json
from collections import defaultdict

import programs

# What each phase requires, by the format's description, and what it allows besides.
COMMON = {"name", "ph", "pid", "tid"}
REQUIRED = {"X": COMMON | {"ts", "dur"}, "i": COMMON | {"ts", "s"}, "M": COMMON | {"args"}}
ALLOWED = {"cat", "args"}
METADATA = {
    "process_name": "name",
    "process_sort_index": "sort_index",
    "thread_name": "name",
    "thread_sort_index": "sort_index",
}


def read(text):
    document = json.loads(text)
    assert document["displayTimeUnit"] in ("ms", "ns")
    tracks, spans = {}, defaultdict(list)
    for event in document["traceEvents"]:
        phase = event["ph"]
        fields = set(event)
        assert REQUIRED[phase] <= fields <= REQUIRED[phase] | ALLOWED, event
        assert isinstance(event["pid"], int) and isinstance(event["tid"], int)
        if phase == "M":
            assert METADATA[event["name"]] in event["args"], event
            if event["name"] == "thread_name":
                tracks[event["pid"], event["tid"]] = event["args"]["name"]
        else:
            assert event["ts"] >= 0, event
        if phase == "X":
            assert event["dur"] > 0, event
            begin = round(event["ts"] * 1000)
            spans[event["pid"], event["tid"]].append((begin, begin + round(event["dur"] * 1000)))
        if phase == "i":
            assert event["s"] in ("g", "p", "t"), event
    for track, pieces in spans.items():
        assert track in tracks, f"{track} has no name"
        pieces.sort()
        for (_, end), (begin, _) in zip(pieces, pieces[1:]):
            assert end <= begin, f"{tracks[track]}: {end} is after {begin}"
    return tracks, spans


def check_strictness(text):
    """The reader is one that can refuse."""
    document = json.loads(text)
    span = next(event for event in document["traceEvents"] if event["ph"] == "X")
    twice = {**span, "ts": span["ts"] + span["dur"] / 2}
    for wrong in (twice, {**span, "tid": 9999}, {**span, "more": 1}, {**span, "dur": 0}):
        try:
            read(json.dumps({**document, "traceEvents": [*document["traceEvents"], wrong]}))
        except AssertionError:
            continue
        raise SystemExit(f"the reader takes {wrong}")


def check(pandia):
    program = pandia.program(programs.MIXED)
    noise = ["--noise", "depolarizing:p_1q=0.4,p_2q=0.4", "--noise", "readout:p_0_given_1=0.5"]
    times = ["--runtime", "simple:duration_1q_ns=7,duration_2q_ns=60,duration_measure_ns=500"]
    for words in ([], times):
        trace, shots = pandia.run(
            program, "--shots", 30, *noise, *words, ending="perfetto.json"
        )
        tracks, spans = read(trace.read_text())
        check_strictness(trace.read_text())
        for shot in range(1, len(shots) + 1):
            names = {name for (pid, _), name in tracks.items() if pid == shot}
            parts = {f"pandia.{part}" for part in ("simple", "depolarizing", "readout", "state_vector")}
            assert {f"qubit {qubit}" for qubit in range(3)} | parts <= names, names
        assert sum(map(len, spans.values())) > 300
    print(f"timeline: {len(spans)} tracks with events, none of which overlap")
