//! Stacks behind sockets: the same digest wherever the joint is, and what is refused.

use std::io::{self, Read as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use super::*;
use crate::output::{BitLayout, Counts};
use crate::runner::{ProgramFile, RunError, RunOptions, Runner, Summary};
use crate::stack::{PartUse, Registry, StackPlan, StackSpec};

const PROGRAM: &str = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; bit[3] c;
    h q[0]; cx q[0], q[1]; rz(0.3) q[1]; cx q[1], q[2]; t q[2]; c[0] = measure q[0];
    if (c[0] == 1) { x q[1]; }
    h q[1]; c[1] = measure q[1]; c[2] = measure q[2];";

/// A desktop that serves so many clients, one after the other; gives its address.
pub(super) fn desktop(clients: usize) -> Address {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().take(clients) {
            serve_connection(stream.unwrap(), &mut Desktop::new()).unwrap();
        }
    });
    address.parse().unwrap()
}

pub(super) fn plan(simulator: &str) -> StackPlan {
    let mut spec = StackSpec::new().with_simulator(PartUse::parse(simulator).unwrap());
    for noise in ["readout:p_1_given_0=0.05", "depolarizing:p_1q=0.02,p_2q=0.1,gate.cx=0.2"] {
        spec = spec.with_noise(PartUse::parse(noise).unwrap());
    }
    StackPlan::new(&Registry::new(), &spec).unwrap()
}

fn run(plan: &StackPlan, text: &str) -> Result<(Summary, Vec<(String, u64)>), RunError> {
    let file = ProgramFile::from_source("p", text).unwrap();
    let program = file.program().unwrap();
    let options = RunOptions { shots: 0..200, threads: 1, ..RunOptions::default() };
    let mut counts = Counts::new(BitLayout::new(&program));
    let summary = Runner::new(&program, plan, options)?.run(&mut counts)?;
    Ok((summary, counts.sorted()))
}

pub(super) fn with_noise_on(address: &Address, plan: StackPlan, noise_count: usize) -> StackPlan {
    let waiting = Waiting::seconds(5.0).unwrap();
    let board = Board::connect(address, waiting).unwrap();
    plan.noise_onto_board(BoardStack::new(board, waiting), noise_count)
}

pub(super) fn on(address: &Address, plan: StackPlan, noise_count: usize) -> StackPlan {
    let waiting = Waiting::seconds(5.0).unwrap();
    let board = Board::connect(address, waiting).unwrap();
    plan.onto_board(BoardStack::new(board, waiting), noise_count)
}

#[test]
fn the_digest_is_the_same_wherever_the_joint_is() {
    for simulator in ["state_vector", "state_vector_f32", "density_matrix"] {
        let (here, counts) = run(&plan(simulator), PROGRAM).unwrap();
        assert_eq!(here.shots_done, 200);
        let address = desktop(6);
        for noise_count in 0..3 {
            for place in [on, with_noise_on] {
                let plan = place(&address, plan(simulator), noise_count);
                let (there, counts_there) = run(&plan, PROGRAM).unwrap();
                assert_eq!(there.digest, here.digest, "{simulator}, {noise_count} noise there");
                assert_eq!(counts_there, counts);
            }
        }
    }
}

#[test]
fn what_the_board_refuses_ends_the_run_before_its_first_shot() {
    let address = desktop(1);
    let wide =
        "OPENQASM 3.0; include \"stdgates.inc\"; qubit[60] q; bit c; h q[0]; c = measure q[0];";
    let error = run(&on(&address, plan("state_vector"), 2), wide).unwrap_err();
    assert!(matches!(error, RunError::Stack(_)), "{error}");
    assert!(error.to_string().starts_with("tcp:127.0.0.1"), "{error}");
}

