//! Stacks: any operations, sound or not, through any simulator under any error models. Nothing
//! panics, outcomes are those asked for, and a lost shot leaves the next one good.

use arbitrary::{Arbitrary, Result, Unstructured};
use pandia_core::backend::{Backend, GateDef, GateSet, Lowering, Stack, Verdict};
use pandia_core::error::Class;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::noise::{CoherentPart, DepolarizingPart, LeakagePart, PauliPart, ReadoutPart};
use pandia_core::op::builder::OpVec;
use pandia_core::op::{OpKind, OpSink, Outcome, Outcomes, Params, Parts, gates};
use pandia_core::part::{Config, LayerPart, Setting, SimulatorPart, Value};
use pandia_core::sim::{DensityMatrixPart, StabilizerPart, StateVectorPart};

const QUBITS: u32 = 3;

pub(crate) type AnyBackend = Box<dyn Backend>;

pub(crate) fn simulator<P: SimulatorPart>() -> AnyBackend
where
    P::Simulator<Vec<P::Cell>>: 'static,
{
    let config = Config::new(QUBITS, StreamId::of(P::SPEC.id, 0));
    let cells = P::cells(&config).expect("a plain configuration");
    Box::new(P::build(&config, vec![P::EMPTY; cells]).expect("a plain configuration"))
}

pub(crate) fn layer<P: LayerPart>(
    child: AnyBackend,
    settings: &[Setting<'_>],
    ordinal: u64,
) -> AnyBackend
where
    P::Layer<Vec<P::Cell>>: 'static,
{
    let config = Config::new(QUBITS, StreamId::of(P::SPEC.id, ordinal)).with(settings);
    let built = P::cells(&config).and_then(|cells| P::build(&config, vec![P::EMPTY; cells]));
    match built {
        Ok(layer) => Box::new(Stack::new(layer, child)),
        Err(_) => child,
    }
}

fn stack(u: &mut Unstructured<'_>) -> Result<AnyBackend> {
    let mut stack = match u.int_in_range(0..=3)? {
        0 => simulator::<StateVectorPart<f64>>(),
        1 => simulator::<StateVectorPart<f32>>(),
        2 => simulator::<DensityMatrixPart>(),
        _ => simulator::<StabilizerPart>(),
    };
    for ordinal in 0..u.int_in_range(0..=3)? {
        let p = |u: &mut Unstructured<'_>| -> Result<Value<'static>> {
            Ok(Value::Real(f64::from(u.int_in_range(0..=8)?) / 8.0))
        };
        let settings = |keys: &[&'static str], u: &mut Unstructured<'_>| {
            keys.iter()
                .map(|&key| Ok(Setting { key, value: p(u)? }))
                .collect::<Result<Vec<Setting<'static>>>>()
        };
        stack = match u.int_in_range(0..=4)? {
            0 => {
                let keys = ["p_1q", "p_2q", "p_meas", "p_init"];
                layer::<DepolarizingPart>(stack, &settings(&keys, u)?, ordinal)
            }
            1 => layer::<PauliPart>(stack, &settings(&["px", "xx", "zi"], u)?, ordinal),
            2 => {
                let keys = ["p_leak_1q", "p_leak_2q", "p_spread", "p_seep"];
                layer::<LeakagePart>(stack, &settings(&keys, u)?, ordinal)
            }
            3 => {
                let keys = ["p_1_given_0", "p_0_given_1"];
                layer::<ReadoutPart>(stack, &settings(&keys, u)?, ordinal)
            }
            _ => layer::<CoherentPart>(stack, &[], ordinal),
        };
    }
    if bool::arbitrary(u)? {
        stack = Box::new(Stack::new(Lowering::new(), stack));
    }
    Ok(stack)
}

fn operations(u: &mut Unstructured<'_>) -> Result<OpVec> {
    let mut ops = OpVec::new();
    for _ in 0..u.int_in_range(0..=12)? {
        let kind = *u.choose(&OpKind::ALL)?;
        let gate =
            if bool::arbitrary(u)? { u.choose(gates::LIST)?.slot } else { u.int_in_range(0..=40)? };
        let fits =
            gates::by_slot(gate).filter(|_| kind == OpKind::Gate && !u.len().is_multiple_of(8));
        let qubit_count = match fits {
            Some(gate) => usize::from(gate.qubit_count),
            None => u.int_in_range(0..=4)?,
        };
        let start = u.int_in_range(0..=3)?;
        let qubits: Vec<u32> = (0..qubit_count as u32).map(|k| (start + k) % 4).collect();
        let param_count = fits.map_or(u.int_in_range(0..=3)?, |gate| gate.params.len());
        let mut params = Vec::new();
        for _ in 0..param_count {
            params.push(match u.int_in_range(0..=3)? {
                0 => u64::arbitrary(u)? % 3,
                1 => f64::arbitrary(u)?.to_bits(),
                _ => (f64::from(u.int_in_range(-8..=8)?) * core::f64::consts::FRAC_PI_4).to_bits(),
            });
        }
        let flags = u.int_in_range(0..=3)?;
        let params = Params::Words(&params);
        let _ = ops.push(Parts { kind, flags, gate, qubits: &qubits, params });
    }
    Ok(ops)
}

fn run_all(u: &mut Unstructured<'_>) -> Result<()> {
    let mut stack = stack(u)?;
    for gate in gates::LIST {
        let def = GateDef::built_in(gate.slot).expect("it is in the list");
        let _ = stack.negotiate(&GateSet { gates: &[def] }, &mut [Verdict::Reject]);
    }
    for shot in 0..3 {
        stack.shot_begin(ShotId(shot), Seed(1)).expect("the shot before was ended");
        for _ in 0..u.int_in_range(1..=3)? {
            let ops = operations(u)?;
            // What a buffer takes need not be well formed: the check decides.
            let Ok(batch) = pandia_core::op::Batch::new(ops.words()) else { continue };
            let mut room = vec![Outcome::default(); batch.result_count() as usize];
            let mut outcomes = Outcomes::new(&mut room);
            match stack.apply(&batch, &mut outcomes) {
                Ok(()) => {
                    assert_eq!(outcomes.len(), batch.result_count() as usize);
                    let asked = batch.ops().iter().zip(0..).filter(|o| o.0.kind().bears_result());
                    for (outcome, (op, index)) in outcomes.as_slice().iter().zip(asked) {
                        assert_eq!((outcome.id, outcome.op_index), (op.result_id(), index));
                        assert!(outcome.value <= 2);
                    }
                }
                Err(e) if e.class() == Class::Refused => {
                    assert!(e.op_index().is_none_or(|index| index < batch.op_count()), "{e}");
                }
                Err(e) => {
                    assert_eq!(e.class(), Class::ShotLost, "{e}");
                    break;
                }
            }
        }
        stack.shot_end().expect("the shot was begun");
    }
    Ok(())
}

/// One input.
pub fn run(data: &[u8]) {
    let _ = run_all(&mut Unstructured::new(data));
}
