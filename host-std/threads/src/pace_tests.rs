//! The pace, with times that are made up.

use super::pace::{HandOver, Pace, Turn};

/// A program and a runtime with made-up costs, in nanoseconds.
struct World {
    now: u64,
    pace: Pace,
    there: bool,
    turns: u32,
}

/// A shot: so many calls of one operation, and a read after each so many.
#[derive(Clone, Copy)]
struct Shot {
    calls: u64,
    program: u64,
    runtime: u64,
    read_every: u64,
    /// The program's work comes before each so many calls, all of it at once.
    work_every: u64,
}

impl World {
    fn new() -> Self {
        Self { now: 0, pace: Pace::new(HandOver::WhereItPays, 0), there: false, turns: 0 }
    }

    /// Runs one shot; `sync` is what waiting costs over there.
    fn shot(&mut self, shot: Shot, sync: u64) {
        // Work that was sent and not yet done.
        let mut behind = 0_u64;
        for call in 0..shot.calls {
            let works = call % shot.work_every == 0;
            let program = if works { shot.program * shot.work_every } else { 0 };
            self.now += program;
            behind = behind.saturating_sub(program);
            let now = self.now;
            self.pace.enter(false, || now);
            if self.there {
                self.now += 60;
                behind += shot.runtime;
            } else {
                self.now += shot.runtime;
            }
            if (call + 1) % shot.read_every == 0 {
                self.pace.wait();
                self.settle(&mut behind, sync);
            }
            let now = self.now;
            self.pace.leave(1, || now);
            self.end_window(false, &mut behind, sync);
        }
        self.pace.wait();
        self.settle(&mut behind, sync);
        self.end_window(true, &mut behind, sync);
    }

    fn settle(&mut self, behind: &mut u64, sync: u64) {
        if self.there {
            self.now += core::mem::take(behind) + sync;
        }
    }

    fn end_window(&mut self, with_shot: bool, behind: &mut u64, sync: u64) {
        if !self.pace.is_over(with_shot) {
            return;
        }
        if self.pace.is_trial() {
            self.settle(behind, sync);
        }
        match self.pace.turn(self.now, with_shot) {
            Turn::Stay => return,
            Turn::HandOver => self.there = true,
            Turn::TakeBack => {
                self.settle(behind, sync);
                self.there = false;
            }
        }
        self.turns += 1;
    }

    /// How many times as fast shots are as without a thread, over the `second` half of `ns`.
    fn speed(&mut self, shot: Shot, sync: u64, ns: u64) -> f64 {
        let until = self.now + ns / 2;
        while self.now < until {
            self.shot(shot, sync);
        }
        let (begin, mut shots) = (self.now, 0_u64);
        while self.now < until + ns / 2 {
            self.shot(shot, sync);
            shots += 1;
        }
        let alone = shots * shot.calls * (shot.program + shot.runtime);
        #[expect(clippy::cast_precision_loss, reason = "nanoseconds of a second")]
        return alone as f64 / (self.now - begin) as f64;
    }
}

const LONG: Shot =
    Shot { calls: 20_000, program: 1_000, runtime: 1_000, read_every: u64::MAX, work_every: 1 };
const SECOND: u64 = 1_000_000_000;

#[test]
fn what_costs_about_the_same_on_both_sides_is_handed_over() {
    let mut world = World::new();
    assert!(world.speed(LONG, 3_000, SECOND) > 1.7);
    assert!(world.there || world.turns > 1);
    for work_every in [2, 3, 7, 16] {
        let mut world = World::new();
        let speed = world.speed(Shot { work_every, ..LONG }, 3_000, SECOND);
        assert!(speed > 1.7, "work before every {work_every} calls: {speed}");
    }
    // One shot that never ends is handed over in its midst.
    let mut world = World::new();
    world.shot(Shot { calls: 2_000, ..LONG }, 3_000);
    assert!(world.there, "after 4 ms");
}

#[test]
fn what_gains_nothing_stays_and_is_never_tried() {
    let alone = [
        Shot { program: 20, ..LONG },
        Shot { runtime: 20, ..LONG },
        Shot { program: 30, runtime: 30, ..LONG },
        Shot { calls: 5, program: 100, runtime: 100, ..LONG },
        Shot { program: 300, runtime: 300, read_every: 1, ..LONG },
    ];
    for shot in alone {
        let mut world = World::new();
        assert!(world.speed(shot, 3_000, SECOND) > 0.999);
        assert_eq!(world.turns, 0);
    }
}

#[test]
fn what_looks_good_and_is_not_is_tried_ever_more_rarely() {
    // To be woken takes far longer than was thought.
    let mut world = World::new();
    let speed = world.speed(Shot { read_every: 10, ..LONG }, 60_000, SECOND);
    assert!(world.turns >= 2 && speed > 0.95, "{speed}");
}

#[test]
fn a_program_that_changes_is_followed() {
    let mut world = World::new();
    world.speed(LONG, 3_000, SECOND / 2);
    assert!(world.speed(Shot { program: 10, read_every: 2, ..LONG }, 3_000, SECOND) > 0.99);
    assert!(world.speed(LONG, 3_000, 4 * SECOND) > 1.7, "and back again");
}

#[test]
fn always_means_always() {
    let mut pace = Pace::new(HandOver::Always, 0);
    for now in 0..1_000 {
        pace.enter(false, || now * SECOND);
        pace.leave(1, || now * SECOND);
        assert!(!pace.is_over(true) && !pace.is_trial());
    }
}
