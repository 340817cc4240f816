//! Where a board is: `tcp:HOST:PORT`, `serial:DEVICE[@BAUD]`, `qemu:BOARD[=IMAGE]`.

use core::fmt::{self, Display};
use core::str::FromStr;
use std::path::PathBuf;

use super::emulated::{EMULATED, Emulated};
use super::error::BoardError;
use crate::stack::nearest;

/// The rate of a serial line where none is given.
const BAUD: u32 = 115_200;

/// Where a board is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// At a socket.
    Tcp(String),
    /// At a serial port.
    Serial {
        /// The device.
        device: String,
        /// Bits a second.
        baud: u32,
    },
    /// In QEMU, which is started for it and ended with it.
    Qemu {
        /// Which board.
        board: &'static Emulated,
        /// Its image; without it: where `cargo` builds it.
        image: Option<PathBuf>,
    },
}

fn wrong(text: &str, problem: &str) -> BoardError {
    BoardError::new(
        format!("{text:?} is no address of a board: {problem}"),
        "write tcp:HOST:PORT, serial:DEVICE, serial:DEVICE@BAUD or qemu:BOARD; pandia board list \
         shows what there is",
    )
}

impl FromStr for Address {
    type Err = BoardError;

    fn from_str(text: &str) -> Result<Self, BoardError> {
        let Some((scheme, rest)) = text.split_once(':').filter(|(_, rest)| !rest.is_empty()) else {
            return Err(wrong(text, "it does not say of which kind it is"));
        };
        match scheme {
            "tcp" => match rest.rsplit_once(':') {
                Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
                    Ok(Self::Tcp(rest.to_owned()))
                }
                _ => Err(wrong(text, "host and port are wanted, and a port is below 65536")),
            },
            "serial" => {
                let (device, baud) = match rest.rsplit_once('@') {
                    Some((device, baud)) => (device, baud.parse().ok().filter(|baud| *baud > 0)),
                    None => (rest, Some(BAUD)),
                };
                let Some(baud) = baud else {
                    return Err(wrong(text, "the rate after @ is a number of bits a second"));
                };
                Ok(Self::Serial { device: device.to_owned(), baud })
            }
            "qemu" => {
                let (name, image) = match rest.split_once('=') {
                    Some((name, image)) => (name, Some(PathBuf::from(image))),
                    None => (rest, None),
                };
                let names = || EMULATED.iter().map(|board| board.name);
                let Some(board) = EMULATED.iter().find(|board| board.name == name) else {
                    let known = names().collect::<Vec<_>>().join(", ");
                    let near = nearest(name, names());
                    let near = near.map_or(String::new(), |near| format!("did you mean {near}? "));
                    return Err(BoardError::new(
                        format!("QEMU plays no board called {name:?} here"),
                        format!("{near}there are: {known}"),
                    ));
                };
                Ok(Self::Qemu { board, image })
            }
            _ => Err(wrong(text, "there is no such kind")),
        }
    }
}

impl Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(rest) => write!(f, "tcp:{rest}"),
            Self::Serial { device, baud } => write!(f, "serial:{device}@{baud}"),
            Self::Qemu { board, .. } => write!(f, "qemu:{}", board.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_shown() {
        for (text, shown) in [
            ("tcp:localhost:7000", "tcp:localhost:7000"),
            ("tcp:[::1]:7000", "tcp:[::1]:7000"),
            ("serial:/dev/ttyUSB0", "serial:/dev/ttyUSB0@115200"),
            ("serial:COM3@921600", "serial:COM3@921600"),
            ("qemu:cortex-m4", "qemu:cortex-m4"),
            ("qemu:riscv32=/tmp/image", "qemu:riscv32"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_way_out() {
        for (text, says) in [
            ("", "does not say"),
            ("tcp:", "does not say"),
            ("tcp:localhost", "host and port"),
            ("tcp:localhost:99999", "host and port"),
            ("serial:/dev/x@fast", "rate after @"),
            ("usb:1", "no such kind"),
            ("qemu:cortex-m5", "no board called"),
        ] {
            let error = text.parse::<Address>().unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
            assert!(error.help().is_some());
        }
        let error = "qemu:cortexm4".parse::<Address>().unwrap_err();
        assert!(error.help().unwrap().starts_with("did you mean cortex-m4?"));
    }
}
