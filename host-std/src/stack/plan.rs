//! A checked stack, from which instances are built.

use core::slice;

use pandia_core::ids::StreamId;
use pandia_core::part::{Config, PartSpec, Setting};
use pandia_core::{Error, ErrorKind, Result as CoreResult};

use super::cancel::{CancelHandle, cancellable};
use super::error::{StackError, is_about_size};
use super::on_board::OnBoard;
use super::part::{BoxedBackend, BoxedRuntime, Factory, Origin, Part, lowered};
use super::registry::{Registry, Role, nearest};
use super::setting::{OwnedSetting, OwnedValue};
use super::spec::{PartUse, StackSpec};
use crate::trace::Capture;

/// How large a stack must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// How many qubits.
    pub qubit_count: u32,
    /// How many result ids: a program's classical bits.
    pub result_count: u32,
}

/// A part at its place in a stack, with checked settings.
#[derive(Clone, Debug)]
pub struct Placed {
    part: Part,
    settings: Vec<OwnedSetting>,
    stream: StreamId,
    place: Option<String>,
}

/// A stack whose parts exist and take their settings. Instances built from it are equal.
#[derive(Clone, Debug)]
pub struct StackPlan {
    runtime: Placed,
    /// Top-down.
    noise: Vec<Placed>,
    simulator: Placed,
    /// What of it is elsewhere.
    board: Option<OnBoard>,
}

impl Placed {
    fn new(registry: &Registry, part_use: &PartUse, role: Role) -> Result<Self, StackError> {
        let part = registry.resolve(part_use, role)?;
        let mut settings = Vec::with_capacity(part_use.settings.len());
        for setting in &part_use.settings {
            settings.push(typed(&part, setting, part_use)?);
        }
        let placed =
            Self { part, settings, stream: StreamId::default(), place: part_use.place.clone() };
        let checked =
            placed.with_config(Shape::default(), |config| config.check(&placed.part.spec));
        checked.map_err(|error| StackError::refused(placed.id(), error, placed.place.as_ref()))?;
        Ok(placed)
    }

    /// The part.
    #[must_use]
    pub const fn part(&self) -> &Part {
        &self.part
    }

    /// The random stream that it draws from.
    #[must_use]
    pub const fn stream(&self) -> StreamId {
        self.stream
    }

    /// Every parameter with the value it has: the one set, or the default. Families have an entry
    /// for each of their keys that is set.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, OwnedValue)> {
        let mut all = Vec::new();
        for param in self.part.spec.params {
            let mut set = self.settings.iter().filter(|setting| param.takes(&setting.key));
            if param.is_family() {
                all.extend(set.map(|setting| (setting.key.clone(), setting.value.clone())));
            } else if let Some(setting) = set.next_back() {
                all.push((setting.key.clone(), setting.value.clone()));
            } else if let Some(default) = param.default {
                all.push((param.name.to_owned(), default.into()));
            }
        }
        all
    }

    fn id(&self) -> &'static str {
        self.part.spec.id
    }

    /// What would lead to this part with these settings in another process.
    fn to_use(&self) -> PartUse {
        let name = match &self.part.origin {
            Origin::BuiltIn => self.id().to_owned(),
            Origin::Library(path) => format!("{}#{}", path.display(), self.id()),
        };
        PartUse { name, settings: self.settings.clone(), place: self.place.clone() }
    }

    pub(crate) fn with_config<T>(&self, shape: Shape, then: impl FnOnce(&Config<'_>) -> T) -> T {
        let settings: Vec<Setting<'_>> = self.settings.iter().map(OwnedSetting::view).collect();
        let mut config = Config::new(shape.qubit_count, self.stream)
            .with(&settings)
            .with_services(crate::dylib::services(self.id()));
        config.result_count = shape.result_count;
        then(&config)
    }

    /// How much memory an instance claims.
    ///
    /// # Errors
    /// [`StackError::Refused`] if the part cannot be that large or refuses its settings.
    pub fn memory_bytes(&self, shape: Shape) -> Result<u64, StackError> {
        self.with_config(shape, |config| self.part.factory.memory_bytes(config))
            .map_err(|error| self.refusal(error, shape))
    }

    fn refusal(&self, error: Error, shape: Shape) -> StackError {
        // A library that does not fit is a matter of its file.
        if let (Origin::Library(path), ErrorKind::Interface(_)) = (&self.part.origin, error.kind())
        {
            let problem = error.to_string();
            return StackError::Library { path: path.clone(), problem, help: None };
        }
        let other = matches!(self.part.factory, Factory::Simulator(_))
            && self.part.spec.short_name() != "stabilizer"
            && is_about_size(&error);
        let help = other.then(|| {
            format!(
                "the program needs {} qubits; use fewer, or --simulator stabilizer if it is \
                 Clifford",
                shape.qubit_count
            )
        });
        let part = self.id().to_owned();
        StackError::Refused { part, error: Box::new(error), place: self.place.clone(), help }
    }
}

