//! A program through a board's pins and counters, seen from outside: edges of LEDs in QEMU's own
//! trace, and numbers of counters that are the same each time.

use std::fs;

use anyhow::{Context as _, Result, bail, ensure};

use super::boards::Board;
use super::image;
use super::qemu::EXPECTED;
use super::sections::{difference, sections_of};
use crate::console;
use crate::project::Project;
use crate::shell;

/// The boards that QEMU gives pins; their first two LEDs stand for `busy` and `done`.
const WITH_PINS: &[&str] = &["cortex-m0", "cortex-m4", "cortex-m7"];

/// The program, and how many batches it hands to its stack.
const PROGRAM: &str = "teleportation";
const BATCHES: usize = 300;

/// What the program in real time asks for: two idles, and a start for the second.
const IDLES_NS: u64 = 200_000;
const START_NS: u64 = 300_000;
/// How long the trigger that never comes is waited for: 999 times a microsecond.
const WAIT_NS: u64 = 999_000;

pub(super) fn check(project: &Project, board: &Board, image: &str) -> Result<()> {
    let has_pins = WITH_PINS.contains(&board.name);
    let first = run(project, board, image)?;
    let second = run(project, board, image)?;
    ensure!(
        first == second,
        "{}: two runs through the taps differ:\n{}",
        board.name,
        difference(&first.0, &second.0)
    );
    let (printed, trace) = first;
    printed_is_right(project, &printed, has_pins)
        .with_context(|| format!("{} through its taps printed\n{printed}", board.name))?;
    if has_pins {
        edges(&trace).with_context(|| format!("the LEDs of {}", board.name))?;
    }
    console::say(&format!("{:<12} {:<18} same", board.name, "taps"));
    Ok(())
}

/// What the image printed, and what QEMU saw of the LEDs.
fn run(project: &Project, board: &Board, image: &str) -> Result<(String, String)> {
    let trace = format!("{image}.leds");
    let mut qemu = image::qemu(project, board, image, "taps");
    let ran = shell::output(qemu.args(["-trace", "led_change_intensity", "-D", &trace]))?;
    if !ran.status.success() {
        let log = image::log(project, image, &ran.stderr)?;
        bail!("{} ended its taps with {}: {log}", board.name, ran.status);
    }
    let printed = String::from_utf8(ran.stdout).context("the taps printed no text")?;
    let trace = fs::read_to_string(project.root.join(&trace)).context("QEMU wrote no trace")?;
    Ok((printed, trace))
}

fn printed_is_right(project: &Project, printed: &str, has_pins: bool) -> Result<()> {
    let sections = sections_of(printed)?;
    let section = |wanted: &str| {
        let found = sections.iter().find(|(name, _)| name == wanted);
        found.map(|(_, text)| text.as_str()).with_context(|| format!("no section {wanted}"))
    };
    let file = project.root.join(EXPECTED).join(format!("{PROGRAM}.out"));
    let expected = fs::read_to_string(&file)?;
    let written = section(PROGRAM)?;
    ensure!(written == expected, "the taps change outcomes:\n{}", difference(&expected, written));
    measured(section("metrics")?)?;
    if has_pins {
        refused(section("trigger")?)?;
    }
    in_real_time(section("real_time")?)
}

/// Three batches a shot, none of which took no time, the mean between least and most.
fn measured(metrics: &str) -> Result<()> {
    ensure!(number(metrics, "pandia.batch_times batches ")? == 3, "not three batches a shot");
    let unit = if metrics.contains("batch_min_ns") { "ns" } else { "instructions" };
    let of = |which: &str| number(metrics, &format!("pandia.batch_times batch_{which}_{unit} "));
    let (least, mean, most) = (of("min")?, of("mean")?, of("max")?);
    let in_order = 0 < least && least < mean && mean < most;
    ensure!(in_order, "batches took {least}, {mean}, {most} {unit}: least, mean, most");
    Ok(())
}

/// The trigger that never comes was refused after its bound, by name and with a way out.
fn refused(trigger: &str) -> Result<()> {
    let says = "pin `start` was not high in 1000 looks 1000 ns apart; check what drives it";
    ensure!(trigger.contains(says), "the trigger that never comes is not refused: {trigger}");
    let waited = number(trigger, "waited_ns ")?;
    ensure!((WAIT_NS..2 * WAIT_NS).contains(&waited), "it was waited for {waited} ns");
    Ok(())
}

