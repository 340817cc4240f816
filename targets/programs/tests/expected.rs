//! Every program writes what its file in `expected` says; `BLESS=1` rewrites the files.
//!
//! Only the host rewrites them: boards are compared with what the host wrote.

use std::{env, error::Error, fs, path::PathBuf};

#[test]
fn every_program_writes_what_is_expected() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/expected"));
    for entry in pandia_programs::ALL {
        let mut written = String::new();
        (entry.run)(&mut written)?;
        let file = folder.join(entry.name).with_extension("out");
        if env::var_os("BLESS").is_some() {
            fs::write(&file, &written)?;
        }
        let expected = fs::read_to_string(&file)?;
        assert_eq!(written, expected, "{} differs from {}", entry.name, file.display());
    }
    Ok(())
}
