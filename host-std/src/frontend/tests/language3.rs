//! OpenQASM 3.

use super::{outcome, run, same, state};

const HEAD: &str = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n";

fn bits(body: &str) -> String {
    outcome(&format!("{HEAD}{body}"))
}

/// The bits of an integer that classical code computes.
fn computes(code: &str, expected: i64) {
    let text = format!("qubit q; {code} output_bits = bit[32](result);");
    let expected = expected & 0xffff_ffff;
    let got = outcome(&format!("{HEAD}bit[32] output_bits; {text}"));
    let got = i64::from_str_radix(got.split(' ').next_back().unwrap(), 2).unwrap();
    assert_eq!(got, expected, "{code}");
}

#[test]
fn measurements_assign() {
    assert_eq!(bits("qubit[2] q; bit[2] c; x q[1]; c = measure q;"), "10");
    assert_eq!(bits("qubit[2] q; bit[2] c; x q[0]; measure q -> c;"), "01");
    assert_eq!(bits("qubit[2] q; bit[2] c; x q[0]; c[1] = measure q[0];"), "10");
    assert_eq!(bits("qubit q; x q; bit c = measure q;"), "1");
    assert_eq!(bits("qubit[3] q; bit[4] c; x q[1]; c[1:3] = measure q;"), "0100");
    assert_eq!(
        bits("qubit[2] q; bit[2] c; x q; for int i in [0:1] { c[i] = measure q[i]; }"),
        "11"
    );
    assert_eq!(bits("qreg q[2]; creg c[2]; x q; measure q -> c;"), "11");
}

#[test]
fn conditions_choose() {
    let code = |value: &str| {
        bits(&format!(
            "qubit q; bit c; int i = {value}; if (i == 1) {{ x q; }} else if (i > 5 && i < 8) x q; \
             else {{ if (i == 3) {{ x q; }} else {{ }} }} c = measure q;"
        ))
    };
    for (value, expected) in [("1", "1"), ("2", "0"), ("3", "1"), ("6", "1"), ("8", "0")] {
        assert_eq!(code(value), expected, "{value}");
    }
    assert_eq!(
        bits(
            "qubit q; bit[2] c = \"10\"; if (c[1]) x q; if (!c[0]) { x q; x q; } c[0] = measure q;"
        ),
        "11"
    );
    assert_eq!(
        bits("qubit q; bit c; bit[3] d = \"101\"; if (d == 5 || c) x q; c = measure q;"),
        "101 1"
    );
}

#[test]
fn loops_over_ranges_sets_and_registers() {
    computes("int result = 0; for int i in [0:4] { result += i; }", 10);
    computes("int result = 0; for int i in [10:-3:0] { result = result * 10 + i; }", 10741);
    computes("int result = 0; for uint i in {3, 1, 4} result = result * 10 + i;", 314);
    computes("int result = 0; int n = 6; for int i in [1:n] { result += i * i; }", 91);
    computes(
        "int result = 0; int s = -2; for int i in [9:s:1] { result = result * 10 + i; }",
        97531,
    );
    computes("int result = 0; for int i in [0:99999] { result += 1; }", 100_000);
    computes("int result = 0; for int i in [5:4] { result += 1; }", 0);
    computes(
        "int result = 0; bit[4] b = \"1101\"; for bit x in b { result = 2 * result + int(x); }",
        11,
    );
    computes("float f = 0; for float x in {0.5, 0.25} { f += x; } int result = int(f * 100);", 75);
    computes("int result = 0; for int i in [0:3] { for int j in [0:i] { result += j; } }", 10);
    computes("int result = 0; for int i in [0:40] { for int j in [0:40] { result += 1; } }", 1681);
}

#[test]
fn loops_are_left_and_continued() {
    computes(
        "int result = 0; for int i in [0:9] { if (i == 5) break; if (i % 2 == 0) continue; result += i; }",
        4,
    );
    computes(
        "int result = 0; for int i in [0:9999] { if (i == 5) break; if (i % 2 == 0) continue; result += i; }",
        4,
    );
    computes("int result = 0; while (true) { result += 1; if (result == 7) break; }", 7);
    computes(
        "int result = 0; int i = 0; while (i < 10) { i += 1; if (i % 3 != 0) continue; result += i; }",
        18,
    );
    computes("int result = 0; for int i in [0:3] { i += 10; result += i; }", 46);
    computes("int result = 0; for int i in {1, 2, 3} { if (i == 2) continue; result += i; }", 4);
    computes(
        "int result = 0; for int i in [0:2] { for int j in [0:9] { if (j == 2) break; result += 1; } }",
        6,
    );
}

