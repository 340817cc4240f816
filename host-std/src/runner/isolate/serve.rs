//! The worker's side: takes the connection out of the parts' reach, builds the stack, runs shots.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use pandia_core::emulator::Emulator;
use pandia_core::error::Class;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::program::{Memory, OwnedProgram, Program};
use pandia_core::runtime::Runtime;
use rustix::process::{Signal, getpid, kill_process};

use super::frames::{Frame, Inbox, Kind, Received, send};
use super::job::{Failure, Job, PROTOCOL, Refusal};
use super::limits::limit_memory;
use super::numbers::Teller;
use super::slots::Slots;
use crate::runner::metrics::numbers_of;
use crate::runner::{RunError, RunOptions, Runner, contain};
use crate::stack::{CancelHandle, Registry, Shape, StackPlan, StackSpec};

/// How long a part that was asked to return early is left alone before it is asked again.
const CANCEL_AGAIN: Duration = Duration::from_millis(20);

/// Runs shots for the process that started this one, with the parts of `registry`, and gives this
/// process's exit status. For a program that [`super::Isolation`] names; nothing else may use
/// standard input or output before.
#[must_use]
pub fn serve_shots(registry: &Registry) -> ExitCode {
    match serve(registry) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // What cannot be written there is lost: there is no other place for it.
            let _ = writeln!(io::stderr(), "error: worker: {error}");
            ExitCode::from(2)
        }
    }
}

/// The connection to the parent.
struct Parent {
    link: UnixStream,
    frames: Receiver<Frame>,
    state: Arc<State>,
}

/// What the thread that listens to the parent and the one that works tell each other.
#[derive(Default)]
struct State {
    /// Whether the parent waits for an answer.
    busy: AtomicBool,
    /// Whether the request shall end early.
    cancelled: AtomicBool,
    /// A hand on the stack, if a part of it can return early.
    stack: Mutex<Option<CancelHandle>>,
}

impl State {
    fn hold(&self, stack: Option<CancelHandle>) {
        *self.stack.lock().unwrap_or_else(PoisonError::into_inner) = stack;
    }

    /// The request shall end early, and so shall a call in progress.
    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        let stack = self.stack.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(stack) = stack {
            stack.cancel();
        }
    }
}

impl Parent {
    /// Takes the connection off standard input and what is shared off standard output, and leaves
    /// there what a part may read and write without harm.
    fn connect() -> io::Result<(Self, File)> {
        let link = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
        if link.peer_addr().is_err() {
            let text = "started by hand; it is for pandia run --isolate";
            return Err(io::Error::new(io::ErrorKind::NotConnected, text));
        }
        let shared = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
        rustix::stdio::dup2_stdout(io::stderr())?;
        let (sender, frames) = sync_channel(2);
        let state = Arc::new(State::default());
        let (heard, ears) = (Arc::clone(&state), link.try_clone()?);
        thread::Builder::new().name("parent".to_owned()).spawn(move || {
            let mut inbox = Inbox::new(usize::MAX);
            loop {
                match inbox.receive(&ears) {
                    Ok(Received::Frame((Kind::Cancel, _))) => {
                        heard.cancel();
                        // Without it a call that begins from now on would not be asked.
                        let _ = ears.set_read_timeout(Some(CANCEL_AGAIN));
                    }
                    Ok(Received::Frame(frame)) => {
                        heard.busy.store(true, Ordering::SeqCst);
                        if sender.send(frame).is_err() {
                            return;
                        }
                    }
                    // A request that finds no call in progress does nothing.
                    Ok(Received::Nothing) => heard.cancel(),
                    Ok(Received::Closed) | Err(_) => break,
                }
            }
            // The parent is gone, and a part that hangs would keep this process for ever.
            if heard.busy.load(Ordering::SeqCst) {
                let _ = kill_process(getpid(), Signal::KILL);
            }
        })?;
        Ok((Self { link, frames, state }, shared))
    }