/// Time passes where it is asked for and nowhere else.
fn in_real_time(times: &str) -> Result<()> {
    let off = number(times, "off_ns ")?;
    ensure!(off < IDLES_NS, "{off} ns without real time");
    for (name, asked) in [("idle_ns ", IDLES_NS), ("schedule_ns ", START_NS)] {
        let took = number(times, name)?;
        ensure!((asked..asked + off + IDLES_NS).contains(&took), "{name}{took}, asked {asked}");
    }
    Ok(())
}

fn number(text: &str, name: &str) -> Result<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let line = line.with_context(|| format!("no line `{name}`"))?;
    line.parse().with_context(|| format!("`{name}{line}` is no whole number"))
}

/// After both LEDs went dark for the first time: for each batch `busy` goes on and off, and then
/// `done`, and nothing else changes.
fn edges(trace: &str) -> Result<()> {
    const BATCH: [(&str, bool); 4] =
        [("USERLED0", true), ("USERLED0", false), ("USERLED1", true), ("USERLED1", false)];
    let changes = trace.lines().filter_map(change).collect::<Vec<_>>();
    let dark = |led: &str| changes.iter().position(|seen| *seen == (led, false));
    let begin = dark("USERLED0").zip(dark("USERLED1")).context("the LEDs never went dark")?;
    let changes = &changes[begin.0.max(begin.1) + 1..];
    for (index, seen) in changes.iter().enumerate() {
        let expected = BATCH[index % BATCH.len()];
        ensure!(*seen == expected, "change {index} is {seen:?}, not {expected:?}");
    }
    let count = changes.len();
    ensure!(
        count == BATCHES * BATCH.len(),
        "{count} changes of two LEDs in {BATCHES} batches; two of each are right"
    );
    Ok(())
}

/// LED and whether it is on, from `led_change_intensity LED desc:'USERLED0' ... 0% -> 100%`.
fn change(line: &str) -> Option<(&str, bool)> {
    let (led, rest) = line.split_once("LED desc:'")?.1.split_once('\'')?;
    let level = rest.rsplit_once("-> ")?.1;
    led.starts_with("USERLED").then_some((led, level.trim() != "0%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(led: u32, from: u32, to: u32) -> String {
        format!(
            "led_change_intensity LED desc:'USERLED{led}' color:green intensity {from}% -> {to}%\n"
        )
    }

    #[test]
    fn two_edges_of_each_led_a_batch_pass_and_nothing_else() -> Result<()> {
        let batch = line(0, 0, 100) + &line(0, 100, 0) + &line(1, 0, 100) + &line(1, 100, 0);
        let begin = line(0, 0, 100) + &line(1, 0, 100) + &line(0, 100, 0) + &line(1, 100, 0);
        let other = "led_change_intensity LED desc:'SCC LED0' color:green intensity 0% -> 100%\n";
        edges(&(begin.clone() + other + &batch.repeat(BATCHES)))?;
        for wrong in [
            begin.clone(),
            begin.clone() + &batch.repeat(BATCHES - 1),
            begin.clone() + &batch.repeat(BATCHES + 1),
            begin.clone()
                + &batch.repeat(BATCHES - 1)
                + &line(1, 0, 100)
                + &line(1, 100, 0)
                + &line(0, 0, 100)
                + &line(0, 100, 0),
            String::new(),
        ] {
            assert!(edges(&wrong).is_err());
        }
        Ok(())
    }

    #[test]
    fn numbers_that_are_no_measurement_are_refused() {
        let metrics = |least, mean, most| {
            let name = "pandia.batch_times batch";
            format!(
                "pandia.batch_times batches 3\n{name}_min_ns {least}\n{name}_mean_ns {mean}\n\
                 {name}_max_ns {most}\n"
            )
        };
        assert!(measured(&metrics(1, 2, 3)).is_ok());
        assert!(measured(&metrics(0, 2, 3)).is_err(), "a counter that stands still");
        assert!(measured(&metrics(2, 2, 2)).is_err());
        assert!(measured("").is_err());
        assert!(in_real_time("off_ns 5\nidle_ns 200100\nschedule_ns 300100\n").is_ok());
        assert!(in_real_time("off_ns 5\nidle_ns 199999\nschedule_ns 300100\n").is_err());
        assert!(in_real_time("off_ns 200000\nidle_ns 200100\nschedule_ns 300100\n").is_err());
    }
}
