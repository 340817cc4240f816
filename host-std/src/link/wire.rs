//! The line to a board: bytes in and out, with reads that time out.

use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use embedded_io::ErrorKind;
use pandia_core::link::GateRoom;
use serial2::SerialPort;

use super::address::Address;
use super::emulated::Running;
use super::error::BoardError;
use super::rooms::Rooms;

/// How long a read of the line waits: the unit in which patience is counted.
pub(super) const TICK: Duration = Duration::from_millis(10);
/// Bytes that one read takes at most.
const BUFFER_BYTES: usize = 4096;

/// A request to stop waiting, from whichever thread. It stays until somebody takes it back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(super) fn set(&self, is_wanted: bool) {
        self.0.store(is_wanted, Ordering::Relaxed);
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Bytes that go both ways.
trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// The line to a board.
pub struct Wire {
    stream: Box<dyn Stream>,
    /// The QEMU at its other end.
    running: Option<Running>,
    stop: Stop,
    /// For gates that the other end brings, if it may.
    rooms: Option<Rooms>,
    buffer: Box<[u8; BUFFER_BYTES]>,
    start: usize,
    end: usize,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("running", &self.running).finish_non_exhaustive()
    }
}

impl Wire {
    /// Opens the line. A write that takes longer than `timeout` fails.
    ///
    /// # Errors
    /// [`BoardError`] with what is not there.
    pub fn open(address: &Address, timeout: Duration) -> Result<Self, BoardError> {
        Self::open_until(address, timeout, &Stop::default())
    }

    /// As [`Self::open`]; opening and reading end early if that is wanted.
    pub(super) fn open_until(
        address: &Address,
        timeout: Duration,
        stop: &Stop,
    ) -> Result<Self, BoardError> {
        let wire = match address {
            Address::Tcp(at) => {
                let stream = connect(address, at, timeout, stop)?;
                Self::of_tcp(stream, timeout).map_err(|error| failed(address, &error))?
            }
            Address::Serial { device, baud } => {
                let mut port =
                    SerialPort::open(device, *baud).map_err(|error| failed(address, &error))?;
                port.set_read_timeout(TICK)
                    .and_then(|()| port.set_write_timeout(timeout))
                    .and_then(|()| port.discard_buffers())
                    .map_err(|error| failed(address, &error))?;
                Self::of(Box::new(port), None)
            }
            Address::Qemu { board, image } => {
                let (stream, running) = board.start(image.as_deref(), timeout, stop)?;
                let mut wire =
                    Self::of_tcp(stream, timeout).map_err(|error| failed(address, &error))?;
                wire.running = Some(running);
                wire
            }
        };
        Ok(Self { stop: stop.clone(), ..wire })
    }

    /// The line over a socket.
    ///
    /// # Errors
    /// If the socket does not take timeouts.
    pub fn of_tcp(stream: TcpStream, timeout: Duration) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TICK))?;
        stream.set_write_timeout(Some(timeout.max(TICK)))?;
        Ok(Self::of(Box::new(stream), None))
    }

    fn of(stream: Box<dyn Stream>, running: Option<Running>) -> Self {
        let buffer = Box::new([0; BUFFER_BYTES]);
        Self { stream, running, stop: Stop::default(), rooms: None, buffer, start: 0, end: 0 }
    }

    /// Room for the matrices of gates that the other end brings, for as long as there is this line.
    pub(super) fn gate_rooms(&mut self) -> &'static [GateRoom] {
        self.rooms.get_or_insert_with(Rooms::take).all()
    }

    /// What ends the wait for bytes early.
    pub(super) fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// How the QEMU at the other end has ended, if there is one and it has.
    pub fn ending(&mut self) -> Option<String> {
        self.running.as_mut().and_then(Running::ending)
    }
}

/// Connects on a thread of its own: neither the look-up of a name nor the network can be asked to
/// hurry, and whoever stops leaves them to themselves.
fn connect(
    address: &Address,
    at: &str,
    timeout: Duration,
    stop: &Stop,
) -> Result<TcpStream, BoardError> {
    let (done, result) = mpsc::channel();
    let at = at.to_owned();
    thread::spawn(move || {
        // Nobody may want to know any more.
        let _ = done.send(connect_here(&at, timeout));
    });
    let connected = loop {
        match result.recv_timeout(TICK) {
            Ok(connected) => break connected,
            Err(mpsc::RecvTimeoutError::Timeout) if !stop.is_wanted() => {}
            Err(_) => break Err(io::ErrorKind::ConnectionAborted.into()),
        }
    };
    connected.map_err(|error| failed(address, &error))
}

fn connect_here(at: &str, timeout: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for socket in at.to_socket_addrs()? {
        match TcpStream::connect_timeout(&socket, timeout.max(TICK)) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn failed(address: &Address, error: &io::Error) -> BoardError {
    let help = match (address, error.kind()) {
        (Address::Serial { .. }, io::ErrorKind::NotFound) => {
            "is it plugged in? pandia board list shows the serial ports that there are"
        }
        (_, io::ErrorKind::PermissionDenied) => {
            "the port is not yours to use: add yourself to its group (often dialout) and log in anew"
        }
        (Address::Tcp(_), io::ErrorKind::ConnectionRefused) => {
            "nobody listens there: start the other end first, for example pandia board serve"
        }
        (_, io::ErrorKind::TimedOut) => "is the other end on, and the address right?",
        _ => "look at the address, the cable and the other end",
    };
    BoardError::new(format!("{address}: {error}"), help)
}

impl embedded_io::ErrorType for Wire {
    type Error = ErrorKind;
}

impl embedded_io::Read for Wire {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, ErrorKind> {
        if self.start == self.end {
            if self.stop.is_wanted() {
                return Err(ErrorKind::ConnectionAborted);
            }
            self.start = 0;
            self.end = 0;
            match self.stream.read(&mut *self.buffer) {
                Ok(count) => self.end = count.min(BUFFER_BYTES),
                Err(error) => return Err(kind(&error)),
            }
        }
        let have = self.buffer.get(self.start..self.end).unwrap_or(&[]);
        let count = have.len().min(bytes.len());
        bytes[..count].copy_from_slice(&have[..count]);
        self.start += count;
        Ok(count)
    }
}

impl embedded_io::Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        match self.stream.write(bytes) {
            Ok(0) if !bytes.is_empty() => Err(ErrorKind::WriteZero),
            Ok(count) => Ok(count),
            // A line that takes nothing for so long is gone; only reads may come to nothing.
            Err(error) if kind(&error) == ErrorKind::TimedOut => Err(ErrorKind::BrokenPipe),
            Err(error) => Err(kind(&error)),
        }
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.stream.flush().map_err(|error| kind(&error))
    }
}

fn kind(error: &io::Error) -> ErrorKind {
    match error.kind() {
        // What a read that times out is called depends on the system.
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => ErrorKind::TimedOut,
        io::ErrorKind::Interrupted => ErrorKind::Interrupted,
        io::ErrorKind::ConnectionReset => ErrorKind::ConnectionReset,
        io::ErrorKind::BrokenPipe => ErrorKind::BrokenPipe,
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        _ => ErrorKind::Other,
    }
}
