//! Which key of a device file is which parameter of which part.

/// Where a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// `[rates]`: all qubits and pairs.
    Rates,
    /// `[gate.NAME]`.
    Gate,
    /// `[qubit.K]`.
    Qubit,
    /// `[pair.A-B]`.
    Pair,
}

impl Key {
    /// Whether it is about what a gate on a pair does, and so about coupled pairs only. What is measured
    /// together, or disturbed by another one's measurement, need not be coupled.
    pub(super) fn is_of_coupled(&self) -> bool {
        self.section == Section::Pair && self.part != "joint_readout" && self.part != "crosstalk"
    }
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) section: Section,
    /// As it stands in the file.
    pub(super) name: &'static str,
    /// The part, by its short name.
    pub(super) part: &'static str,
    /// The part's parameter; `@` stands for the gate, qubit or pair.
    pub(super) param: &'static str,
}

const fn key(section: Section, name: &'static str, part: &'static str, param: &'static str) -> Key {
    Key { section, name, part, param }
}

/// Every key.
pub(super) static KEYS: &[Key] = &[
    key(Section::Rates, "p_1q", "depolarizing", "p_1q"),
    key(Section::Rates, "p_2q", "depolarizing", "p_2q"),
    key(Section::Rates, "p_init", "depolarizing", "p_init"),
    key(Section::Rates, "p_1_given_0", "readout", "p_1_given_0"),
    key(Section::Rates, "p_0_given_1", "readout", "p_0_given_1"),
    key(Section::Rates, "t1_ns", "idle", "t1_ns"),
    key(Section::Rates, "t2_ns", "idle", "t2_ns"),
    key(Section::Rates, "idle_method", "idle", "method"),
    key(Section::Rates, "idle_rate", "dephasing", "idle_rate"),
    key(Section::Rates, "p_leak_1q", "leakage", "p_leak_1q"),
    key(Section::Rates, "p_leak_2q", "leakage", "p_leak_2q"),
    key(Section::Rates, "p_seep", "leakage", "p_seep"),
    key(Section::Rates, "p_spread", "leakage", "p_spread"),
    key(Section::Rates, "leaked_gate", "leakage", "leaked_gate"),
    key(Section::Rates, "crosstalk_gate", "crosstalk", "p_gate"),
    key(Section::Rates, "crosstalk_measure", "crosstalk", "p_meas"),
    key(Section::Rates, "crosstalk_error", "crosstalk", "error"),
    key(Section::Gate, "p", "depolarizing", "gate.@"),
    key(Section::Gate, "p_leak", "leakage", "gate.@"),
    key(Section::Gate, "p_seep", "leakage", "gate.@.seep"),
    key(Section::Gate, "dephasing_rate", "dephasing", "gate.@"),
    key(Section::Qubit, "p_1q", "depolarizing", "qubit.@"),
    key(Section::Qubit, "p_init", "depolarizing", "p_init.@"),
    key(Section::Qubit, "p_1_given_0", "readout", "p_1_given_0.@"),
    key(Section::Qubit, "p_0_given_1", "readout", "p_0_given_1.@"),
    key(Section::Qubit, "t1_ns", "idle", "t1_ns.@"),
    key(Section::Qubit, "t2_ns", "idle", "t2_ns.@"),
    key(Section::Qubit, "idle_rate", "dephasing", "idle_rate.@"),
    key(Section::Qubit, "p_leak", "leakage", "qubit.@"),
    key(Section::Qubit, "p_seep", "leakage", "qubit.@.seep"),
    key(Section::Pair, "p_2q", "depolarizing", "pair.@"),
    key(Section::Pair, "p_leak", "leakage", "pair.@"),
    key(Section::Pair, "p_seep", "leakage", "pair.@.seep"),
    key(Section::Pair, "crosstalk_gate", "crosstalk", "pair.@"),
    key(Section::Pair, "crosstalk_measure", "crosstalk", "meas.@"),
    key(Section::Pair, "p_01_given_00", "joint_readout", "pair.@.01_given_00"),
    key(Section::Pair, "p_10_given_00", "joint_readout", "pair.@.10_given_00"),
    key(Section::Pair, "p_11_given_00", "joint_readout", "pair.@.11_given_00"),
    key(Section::Pair, "p_00_given_01", "joint_readout", "pair.@.00_given_01"),
    key(Section::Pair, "p_10_given_01", "joint_readout", "pair.@.10_given_01"),
    key(Section::Pair, "p_11_given_01", "joint_readout", "pair.@.11_given_01"),
    key(Section::Pair, "p_00_given_10", "joint_readout", "pair.@.00_given_10"),
    key(Section::Pair, "p_01_given_10", "joint_readout", "pair.@.01_given_10"),
    key(Section::Pair, "p_11_given_10", "joint_readout", "pair.@.11_given_10"),
    key(Section::Pair, "p_00_given_11", "joint_readout", "pair.@.00_given_11"),
    key(Section::Pair, "p_01_given_11", "joint_readout", "pair.@.01_given_11"),
    key(Section::Pair, "p_10_given_11", "joint_readout", "pair.@.10_given_11"),
];

/// The parts in the order of the stack, the first nearest to the program: what the device refuses;
/// what is read, of single qubits and of pairs; gates that do not happen because a qubit has leaked; what gates do to others and to their
/// own qubits; waiting.
pub(super) const PARTS: &[&str] = &[
    "topology",
    "readout",
    "joint_readout",
    "leakage",
    "crosstalk",
    "depolarizing",
    "dephasing",
    "idle",
];

/// Names of durations in the file, and of the runtime's parameters.
pub(super) const DURATIONS: [(&str, &str); 4] = [
    ("gate_1q_ns", "duration_1q_ns"),
    ("gate_2q_ns", "duration_2q_ns"),
    ("measure_ns", "duration_measure_ns"),
    ("reset_ns", "duration_reset_ns"),
];

/// Sections of a device file.
pub(super) const SECTIONS: [&str; 8] =
    ["device", "topology", "durations", "rates", "gate", "qubit", "pair", "drift"];

/// The names of a section's keys.
pub(super) fn names(section: Section) -> impl Iterator<Item = &'static str> {
    KEYS.iter().filter(move |key| key.section == section).map(|key| key.name)
}
