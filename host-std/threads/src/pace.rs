//! Whether it pays to hand commands over to the thread, judged by what calls cost.
//!
//! Time is told by the caller, so this can be tested without a clock. What is decided here says where
//! commands are carried out and nothing else: outcomes, their order and what fails are the same.

/// When commands are handed over to the runtime's own thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HandOver {
    /// Where that was measured to be quicker than carrying them out on the caller's thread.
    #[default]
    WhereItPays,
    /// Always.
    Always,
}

/// What to do at the end of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Stay,
    /// Commands go to the thread from now on.
    HandOver,
    /// Commands are carried out where they are called from now on.
    TakeBack,
}

/// A window lasts so long and then up to the end of its shot.
const WINDOW_NS: u64 = 250_000;
/// In a shot that goes on and on, this long.
const WINDOW_IN_SHOT_NS: u64 = 2 * WINDOW_NS;
/// Calls of a window that are timed, at least.
const SAMPLES_MIN: u32 = 3;
/// From so many on, the longest one is left out: the system may have taken the processor away.
const SAMPLES_TO_SPARE: u32 = 8;
/// Windows of which the best counts: others that run on the machine make some of them longer.
const WINDOWS: u32 = 3;
/// Windows of a trial, at most: where the system wakes the thread it may first have to share a processor
/// with the program.
const TRIAL: u32 = 6;
/// Every how manyth call is timed on average, from dear calls to cheap ones: three looks at the clock,
/// of some 30 ns each, then cost about 1 %.
const PERIODS: [u32; 8] = [3, 8, 16, 32, 64, 128, 256, 512];
/// What the calls of a period should take.
const PERIOD_NS: u64 = 16_000;

/// What handing over costs: each call, each operation of it, and each time that somebody waits.
const CALL_NS: u64 = 80;
const OP_NS: u64 = 4;
const WAIT_NS: u64 = 2_000;

/// Windows before the next trial after one that failed, doubled each time, and before looking again at
/// what has paid.
const REST: (u32, u32) = (32, 1024);
const HOLD: (u32, u32) = (64, 256);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Commands are carried out where they are called, so many windows so far.
    Here(u32),
    /// They are handed over, to see what comes of it.
    Trial(u32),
    /// They are handed over for so many windows more.
    There(u32),
    /// Handing over did not pay: no trial for so many windows.
    Rest(u32),
}

/// What was seen in a window.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    begin: u64,
    /// Calls, about: in whole periods.
    calls: u64,
    ops: u64,
    waits: u64,
    samples: u32,
    /// Time of the timed calls: before each in the program, within each in the runtime, and of both
    /// the longest.
    program: (u64, u64),
    runtime: (u64, u64),
}

/// Times some of the calls, and says at the end of a window what to do.
#[derive(Debug)]
pub(super) struct Pace {
    phase: Phase,
    /// Calls until one is timed, and how many that were.
    until: u32,
    after: u32,
    /// How many on average.
    period: u32,
    dice: u32,
    /// When the call before the timed one returned, and when the timed one began.
    left: u64,
    entered: u64,
    /// The timed call begins a shot: what came before it was not the program.
    begins: bool,
    /// The window has lasted long enough.
    due: bool,
    /// It begins with the next shot.
    between: bool,
    last_seen: u64,
    window: Window,
    /// What an operation took at best, in 1/64 ns: here, and over there.
    here: u64,
    there: u64,
    rest: u32,
    hold: u32,
}

impl Pace {
    /// The pace at time `now`, in nanoseconds from any moment on.
    pub(super) fn new(hand_over: HandOver, now: u64) -> Self {
        let always = hand_over == HandOver::Always;
        let period = if always { u32::MAX } else { PERIODS[1] };
        Self {
            phase: if always { Phase::There(u32::MAX) } else { Phase::Here(0) },
            until: period,
            after: period,
            period,
            dice: 1,
            left: 0,
            entered: 0,
            begins: false,
            due: false,
            between: true,
            last_seen: now,
            window: Window { begin: now, ..Window::default() },
            here: u64::MAX,
            there: u64::MAX,
            rest: REST.0,
            hold: HOLD.0,
        }
    }

    /// Whether nothing is timed before, in and after the next call, and no window is over.
    #[inline]
    pub(super) const fn is_quiet(&self) -> bool {
        self.until > 2 && !self.due
    }

    /// Whether the window begins with the next shot.
    #[inline]
    pub(super) const fn is_between(&self) -> bool {
        self.between
    }

    /// A call that is not timed came and went, while this [`Self::is_quiet`]; it had so many operations.
    #[inline]
    pub(super) const fn pass(&mut self, ops: u32) {
        self.until -= 1;
        self.window.ops += ops as u64;
    }

    /// A call begins; `begins` if it begins a shot.
    #[inline]
    pub(super) fn enter(&mut self, begins: bool, clock: impl Fn() -> u64) {
        if begins && self.between {
            self.between = false;
            self.window.begin = clock();
        }
        self.until -= 1;
        if self.until == 0 {
            self.begins = begins;
            self.entered = clock();
        }
    }