/// The setting with its value as the parameter wants it.
fn typed(
    part: &Part,
    setting: &OwnedSetting,
    part_use: &PartUse,
) -> Result<OwnedSetting, StackError> {
    let place = match (setting.line, &part_use.place) {
        (Some(line), Some(place)) => {
            let file = place.rsplit_once(':').map_or(place.as_str(), |(file, _)| file);
            Some(format!("{file}:{line}"))
        }
        _ => part_use.place.clone(),
    };
    let Some(param) = part.spec.param(&setting.key) else {
        let known: Vec<String> = part.spec.params.iter().map(|p| p.name.to_owned()).collect();
        let near = nearest(&setting.key, part.spec.params.iter().map(|p| p.name));
        return Err(StackError::UnknownParameter {
            part: part.spec.short_name().to_owned(),
            key: setting.key.clone(),
            near: near.map(str::to_owned),
            known,
            place,
        });
    };
    let value = match &setting.value {
        OwnedValue::Text(word) => OwnedValue::from_word(word, param),
        OwnedValue::Real(_) | OwnedValue::Whole(_) => setting.value.clone(),
    };
    let typed = OwnedSetting { key: setting.key.clone(), value, line: setting.line };
    // Checked one by one, so that the refusal names the line.
    let only = PartSpec { params: slice::from_ref(param), ..part.spec };
    let checked = Config::new(0, StreamId::default()).with(&[typed.view()]).check(&only);
    checked.map_err(|error| StackError::refused(part.spec.id, error, place.as_ref()))?;
    Ok(typed)
}

impl StackPlan {
    /// Finds the parts and checks their settings.
    ///
    /// # Errors
    /// [`StackError`] naming the first part or setting that is wrong, top-down.
    pub fn new(registry: &Registry, spec: &StackSpec) -> Result<Self, StackError> {
        let mut plan = Self {
            runtime: Placed::new(registry, &spec.runtime, Role::Runtime)?,
            noise: spec
                .noise
                .iter()
                .map(|part| Placed::new(registry, part, Role::Layer))
                .collect::<Result<_, _>>()?,
            simulator: Placed::new(registry, &spec.simulator, Role::Simulator)?,
            board: None,
        };
        plan.check_ids()?;
        plan.assign_streams();
        Ok(plan)
    }

    /// One id stands for one part: a part may stand in the stack twice, two different ones may not
    /// have the same id.
    fn check_ids(&self) -> Result<(), StackError> {
        let placed: Vec<&Placed> = self.parts().collect();
        for (index, one) in placed.iter().enumerate() {
            let same = |other: &&&Placed| {
                other.id() == one.id() && !other.part.origin.is_same(&one.part.origin)
            };
            if let Some(other) = placed[..index].iter().find(same) {
                let from = [other, one].map(|placed| placed.part.origin.to_string());
                return Err(StackError::Ambiguous { name: one.id().to_owned(), from, both: true });
            }
        }
        Ok(())
    }

    /// Streams by part id and ordinal among equal parts, counted from the simulator upward.
    fn assign_streams(&mut self) {
        let mut seen: Vec<&'static str> = Vec::new();
        let bottom_up = core::iter::once(&mut self.simulator)
            .chain(self.noise.iter_mut().rev())
            .chain(core::iter::once(&mut self.runtime));
        for placed in bottom_up {
            let ordinal = seen.iter().filter(|&&id| id == placed.id()).count();
            placed.stream = StreamId::of(placed.id(), ordinal as u64);
            seen.push(placed.id());
        }
    }

    /// The parts from the runtime down to the simulator.
    pub fn parts(&self) -> impl Iterator<Item = &Placed> {
        core::iter::once(&self.runtime).chain(&self.noise).chain(core::iter::once(&self.simulator))
    }

    /// The simulator at the bottom.
    #[must_use]
    pub const fn simulator(&self) -> &Placed {
        &self.simulator
    }

    /// The error models, top-down.
    pub(super) fn noise(&self) -> &[Placed] {
        &self.noise
    }

