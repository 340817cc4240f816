//! Definitions, modifiers and powers against what they mean.

use super::{same, state};

const PREPARE: &str = "ry(0.3) q[0]; rz(0.7) q[0]; ry(1.1) q[1]; rz(-0.4) q[1]; cx q[0], q[1]; \
    ry(0.9) q[2]; rz(1.3) q[2]; cx q[1], q[2]; ry(-0.6) q[3]; cx q[2], q[3]; rz(0.2) q[3]; \
    ry(0.5) q[0];";

/// Both pieces of code do the same to a state without symmetry.
fn equal(a: &str, b: &str) {
    let program = |code: &str| {
        format!(
            "OPENQASM 3.0; include \"stdgates.inc\"; include \"pandia.inc\"; include \"qelib1.inc\"; \
             qubit[4] q; {PREPARE} {code}"
        )
    };
    same(&state(&program(a)), &state(&program(b)), &format!("{a} / {b}"));
}

#[test]
fn one_control_on_every_gate_is_the_gate_where_the_control_is_one() {
    // The gate conjugated into a control: run it on a copy of the state with the control set by x.
    let gates = [
        ("x", 1),
        ("y", 1),
        ("z", 1),
        ("h", 1),
        ("s", 1),
        ("sdg", 1),
        ("t", 1),
        ("tdg", 1),
        ("sx", 1),
        ("sxdg", 1),
        ("rx(0.3)", 1),
        ("ry(0.4)", 1),
        ("rz(0.5)", 1),
        ("p(0.6)", 1),
        ("u2(0.1,0.2)", 1),
        ("u3(0.1,0.2,0.3)", 1),
        ("U(0.1,0.2,0.3)", 1),
        ("phased_x(0.3,0.8)", 1),
        ("id", 1),
        ("cx", 2),
        ("cy", 2),
        ("cz", 2),
        ("ch", 2),
        ("swap", 2),
        ("iswap", 2),
        ("crz(0.3)", 2),
        ("cp(0.4)", 2),
        ("crx(0.5)", 2),
        ("cry(0.6)", 2),
        ("rxx(0.3)", 2),
        ("ryy(0.4)", 2),
        ("rzz(0.5)", 2),
        ("phased_xx(0.6,0.7)", 2),
        ("cu(0.1,0.2,0.3,0.4)", 2),
        ("ccx", 3),
        ("cswap", 3),
        ("rccx", 3),
    ];
    let operands =
        |count: usize| (0..count).map(|k| format!("q[{k}]")).collect::<Vec<_>>().join(",");
    for (gate, count) in gates {
        let on = operands(count);
        let all = "reset q[3];";
        // Control 0: nothing happens. Control 1: the gate happens.
        equal(&format!("{all} ctrl @ {gate} q[3], {on};"), all);
        equal(
            &format!("{all} x q[3]; ctrl @ {gate} q[3], {on};"),
            &format!("{all} x q[3]; {gate} {on};"),
        );
        equal(&format!("{all} negctrl @ {gate} q[3], {on};"), &format!("{all} {gate} {on};"));
        // The phase between both: two half controlled gates undo each other.
        equal(&format!("ctrl @ {gate} q[3], {on}; ctrl @ inv @ {gate} q[3], {on};"), "");
        equal(&format!("{gate} {on}; inv @ {gate} {on};"), "");
        equal(&format!("pow(2) @ {gate} {on};"), &format!("{gate} {on}; {gate} {on};"));
        equal(&format!("pow(-1) @ {gate} {on};"), &format!("inv @ {gate} {on};"));
        equal(
            &format!("pow(0.5) @ {gate} {on}; pow(1/2) @ {gate} {on};"),
            &format!("{gate} {on};"),
        );
        if gate == "rccx" {
            // Four qubits: no matrix travels so wide.
            continue;
        }
        equal(
            &format!("pow(0.5) @ ctrl @ {gate} q[3], {on}; ctrl @ pow(0.5) @ {gate} q[3], {on};"),
            &format!("ctrl @ {gate} q[3], {on};"),
        );
    }
}

#[test]
fn a_controlled_gate_turns_the_phase_of_its_control() {
    // What only the phase of everything can tell: each against its written-out form.
    equal("ctrl @ gphase(0.3) q[1];", "p(0.3) q[1];");
    equal("ctrl @ s q[0], q[1];", "cp(pi/2) q[0], q[1];");
    equal("ctrl @ rz(0.3) q[0], q[1];", "p(-0.15) q[0]; cp(0.3) q[0], q[1];");
    equal(
        "ctrl @ U(0.1, 0.2, 0.3) q[0], q[1];",
        "p(0.05) q[0]; ctrl @ cu(0,0,0,0) q[3], q[0], q[1]; cu3(0.1,0.2,0.3) q[0], q[1];",
    );
    equal("ctrl @ U(pi, 0, pi) q[0], q[1];", "p(pi/2) q[0]; cx q[0], q[1];");
    equal("ctrl @ sx q[0], q[1];", "h q[1]; cp(pi/2) q[0], q[1]; h q[1];");
    equal("ctrl @ ctrl @ gphase(0.3) q[1], q[2];", "cp(0.3) q[1], q[2];");
    equal("ctrl(2) @ z q[0], q[1], q[2];", "h q[2]; ccx q[0], q[1], q[2]; h q[2];");
    equal("ctrl @ u2(0.3, 0.5) q[0], q[1];", "p(-0.4) q[0]; cu3(pi/2, 0.3, 0.5) q[0], q[1];");
}

