//! OpenQASM 2.

use super::{compiled, outcome, run, same, state};

const HEAD: &str = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n";

fn bits(body: &str) -> String {
    outcome(&format!("{HEAD}{body}"))
}

#[test]
fn registers_measure_whole_and_by_bit() {
    assert_eq!(bits("qreg q[3]; creg c[3]; x q[0]; x q[2]; measure q -> c;"), "101");
    assert_eq!(bits("qreg q[2]; creg c[4]; x q[1]; measure q[1] -> c[3];"), "1000");
    assert_eq!(bits("qreg a[1]; qreg b[2]; creg x[1]; creg y[2]; x b; measure b -> y;"), "11 0");
}

#[test]
fn gates_broadcast_over_registers() {
    assert_eq!(bits("qreg a[2]; qreg b[2]; creg c[2]; x a; cx a, b; measure b -> c;"), "11");
    assert_eq!(bits("qreg a[1]; qreg b[3]; creg c[3]; x a; cx a[0], b; measure b -> c;"), "111");
}

#[test]
fn a_condition_compares_a_whole_register() {
    let code = |value: u32| {
        bits(&format!(
            "qreg q[3]; creg c[2]; creg d[1]; x q[1]; measure q[0] -> c[0]; measure q[1] -> c[1]; \
             if (c == {value}) x q[2]; measure q[2] -> d[0];"
        ))
    };
    assert_eq!(code(2), "1 10");
    assert_eq!(code(1), "0 10");
    assert_eq!(
        bits(
            "qreg q[1]; creg c[2]; if(c==0) measure q -> c[0]; if(c==0) x q; if(c!=0) reset q; measure q[0] -> c[1];"
        ),
        "10"
    );
}

#[test]
fn wide_registers_are_compared_too() {
    let code = |value: &str| {
        bits(&format!(
            "qreg q[2]; creg c[80]; creg d[1]; x q[0]; measure q[0] -> c[3]; if (c == {value}) x q[1]; measure q[1] -> d[0];"
        ))
    };
    assert!(code("8").starts_with("1 "));
    assert!(code("9").starts_with("0 "));
}

#[test]
fn all_numbers_are_real() {
    let head = format!("{HEAD}qreg q[1];");
    let equal =
        |a: &str, b: &str| same(&state(&format!("{head}{a}")), &state(&format!("{head}{b}")), a);
    equal("rx(1/2) q[0];", "rx(0.5) q[0];");
    equal("rx(2^3^2/512) q[0];", "rx(1) q[0];");
    equal("rx(-2^2) q[0];", "rx(-4) q[0];");
    equal(
        "rx(sin(1)+cos(2)*tan(0.5)-exp(0.1)/ln(3)+sqrt(2)) q[0];",
        "rx(0.841470984807897-0.227343567862058-1.005962768411587+1.414213562373095) q[0];",
    );
    equal("ry(+pi - -1e-1) q[0];", "ry(3.241592653589793) q[0];");
    equal("ry(.5 + 5. + 5.e-1) q[0];", "ry(6.0) q[0];");
}

#[test]
fn definitions_unfold_with_their_parameters() {
    let code = "gate half(a, b) x0, x1 { rx(a/2) x0; barrier x0, x1; cx x0, x1; rz(a*b) x1; } \
        gate both(t) u, v { half(t, 2) u, v; half(-t, 1/2) v, u; }";
    let head = format!("{HEAD}{code} qreg q[2];");
    let a = state(&format!("{head} both(0.8) q[0], q[1];"));
    let b = state(&format!(
        "{head} rx(0.4) q[0]; cx q[0],q[1]; rz(1.6) q[1]; rx(-0.4) q[1]; cx q[1],q[0]; rz(-0.4) q[0];"
    ));
    same(&a, &b, "both");
}

#[test]
fn builtin_gates_need_no_include() {
    assert_eq!(
        outcome(
            "OPENQASM 2.0; qreg q[2]; creg c[2]; U(pi,0,pi) q[0]; CX q[0],q[1]; measure q -> c;"
        ),
        "11"
    );
}

#[test]
fn names_that_version_3_reserves_are_names_here() {
    let code = "OPENQASM 2.0; gate for(bit) let { U(bit,0,0) let; } qreg qubit[1]; creg def[1]; \
        for(pi) qubit[0]; measure qubit -> def;";
    assert_eq!(outcome(code), "1");
}

#[test]
fn an_opaque_gate_may_be_declared() {
    assert_eq!(bits("opaque magic(a) q; qreg q[1]; creg c[1]; x q; measure q -> c;"), "1");
}

#[test]
fn a_file_without_version_is_recognised() {
    let compiled = compiled("qreg q[1]; creg c[1]; U(pi,0,pi) q[0]; measure q -> c;");
    assert_eq!(compiled.warnings.len(), 1);
    assert_eq!(run(&compiled, 3).0, ["1", "1", "1"]);
}

#[test]
fn a_definition_of_a_known_name_replaces_it_with_a_warning() {
    let compiled = compiled(&format!(
        "{HEAD}gate sx a {{ x a; }} qreg q[1]; creg c[1]; sx q; measure q -> c;"
    ));
    assert!(compiled.warnings[0].to_string().contains("replaces the built-in gate `sx`"));
    assert_eq!(run(&compiled, 1).0, ["1"]);
}
