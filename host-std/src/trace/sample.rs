//! Traces for tests: programs on stacks with a tap at every joint below the runtime.

use core::cell::RefCell;
use core::ops::Range;
use std::sync::{Arc, Mutex};

use pandia_core::backend::{Lowering, Stack};
use pandia_core::emulator::Emulator;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::part::{Config, Setting};
use pandia_core::program::Memory;
use pandia_core::trace::{At, Event, Header, Recorder, Sequence, Tap};

use super::about::{About, AboutPart};
use super::shot::ShotTrace;
use crate::runner::ProgramFile;
use crate::stack::{
    BoxedBackend, Factory, OwnedSetting, PartUse, Placed, Registry, StackPlan, StackSpec,
};

/// What taps see.
#[derive(Clone, Debug, Default)]
struct Collector(Arc<Mutex<(Sequence, Vec<ShotTrace>)>>);

impl Recorder for Collector {
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>) {
        let mut seen = self.0.lock().unwrap();
        let (sequence, shots) = &mut *seen;
        for event in events {
            let record = sequence.number(at, event);
            if shots.last().is_none_or(|shot| !shot.takes(&record)) {
                shots.push(ShotTrace::new());
            }
            shots.last_mut().unwrap().push(&record);
        }
    }
}

/// A trace, and the bits that the program gave.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) about: About,
    pub(super) shots: Vec<ShotTrace>,
    pub(super) bits: Vec<Vec<u8>>,
}

fn with_config<T>(
    placed: &Placed,
    qubits: u32,
    results: u32,
    then: impl FnOnce(&Config<'_>) -> T,
) -> T {
    let settings: Vec<OwnedSetting> =
        placed.parameters().into_iter().map(|(key, value)| OwnedSetting::new(key, value)).collect();
    let views: Vec<Setting<'_>> = settings.iter().map(OwnedSetting::view).collect();
    let mut config = Config::new(qubits, placed.stream()).with(&views);
    config.result_count = results;
    then(&config)
}

/// A part by its description, as who traces a run describes it.
fn about_part(placed: &Placed) -> AboutPart {
    AboutPart {
        part: placed.part().spec.id.to_owned(),
        kind: placed.part().factory.role().to_owned(),
        #[expect(clippy::cast_possible_truncation, reason = "the low half names the layer")]
        issuer: Some(placed.stream().0 as u32),
        ..AboutPart::default()
    }
}

/// Runs OpenQASM on a stack described as on the command line: runtime, error models top-down,
/// simulator. The seed is 7.
pub(super) fn run(source: &str, parts: &[&str], shots: Range<u64>) -> Sample {
    let [runtime, noise @ .., simulator] = parts else { panic!("no stack") };
    let parse = |text: &&str| PartUse::parse(text).unwrap();
    let mut spec = StackSpec::new().with_runtime(parse(runtime)).with_simulator(parse(simulator));
    for text in noise {
        spec = spec.with_noise(parse(text));
    }
    let plan = StackPlan::new(&Registry::new(), &spec).unwrap();
    let file = ProgramFile::from_source("sample.qasm", source).unwrap();
    let program = file.program().unwrap();
    let (qubits, results) = (program.qubit_count().max(1), program.bit_count());

    let collector = Collector::default();
    let placed: Vec<&Placed> = plan.parts().collect();
    let mut joint = u8::try_from(placed.len()).unwrap();
    let mut stack: BoxedBackend = match &placed.last().unwrap().part().factory {
        Factory::Simulator(factory) => {
            with_config(placed.last().unwrap(), qubits, results, |c| factory.build(c).unwrap())
        }
        _ => panic!("not a simulator"),
    };
    stack = Box::new(Tap::new(stack, joint, collector.clone()));
    for layer in placed[1..placed.len() - 1].iter().rev() {
        joint -= 1;
        let Factory::Layer(factory) = &layer.part().factory else { panic!("not a layer") };
        stack = with_config(layer, qubits, results, |c| factory.build(c, stack).unwrap());
        stack = Box::new(Tap::new(stack, joint, collector.clone()));
    }
    stack = Box::new(Tap::new(Stack::new(Lowering::new(), stack), 1, collector.clone()));
    let Factory::Runtime(factory) = &placed[0].part().factory else { panic!("not a runtime") };
    let runtime = with_config(placed[0], qubits, results, |c| factory.build(c, stack).unwrap());

    let mut bits = vec![0; program.bit_count() as usize];
    let mut ints = vec![0; program.int_count() as usize];
    let mut reals = vec![0.0; program.real_count() as usize];
    let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
    let mut emulator = Emulator::new(&program, memory, runtime, Seed(7)).unwrap();
    let bits =
        { shots.clone() }.map(|shot| emulator.run_shot(ShotId(shot)).unwrap().to_vec()).collect();

    let mut parts: Vec<AboutPart> = placed.iter().map(|placed| about_part(placed)).collect();
    let lowering = AboutPart {
        part: "pandia.lowering".to_owned(),
        kind: "lowering".to_owned(),
        ..AboutPart::default()
    };
    parts.insert(1, lowering);
    let about = About {
        program: "sample.qasm".to_owned(),
        qubits,
        seed: 7,
        first_shot: shots.start,
        shots_asked: shots.end - shots.start,
        joints: u8::try_from(parts.len()).unwrap(),
        parts,
        board: None,
    };
    Sample { about, shots: core::mem::take(&mut collector.0.lock().unwrap().1), bits }
}

impl Sample {
    /// The trace in this format, as bytes.
    pub(super) fn written(&self, format: &str) -> std::io::Result<Vec<u8>> {
        let out = Shared::default();
        let format = super::format::by_name(format).unwrap();
        let mut writer = (format.make)(Box::new(out.clone()), &Header::default(), &self.about)?;
        for record in self.shots.iter().flat_map(ShotTrace::records) {
            writer.record(&record)?;
        }
        writer.finish()?;
        Ok(out.0.take())
    }
}

/// Bytes that can be had back from who owns the writer.
#[derive(Clone, Default)]
struct Shared(std::rc::Rc<RefCell<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
