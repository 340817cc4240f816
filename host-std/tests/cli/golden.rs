//! What the command prints, word for word: the blocks of `docs/cli.md` and of `cmd/`.
//!
//! `TRYCMD=overwrite cargo test -p pandia --test cli` writes what it prints now; read the diff.

use std::env;
use std::path::Path;

use crate::support::Folder;

#[test]
fn what_is_printed_is_what_is_documented() {
    let folder = Folder::new();
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Only this test needs the working folder of the process; the others give theirs to the
    // command.
    env::set_current_dir(folder.path()).unwrap();
    trycmd::TestCases::new()
        .register_bin("pandia", Path::new(env!("CARGO_BIN_EXE_pandia")))
        .env("NO_COLOR", "1")
        .case(package.join("../docs/cli.md").to_str().unwrap())
        .case(package.join("tests/cmd/*.md").to_str().unwrap())
        .run();
    env::set_current_dir(package).unwrap();
}
