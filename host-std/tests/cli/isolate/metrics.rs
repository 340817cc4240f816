//! What parts counted: to the byte the same out of worker processes, also where some of them end.

use super::{AT, c, folder, rust};
use crate::interrupt::{await_end, signal, started};
use crate::support::Folder;

/// What `pandia run ARGUMENTS --metrics`, which must end with this status, writes: the totals, and the
/// lines of the shots.
fn written(folder: &Folder, code: i32, arguments: &str) -> [String; 2] {
    ["m.json", "m.jsonl"].map(|file| {
        let ran = folder.run(&format!("run {arguments} --metrics {file}"));
        assert_eq!(ran.code, code, "{arguments}\n{}", ran.stderr);
        String::from_utf8(folder.read(file)).unwrap()
    })
}

/// The part in C, which counts and has levels, under layers that count.
fn coins(how: &str) -> String {
    let noise =
        "--noise depolarizing:p_1q=0.3 --noise readout:p_1_given_0=0.2 --noise pauli:px=0.1";
    format!("coins.qasm {noise} {}", c(how))
}

#[test]
fn metrics_are_the_same_to_the_byte_with_and_without_isolation() {
    let folder = folder();
    let layers = "--noise depolarizing:p_1q=0.05,p_2q=0.1 --noise idle:t1_ns=2000,t2_ns=3000";
    let range = "18446744073709551590..18446744073709551615";
    // How it ends, what it is, and how many shots are good.
    let runs = [
        (0, format!("{} --shots 500 --runtime queued", coins("sound")), 500),
        (0, format!("{} --shots 50 --runtime threaded:inner=soft_rz", coins("sound")), 50),
        (0, format!("ghz.qasm --shots 300 {layers} --runtime queued:duration_2q_ns=300"), 300),
        // More chunks than threads, of which some are full.
        (0, "bell.qasm --shots 20000 --noise pauli:px=0.5".to_owned(), 20_000),
        (0, format!("teleport.qasm --shot-range {range}"), 25),
        (0, "no_bits.qasm --shots 30".to_owned(), 30),
        // More than fits into any other message.
        (0, format!("coins.qasm --shots 6 {}", c("counts")), 6),
        (1, format!("{},at=17 --shots 40", coins("refuse")), 17),
        (1, format!("{},every=3 --shots 100 --keep-going", coins("refuse")), 67),
        // Shots that lose the instance, which the worker builds anew.
        (1, format!("{},every=3 --shots 100 --keep-going", coins("lose")), 67),
        (1, format!("coins.qasm --shots 40 --keep-going {}", rust("guarded", "apply")), 39),
    ];
    for (code, run, good) in runs {
        for threads in [1, 3] {
            let run = format!("{run} --threads {threads}");
            let plain = written(&folder, code, &run);
            assert_eq!(plain[1].lines().count(), good + 1, "{run}");
            assert_eq!(written(&folder, code, &format!("{run} --isolate")), plain, "{run}");
        }
    }
    // An instance that is lost while it is asked: the shot is good, and the next one is not.
    let run =
        format!("coins.qasm --shots 40 --keep-going --threads 1 {}", rust("guarded", "metric"));
    let plain = written(&folder, 1, &run);
    assert_eq!(written(&folder, 1, &format!("{run} --isolate")), plain);
}

/// The number that is written behind this name. Not by way of JSON, whose reader rounds.
fn number(text: &str, name: &str) -> Option<f64> {
    let (_, after) = text.split_once(&format!("\"{name}\":"))?;
    after.split([',', '}']).next()?.trim().parse().ok()
}

#[test]
fn levels_keep_every_digit() {
    let folder = folder();
    let [totals, shots] = written(&folder, 0, &format!("{} --shots 20 --isolate", coins("sound")));
    let mut last = None;
    for (index, line) in (0..20_u32).zip(shots.lines()) {
        assert_eq!(number(line, "shot"), Some(index.into()));
        // As the part makes it: from a whole number, in two steps that are rounded.
        let level = number(line, "level").unwrap();
        let whole = (level * 3e-7 + 2e9).round();
        assert!((0.0..4_294_967_296.0).contains(&whole), "{level}");
        assert_eq!(((whole - 2e9) / 3e-7).to_bits(), level.to_bits());
        assert_eq!(number(line, "odd"), (index % 2 == 1).then_some(level), "{index}");
        last = Some(level);
    }
    let (_, of_level) = totals.split_once("\"level\"").unwrap();
    assert_eq!(number(of_level, "last").map(f64::to_bits), last.map(f64::to_bits));
    assert!(number(of_level, "min").unwrap() < number(of_level, "max").unwrap());
    assert!(totals.contains("\"draws\": 60"), "{totals}");
}

#[test]
fn a_worker_that_ends_costs_the_numbers_of_one_shot() {
    let folder = folder();
    // In a shot, at its end, while it is asked what it counted, and over the connection.
    let ends = ["segv", "exit_0", "shot_end", "metric", "nonsense", "shout", "close", "fork"];
    let hangs = ["hang", "metric_hang"];
    for (settings, good) in [("", 39), (",at=3,every=7", 34)] {
        let part = |how: &str| format!("{}{settings} --shots 40 --keep-going", coins(how));
        let expected = written(&folder, 1, &part("refuse"));
        assert_eq!(expected[1].lines().count(), good + 1);
        // Each hang takes its time.
        let hows = ends.iter().chain(if settings.is_empty() { &hangs[..] } else { &[] });
        for how in hows {
            for threads in [1, 2] {
                let run = format!("{} --isolate --shot-timeout 1 --threads {threads}", part(how));
                assert_eq!(written(&folder, 1, &run), expected, "{run}");
            }
        }
    }
}

#[test]
fn a_worker_that_ends_the_run_leaves_the_numbers_of_the_shots_before_it() {
    let folder = folder();
    let expected = written(&folder, 1, &format!("{},at=12 --shots 40", coins("refuse")));
    assert_eq!(expected[1].lines().count(), 13);
    for how in ["segv", "exit_3", "metric", "hang", "shout"] {
        for threads in [1, 2] {
            let part = format!("{},at=12 --shots 40", coins(how));
            let run = format!("{part} --isolate --shot-timeout 1 --threads {threads}");
            assert_eq!(written(&folder, 1, &run), expected, "{run}");
        }
    }
}

/// Every shot sends something, and the request to stop is looked at all the same.
#[test]
fn ctrl_c_ends_a_run_whose_worker_never_pauses_and_leaves_whole_shots() {
    let folder = folder();
    let shots = "--threads 1 --metrics m.jsonl";
    let sound = format!("run coins.qasm --shots 1200 {shots} {}", c("sound"));
    folder.good(&sound);
    let plain = String::from_utf8(folder.read("m.jsonl")).unwrap();
    // A chunk of it takes five seconds.
    let slow = format!("run coins.qasm --shots 9000 {shots} --isolate {},every=1", c("slow"));
    // Kept open: what the command says at its end must go somewhere.
    let (mut run, _said) = started(&folder, &slow, "slow");
    signal("-INT", &run);
    let code = await_end(&mut run, &slow);
    assert_eq!(code, Some(130));
    let text = String::from_utf8(folder.read("m.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (total, lines) = lines.split_last().unwrap();
    assert!((AT..1000).contains(&(lines.len() as u64)), "{} shots", lines.len());
    assert!(plain.lines().zip(lines).all(|(plain, line)| plain == *line), "{text}");
    let total: serde_json::Value = serde_json::from_str(total).unwrap();
    assert_eq!(total["shots"], lines.len());
}
