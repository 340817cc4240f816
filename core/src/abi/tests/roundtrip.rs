use crate::abi::{Instance, NoGuard, PanicGuard, PanicText, TableBackend};
use crate::backend::{Backend, GateDef, GateSet, Stack, StateQuery, UserMatrix, Verdict};
use crate::error::{Class, Result};
use crate::ids::{Seed, ShotId, StreamId};
use crate::noise::DepolarizingPart;
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{OpSink, Outcome, Outcomes};
use crate::part::{Config, LayerPart, Setting, SimulatorPart, Value};
use crate::sim::StateVectorPart;
use std::string::{String, ToString};
use std::vec::Vec;

fn simulator() -> impl Backend {
    let config = Config::new(3, StreamId(1));
    let cells = StateVectorPart::<f64>::cells(&config).unwrap();
    StateVectorPart::<f64>::build(&config, std::vec![StateVectorPart::<f64>::EMPTY; cells]).unwrap()
}

fn noisy<B: Backend>(child: B, ordinal: u64) -> impl Backend {
    let settings = [Setting { key: "p_1q", value: Value::Real(0.3) }];
    let config = Config::new(3, StreamId(100 + ordinal)).with(&settings);
    let cells = DepolarizingPart::cells(&config).unwrap();
    let layer =
        DepolarizingPart::build(&config, std::vec![DepolarizingPart::EMPTY; cells]).unwrap();
    Stack::new(layer, child)
}

/// Miri takes a thousand times as long.
const SHOTS: u64 = if cfg!(miri) { 2 } else { 20 };

/// Everything observable of some shots.
fn observe(backend: &mut dyn Backend) -> (Vec<Outcome>, Vec<u64>, Vec<String>) {
    let mut ops = OpVec::new();
    for qubit in 0..3 {
        ops.gate(slot::RX, &[qubit], &[0.7]).unwrap();
    }
    ops.gate(slot::CX, &[0, 2], &[]).unwrap();
    ops.measure(2, 7).unwrap();
    ops.measure_leaked(1, 8).unwrap();
    let mut bad = OpVec::new();
    bad.gate(slot::H, &[0], &[]).unwrap();
    bad.gate(slot::CX, &[0, 9], &[]).unwrap();
    let (mut seen, mut digests, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for shot in 0..SHOTS {
        backend.shot_begin(ShotId(shot), Seed(5)).unwrap();
        let mut memory = [Outcome::default(); 4];
        let mut outcomes = Outcomes::new(&mut memory);
        backend.apply(&ops.batch(), &mut outcomes).unwrap();
        backend.apply(&ops.batch(), &mut outcomes).unwrap();
        seen.extend_from_slice(outcomes.as_slice());
        digests.push(backend.state_digest().unwrap());
        let mut p = [0.0; 4];
        backend.state(StateQuery::Probabilities(&[0, 2]), &mut p).unwrap();
        digests.extend(p.map(f64::to_bits));
        errors.push(backend.apply(&bad.batch(), &mut outcomes).unwrap_err().to_string());
        backend.shot_end().unwrap();
        errors.push(backend.shot_end().unwrap_err().to_string());
    }
    for index in 0.. {
        let Some(metric) = backend.metric(index) else { break };
        errors.push(std::format!("{metric:?}"));
    }
    errors.push(std::format!("{} {:?}", backend.id(), backend.info()));
    (seen, digests, errors)
}

#[test]
fn a_part_through_its_table_is_the_same_part() {
    let direct = observe(&mut simulator());
    let mut instance = Instance::<_, NoGuard>::new(simulator());
    let mut table = TableBackend::lent(instance.pair()).unwrap();
    assert_eq!(direct, observe(&mut table));
    assert!(direct.2[0].starts_with("pandia.state_vector: operation 1: qubit 9"), "{direct:?}");
}

#[test]
fn six_crossings_of_the_border_change_nothing() {
    let direct = observe(&mut noisy(noisy(simulator(), 0), 1));
    let mut bottom = Instance::<_, NoGuard>::new(simulator());
    let table = TableBackend::lent(bottom.pair()).unwrap();
    let mut again = Instance::<_, NoGuard>::new(table);
    let table = TableBackend::lent(again.pair()).unwrap();
    let mut first = Instance::<_, NoGuard>::new(noisy(table, 0));
    let table = TableBackend::lent(first.pair()).unwrap();
    let mut second = Instance::<_, NoGuard>::new(noisy(table, 1));
    let mut top = TableBackend::lent(second.pair()).unwrap();
    assert_eq!(direct, observe(&mut top));
}

fn root_of_x(params: &[f64], re_im: &mut [f64]) -> Result<()> {
    re_im.copy_from_slice(&[0.5, 0.5, 0.5, -params[0], 0.5, -params[0], 0.5, 0.5]);
    Ok(())
}

#[test]
fn a_gate_that_nobody_has_heard_of_crosses_with_its_matrix() {
    let gate = |slot: u16| GateDef {
        slot,
        id: "test.root/1",
        qubit_count: 1,
        param_count: 1,
        matrix: Some(UserMatrix::new(root_of_x)),
    };
    let gates: Vec<_> = (0..20).map(|index| gate(1024 + index)).collect();
    let mut ops = OpVec::new();
    ops.gate(1043, &[0], &[0.5]).unwrap();
    ops.gate(1043, &[0], &[0.5]).unwrap();
    ops.measure(0, 0).unwrap();
    let mut inner = Instance::<_, NoGuard>::new(simulator());
    let table = TableBackend::lent(inner.pair()).unwrap();
    let mut outer = Instance::<_, NoGuard>::new(table);
    let mut backend = TableBackend::lent(outer.pair()).unwrap();
    let mut verdicts = [Verdict::Reject; 20];
    backend.negotiate(&GateSet { gates: &gates }, &mut verdicts).unwrap();
    assert_eq!(verdicts, [Verdict::Matrix; 20]);
    assert!(backend.negotiate(&GateSet { gates: &gates }, &mut verdicts[1..]).is_err());
    backend.shot_begin(ShotId(0), Seed(0)).unwrap();
    let mut memory = [Outcome::default(); 1];
    let mut outcomes = Outcomes::new(&mut memory);
    backend.apply(&ops.batch(), &mut outcomes).unwrap();
    assert_eq!(outcomes.as_slice()[0].value, 1);
}

/// As the guard of std, which host-ffi has.
struct Catch;
impl PanicGuard for Catch {
    fn run<R>(call: impl FnOnce() -> R) -> core::result::Result<R, PanicText> {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(call))
            .map_err(|_| PanicText::try_from("boom").unwrap())
    }
}

