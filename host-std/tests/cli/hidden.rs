//! A library that has the name of a built-in part is not used for it, and that is said.

use crate::faults;
use crate::support::{Folder, Ran};
use std::fs;
use std::sync::LazyLock;

/// The faulty part under the coin's id.
static COIN: LazyLock<String> =
    LazyLock::new(|| faults::build("hidden", &["-DID=\"pandia.coinflip\""]));

/// A folder with programs and, in `plugins`, a library that is called as the coin and says that it is.
fn folder() -> Folder {
    let folder = faults::folder();
    fs::create_dir(folder.path().join("plugins")).unwrap();
    fs::copy(&*COIN, folder.path().join("plugins/libcoinflip.so")).unwrap();
    folder
}

fn run(folder: &Folder, arguments: &str) -> Ran {
    let mut command = folder.command(arguments);
    command.env("PANDIA_PLUGIN_PATH", folder.path().join("plugins"));
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_run_that_names_a_hidden_library_says_so_once_and_uses_the_built_in_part() {
    let folder = folder();
    let file = folder.path().join("plugins/libcoinflip.so");
    let file = file.display();
    for name in ["coinflip", "pandia.coinflip"] {
        for more in ["", "--isolate"] {
            let arguments = format!("run coins.qasm --shots 40 {more} --simulator {name}");
            let ran = run(&folder, &arguments);
            assert_eq!(ran.code, 0, "{}", ran.stderr);
            assert_eq!(
                ran.stderr,
                format!(
                    "warning: --simulator: {name} is the built-in part; {file}, which is called so \
                     too, is not used: give its path to use it\n"
                )
            );
            assert_eq!(ran.stdout, folder.good(&arguments), "without the library");
            assert_eq!(run(&folder, &format!("{arguments} --quiet")).stderr, "");
        }
    }
    // Its path means it: other coins.
    let own = run(&folder, "run coins.qasm --shots 40 --simulator plugins/libcoinflip.so");
    assert_eq!((own.code, own.stderr.as_str()), (0, ""));
    let built_in = run(&folder, "run coins.qasm --shots 40 --simulator coinflip");
    assert_ne!(own.stdout, built_in.stdout);
    // Who does not name it hears nothing of it; who names it twice hears it once.
    assert_eq!(run(&folder, "run coins.qasm --shots 40").stderr, "");
    fs::copy(
        folder.path().join("plugins/libcoinflip.so"),
        folder.path().join("plugins/readout.so"),
    )
    .unwrap();
    let twice = run(&folder, "run coins.qasm --noise readout --noise readout");
    assert_eq!(twice.stderr.matches("is not used").count(), 1, "{}", twice.stderr);
    // A stack file names its line.
    folder.write("coin.toml", "[simulator]\npart = \"coinflip\"\n");
    let ran = run(&folder, "run coins.qasm --stack coin.toml");
    assert!(ran.stderr.starts_with("warning: coin.toml:1: coinflip is the"), "{}", ran.stderr);
}

#[test]
fn the_list_of_plugins_says_which_one_is_meant() {
    let folder = folder();
    let file = folder.path().join("plugins/libcoinflip.so").display().to_string();
    let list = run(&folder, "plugins");
    assert_eq!(list.code, 0, "{}", list.stderr);
    let (_, after) = list.stdout.split_once(&format!("from {file}\n")).unwrap();
    let next = after.lines().next().unwrap().trim();
    assert_eq!(next, "hidden by the built-in part; give its path to use it");

    let one = run(&folder, "plugins coinflip");
    assert!(one.stdout.contains("  from     built in\n"), "{}", one.stdout);
    let line = format!("  hides    {file}: give its path to use it\n");
    assert!(one.stdout.contains(&line), "{}", one.stdout);
    // Its path shows it, and the others hide nothing.
    let own = run(&folder, "plugins plugins/libcoinflip.so");
    assert!(own.stdout.contains("  from     plugins/libcoinflip.so\n"), "{}", own.stdout);
    assert!(!run(&folder, "plugins readout").stdout.contains("hides"));

    let json: serde_json::Value =
        serde_json::from_str(&run(&folder, "plugins --format json").stdout).unwrap();
    let coins: Vec<_> =
        json.as_array().unwrap().iter().filter(|part| part["id"] == "pandia.coinflip").collect();
    let of = |from: &str| *coins.iter().find(|part| part["from"] == from).unwrap();
    let (built_in, ours) = (of("built in"), of(&file));
    assert_eq!((&built_in["hidden"], &ours["hidden"]), (&false.into(), &true.into()));
    assert_eq!(built_in["hides"], serde_json::json!([file]));
    assert_eq!(ours["hides"], serde_json::json!([]));
}
