//! What the Cortex-M4F must not exceed, whatever the committed table says (docs/boards.md).

use anyhow::{Context as _, Result, ensure};

use super::table::Table;

const BOARD: &str = "cortex-m4";

/// Rows of the table, and the most that each may be.
const GOALS: &[(&str, u64)] = &[
    ("depolarizing, phased_x: mean", 1_500),
    ("depolarizing, zz_phase: mean", 1_000),
    ("surface code, round: mean", 8_000),
    ("controller, bytes: flash", 48 * 1024),
];

/// Stack and statics of the controller beyond the larger of its states, in bytes.
const RAM: u64 = 8 * 1024;

/// Fails if a goal is missed.
pub(super) fn check(measured: &Table) -> Result<()> {
    let number = |what: &str| {
        measured.number(BOARD, what).with_context(|| format!("{BOARD}: no row `{what}`"))
    };
    for (what, most) in GOALS {
        let is = number(what)?;
        ensure!(is <= *most, "{BOARD}, {what}: {is}, and the goal is {most}");
    }
    let whole = number("controller, bytes: stack at most")?
        + number("controller, bytes: RAM without stack")?;
    let is = whole - number("controller, bytes: state, of the stack")?;
    ensure!(
        is <= RAM,
        "{BOARD}, controller: {is} bytes of RAM beyond the state; the goal is {RAM}"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(flash: u64, stack: u64) -> Table {
        let mut table = Table::default();
        for (what, most) in GOALS {
            table.add(BOARD, what, *most);
        }
        table.add(BOARD, "controller, bytes: flash", flash);
        table.add(BOARD, "controller, bytes: stack at most", stack);
        table.add(BOARD, "controller, bytes: RAM without stack", 192);
        table.add(BOARD, "controller, bytes: state, of the stack", 840);
        table
    }

    #[test]
    fn a_goal_may_be_met_exactly_and_no_more() {
        assert!(check(&table(49_152, 8_840)).is_ok());
        for (wrong, says) in [(table(49_153, 8_840), "flash"), (table(49_152, 8_841), "RAM")] {
            let error = check(&wrong).err().map(|error| error.to_string());
            assert!(error.as_deref().is_some_and(|words| words.contains(says)), "{error:?}");
        }
        assert!(check(&Table::default()).is_err(), "nothing measured is no goal met");
    }
}
