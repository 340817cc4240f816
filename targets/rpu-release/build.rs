//! Hands the memory map to the linker. Link arguments stand here and not in rustflags, which the
//! environment's `RUSTFLAGS` would replace.

use std::{env, error::Error};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::var("CARGO_MANIFEST_DIR")?;
    println!("cargo:rustc-link-arg-bins=-T{folder}/link.ld");
    println!("cargo:rerun-if-changed=link.ld");
    Ok(())
}
