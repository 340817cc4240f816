//! A simulator in Rust as a library: a state vector of up to 12 qubits, in which every gate is its
//! matrix. The same as `c/simulator.c`, with the matrices of core's own list of gates.

use pandia_core::backend::{
    Backend, Caps, GateDef, GateSet, Info, Threading, UserMatrix, Verdict, unitary_from_re_im,
};
use pandia_core::error::{Error, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::check::check_operands;
use pandia_core::op::gates::{FIRST_USER_SLOT, Gate, MATRIX_MAX, Traits, by_slot};
use pandia_core::op::record::OpKinds;
use pandia_core::op::{Batch, Op, OpKind, Outcome, Outcomes};
use pandia_core::part::{Config, PartKind, PartSpec, SimulatorPart, Storage};
use pandia_core::real::Complex;
use pandia_core::rng::Stream;
use pandia_ffi::CatchUnwind;

const ID: &str = "example.rust.simulator";
const QUBITS_MAX: u32 = 12;
const USER_GATES_MAX: usize = 16;
/// The numbers of a matrix on two qubits, re and im in turn.
const NUMBERS_MAX: usize = 32;
const KINDS: OpKinds = OpKind::Gate.bit()
    | OpKind::Measure.bit()
    | OpKind::Reset.bit()
    | OpKind::Idle.bit()
    | OpKind::Barrier.bit();

type Amp = Complex<f64>;

/// A gate of the program's own, which brought its matrix.
#[derive(Clone, Copy)]
struct UserGate {
    slot: u16,
    qubit_count: u8,
    param_count: u8,
    matrix: UserMatrix,
}

/// A gate that is known here.
#[derive(Clone, Copy)]
enum Known {
    BuiltIn(&'static Gate),
    User(UserGate),
}

pub(crate) struct Simulator<S> {
    qubit_count: u32,
    in_shot: bool,
    stream_id: StreamId,
    stream: Stream,
    user_gates: [Option<UserGate>; USER_GATES_MAX],
    amps: S,
}

fn built_in(slot: u16) -> Option<&'static Gate> {
    by_slot(slot).filter(|gate| gate.qubit_count <= 2)
}

/// The matrix of an operation whose counts were checked; fails if it is not unitary.
fn matrix(gate: Known, op: Op<'_>) -> Result<[Amp; MATRIX_MAX]> {
    let mut params = [0.0; NUMBERS_MAX];
    for (index, param) in params.iter_mut().enumerate() {
        *param = op.param_f64(index);
    }
    let params = &params[..op.param_count().min(NUMBERS_MAX)];
    let mut out = [Amp::ZERO; MATRIX_MAX];
    match gate {
        Known::BuiltIn(gate) => gate.unitary(params, &mut out)?,
        Known::User(gate) => {
            let mut re_im = [0.0; NUMBERS_MAX];
            let re_im = &mut re_im[..2 << (2 * gate.qubit_count)];
            gate.matrix.evaluate(params, re_im)?;
            unitary_from_re_im(gate.qubit_count, re_im, &mut out)?;
        }
    }
    Ok(out)
}

impl<S: Storage<Amp>> Simulator<S> {
    fn known(&self, slot: u16) -> Option<Known> {
        let user = self.user_gates.iter().flatten().find(|gate| gate.slot == slot);
        user.map(|&gate| Known::User(gate)).or_else(|| built_in(slot).map(Known::BuiltIn))
    }

    /// Whether the operation is of a kind, or a gate, that is not known here but may be skipped.
    fn is_skipped(&self, op: Op<'_>) -> bool {
        let is_known = match op.kind() {
            OpKind::Gate => self.known(op.gate()).is_some(),
            kind => KINDS & kind.bit() != 0,
        };
        op.is_hint() && !op.kind().bears_result() && !is_known
    }

    fn check(&self, op: Op<'_>) -> Result<()> {
        if self.is_skipped(op) {
            return Ok(());
        }
        if KINDS & op.kind().bit() == 0 {
            let unsupported = "an operation that is not known here, and no hint";
            return Err(ErrorKind::Unsupported(unsupported).into());
        }
        if op.kind() != OpKind::Gate {
            return check_operands(op, self.qubit_count);
        }
        let slot = op.gate();
        let gate =
            self.known(slot).ok_or(ErrorKind::GateRefused { gate: "not known here", slot })?;
        let (qubits, params, is_dense) = match gate {
            Known::BuiltIn(gate) => {
                (gate.qubit_count, gate.params.len(), gate.traits.has(Traits::MATRIX))
            }
            Known::User(gate) => (gate.qubit_count, usize::from(gate.param_count), true),
        };
        if op.qubit_count() != usize::from(qubits) || op.param_count() != params {
            let wrong = "the gate takes other numbers of qubits or parameters";
            return Err(ErrorKind::Argument(wrong).into());
        }
        check_operands(op, self.qubit_count)?;
        if is_dense { matrix(gate, op).map(drop) } else { Ok(()) }
    }

    fn apply_matrix(&mut self, op: Op<'_>, matrix: &[Amp; MATRIX_MAX]) {
        let (count, size) = (op.qubit_count(), 1_usize << op.qubit_count());
        let bits = [1_usize << op.qubit(0), if count == 2 { 1 << op.qubit(1) } else { 0 }];
        let amps = self.amps.as_mut();
        for base in (0..1_usize << self.qubit_count).filter(|k| k & (bits[0] | bits[1]) == 0) {
            let at = |row: usize| {
                let high = if row & 2 == 0 { 0 } else { bits[1] };
                base | high | if row & 1 == 0 { 0 } else { bits[0] }
            };
            let before: [Amp; 4] =
                core::array::from_fn(|row| if row < size { amps[at(row)] } else { Amp::ZERO });
            for row in 0..size {
                let mut sum = Amp::ZERO;
                for (a, b) in matrix[row * size..].iter().zip(&before[..size]) {
                    sum.re += a.re * b.re - a.im * b.im;
                    sum.im += a.re * b.im + a.im * b.re;
                }
                amps[at(row)] = sum;
            }
        }
    }

    fn measure(&mut self, qubit: u32) -> bool {
        let amps = &mut self.amps.as_mut()[..1 << self.qubit_count];
        let is_one = |index: usize| index >> qubit & 1 == 1;
        let (mut zero, mut one) = (0.0, 0.0);
        for (index, amp) in amps.iter().enumerate() {
            if is_one(index) { one += amp.norm_sqr() } else { zero += amp.norm_sqr() }
        }
        // Against the sum, so that rounding never makes a certain outcome uncertain.
        let value = self.stream.unit_f64() * (zero + one) < one;
        let scale = 1.0 / (if value { one } else { zero }).sqrt();
        for (index, amp) in amps.iter_mut().enumerate() {
            *amp = amp.scale(if is_one(index) == value { scale } else { 0.0 });
        }
        value
    }

    fn flip(&mut self, qubit: u32) {
        let bit = 1 << qubit;
        let amps = self.amps.as_mut();
        for index in (0..1_usize << self.qubit_count).filter(|index| index & bit == 0) {
            amps.swap(index, index | bit);
        }
    }

    fn carry_out(&mut self, op: Op<'_>, index: u32, outcomes: &mut Outcomes<'_>) -> Result<()> {
        match op.kind() {
            OpKind::Gate => {
                let Some(gate) = self.known(op.gate()) else { return Ok(()) };
                let matrix = matrix(gate, op)?;
                self.apply_matrix(op, &matrix);
            }
            OpKind::Measure => {
                let value = u64::from(self.measure(op.qubit(0)));
                let (id, kind) = (op.result_id(), OpKind::Measure as u8);
                outcomes.push(Outcome {
                    id,
                    value,
                    kind,
                    op_index: index,
                    ..Outcome::default()
                })?;
            }
            OpKind::Reset => {
                let was_one = self.measure(op.qubit(0));
                if was_one {
                    self.flip(op.qubit(0));
                }
            }
            _ => {} // Idling and barriers do nothing to a state without noise.
        }
        Ok(())
    }

    fn announce(&mut self, gate: &GateDef<'_>) -> Result<Verdict> {
        if gate.slot < FIRST_USER_SLOT {
            let is_known = built_in(gate.slot).is_some_and(|built_in| built_in.id == gate.id);
            return Ok(if is_known { Verdict::Native } else { Verdict::Reject });
        }
        let fits =
            (1..=2).contains(&gate.qubit_count) && usize::from(gate.param_count) <= NUMBERS_MAX;
        let (Some(matrix), true) = (gate.matrix, fits) else { return Ok(Verdict::Reject) };
        let (slot, qubit_count, param_count) = (gate.slot, gate.qubit_count, gate.param_count);
        let is_its = |place: &&mut Option<UserGate>| place.is_none_or(|gate| gate.slot == slot);
        let Some(place) = self.user_gates.iter_mut().find(is_its) else {
            let (what, available) = ("gates of the program's own", USER_GATES_MAX as u64);
            return Err(ErrorKind::Capacity { what, needed: available + 1, available }.into());
        };
        *place = Some(UserGate { slot, qubit_count, param_count, matrix });
        Ok(Verdict::Matrix)
    }

    fn check_life(&self, in_shot: bool) -> Result<()> {
        let wrong = match (self.in_shot, in_shot) {
            (true, false) => "a shot is running; end it first",
            (false, true) => "no shot is running; begin one first",
            _ => return Ok(()),
        };
        Err(Error::from(ErrorKind::State(wrong)).in_layer(ID))
    }
}

impl<S: Storage<Amp>> Backend for Simulator<S> {
    fn id(&self) -> &str {
        ID
    }

    fn info(&self) -> Info {
        Info {
            qubit_count: self.qubit_count,
            op_kinds: KINDS,
            caps: Caps::NONE,
            threading: Threading::Sendable,
        }
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.check_life(false)?;
        if gates.gates.len() != verdicts.len() {
            let wrong = ErrorKind::Argument("one verdict per gate is needed");
            return Err(Error::from(wrong).in_layer(ID));
        }
        let before = self.user_gates;
        for (gate, verdict) in gates.gates.iter().zip(verdicts) {
            *verdict = self.announce(gate).map_err(|error| {
                self.user_gates = before; // Refused: nothing has changed.
                error.in_layer(ID)
            })?;
        }
        Ok(())
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.check_life(false)?;
        self.in_shot = true;
        self.stream = Stream::of(seed, shot, self.stream_id);
        self.amps.as_mut().fill(Amp::ZERO);
        self.amps.as_mut()[0] = Amp::new(1.0, 0.0);
        Ok(())
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.check_life(true)?;
        outcomes.reserve(batch.result_count()).map_err(|error| error.in_layer(ID))?;
        // Who refuses has changed nothing: first all checks, then all work.
        for (index, op) in (0..).zip(batch.ops()) {
            self.check(op).map_err(|error| error.at_op(index).in_layer(ID))?;
        }
        for (index, op) in (0..).zip(batch.ops()) {
            let done = self.carry_out(op, index, outcomes);
            done.map_err(|_| ErrorKind::Broken("a matrix function changed its mind"))
                .map_err(|kind| Error::from(kind).at_op(index).in_layer(ID))?;
        }
        Ok(())
    }

    fn shot_end(&mut self) -> Result<()> {
        self.check_life(true)?;
        self.in_shot = false;
        Ok(())
    }
}

pub(crate) struct SimulatorExample;

impl SimulatorPart for SimulatorExample {
    const SPEC: PartSpec = PartSpec {
        id: ID,
        kind: PartKind::Simulator,
        version: "1.0.0",
        summary: "A state vector of up to 12 qubits, in one file of Rust.",
        params: &[],
    };
    type Cell = Amp;
    const EMPTY: Amp = Amp::ZERO;
    type Simulator<S: Storage<Amp>> = Simulator<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        if (1..=QUBITS_MAX).contains(&config.qubit_count) {
            return Ok(1 << config.qubit_count);
        }
        let (what, available) = ("qubits", u64::from(QUBITS_MAX));
        let error = ErrorKind::Capacity { what, needed: config.qubit_count.into(), available };
        Err(Error::from(error).in_layer(ID).with_text(format_args!("simulates 1 to 12 qubits")))
    }

    fn build<S: Storage<Amp>>(config: &Config<'_>, storage: S) -> Result<Simulator<S>> {
        let (needed, available) = (Self::cells(config)? as u64, storage.as_ref().len() as u64);
        if available < needed {
            return Err(ErrorKind::Capacity { what: "amplitudes", needed, available }.into());
        }
        Ok(Simulator {
            qubit_count: config.qubit_count,
            in_shot: false,
            stream_id: config.stream,
            stream: Stream::of(Seed(0), ShotId(0), config.stream),
            user_gates: [None; USER_GATES_MAX],
            amps: storage,
        })
    }
}

pandia_core::export_module!(guard = CatchUnwind; simulator SimulatorExample);