    /// The next frame, or `None` if the parent has no more to say.
    fn hear(&self) -> Option<Frame> {
        self.frames.recv().ok()
    }

    fn tell(&self, kind: Kind, payload: &[u8]) -> io::Result<()> {
        send(&self.link, kind, payload)
    }

    /// The answer that the parent waits for.
    fn answer(&self, kind: Kind, payload: &[u8]) -> io::Result<()> {
        self.state.busy.store(false, Ordering::SeqCst);
        self.tell(kind, payload)
    }

    fn stage(&self, text: &str) -> io::Result<()> {
        self.tell(Kind::Stage, text.as_bytes())
    }

    fn refuse(&self, error: &RunError) -> io::Result<()> {
        let refusal = Refusal { message: error.to_string(), help: error.help() };
        self.answer(Kind::Refused, &serde_json::to_vec(&refusal)?)
    }
}

fn serve(registry: &Registry) -> io::Result<()> {
    let (parent, shared) = Parent::connect()?;
    let (Some((Kind::Job, job)), Some((Kind::Program, program))) = (parent.hear(), parent.hear())
    else {
        return Ok(());
    };
    let job: Job = serde_json::from_slice(&job)?;
    die_with(job.parent)?;
    if job.protocol != PROTOCOL {
        let text = "parent and worker are of different versions; use one program for both";
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    if let Some(bytes) = job.memory_bytes_max
        && let Err(refused) = limit_memory(bytes)
    {
        return parent.refuse(&refused);
    }
    let program = OwnedProgram::from_bytes(&program).map_err(io::Error::other)?;
    let program = program.view().map_err(io::Error::other)?;
    let slots = Slots::open(shared, job.slots, program.bit_count() as usize)?;
    let Job { stop_at_failure, metrics, .. } = job;
    let seed = Seed(job.seed);
    let spec = StackSpec::from(job.stack);
    let plan = match plan(&parent, registry, &spec, job.check_memory.then_some(&program)) {
        Ok(plan) => plan,
        Err(error) => return parent.refuse(&error),
    };
    Worker { parent, slots, program: &program, plan, seed, stop_at_failure, metrics }.work()
}

/// This process shall not outlive its parent, even if a part hangs and the parent is killed.
fn die_with(parent: u32) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if std::os::unix::process::parent_id() == parent {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::NotConnected, "the parent is gone"))
}

/// The stack, each library opened with an announcement, so that the parent knows which one ended
/// the process.
fn plan(
    parent: &Parent,
    registry: &Registry,
    spec: &StackSpec,
    check_memory: Option<&Program<'_>>,
) -> Result<StackPlan, RunError> {
    for part in spec.parts().filter(|part| registry.find(&part.name).is_none()) {
        parent.stage(&format!("opening {}", part.name)).map_err(RunError::Sink)?;
        // What is wrong with it is said below, with its place in the stack.
        let _ = contain::build(|| Ok(registry.open(part)?));
    }
    parent.stage("settling the stack's settings and size").map_err(RunError::Sink)?;
    let plan = contain::build(|| Ok(StackPlan::new(registry, spec)?))?;
    if let Some(program) = check_memory {
        Runner::new(program, &plan, RunOptions { threads: 1, ..RunOptions::default() })?;
    }
    Ok(plan)
}

struct Worker<'a> {
    parent: Parent,
    slots: Slots,
    program: &'a Program<'a>,
    plan: StackPlan,
    seed: Seed,
    stop_at_failure: bool,
    /// Whether the parent wants to know what parts count.
    metrics: bool,
}

/// What is left of a request.
#[derive(Clone, Copy)]
struct Request {
    first: u64,
    next: u64,
    count: u64,
}

/// Why an instance is not used any more.
enum Then {
    /// The parent has no more to do.
    Finish,
    /// It is lost; so much is left of the request.
    Rebuild(Request),
}

