//! `pandia pack`.

use std::fs;
use std::io::Write;

use pandia_core::image::{Image, Refusal};

use super::console::stdout;
use super::error::Failure;
use super::raw::RawPack;
use crate::image;

pub(super) fn pack(raw: &RawPack) -> Result<(), Failure> {
    let name = raw.elf.display();
    let linked = fs::read(&raw.elf).map_err(|error| {
        let help = "name the file that the linker made of a plugin's static library";
        Failure::host(format!("{name} cannot be read: {error}"), help)
    })?;
    let bytes = image::pack(&linked, &raw.machine)
        .map_err(|error| Failure::host(format!("{name} {error}"), error.help()))?;
    let output = raw.output.clone().unwrap_or_else(|| raw.elf.with_extension("img"));
    if output == raw.elf {
        let message = format!("{name} would be overwritten by its image");
        return Err(Failure::host(message, "name another file with -o FILE"));
    }
    fs::write(&output, &bytes).map_err(|error| {
        let message = format!("{} cannot be written: {error}", output.display());
        Failure::host(message, "name a file in a folder that exists and can be written to")
    })?;
    let refused = |refusal: Refusal| Failure::host(format!("{name}: {refusal}"), "report this");
    let image = Image::check(&bytes).map_err(refused)?;
    let form = image.header().form.map_or("unknown", pandia_core::image::Form::name);
    let mut out = stdout();
    writeln!(
        out,
        "{}: {form}, {} bytes, {} of RAM, for {}",
        output.display(),
        bytes.len(),
        image.ram_bytes(),
        image.header().machine
    )?;
    Ok(out.flush()?)
}