#[test]
fn integers_have_widths() {
    computes("uint[8] a = 250; a += 10; int result = a;", 4);
    computes("int[8] a = 127; a += 1; int result = a;", -128);
    computes("uint[4] a = 0; a -= 1; int result = a;", 15);
    computes("int a = 7; int result = a / 2 * 10 + a % 4;", 33);
    computes("int a = -7; int result = a / 2;", -3);
    computes("int a = 5; int result = a ** 3;", 125);
    computes("int a = 5; int result = (a << 3) | (a >> 1) ^ 1 & 3;", 43);
    computes("int a = 5; int result = ~a;", -6);
    computes("int result = 2 ** 3 ** 2;", 512);
    computes("int result = -2 ** 2;", -4);
    computes("int a = 0x1F; int b = 0b1_01; int c = 0o17; int result = a + b + c;", 51);
    computes("const int n = 3; int result = n * n;", 9);
    computes("bool a = true; bool b = false; int result = int(a && !b) + int(a == b);", 1);
    computes("uint[3] result = 1; result <<= 2; result |= 1;", 5);
}

#[test]
fn floats_and_functions() {
    computes("float f = 2.0; f **= 3; f /= 4; int result = int(f * sqrt(16.0));", 8);
    computes(
        "float x = 0.5; int result = int(1000 * (sin(x) + cos(x) + arctan(x) + exp(x) + log(x)));",
        2776,
    );
    computes(
        "int result = int(1000 * (sin(0.5) + cos(0.5) + arctan(0.5) + exp(0.5) + log(0.5)));",
        2776,
    );
    computes("float x = 2.7; int result = int(floor(x)) * 10 + int(ceiling(x));", 23);
    computes("float x = 7.5; int result = int(mod(x, 2.0) * 10);", 15);
    computes("angle a = 3 * pi; int result = int(float(a) * 1000);", 3141);
    computes("angle a = -pi / 2; a += pi; int result = int(float(a) * 1000);", 1570);
    computes(
        "int result = int(pow(2.0, 0.5) * 1000) + int(euler * 100) + int(tau * 10);",
        1414 + 271 + 62,
    );
}

#[test]
fn bits_are_sliced_joined_shifted_and_counted() {
    assert_eq!(bits("qubit q; bit[4] c = \"0011\"; c[2:3] = c[0:1]; c[0] = 0;"), "1110");
    assert_eq!(bits("qubit q; bit[4] c = \"0011\"; c = ~c; c = c ^ \"1000\";"), "0100");
    assert_eq!(bits("qubit q; bit[4] c = \"0011\"; c = c << 2;"), "1100");
    assert_eq!(bits("qubit q; bit[4] c = \"1000\"; c >>= 3;"), "0001");
    assert_eq!(bits("qubit q; bit[4] c = \"1000\"; c = rotl(c, 2);"), "0010");
    assert_eq!(
        bits("qubit q; bit[2] a = \"01\"; bit[2] b = \"11\"; bit[4] c = a ++ b;"),
        "1101 11 01"
    );
    assert_eq!(bits("qubit q; bit[4] c = \"0011\"; c[-1] = c[0]; c[{0, 2}] = \"10\";"), "1110");
    assert_eq!(bits("qubit q; bit[4] c; c = 6;"), "0110");
    assert_eq!(
        bits(
            "qubit q; bit[3] c = \"011\"; c = {REV};"
                .replace("{REV}", "c[2] ++ c[1] ++ c[0]")
                .as_str()
        ),
        "110"
    );
    computes("bit[5] b = \"10110\"; int result = popcount(b) * 100 + int(b);", 322);
    computes("int a = 5; int result = int(a[0]) + 2 * int(a[1]) + 4 * int(a[2:2] == 1);", 5);
    computes(
        "bit[6] b = \"110010\"; int k = 4; b[k] = 0; b[k - 4] = 1; int result = int(b) * 2 + int(b[k + 1]);",
        71,
    );
}

#[test]
fn qubits_are_chosen_at_run_time() {
    assert_eq!(
        bits("qubit[4] q; bit[4] c; int i = 2; x q[i]; i += 1; cx q[i - 1], q[i]; c = measure q;"),
        "1100"
    );
    assert_eq!(
        bits(
            "qubit[5] q; bit[5] c; for int i in [0:999] { x q[i % 5]; if (i == 3) break; } c = measure q;"
        ),
        "01111"
    );
    let a = state(&format!(
        "{HEAD}qubit[2] q; float t = 0.25; int k = 1; rx(2 * t) q[k]; U(t, t, -t) q[0]; ctrl @ rx(t) q[0], q[k]; cu(t, t, t, t) q[0], q[1]; inv @ p(t) q[1]; crz(t) q[0], q[1];"
    ));
    let b = state(&format!(
        "{HEAD}qubit[2] q; rx(0.5) q[1]; U(0.25, 0.25, -0.25) q[0]; crx(0.25) q[0], q[1]; cu(0.25, 0.25, 0.25, 0.25) q[0], q[1]; p(-0.25) q[1]; crz(0.25) q[0], q[1];"
    ));
    same(&a, &b, "run-time angles");
}

