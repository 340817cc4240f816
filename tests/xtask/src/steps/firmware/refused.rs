//! Images that a board refuses, each with its reason.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use crc::{CRC_32_ISO_HDLC, Crc};

use super::modules::{Bench, Images, READOUT, words};

/// Offsets in an image's header (docs/modules.md).
const CRC_AT: usize = 16;
const MAJOR_AT: usize = 24;
const ENTRY_AT: usize = 32;
const VARIABLES_AT: usize = 48;

impl Bench<'_> {
    /// Nothing there, something else, another version, damaged, cut, for another place or machine.
    pub(super) fn refusals(&self, images: &Images, stranger: &Path) -> Result<()> {
        let good = fs::read(&images.fixed[0]).context("the image is gone")?;
        let written = |name: &str, bytes: &[u8]| self.written(name, bytes);
        let changed = |name: &str, at: usize, change: fn(u8) -> u8| {
            let mut bytes = good.clone();
            bytes[at] = change(bytes[at]);
            written(name, &bytes)
        };
        let flipped = changed("flipped", good.len() / 2, |byte| byte ^ 0x10)?;
        let mut half = good.clone();
        let len = half.len();
        half[len / 2..].fill(0xff);
        let cut = written("cut", &half)?;
        let newer = changed("newer", 8, |_| 9)?;
        let erased = written("erased", &vec![0xff; 4096])?;
        let huge = changed("huge", 14, |_| 0x7f)?;
        let other = changed("other", 0, |_| b'X')?;

        let elsewhere = (3, &*images.fixed[0]);
        let ran = self.start("", &[(0, &flipped), (1, &cut), (2, &newer), elsewhere])?;
        let says = [
            "the image is damaged: its CRC is",
            "the image has format 9, this reads format 1",
            "the image is linked to",
            "failed: slot 0: the image is damaged",
        ];
        self.expect("damaged, cut, newer, elsewhere", &ran, 1, &says)?;
        ensure!(
            ran.stdout.matches("the image is damaged").count() == 2,
            "a cut image was not refused:\n{}",
            ran.stdout
        );
        let ran = self.start("", &[(0, &erased)])?;
        self.expect("erased: nothing to complain of", &ran, 0, &["slot 0", "empty"])?;
        let says = [
            "the image is cut off:",
            "it begins with \"XNDIMAGE\"",
            "the image is made for",
            "there is no part readout; slot 0 was refused: the image is made for",
        ];
        let rest = [(0, stranger), (1, &huge), (2, &other)];
        let ran = self.start(&words(READOUT), &rest)?;
        self.expect("too long, no image, another machine", &ran, 1, &says)
    }

    /// Images whose sum is right, but whose fields are not: another major, the module's structure
    /// outside of the image, variables over the image itself, and over those of another slot.
    pub(super) fn contradictions(&self, images: &Images) -> Result<()> {
        let major = self.with_fields("major", &images.fixed[0], &[(MAJOR_AT, &[2, 0])])?;
        let outside = 0x7fff_0000_u32.to_le_bytes();
        let entry = self.with_fields("entry", &images.fixed_simulator, &[(ENTRY_AT, &outside)])?;
        // Within the image, but where its header is.
        let header = 64_u32.to_le_bytes();
        let inside = self.with_fields("header", &images.fixed[0], &[(ENTRY_AT, &header)])?;
        let (own_flash, own_ram) = self.regions.slot(2);
        let over_itself = own_flash.start.to_le_bytes();
        let itself =
            self.with_fields("itself", &images.fixed_faults, &[(VARIABLES_AT, &over_itself)])?;
        let over_other = self.regions.slot(1).1.start.to_le_bytes();
        let other =
            self.with_fields("neighbour", &images.fixed_faults, &[(VARIABLES_AT, &over_other)])?;

        let ran = self.start("", &[(0, &major), (1, &entry), (2, &itself)])?;
        let kept = format!("kept for it is {:#010x} to {:#010x}", own_ram.start, own_ram.end);
        let linked = |at: u64| format!("the image's variables are linked to {at:#010x} to");
        let says = [
            "refused: the image speaks interface 2.0, this 1.0",
            "refused: the module's structure cannot be at 0x7fff0000",
            &linked(own_flash.start),
            &kept,
            "failed: slot 0: the image speaks interface 2.0",
        ];
        self.expect("wrong major, entry outside, variables over it", &ran, 1, &says)?;
        let ran = self.start("", &[(0, &inside), (2, &other)])?;
        let says = [
            "refused: the module's structure cannot be at 0x40",
            &linked(self.regions.slot(1).1.start),
            &kept,
        ];
        self.expect("entry in the header, variables over others", &ran, 1, &says)?;
        // As they were: what is refused above is refused for its fields.
        let good = [(0, &*images.fixed[0]), (1, &*images.fixed_simulator)];
        let good = [good[0], good[1], (2, &*images.fixed_faults)];
        let ran = self.start("", &good)?;
        self.expect("the same images, unchanged", &ran, 0, &["test.guarded"])?;
        ensure!(!ran.stdout.contains("refused"), "{}", ran.stdout);
        Ok(())
    }

    /// A copy of the image with these bytes in its header, and the sum that belongs to them.
    fn with_fields(&self, name: &str, image: &Path, fields: &[(usize, &[u8])]) -> Result<PathBuf> {
        let mut bytes = fs::read(image).context("the image is gone")?;
        for (at, field) in fields {
            bytes[*at..at + field.len()].copy_from_slice(field);
        }
        bytes[CRC_AT..CRC_AT + 4].fill(0);
        let sum = Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(&bytes);
        bytes[CRC_AT..CRC_AT + 4].copy_from_slice(&sum.to_le_bytes());
        self.written(name, &bytes)
    }

    fn written(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let folder = self.project.root.join("targets/target/modules");
        let file = folder.join(format!("{name}-{}.img", self.board.name));
        fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file)
    }
}
