//! A board at a serial port, which here is a pseudo-terminal with a desktop that acts as a board at
//! its other end.

use std::ffi::CString;
use std::fs::File;
use std::io::{self, Write as _};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::thread;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::board::Served;
use crate::support::Folder;

/// A serial port.
struct Port {
    device: String,
    /// The other end of the cable, for who makes noise on it.
    far: File,
    /// As long as it is open the line stays up while nobody uses the port.
    _near: OwnedFd,
}

impl Port {
    /// A port that leads to the board.
    fn to(board: &Served) -> Self {
        let far = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&far).unwrap();
        unlockpt(&far).unwrap();
        let name: CString = ptsname(&far, Vec::new()).unwrap();
        let near = open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let far = File::from(far);
        let there = board.connect();
        let (mut from, mut to) = (far.try_clone().unwrap(), there.try_clone().unwrap());
        thread::spawn(move || {
            // Ends when the port is gone.
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let (mut from, mut to) = (there, far.try_clone().unwrap());
        thread::spawn(move || io::copy(&mut from, &mut to));
        Self { device: name.into_string().unwrap(), far, _near: near }
    }
}

#[test]
fn a_run_over_a_serial_port_gives_the_output_that_it_gives_here() {
    let (folder, board) = (Folder::new(), Served::new());
    let mut port = Port::to(&board);
    let at = format!("serial:{}@921600", port.device);
    let noise = "--noise readout:p_1_given_0=0.1 --noise depolarizing:p_1q=0.01,p_2q=0.05";
    let run = format!("teleport.qasm --shots 40 --seed 5 {noise}");
    let here = folder.good(&format!("run {run}"));
    // One command after the other over the same line, each with a session of its own.
    for there in ["", "--board-parts simulator", "--board-parts noise"] {
        let text = folder.good(&format!("run {run} --board {at} {there}"));
        assert_eq!(text.replace(&format!("board   {at}\n"), ""), here, "{there}");
        // Whatever stood on the line meanwhile.
        port.far.write_all(b"\x00\x07noise\xff\xff").unwrap();
    }
    assert!(folder.good(&format!("board ping {at}")).starts_with("desktop "));
    let missing = folder.run("board ping serial:/dev/pts/no-such-port");
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("is it plugged in?"), "{}", missing.stderr);
}

#[test]
fn a_serial_port_with_nobody_at_its_other_end_is_said_to_be_silent() {
    let folder = Folder::new();
    let far = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&far).unwrap();
    unlockpt(&far).unwrap();
    let device = ptsname(&far, Vec::new()).unwrap().into_string().unwrap();
    let ran = folder.run(&format!("board ping serial:{device} --timeout 0.3"));
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("nobody answered for 0.3 s"), "{}", ran.stderr);
}