    /// The call returns; it had so many operations.
    #[inline]
    pub(super) fn leave(&mut self, ops: u32, clock: impl FnOnce() -> u64) {
        self.window.ops += u64::from(ops);
        if self.until <= 1 {
            self.look(clock());
        }
    }

    /// The program waits for what was called before.
    #[inline]
    pub(super) const fn wait(&mut self) {
        self.window.waits += 1;
    }

    #[cold]
    fn look(&mut self, now: u64) {
        if self.until == 1 {
            self.left = now;
            return;
        }
        if self.period == u32::MAX {
            self.until = self.period;
            return;
        }
        let window = &mut self.window;
        let program = if self.begins { 0 } else { self.entered.saturating_sub(self.left) };
        let runtime = now.saturating_sub(self.entered);
        window.calls += u64::from(self.after);
        window.samples += 1;
        window.program = (window.program.0 + program, window.program.1.max(program));
        window.runtime = (window.runtime.0 + runtime, window.runtime.1.max(runtime));
        self.last_seen = now;
        let lasts = now.saturating_sub(window.begin);
        self.due = window.samples >= SAMPLES_MIN && lasts >= WINDOW_NS;
        let call = lasts / window.calls.max(1);
        let wanted = PERIOD_NS / call.max(1);
        let period = PERIODS.iter().find(|&&period| u64::from(period) >= wanted);
        self.period = period.copied().unwrap_or(PERIODS[PERIODS.len() - 1]);
        // At random, from 2 up to twice the period less 2, so that programs do not fall into step with it.
        self.dice = self.dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.after = 2 + (self.dice >> 16) % (2 * self.period - 3);
        self.until = self.after;
    }

    /// Whether a window ends now, with its shot or within it.
    #[inline]
    pub(super) const fn is_over(&self, with_shot: bool) -> bool {
        self.due && (with_shot || self.last_seen - self.window.begin >= WINDOW_IN_SHOT_NS)
    }

    /// Whether the window's length counts, so that all that was called must be done at its end.
    pub(super) const fn is_trial(&self) -> bool {
        matches!(self.phase, Phase::Trial(_))
    }

    /// Ends a window at time `now`. Time between two shots belongs to none.
    pub(super) fn turn(&mut self, now: u64, between_shots: bool) -> Turn {
        let window = self.window;
        self.between = between_shots;
        self.window = Window { begin: now, ..Window::default() };
        (self.due, self.last_seen) = (false, now);
        let lasts = now.saturating_sub(window.begin);
        // A program of nothing but reads goes by its calls.
        let rate = lasts.saturating_mul(64) / (window.ops + window.calls).max(1);
        match self.phase {
            Phase::Here(windows) => {
                self.here = self.here.min(rate);
                if windows + 1 < WINDOWS {
                    self.phase = Phase::Here(windows + 1);
                    return Turn::Stay;
                }
                if window.promises() {
                    self.there = u64::MAX;
                    self.phase = Phase::Trial(0);
                    return Turn::HandOver;
                }
                self.here_again();
                Turn::Stay
            }
            Phase::Trial(windows) => {
                self.there = self.there.min(rate);
                if self.there < self.here - self.here / 16 {
                    self.phase = Phase::There(self.hold);
                    self.hold = (self.hold * 2).min(HOLD.1);
                    self.rest = REST.0;
                    return Turn::Stay;
                }
                let hopeless = windows + 1 >= WINDOWS && self.there > self.here + self.here / 4;
                if windows + 1 < TRIAL && !hopeless {
                    self.phase = Phase::Trial(windows + 1);
                    return Turn::Stay;
                }
                self.phase = Phase::Rest(self.rest);
                self.rest = (self.rest * 2).min(REST.1);
                self.hold = HOLD.0;
                Turn::TakeBack
            }
            Phase::There(windows) => {
                // What has become slower than it was here is looked at at once.
                if windows > 1 && rate <= self.here + self.here / 4 {
                    self.phase = Phase::There(windows - 1);
                    return Turn::Stay;
                }
                self.here_again();
                Turn::TakeBack
            }
            Phase::Rest(windows) => {
                if windows > 1 {
                    self.phase = Phase::Rest(windows - 1);
                } else {
                    self.here_again();
                }
                Turn::Stay
            }
        }
    }

    const fn here_again(&mut self) {
        self.here = u64::MAX;
        self.phase = Phase::Here(0);
    }
}

impl Window {
    /// Whether program and runtime both take long enough that doing them at once gains an eighth,
    /// costs included. Of a window that was spent here.
    fn promises(&self) -> bool {
        let (samples, calls) = (u64::from(self.samples), self.calls.max(1));
        let spare = |(sum, longest): (u64, u64)| {
            if self.samples >= SAMPLES_TO_SPARE { sum - longest } else { sum }
        };
        let (program, runtime) = (spare(self.program), spare(self.runtime));
        let costs = CALL_NS * calls + OP_NS * self.ops + WAIT_NS * self.waits;
        let gain = program.min(runtime).saturating_sub(costs * samples / calls);
        gain > (program + runtime) / 8
    }
}
