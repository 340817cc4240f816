//! What the controller's image writes here, which every board must write too; `BLESS=1` rewrites it.

use std::{env, error::Error, fs};

#[test]
fn the_controllers_shots_are_as_expected() -> Result<(), Box<dyn Error>> {
    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/controller.out");
    let mut written = Vec::new();
    pandia_tight_loop::run_controller(&mut |line| written.extend(line))?;
    let written = String::from_utf8(written)?;
    if env::var_os("BLESS").is_some() {
        fs::write(FILE, &written)?;
    }
    assert_eq!(written, fs::read_to_string(FILE)?);
    Ok(())
}
