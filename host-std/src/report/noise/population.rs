//! How many qubits have leaked, over the time of a shot.
//!
//! Shots are sampled at evenly spaced instants. How long shots are shows only as they come, so the
//! spacing begins small and doubles, which leaves every second instant where it was.

use serde::Serialize;

use crate::report::words::{ratio, real};

/// So many instants at most.
const INSTANTS_MAX: usize = 64;

/// At one instant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PopulationPoint {
    /// When, from the beginning of the shot.
    pub at: u64,
    /// How many shots were still going on.
    pub shots: u64,
    /// Mean share of the qubits that had leaked.
    pub leaked: f64,
    /// Standard error of that mean.
    pub leaked_error: f64,
}

/// Share of leaked qubits over time.
#[derive(Clone, Debug, Serialize)]
pub struct Population {
    /// What instants are counted in: `ns`, or `ops` (operations that came) if nothing takes time.
    pub unit: &'static str,
    /// In order of time.
    pub points: Vec<PopulationPoint>,
}

/// Sums over shots at one instant.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    shots: u64,
    leaked: f64,
    squares: f64,
}

/// Samples over one clock.
#[derive(Debug)]
struct Sampler {
    spacing: u64,
    sums: Vec<Sums>,
    /// Instants at which the number changed in this shot, and the number from then on.
    changes: Vec<(u64, usize)>,
    now: u64,
}

impl Sampler {
    fn new() -> Self {
        Self { spacing: 1, sums: vec![Sums::default(); INSTANTS_MAX], changes: Vec::new(), now: 0 }
    }

    fn set(&mut self, at: u64, leaked: usize) {
        self.now = self.now.max(at);
        if self.changes.last().map_or(0, |&(_, last)| last) != leaked {
            self.changes.push((self.now, leaked));
        }
    }

    fn end_shot(&mut self) {
        while self.now / self.spacing > INSTANTS_MAX as u64 {
            self.spacing *= 2;
            for index in 0..INSTANTS_MAX {
                self.sums[index] = self.sums.get(2 * index + 1).copied().unwrap_or_default();
            }
        }
        let mut changes = self.changes.iter().peekable();
        let mut leaked = 0;
        for (sums, number) in self.sums.iter_mut().zip(1..) {
            let instant = self.spacing * number;
            if instant > self.now {
                break;
            }
            while let Some(&(_, more)) = changes.next_if(|change| change.0 <= instant) {
                leaked = more;
            }
            let count = real(leaked as u64);
            sums.shots += 1;
            sums.leaked += count;
            sums.squares += count * count;
        }
        self.changes.clear();
        self.now = 0;
    }

    fn points(&self, qubits: u32) -> Vec<PopulationPoint> {
        let point = |(sums, number): (&Sums, u64)| {
            let shots = real(sums.shots);
            let mean = ratio(sums.leaked, shots);
            let variance = (ratio(sums.squares, shots) - mean * mean).max(0.0);
            // Of the mean of so many shots; unbiased for their variance.
            let error = libm::sqrt(ratio(variance, shots - 1.0));
            PopulationPoint {
                at: number * self.spacing,
                shots: sums.shots,
                leaked: ratio(mean, f64::from(qubits)),
                leaked_error: ratio(error, f64::from(qubits)),
            }
        };
        self.sums.iter().zip(1..).filter(|(sums, _)| sums.shots > 0).map(point).collect()
    }
}

/// Takes down how many qubits have leaked.
#[derive(Debug)]
pub(super) struct Sampled {
    time: Sampler,
    ops: Sampler,
    ops_done: u64,
}

impl Sampled {
    pub(super) fn new() -> Self {
        Self { time: Sampler::new(), ops: Sampler::new(), ops_done: 0 }
    }

    /// An operation ended then, and so many qubits have leaked.
    pub(super) fn op_end(&mut self, at: u64, leaked: usize) {
        self.ops_done += 1;
        self.time.set(at, leaked);
        self.ops.set(self.ops_done, leaked);
    }

    pub(super) fn end_shot(&mut self) {
        self.time.end_shot();
        self.ops.end_shot();
        self.ops_done = 0;
    }

    pub(super) fn population(&self, qubits: u32) -> Population {
        let by_time = self.time.points(qubits);
        if by_time.is_empty() {
            return Population { unit: "ops", points: self.ops.points(qubits) };
        }
        Population { unit: "ns", points: by_time }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shots_are_sampled_at_the_same_instants_however_long_they_are() {
        let mut sampled = Sampled::new();
        // One qubit of two leaks at 300, in every second shot; the last shot is the longest.
        for (shot, end) in [(0, 640), (1, 640), (2, 1000), (3, 12_800)] {
            sampled.op_end(300, usize::from(shot % 2 == 1));
            sampled.op_end(end, usize::from(shot % 2 == 1));
            sampled.end_shot();
        }
        let population = sampled.population(2);
        assert_eq!(population.unit, "ns");
        let spacing = population.points[0].at;
        assert!(population.points.len() <= INSTANTS_MAX && 12_800 / spacing <= 64);
        for (point, number) in population.points.iter().zip(1..) {
            assert_eq!(point.at, number * spacing);
            let shots = 1 + u64::from(point.at <= 1000) + 2 * u64::from(point.at <= 640);
            assert_eq!(point.shots, shots, "{point:?}");
            let leaked = match point.at {
                0..300 => 0.0,
                300..=640 => 0.25,
                641..=1000 => 0.25,
                _ => 0.5,
            };
            assert!((point.leaked - leaked).abs() < 1e-12, "{point:?}");
        }
        // Two of four shots: a standard deviation of 1/sqrt(3) qubits, over sqrt(4) shots, of 2.
        let point = population.points.iter().find(|point| point.at >= 300 && point.at <= 640);
        let error = point.unwrap().leaked_error;
        assert!((error - 0.5 / 12_f64.sqrt()).abs() < 1e-12, "{error}");
    }

    #[test]
    fn without_times_operations_are_counted() {
        let mut sampled = Sampled::new();
        for _ in 0..2 {
            for leaked in [0, 0, 0, 0, 0, 1] {
                sampled.op_end(0, leaked);
            }
            sampled.end_shot();
        }
        let population = sampled.population(1);
        assert_eq!(population.unit, "ops");
        let leaked: Vec<f64> = population.points.iter().map(|point| point.leaked).collect();
        assert_eq!(leaked, [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    }
}