impl Worker<'_> {
    /// Builds instances and answers requests, until the parent has no more.
    fn work(&self) -> io::Result<()> {
        let program = self.program;
        let shape = Shape { qubit_count: program.qubit_count(), result_count: program.bit_count() };
        let mut bits = vec![0; program.bit_count() as usize];
        let mut ints = vec![0; program.int_count() as usize];
        let mut reals = vec![0.0; program.real_count() as usize];
        let mut left = None;
        loop {
            let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
            let built = contain::build(|| {
                let (runtime, stack) = self.plan.build_telling(shape, None, &mut |placed| {
                    // A parent that is gone is noticed elsewhere.
                    let _ = self.parent.stage(&format!("building {}", placed.part().spec.id));
                })?;
                self.parent.state.hold(stack);
                let _ = self.parent.stage("announcing the program's gates");
                Emulator::new(program, memory, runtime, self.seed)
                    .map_err(|error| RunError::Program(Box::new(error)))
            });
            let mut emulator = match built {
                Ok(emulator) => emulator,
                Err(error) => return self.parent.refuse(&error),
            };
            if left.is_none() {
                self.parent.answer(Kind::Ready, &[])?;
            }
            let then = self.answer_requests(&mut emulator, &mut left);
            contain::drop_quietly(emulator);
            match then? {
                Then::Finish => return Ok(()),
                Then::Rebuild(request) => left = Some(request),
            }
        }
    }

    fn answer_requests<R: Runtime>(
        &self,
        emulator: &mut Emulator<'_, '_, R>,
        left: &mut Option<Request>,
    ) -> io::Result<Then> {
        loop {
            let request = match left.take() {
                Some(request) => request,
                None => match self.parent.hear() {
                    Some((Kind::Run, payload)) => Request::read(&payload)?,
                    Some(_) | None => return Ok(Then::Finish),
                },
            };
            if let Some(request) = self.run_shots(emulator, request)? {
                return Ok(Then::Rebuild(request));
            }
            self.parent.answer(Kind::Done, &[])?;
        }
    }

    /// Runs shots; what is left of them if one lost the instance.
    fn run_shots<R: Runtime>(
        &self,
        emulator: &mut Emulator<'_, '_, R>,
        request: Request,
    ) -> io::Result<Option<Request>> {
        let Request { first, next, count } = request;
        let (mut teller, mut told_bits) = (self.metrics.then(Teller::default), Vec::new());
        for index in next..count {
            if self.parent.state.cancelled.load(Ordering::Relaxed) {
                break;
            }
            self.slots.begin(index);
            let failure = match contain::run_shot(emulator, ShotId(first.saturating_add(index))) {
                Ok(bits) => {
                    let Some(teller) = &mut teller else {
                        self.slots.end(index, Some(bits));
                        continue;
                    };
                    told_bits.clear();
                    told_bits.extend_from_slice(bits);
                    // Before it counts as ended: then what has ended has been told, whatever becomes
                    // of this process.
                    let words = teller.words(index, numbers_of(emulator.runtime()))?;
                    self.parent.tell(Kind::Metrics, &words)?;
                    self.slots.end(index, Some(&told_bits));
                    continue;
                }
                Err(failure) => failure,
            };
            if self.parent.state.cancelled.load(Ordering::Relaxed) {
                // It may have been cancelled: nobody wants it any more.
                break;
            }
            self.parent.tell(Kind::Failed, &serde_json::to_vec(&Failure::from(&failure))?)?;
            self.slots.end(index, None);
            if self.stop_at_failure {
                break;
            }
            if failure.error.class() == Class::InstanceLost {
                return Ok(Some(Request { first, next: index + 1, count }));
            }
        }
        Ok(None)
    }
}

impl Request {
    fn read(payload: &[u8]) -> io::Result<Self> {
        let number = |at: usize| payload.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        match (number(0), number(8)) {
            (Some(first), Some(count)) => Ok(Self { first, next: 0, count }),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}