    pub(super) const fn on_board(&self) -> Option<&OnBoard> {
        self.board.as_ref()
    }

    pub(super) fn set_board(&mut self, board: OnBoard) {
        self.board = Some(board);
    }

    /// The error models that are here, top-down.
    pub(crate) fn noise_here(&self) -> &[Placed] {
        let there = self.board.as_ref().map_or(0, |board| board.noise_count);
        self.noise.get(..self.noise.len() - there).unwrap_or(&[])
    }

    /// A description that leads to the same plan, here or in another process that has the same
    /// parts linked in.
    #[must_use]
    pub fn spec(&self) -> StackSpec {
        StackSpec {
            runtime: self.runtime.to_use(),
            noise: self.noise.iter().map(Placed::to_use).collect(),
            simulator: self.simulator.to_use(),
        }
    }

    /// How much memory one instance claims here.
    ///
    /// # Errors
    /// [`StackError::Refused`] if a part cannot be that large or refuses its settings.
    pub fn memory_bytes(&self, shape: Shape) -> Result<u64, StackError> {
        let shape = at_least_one_qubit(shape);
        let is_here = self.board.as_ref().is_none_or(|board| !board.has_simulator);
        let simulator = is_here.then_some(&self.simulator);
        let here = core::iter::once(&self.runtime).chain(self.noise_here()).chain(simulator);
        { here }.try_fold(0_u64, |sum, placed| Ok(sum.saturating_add(placed.memory_bytes(shape)?)))
    }

    /// Makes one instance. On top of the error models lies a [`pandia_core::backend::Lowering`], so
    /// that gates which the simulator cannot do are rewritten before noise falls on them.
    ///
    /// # Errors
    /// As [`Self::memory_bytes`], and if the memory cannot be had.
    pub fn build(&self, shape: Shape) -> Result<BoxedRuntime, StackError> {
        self.build_telling(shape, None, &mut |_| {}).map(|(runtime, _)| runtime)
    }

    /// As [`Self::build`], with a hand on the stack if a part of it can be cancelled.
    ///
    /// # Errors
    /// As [`Self::build`].
    pub fn build_cancellable(
        &self,
        shape: Shape,
    ) -> Result<(BoxedRuntime, Option<CancelHandle>), StackError> {
        self.build_telling(shape, None, &mut |_| {})
    }

    /// As [`Self::build_cancellable`], with a tap of `capture` at every joint if there is one.
    ///
    /// # Errors
    /// As [`Self::build`].
    pub fn build_traced(
        &self,
        shape: Shape,
        capture: Option<&Capture>,
    ) -> Result<(BoxedRuntime, Option<CancelHandle>), StackError> {
        self.build_telling(shape, capture, &mut |_| {})
    }

    /// How many joints there are, those on a board included: between program and runtime, above the
    /// lowering of gates, above each error model, and above the simulator.
    #[must_use]
    pub fn joint_count(&self) -> usize {
        3 + self.noise.len()
    }

    /// As [`Self::build_cancellable`], and tells of each part before it is built.
    pub(crate) fn build_telling(
        &self,
        shape: Shape,
        capture: Option<&Capture>,
        tell: &mut dyn FnMut(&Placed),
    ) -> Result<(BoxedRuntime, Option<CancelHandle>), StackError> {
        let shape = at_least_one_qubit(shape);
        // Joints are numbered from above and stacks built from below. Without a capture no part of
        // the stack is there for its sake.
        let mut joint = 3 + self.noise_here().len();
        let top = u8::try_from(joint - 1).unwrap_or(u8::MAX);
        let on_board = capture.map(|capture| (capture, top));
        let mut tapped = |stack: BoxedBackend| {
            joint -= 1;
            match capture {
                Some(capture) => capture.tap(u8::try_from(joint).unwrap_or(u8::MAX), stack),
                None => stack,
            }
        };
        tell(&self.simulator);
        let simulator = || {
            build_with(&self.simulator, shape, |factory, config| match factory {
                Factory::Simulator(factory) => Some(factory.build(config)),
                Factory::Layer(_) | Factory::Runtime(_) => None,
            })
        };
        let mut stack = match &self.board {
            Some(board) if board.has_simulator => {
                board.build(&self.simulator, &self.noise, shape, on_board)?
            }
            Some(board) => board.build_over(simulator()?, &self.noise, shape, on_board)?,
            None => simulator()?,
        };
        stack = tapped(stack);
        for placed in self.noise_here().iter().rev() {
            tell(placed);
            stack = build_with(placed, shape, |factory, config| match factory {
                Factory::Layer(factory) => Some(factory.build(config, stack)),
                Factory::Simulator(_) | Factory::Runtime(_) => None,
            })?;
            stack = tapped(stack);
        }
        let stack = tapped(lowered(stack));
        tell(&self.runtime);
        let (stack, cancel) = cancellable(stack);
        let runtime = build_with(&self.runtime, shape, |factory, config| match factory {
            Factory::Runtime(factory) => Some(factory.build(config, stack)),
            Factory::Simulator(_) | Factory::Layer(_) => None,
        })?;
        let runtime = match capture {
            Some(capture) => capture.tap_runtime(runtime),
            None => runtime,
        };
        Ok((runtime, cancel))
    }
}

