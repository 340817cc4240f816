//! Every tolerance and every number of repetitions of this module, each with its reason.

/// How far a probability that a state query gives may be from the reference, in `f64`: some thirty
/// roundings of 1e-16, and room for another order of sums.
pub(super) const PROBABILITY_F64: f64 = 1e-12;
/// The same in `f32`: some thirty roundings of 6e-8.
pub(super) const PROBABILITY_F32: f64 = 1e-5;
/// A probability below this in the reference, which is exact to 1e-15, is called impossible: an
/// outcome of that kind must never be seen.
pub(super) const IMPOSSIBLE: f64 = 1e-12;
/// Standard deviations of a binomial count that a single comparison may be off: a right backend
/// fails one in 1.7 million seeds.
pub(super) const SIGMAS_ONE: f64 = 5.0;
/// The same where a sweep makes tens of thousands of comparisons, some of them of small counts
/// whose tails are heavier than normal.
pub(super) const SIGMAS_SWEEP: f64 = 6.5;
/// Shots of a single comparison of counts: a bias of 8 in 100 shows at five sigma.
pub(super) const SHOTS_ONE: u64 = 1024;
/// Shots of each circuit of a sweep, for backends that show no state: enough to tell 0, 1/2 and 1
/// apart, which is all that a Clifford circuit on one qubit can give.
pub(super) const SHOTS_SWEEP: u64 = 48;
/// Shots in which a correlation must hold without exception.
pub(super) const SHOTS_ALWAYS: u64 = 64;
/// Measurements from which a random backend's bias is told.
pub(super) const RANDOM_DRAWS: u64 = 4096;
