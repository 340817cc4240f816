//! What an image shows of its taps' ring when a panic or a fault ends it.

use defmt::Display2Format;

/// Logs the last records, oldest first, and how many came before them. Nothing if no tap ran.
pub(crate) fn log() {
    pandia_records::RECORDS.last(|line| defmt::error!("last record: {}", Display2Format(&line)));
}