#[test]
fn a_board_that_goes_away_costs_the_shot_and_is_connected_to_anew() {
    let address = behind_a_cut(desktop(2), 20_000);
    let file = ProgramFile::from_source("p", PROGRAM).unwrap();
    let program = file.program().unwrap();
    let plan = on(&address, plan("state_vector"), 1);
    let reference = StackPlan::new(&Registry::new(), &plan.spec()).unwrap();
    let options = |shots| RunOptions {
        shots,
        threads: 1,
        on_error: crate::runner::OnError::KeepGoing,
        ..RunOptions::default()
    };
    let mut lines = Lines::default();
    let runner = Runner::new(&program, &plan, options(0..1000)).unwrap();
    let summary = runner.run(&mut lines).unwrap();
    assert_eq!(summary.shots_failed, 1, "{:?}", summary.failures);
    assert_eq!(summary.failures[0].error.layer(), pandia_core::link::LINK_ID);
    assert_eq!(summary.shots_done, 999);
    // Every shot that was done has the bits that it has here.
    let mut here = Lines::default();
    let runner = Runner::new(&program, &reference, options(0..1000)).unwrap();
    runner.run(&mut here).unwrap();
    let lost = usize::try_from(summary.failures[0].shot.0).unwrap();
    here.0.remove(lost);
    assert_eq!(lines.0, here.0);
}

/// A way to the desktop whose first client is cut off after so many bytes; gives its address.
fn behind_a_cut(desktop: Address, bytes: u64) -> Address {
    let Address::Tcp(desktop) = desktop else { panic!("{desktop}") };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for (number, client) in listener.incoming().enumerate() {
            let (client, board) = (client.unwrap(), TcpStream::connect(&desktop).unwrap());
            for end in [&client, &board] {
                end.set_nodelay(true).unwrap();
            }
            let (mut to, mut from) = (board.try_clone().unwrap(), board.try_clone().unwrap());
            let mut back = client.try_clone().unwrap();
            thread::spawn(move || io::copy(&mut from, &mut back));
            let most = if number == 0 { bytes } else { u64::MAX };
            let _ = io::copy(&mut (&client).take(most), &mut to);
            for end in [&client, &board] {
                let _ = end.shutdown(Shutdown::Both);
            }
        }
    });
    address.parse().unwrap()
}

#[derive(Default)]
struct Lines(Vec<(u64, Vec<u8>)>);

impl crate::runner::ShotSink for Lines {
    fn shot(&mut self, shot: pandia_core::ids::ShotId, bits: &[u8]) -> io::Result<()> {
        self.0.push((shot.0, bits.to_vec()));
        Ok(())
    }
}

#[test]
fn a_board_is_asked_what_it_has_and_refuses_a_module_with_the_reason() {
    let mut board = Board::connect(&desktop(1), Waiting::default()).unwrap();
    assert_eq!(board.welcome().name, "desktop");
    assert!(board.welcome().can_build);
    board.ping(3).unwrap();
    let parts = board.parts().unwrap();
    assert!(parts.iter().any(|part| part.id == "pandia.depolarizing"));
    assert!(parts.iter().all(|part| part.kind != "runtime"));
    assert_eq!(board.modules().unwrap(), []);
    let error = board.load(&[1; 5000], None, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("no region that a module can be written to"), "{error}");
    assert!(error.help().is_some());
}

#[test]
fn who_is_not_there_or_says_nothing_is_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let waiting = Waiting::seconds(0.2).unwrap();
    let refused = Board::connect(&format!("tcp:{free}").parse().unwrap(), waiting).unwrap_err();
    assert!(refused.help().unwrap().contains("nobody listens"), "{refused}: {:?}", refused.help());
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", silent.local_addr().unwrap()).parse().unwrap();
    let error = Board::connect(&address, waiting).unwrap_err();
    assert!(error.to_string().contains("nobody answered for 0.2 s"), "{error}");
    let none = Board::connect(&"serial:/dev/no-such-port".parse().unwrap(), waiting).unwrap_err();
    assert!(none.help().unwrap().contains("plugged in"), "{none}");
}
