//! Stacks on a board, which here is another process of this command.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::support::Folder;

/// `pandia board serve`; it ends with this.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: String,
}

impl Served {
    pub(crate) fn new() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pandia"))
            .args(["--quiet", "board", "serve", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { child, address: address.trim().to_owned() }
    }

    /// A line to it.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address.strip_prefix("tcp:").unwrap()).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_run_over_a_board_gives_the_output_that_it_gives_here() {
    let (folder, board) = (Folder::new(), Served::new());
    let noise = "--noise readout:p_1_given_0=0.1 --noise depolarizing:p_1q=0.01,p_2q=0.05";
    let run = format!("teleport.qasm --shots 200 --seed 5 {noise}");
    let here = folder.good(&format!("run {run}"));
    for there in [
        "",
        "--board-noise 0",
        "--board-noise 1",
        "--board-parts simulator",
        "--board-parts noise",
        "--board-parts noise --board-noise 1",
    ] {
        let text = folder.good(&format!("run {run} --board {} {there}", board.address));
        assert_eq!(text.replace(&format!("board   {}\n", board.address), ""), here, "{there}");
        assert!(text.contains("board   tcp:127.0.0.1:"), "{text}");
    }
    let json = folder.json(&format!("{run} --board {}", board.address));
    assert_eq!(json["board"], board.address);
    assert!(folder.json(&run).get("board").is_none());
    // A shot alone is the same shot there, too.
    let lines = folder.bits_by_shot(&format!("{run} --board {}", board.address));
    let seven = format!("teleport.qasm --shot 7 --seed 5 {noise} --board {}", board.address);
    assert_eq!(folder.bits_by_shot(&seven), [lines[7].clone()]);
}

#[test]
fn the_joints_here_and_on_the_board_are_traced() {
    let (folder, board) = (Folder::new(), Served::new());
    let noise = "--noise readout:p_1_given_0=0.1 --noise depolarizing:p_1q=0.01,p_2q=0.05";
    let run = format!("run teleport.qasm --shots 20 {noise} --trace");
    folder.good(&format!("{run} here.jsonl"));
    let lines = |file: &str| {
        let text = String::from_utf8(folder.read(file)).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect::<Vec<serde_json::Value>>()
    };
    let here = lines("here.jsonl");
    let at = |lines: &[serde_json::Value], joint: u64| {
        let fields = ["record", "batch", "index", "op", "gate", "qubits", "id", "value", "status"];
        let of = |line: &serde_json::Value| fields.map(|field| line[field].clone());
        lines.iter().filter(|line| line["joint"] == joint).map(of).collect::<Vec<_>>()
    };
    for parts in ["", "--board-noise 1", "--board-parts simulator", "--board-parts noise"] {
        folder.good(&format!("{run} there.jsonl --board {} {parts}", board.address));
        let there = lines("there.jsonl");
        assert_eq!((&here[0]["joints"], &there[0]["joints"]), (&5.into(), &5.into()), "{parts}");
        assert_eq!(there[0]["board"], board.address);
        for joint in 0..5 {
            assert!(at(&there, joint).len() > 100, "{parts}: joint {joint}");
            assert_eq!(at(&here, joint), at(&there, joint), "{parts}: joint {joint}");
        }
    }
}

#[test]
fn a_board_says_what_it_is_and_has() {
    let (folder, board) = (Folder::new(), Served::new());
    let at = &board.address;
    assert!(folder.good(&format!("board ping {at}")).starts_with("desktop "));
    let parts = folder.good(&format!("board parts {at}"));
    assert!(parts.contains("pandia.stabilizer") && !parts.contains("pandia.simple"), "{parts}");
    let memory: serde_json::Value =
        serde_json::from_str(&folder.good(&format!("board memory {at} --format json"))).unwrap();
    assert_eq!(memory["window"], 32);
    assert_eq!(folder.good(&format!("board modules {at}")), "none\n");
    let list = folder.good("board list");
    assert!(list.contains("qemu:cortex-m4") && list.contains("qemu:cortex-a53"), "{list}");
}

#[test]
fn what_a_board_does_not_take_is_refused_with_the_reason() {
    let (folder, board) = (Folder::new(), Served::new());
    folder.write("module.img", [7; 3000]);
    let ran = folder.run(&format!("board load {} module.img", board.address));
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("no region that a module can be written to"), "{}", ran.stderr);
    for command in ["load {} module.img --slot 2", "erase {} 2"] {
        let ran = folder.run(&format!("board {}", command.replace("{}", &board.address)));
        assert_eq!(ran.code, 2, "{command}");
        assert!(ran.stderr.contains("its parts are fixed"), "{}", ran.stderr);
    }
    let run = format!("run small.qasm --board {} --board-module", board.address);
    for (image, says) in [("module.img", "its parts are fixed"), ("no.img", "cannot be read")] {
        folder.write("small.qasm", "OPENQASM 3.0; qubit q; bit c; c = measure q;");
        let ran = folder.run(&format!("{run} {image}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
    }
    let ran = folder.run("run small.qasm --board-module module.img");
    assert!(ran.code == 2 && ran.stderr.contains("--board"), "{}", ran.stderr);
    let ran = folder.run(&format!("board load {} no.img", board.address));
    assert!(ran.stderr.contains("no.img cannot be read"), "{}", ran.stderr);
    // The board goes on after all of that, and after a client that went in the middle.
    drop(board.connect());
    let barrier = "OPENQASM 3.0; qubit[2] q; bit c; barrier q; c = measure q[0];";
    folder.write("small.qasm", barrier);
    folder.good(&format!("run small.qasm --shots 3 --board {}", board.address));
    // What contradicts itself, or leaves nothing for the board.
    for (options, says) in [
        ("--board-parts noise", "no error model for the board"),
        ("--board-parts noise --noise ideal --board-noise 0", "nothing is left for the board"),
        ("--board-parts simulator --board-noise 1", "contradict each other"),
    ] {
        let ran = folder.run(&format!("run small.qasm --board {} {options}", board.address));
        assert_eq!(ran.code, 2, "{options}");
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
    }
    let wide = "OPENQASM 3.0; qubit[50] q; bit c; c = measure q[0];";
    folder.write("wide.qasm", wide);
    let ran = folder.run(&format!("run wide.qasm --board {}", board.address));
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains(&board.address), "{}", ran.stderr);
}
