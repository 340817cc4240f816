//! The compiled programs that the firmware embeds are what the compiler gives for their sources.
//!
//! `BLESS=1 cargo test -p pandia-tests --test embedded_programs` writes them anew, as
//! `pandia compile host-std/examples/NAME.qasm -o targets/programs/compiled/NAME.pandia` does.

use std::{env, error::Error, fs, path::Path};

use pandia::frontend::compile_file;
use pandia_core::program::OwnedProgram;

#[test]
fn embedded_programs_are_those_of_the_compiler() -> Result<(), Box<dyn Error>> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut seen = 0;
    for entry in fs::read_dir(root.join("targets/programs/compiled"))? {
        let embedded = entry?.path();
        let name = embedded.file_stem().ok_or("a file without a name")?;
        let source = root.join("host-std/examples").join(name).with_extension("qasm");
        let compiled = compile_file(&source).map_err(|errors| errors.to_string())?;
        let bytes = OwnedProgram::new(compiled.words)?.to_bytes();
        if env::var_os("BLESS").is_some() {
            fs::write(&embedded, &bytes)?;
        }
        assert!(
            bytes == fs::read(&embedded)?,
            "{} is not what {} compiles to; write it anew with BLESS=1, then `cargo xtask bless`",
            embedded.display(),
            source.display()
        );
        seen += 1;
    }
    assert!(seen > 0, "nothing is embedded");
    Ok(())
}