#[test]
fn aliases_and_slices_name_qubits() {
    assert_eq!(
        bits(
            "qubit[5] q; bit[5] c; let a = q[1:3]; let b = q[{0, 4}]; x a[0]; x b; c = measure q;"
        ),
        "10011"
    );
    assert_eq!(
        bits(
            "qubit[2] q; qubit[2] r; let all = q ++ r; bit[4] c; x all[3]; x all[-4]; c = measure all;"
        ),
        "1001"
    );
    assert_eq!(bits("qubit[5] q; bit[5] c; x q[0:2:4]; c = measure q;"), "10101");
    assert_eq!(bits("qubit[4] q; bit[2] c; x q[3]; cx q[2:3], q[0:1]; c = measure q[0:1];"), "10");
    assert_eq!(bits("bit[2] c; x $1; c[0] = measure $0; c[1] = measure $1;"), "10");
}

#[test]
fn subroutines_are_compiled_in_place() {
    assert_eq!(
        bits(
            "def flip(qubit a, bool on) { if (on) { x a; } } qubit[2] q; bit[2] c; flip(q[0], false); flip(q[1], true); c = measure q;"
        ),
        "10"
    );
    assert_eq!(
        bits(
            "def parity(qubit[3] r) -> bit { bit[3] m; m = measure r; return m[0] ^ m[1] ^ m[2]; } qubit[3] q; x q[0]; bit p = parity(q); x q[1]; bit s = parity(q);"
        ),
        "0 1"
    );
    computes(
        "def sum(int n) -> int { int s = 0; for int i in [1:n] { s += i; } return s; } int k = 4; int result = sum(k) + sum(3);",
        16,
    );
    computes(
        "def first(int n) -> int { for int i in [2:n] { if (n % i == 0) return i; } return n; } int k = 35; int result = first(k) * 100 + first(7);",
        507,
    );
    assert_eq!(
        bits(
            "const int w = 2; def all(qubit[w] r) { for int i in [0:w - 1] { x r[i]; } } qubit[4] q; bit[4] c; all(q[1:2]); c = measure q;"
        ),
        "0110"
    );
}

#[test]
fn switch_takes_one_case() {
    for (value, expected) in [(0, 10), (1, 20), (2, 20), (3, 30), (9, 40)] {
        computes(
            &format!(
                "int k = {value}; int result = 0; switch (k) {{ case 0 {{ result = 10; }} case 1, 2 {{ result = 20; }} case 3 {{ result = 30; }} default {{ result = 40; }} }}"
            ),
            expected,
        );
    }
}

#[test]
fn a_program_ends_where_it_says() {
    assert_eq!(bits("qubit q; bit c; x q; c = measure q; if (c) { end; } c = 0;"), "1");
}

#[test]
fn delays_barriers_and_resets() {
    assert_eq!(
        bits(
            "qubit[2] q; bit[2] c; duration d = 10ns * 3 + 1us; x q; delay[d] q; barrier q[0], q[1]; barrier; reset q[0]; delay[2.5 us] q[1]; c = measure q;"
        ),
        "10"
    );
}

#[test]
fn only_declared_outputs_are_shown_if_there_are_any() {
    assert_eq!(
        bits(
            "output bit[2] o; bit[2] hidden; qubit q; x q; hidden[0] = measure q; o[1] = hidden[0];"
        ),
        "10"
    );
}

#[test]
fn locals_of_a_block_begin_anew_each_turn() {
    computes(
        "int result = 0; for int i in [0:999] { int k; k += 1; result += k; if (i == 4) break; }",
        5,
    );
    assert_eq!(
        bits(
            "qubit q; bit[2] c; int n = 3; for int i in [1:n] { bit b; if (b) { c[1] = 1; } b = 1; c[0] = b; }"
        ),
        "01"
    );
}

#[test]
fn both_sides_of_a_lazy_operator_run_only_if_needed() {
    computes("int zero = 0; int result = 1; if (zero != 0 && 10 / zero > 1) { result = 2; }", 1);
    computes("int zero = 0; int result = 1; if (zero == 0 || 10 / zero > 1) { result = 2; }", 2);
}

#[test]
fn mid_circuit_measurement_feeds_forward() {
    let code = format!(
        "{HEAD}qubit[3] q; bit[2] m; bit out; ry(1.2) q[0]; h q[1]; cx q[1], q[2]; cx q[0], q[1]; h q[0]; \
         m[0] = measure q[0]; m[1] = measure q[1]; if (m[1]) x q[2]; if (m[0]) z q[2]; ry(-1.2) q[2]; out = measure q[2];"
    );
    let (outcomes, _) = run(&super::compiled(&code), 200);
    assert!(outcomes.iter().all(|bits| bits.starts_with("0 ")), "{outcomes:?}");
    let seen: std::collections::BTreeSet<_> = outcomes.iter().collect();
    assert_eq!(seen.len(), 4);
}
