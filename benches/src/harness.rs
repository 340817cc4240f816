//! Timing and reporting.

use std::io::Write;
use std::time::{Duration, Instant};

/// What a bench should reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// At most so many nanoseconds per unit.
    AtMostNs(f64),
    /// Nothing is promised yet; the number is for reading.
    None,
}

/// One measured bench.
#[derive(Clone, Debug)]
struct Row {
    name: String,
    unit: &'static str,
    minimum_ns: f64,
    median_ns: f64,
    goal: Goal,
    hash: u64,
}

/// Runs benches and prints a table.
#[derive(Debug)]
pub struct Runner {
    tiny: bool,
    filter: Option<String>,
    rows: Vec<Row>,
}

impl Default for Runner {
    fn default() -> Self {
        Self::from_args()
    }
}

impl Runner {
    /// Reads the arguments that cargo passes: `--bench` means at length, a word is a filter.
    #[must_use]
    pub fn from_args() -> Self {
        let args: Vec<String> = std::env::args().skip(1).collect();
        let tiny = !args.iter().any(|arg| arg == "--bench");
        let filter = args.into_iter().find(|arg| !arg.starts_with('-'));
        Self { tiny, filter, rows: Vec::new() }
    }

    /// Whether this is the tiny run under `cargo test`.
    #[must_use]
    pub const fn is_tiny(&self) -> bool {
        self.tiny
    }

    /// Measures `round`, which does `units` units of work and gives a hash of their result.
    /// `name` says what and how large; `unit` what one unit is.
    pub fn bench(
        &mut self,
        name: impl Into<String>,
        unit: &'static str,
        units: u64,
        goal: Goal,
        mut round: impl FnMut() -> u64,
    ) {
        let name = name.into();
        if !self.wants(&name) {
            return;
        }
        let hash = round();
        let mut samples = vec![0.0];
        if !self.tiny {
            samples = measure(&mut round);
        }
        samples.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "counts of operations fit 53 bits")]
        let units = units.max(1) as f64;
        let row = Row {
            name,
            unit,
            minimum_ns: samples[0] / units,
            median_ns: samples[samples.len() / 2] / units,
            goal,
            hash,
        };
        self.print(&row);
        self.rows.push(row);
    }

    /// Prints how much cheaper `name` is than `than`: the ratio of their minima.
    pub fn ratio(&self, name: &str, than: &str) {
        let find = |name: &str| self.rows.iter().find(|row| row.name == name);
        if let (Some(a), Some(b), false) = (find(name), find(than), self.tiny) {
            let ratio = b.minimum_ns / a.minimum_ns;
            say(&format!("    {name} is {ratio:.2} times as fast as {than}"));
        }
    }

    /// Prints the difference of two benches: what `name` costs beyond `base`, per unit.
    pub fn difference(&self, name: &str, base: &str, goal: Goal) {
        let find = |name: &str| self.rows.iter().find(|row| row.name == name);
        if let (Some(a), Some(b), false) = (find(name), find(base), self.tiny) {
            let cost = a.minimum_ns - b.minimum_ns;
            say(&format!(
                "    {name} costs {cost:.2} ns per {} more than {base}{}",
                a.unit,
                verdict(cost, goal)
            ));
        }
    }

    /// Prints a number that was measured by other means, with what it may be at most.
    pub fn number(&self, name: &str, value: f64, unit: &str, most: Option<f64>) {
        let goal = match most {
            Some(most) if value <= most => format!("  goal {most} {unit}: reached"),
            Some(most) => format!("  goal {most} {unit}: MISSED"),
            None => String::new(),
        };
        if !self.tiny && self.wants(name) {
            say(&format!("{name:<44} {value:>12.3} {unit}{goal}"));
        }
    }

    /// Prints how many times as fast something is as what it was compared with, in nanoseconds per
    /// `unit` of each, with the factor that it should reach.
    pub fn compared(
        &self,
        name: &str,
        unit: &str,
        (than, ns): (f64, f64),
        least: Option<f64>,
        hash: u64,
    ) {
        if self.tiny {
            say(&format!("{name:<44} hash {hash:016x}"));
            return;
        }
        let factor = than / ns;
        let goal = match least {
            Some(least) if factor >= least => format!("  goal {least}: reached"),
            Some(least) => format!("  goal {least}: MISSED"),
            None => String::new(),
        };
        say(&format!(
            "{name:<60} {factor:>6.2} times as fast: {ns:.0} instead of {than:.0} ns/{unit}  hash \
             {hash:016x}{goal}"
        ));
    }

    /// Whether `name` is among what is wanted.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        self.filter.as_ref().is_none_or(|filter| name.contains(filter.as_str()))
    }

    fn print(&self, row: &Row) {
        if self.tiny {
            say(&format!("{:<44} hash {:016x}", row.name, row.hash));
            return;
        }
        say(&format!(
            "{:<44} {:>12.3} ns/{:<6} median {:>12.3}  hash {:016x}{}",
            row.name,
            row.minimum_ns,
            row.unit,
            row.median_ns,
            row.hash,
            verdict(row.minimum_ns, row.goal)
        ));
    }
}

fn verdict(value: f64, goal: Goal) -> String {
    match goal {
        Goal::AtMostNs(most) if value <= most => format!("  goal {most} ns: reached"),
        Goal::AtMostNs(most) => format!("  goal {most} ns: MISSED"),
        Goal::None => String::new(),
    }
}

/// Rounds for at least 0.4 s, and at least 7 of them; nanoseconds of each.
fn measure(round: &mut dyn FnMut() -> u64) -> Vec<f64> {
    let mut samples = Vec::new();
    let begin = Instant::now();
    while samples.len() < 7 || begin.elapsed() < Duration::from_millis(400) {
        let start = Instant::now();
        std::hint::black_box(round());
        samples.push(start.elapsed().as_secs_f64() * 1e9);
    }
    samples
}

fn say(line: &str) {
    // A closed pipe ends the reading, not the measuring.
    let _ = writeln!(std::io::stdout(), "{line}");
}
