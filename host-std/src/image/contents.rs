//! Which plugins an image holds, read out of its bytes: nothing of it is run, and its pointers are
//! of its own machine's width.

use pandia_core::abi::raw;
use pandia_core::image::{Form, Header, Image};
use pandia_core::part::PartKind;

/// Longest text that is shown.
const TEXT_BYTES: u64 = 4096;
const PLUGINS_MAX: u32 = 1024;

/// One plugin of an image, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImagePlugin {
    /// Its identity.
    pub id: String,
    /// The part's own version.
    pub version: String,
    /// One line that says what it does.
    pub summary: String,
    /// What it is for; `None` if this version does not know its kind.
    pub kind: Option<PartKind>,
    /// How many parameters it publishes.
    pub param_count: u32,
}

struct Reader<'a> {
    bytes: &'a [u8],
    header: Header,
}

/// The plugins of a checked image.
///
/// # Errors
/// Words that say what in it points to nowhere or is no module.
pub fn contents(bytes: &[u8]) -> Result<Vec<ImagePlugin>, String> {
    let image = Image::check(bytes).map_err(|refusal| refusal.to_string())?;
    let reader = Reader { bytes: image.bytes(), header: *image.header() };
    let at = u64::from(reader.header.entry);
    let magic = reader.u32(at)?;
    if magic != raw::MAGIC {
        return Err(format!(
            "its module begins with {magic:#010x} instead of {:#010x}",
            raw::MAGIC
        ));
    }
    let count = reader.u32(at + 16)?;
    if !(1..=PLUGINS_MAX).contains(&count) {
        return Err(format!("its module has {count} plugins; 1 to {PLUGINS_MAX} are right"));
    }
    let list = reader.pointer(at + 24)?;
    let width = reader.width();
    (0..u64::from(count)).map(|k| reader.plugin(reader.pointer(list + k * width)?)).collect()
}

impl Reader<'_> {
    const fn width(&self) -> u64 {
        self.header.pointer_bytes as u64
    }

    fn slice(&self, at: u64, len: u64) -> Result<&[u8], String> {
        let range = usize::try_from(at).ok().zip(usize::try_from(len).ok());
        let found = range.and_then(|(at, len)| self.bytes.get(at..at.checked_add(len)?));
        found.ok_or_else(|| format!("its module points to {at:#x}, which is outside of the image"))
    }

    fn number(&self, at: u64, len: u64) -> Result<u64, String> {
        let bytes = self.slice(at, len)?;
        Ok(bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    fn u32(&self, at: u64) -> Result<u32, String> {
        Ok(u32::try_from(self.number(at, 4)?).unwrap_or(u32::MAX))
    }

    /// The offset in the image of what the pointer at this offset points to.
    fn pointer(&self, at: u64) -> Result<u64, String> {
        let address = self.number(at, self.width())?;
        let header = &self.header;
        let data = header.ram..header.ram + u64::from(header.data_bytes);
        let offset = match header.form {
            Some(Form::Fixed) if data.contains(&address) => {
                Some(address - header.ram + u64::from(header.data_at))
            }
            Some(Form::Fixed) => address.checked_sub(header.base),
            _ => Some(address),
        };
        let offset = offset.filter(|&offset| offset < self.bytes.len() as u64);
        offset.ok_or_else(|| format!("its module points to {address:#x}, outside of the image"))
    }

    fn text(&self, at: u64) -> Result<String, String> {
        let len = u64::from(self.u32(at + self.width())?);
        if len == 0 {
            return Ok(String::new());
        }
        if len > TEXT_BYTES {
            return Err(format!("its module has a text of {len} bytes"));
        }
        let bytes = self.slice(self.pointer(at)?, len)?.to_vec();
        String::from_utf8(bytes).map_err(|_| "its module has a text that is not UTF-8".to_owned())
    }

    fn plugin(&self, at: u64) -> Result<ImagePlugin, String> {
        // A text is a pointer, a length and 4 bytes that are 0.
        let text_bytes = self.width() + 8;
        let kind = match self.number(at + 4, 2)? {
            1 => Some(PartKind::Simulator),
            2 => Some(PartKind::ErrorModel),
            3 => Some(PartKind::Tap),
            4 => Some(PartKind::Runtime),
            _ => None,
        };
        Ok(ImagePlugin {
            id: self.text(at + 24)?,
            version: self.text(at + 24 + text_bytes)?,
            summary: self.text(at + 24 + 2 * text_bytes)?,
            kind,
            param_count: self.u32(at + 12)?,
        })
    }
}

// What the offsets above are, on a processor of this width.
const _: () = {
    use core::mem::offset_of;
    assert!(offset_of!(raw::Module, plugin_count) == 16);
    assert!(offset_of!(raw::Module, plugins) == 24);
    assert!(offset_of!(raw::Plugin, kind) == 4 && offset_of!(raw::Plugin, param_count) == 12);
    assert!(offset_of!(raw::Plugin, id) == 24);
    assert!(size_of::<raw::Text>() == size_of::<usize>() + 8);
    assert!(raw::KIND_SIMULATOR == 1 && raw::KIND_ERROR_MODEL == 2);
    assert!(raw::KIND_TAP == 3 && raw::KIND_RUNTIME == 4);
};
