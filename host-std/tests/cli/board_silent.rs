//! A board that stops answering in the middle of a run: Ctrl-C ends the run at once, and not when the
//! board's time is over.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::board::Served;
use crate::interrupt::{await_end, signal};
use crate::support::Folder;

/// What happens to the line after some bytes of the desktop.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Nothing comes through any more.
    Silence,
    /// It is cut; who connects again is let in and hears nothing.
    Cut,
}

/// A way to the board that fails after so many bytes of the desktop; says so when it does.
fn failing_way(board: &Served, after_bytes: usize, then: Then) -> (String, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    let there = board.connect();
    let (say, said) = channel();
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let (mut from, mut back) = (there.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut from, &mut back));
        let (mut passed, mut bytes) = (0, [0; 64]);
        while passed < after_bytes {
            let count = client.read(&mut bytes).unwrap();
            (&there).write_all(&bytes[..count]).unwrap();
            passed += count;
        }
        if then == Then::Cut {
            for end in [&client, &there] {
                end.shutdown(Shutdown::Both).unwrap();
            }
            // Who comes back waits for a board that does not answer.
            let again = listener.accept();
            say.send(()).unwrap();
            thread::sleep(Duration::from_secs(60));
            drop(again);
            return;
        }
        say.send(()).unwrap();
        thread::sleep(Duration::from_secs(60));
    });
    (address, said)
}

#[test]
fn ctrl_c_ends_the_wait_for_a_board_within_a_second() {
    let folder = Folder::new();
    for (then, parts) in [(Then::Silence, "all"), (Then::Silence, "noise"), (Then::Cut, "all")] {
        let board = Served::new();
        let (address, failed) = failing_way(&board, 20_000, then);
        let more = "--noise depolarizing:p_1q=0.01 --keep-going --board-timeout 3600";
        let run = format!("run teleport.qasm --shots 100000 {more} --board-parts {parts}");
        let mut run = Command::new(env!("CARGO_BIN_EXE_pandia"))
            .args(run.split_whitespace())
            .args(["--board", &address])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        failed.recv_timeout(Duration::from_secs(60)).unwrap();
        // Long enough to be waiting, and no board answers any more.
        thread::sleep(Duration::from_millis(300));
        assert_eq!(run.try_wait().unwrap(), None, "it waits");
        let begun = Instant::now();
        signal("-INT", &run);
        let code = await_end(&mut run, "a board that is silent");
        let took = begun.elapsed();
        let mut text = String::new();
        run.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        assert!(took < Duration::from_secs(1), "it took {took:?}\n{text}");
        // The shot that was under way when the line was cut is lost; no other one is.
        let (expected, says) = match then {
            Then::Silence => (130, "interrupted after"),
            Then::Cut => (1, "the line to the board is gone"),
        };
        assert_eq!(code, Some(expected), "{text}");
        assert!(text.contains(says) && !text.contains("more shot"), "{text}");
    }
}