#[derive(Debug)]
struct Panics<B>(B);
impl<B: Backend> Backend for Panics<B> {
    fn id(&self) -> &str {
        "test.panics"
    }
    fn info(&self) -> crate::backend::Info {
        self.0.info()
    }
    fn negotiate(&mut self, _: &GateSet<'_>, _: &mut [Verdict]) -> Result<()> {
        panic!("boom")
    }
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.0.shot_begin(shot, seed)
    }
    fn apply(&mut self, batch: &crate::op::Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        assert!(batch.op_count() != 1, "boom");
        self.0.apply(batch, outcomes)
    }
    fn shot_end(&mut self) -> Result<()> {
        self.0.shot_end()
    }
    fn metric(&self, _: u32) -> Option<crate::backend::Metric<'_>> {
        panic!("boom")
    }
}

#[test]
fn a_panic_while_somebody_only_looks_costs_the_instance_too() {
    let mut instance = Instance::<_, Catch>::new(Panics(simulator()));
    let pair = instance.pair();
    // SAFETY: two views of one instance, used one after the other.
    let mut second = unsafe { TableBackend::from_raw(pair.raw(), false) }.unwrap();
    let mut backend = TableBackend::lent(pair).unwrap();
    assert!(backend.metric(0).is_none());
    let error = backend.shot_begin(ShotId(0), Seed(0)).unwrap_err();
    assert!(error.to_string().contains("has lost this instance"), "{error}");
    let error = second.shot_begin(ShotId(0), Seed(0)).unwrap_err();
    assert!(error.to_string().contains("an earlier call panicked"), "{error}");
    assert_eq!(error.class(), Class::InstanceLost);
}

#[test]
fn a_panic_is_an_error_and_the_instance_is_never_called_again() {
    let mut instance = Instance::<_, Catch>::new(Panics(simulator()));
    let pair = instance.pair();
    // SAFETY: two views of one instance, of which the first is not used after the second began.
    let mut second = unsafe { TableBackend::from_raw(pair.raw(), false) }.unwrap();
    let mut backend = TableBackend::lent(pair).unwrap();
    backend.shot_begin(ShotId(0), Seed(0)).unwrap();
    let mut ops = OpVec::new();
    ops.reset(0).unwrap();
    let error = backend.apply(&ops.batch(), &mut Outcomes::new(&mut [])).unwrap_err();
    assert_eq!(error.to_string(), "test.panics: panicked: boom");
    assert_eq!(error.class(), Class::InstanceLost);
    assert!(backend.shot_end().unwrap_err().to_string().contains("build the stack anew"));
    // Another caller of the same instance, which has not seen the error, is refused inside.
    let error = second.shot_end().unwrap_err();
    assert_eq!(
        error.to_string(),
        "test.panics: an earlier call panicked: boom; build the stack anew"
    );
    assert_eq!(error.class(), Class::InstanceLost);
}