/// A program without qubits still runs on something.
fn at_least_one_qubit(shape: Shape) -> Shape {
    Shape { qubit_count: shape.qubit_count.max(1), ..shape }
}

fn build_with<T>(
    placed: &Placed,
    shape: Shape,
    build: impl FnOnce(&Factory, &Config<'_>) -> Option<CoreResult<T>>,
) -> Result<T, StackError> {
    let built = placed.with_config(shape, |config| build(&placed.part.factory, config));
    match built {
        Some(Ok(instance)) => Ok(instance),
        Some(Err(error)) => Err(placed.refusal(error, shape)),
        // `Registry::resolve` gives only parts that fit their place.
        None => Err(StackError::refused(
            placed.id(),
            ErrorKind::Broken("a part at a place for another kind").into(),
            placed.place.as_ref(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(noise: &[&str]) -> StackPlan {
        let mut spec = StackSpec::new();
        for text in noise {
            spec = spec.with_noise(PartUse::parse(text).unwrap());
        }
        StackPlan::new(&Registry::new(), &spec).unwrap()
    }

    #[test]
    fn streams_count_equal_parts_from_the_simulator_upward() {
        let one = plan(&["readout", "depolarizing"]);
        let two = plan(&["depolarizing", "readout", "depolarizing"]);
        let streams =
            |plan: &StackPlan| -> Vec<StreamId> { plan.parts().map(Placed::stream).collect() };
        // A layer on top leaves the streams below it alone.
        assert_eq!(streams(&two)[2..], streams(&one)[1..]);
        let of = |ordinal| StreamId::of("pandia.depolarizing", ordinal);
        assert_eq!((streams(&two)[1], streams(&two)[3]), (of(1), of(0)));
        assert_eq!(streams(&two)[4], StreamId::of("pandia.state_vector", 0));
    }

    #[test]
    fn the_description_of_a_plan_leads_to_the_same_plan() {
        let first = plan(&["depolarizing:p_1q=0.1,gate.cx=0.3", "readout", "depolarizing"]);
        let again = StackPlan::new(&Registry::new(), &first.spec()).unwrap();
        assert_eq!(again.spec(), first.spec());
        for (a, b) in first.parts().zip(again.parts()) {
            assert_eq!((a.id(), a.stream, a.parameters()), (b.id(), b.stream, b.parameters()));
        }
    }

    #[test]
    fn parameters_are_said_with_the_value_that_counts() {
        let plan = plan(&["depolarizing:p_1q=0.1,p_1q=0.2,gate.cx=0.3"]);
        let parameters = plan.parts().nth(1).unwrap().parameters();
        let value = |key: &str| {
            let mut found = parameters.iter().filter(|(name, _)| name == key);
            let value = found.next().map(|(_, value)| value.to_string());
            assert!(found.next().is_none(), "{key} is said twice");
            value
        };
        assert_eq!(value("p_1q").as_deref(), Some("0.2"));
        assert_eq!(value("p_2q").as_deref(), Some("0"));
        assert_eq!(value("gate.cx").as_deref(), Some("0.3"));
        assert_eq!(value("gate.*"), None);
    }

    #[test]
    fn memory_grows_with_the_qubits_and_a_size_that_no_part_has_is_refused() {
        let plan = plan(&[]);
        let bytes = |qubit_count| plan.memory_bytes(Shape { qubit_count, result_count: 0 });
        let more = bytes(21).unwrap() - bytes(20).unwrap();
        assert_eq!(more, 16 << 20);
        let help = bytes(200).unwrap_err().help().unwrap();
        assert!(help.contains("200 qubits") && help.contains("stabilizer"), "{help}");
    }
}