#[test]
fn many_controls_act_only_where_all_are_one() {
    for base in ["x", "y", "z", "h", "p(0.3)", "rz(0.3)", "rx(0.7)", "sx", "U(0.1,0.2,0.3)"] {
        equal(
            &format!(
                "ctrl(3) @ {base} q[0], q[1], q[2], q[3]; ctrl(3) @ inv @ {base} q[0], q[1], q[2], q[3];"
            ),
            "",
        );
        equal(&format!("reset q[1]; ctrl(3) @ {base} q[0], q[1], q[2], q[3];"), "reset q[1];");
        equal(
            &format!("reset q[1]; x q[1]; ctrl(3) @ {base} q[0], q[1], q[2], q[3];"),
            &format!("reset q[1]; x q[1]; ctrl(2) @ {base} q[0], q[2], q[3];"),
        );
    }
    equal(
        "reset q[0]; x q[0]; c3x q[0], q[1], q[2], q[3];",
        "reset q[0]; x q[0]; ccx q[1], q[2], q[3];",
    );
    equal("ctrl @ negctrl @ x q[0], q[1], q[2];", "x q[1]; ccx q[0], q[1], q[2]; x q[1];");
    equal("ctrl @ swap q[3], q[0], q[1];", "cswap q[3], q[0], q[1];");
}

#[test]
fn modifiers_reach_into_definitions() {
    let define = "gate g(a) x0, x1 { rx(a) x0; cx x0, x1; s x1; gphase(a); }";
    let program = |code: &str| {
        format!("OPENQASM 3.0; include \"stdgates.inc\"; {define} qubit[4] q; {PREPARE} {code}")
    };
    let equal = |a: &str, b: &str| same(&state(&program(a)), &state(&program(b)), a);
    equal("inv @ g(0.3) q[0], q[1];", "sdg q[1]; cx q[0], q[1]; rx(-0.3) q[0];");
    equal("g(0.3) q[0], q[1];", "rx(0.3) q[0]; cx q[0], q[1]; s q[1];");
    equal(
        "ctrl @ g(0.3) q[2], q[0], q[1];",
        "crx(0.3) q[2], q[0]; ccx q[2], q[0], q[1]; cp(pi/2) q[2], q[1]; p(0.3) q[2];",
    );
    equal("pow(0.5) @ g(0.3) q[0], q[1]; pow(0.5) @ g(0.3) q[0], q[1];", "g(0.3) q[0], q[1];");
    equal(
        "pow(0.5) @ ctrl @ g(0.3) q[2], q[0], q[1]; ctrl @ pow(0.5) @ g(0.3) q[2], q[0], q[1];",
        "ctrl @ g(0.3) q[2], q[0], q[1];",
    );
}

#[test]
fn the_include_files_define_what_their_names_mean() {
    equal("u2(0.3, 0.4) q[0];", "rz(0.4) q[0]; ry(pi/2) q[0]; rz(0.3) q[0];");
    equal("u3(0.2, 0.3, 0.4) q[0];", "rz(0.4) q[0]; ry(0.2) q[0]; rz(0.3) q[0];");
    equal("U(0.2, 0.3, 0.4) q[0];", "rz(0.4) q[0]; ry(0.2) q[0]; rz(0.3) q[0];");
    equal("rzz(0.3) q[0], q[1];", "cx q[0], q[1]; rz(0.3) q[1]; cx q[0], q[1];");
    equal("rxx(0.3) q[0], q[1];", "h q[0]; h q[1]; rzz(0.3) q[0], q[1]; h q[0]; h q[1];");
    equal("iswap q[0], q[1];", "swap q[0], q[1]; cz q[0], q[1]; s q[0]; s q[1];");
    equal("csx q[0], q[1]; csx q[0], q[1];", "cx q[0], q[1];");
    equal(
        "c3sqrtx q[0], q[1], q[2], q[3]; c3sqrtx q[0], q[1], q[2], q[3];",
        "c3x q[0], q[1], q[2], q[3];",
    );
    equal("cu3(0.1, 0.2, 0.3) q[0], q[1];", "cu(0.1, 0.2, 0.3, 0) q[0], q[1];");
    equal("cphase(0.3) q[0], q[1];", "cu1(0.3) q[1], q[0];");
    // Margolus' gates: the controlled X up to signs, and their own inverse or nearly so.
    equal("rccx q[0], q[1], q[2]; rccx q[0], q[1], q[2];", "");
    equal("reset q[0]; reset q[1]; rccx q[0], q[1], q[2];", "reset q[0]; reset q[1];");
    equal("reset q; x q[0]; x q[1]; x q[2]; rc3x q[0], q[1], q[2], q[3];", "reset q; x q;");
}
