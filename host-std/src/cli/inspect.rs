//! `pandia inspect`.

use core::ops::Range;
use std::fs;
use std::io::{self, Write};

use anstyle::Style;
use pandia_core::image::{Form, HEADER_BYTES, Header, Image, MAGIC, Machine, Refusal, Slot, crc};
use serde::Serialize;

use super::console::stdout;
use super::error::Failure;
use super::raw::RawInspect;
use crate::image::{ImagePlugin, contents};

const HEADING: Style = Style::new().bold();

pub(super) fn inspect(raw: &RawInspect) -> Result<(), Failure> {
    let file = raw.file.display().to_string();
    let bytes = fs::read(&raw.file).map_err(|error| {
        let help = "name a module image; `cargo xtask module` makes one";
        Failure::host(format!("{file} cannot be read: {error}"), help)
    })?;
    let place = Place::of(raw)?;
    let report = Report::of(&file, &bytes, &place);
    let mut out = stdout();
    if raw.json {
        serde_json::to_writer_pretty(&mut out, &report).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        report.write(&mut out)?;
    }
    out.flush()?;
    match report.refusal {
        None => Ok(()),
        Some(RefusalJson { text, .. }) => {
            Err(Failure::Program { message: format!("{file}: {text}"), help: None })
        }
    }
}

/// What the image is held to beyond itself.
struct Place {
    machine: Option<Machine>,
    at: Option<u64>,
    ram: Option<Range<u64>>,
}

impl Place {
    fn of(raw: &RawInspect) -> Result<Self, Failure> {
        let machine = match &raw.machine {
            None => None,
            Some(name) => Some(Machine::new(name).ok_or_else(|| {
                let help = "give the target triple, for example riscv64gc-unknown-none-elf";
                Failure::host(format!("--machine {name:?} names no machine"), help)
            })?),
        };
        let at = raw.at.as_deref().map(|text| address("--at", text)).transpose()?;
        let ram = match &raw.ram {
            None => None,
            Some(text) => {
                let wrong = || {
                    let help =
                        "write START..END with START below END: --ram 0x20200000..0x20240000";
                    Failure::host(format!("--ram {text}: this is no range"), help)
                };
                let (start, end) = text.split_once("..").ok_or_else(wrong)?;
                let range = address("--ram", start)?..address("--ram", end)?;
                Some(Some(range).filter(|range| !range.is_empty()).ok_or_else(wrong)?)
            }
        };
        Ok(Self { machine, at, ram })
    }

    /// The slot in which the image is to lie; what was not said suits it.
    fn slot(&self, image: &Image<'_>) -> Slot {
        let header = image.header();
        let at = self.at.unwrap_or(header.base);
        let ram = self.ram.clone().unwrap_or_else(|| {
            let start = match header.form {
                Some(Form::Fixed) => header.ram,
                _ => at.saturating_add(image.bytes().len() as u64),
            };
            start..start.saturating_add(image.ram_bytes()).saturating_add(image.align())
        });
        Slot { machine: self.machine.unwrap_or(header.machine), at, ram }
    }
}

fn address(flag: &str, text: &str) -> Result<u64, Failure> {
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| {
        let help = "write it like 0x00200000, or as a decimal number";
        Failure::host(format!("{flag} {text}: this is no address"), help)
    })
}

#[derive(Serialize)]
struct Report<'a> {
    file: &'a str,
    file_bytes: usize,
    good: bool,
    refusal: Option<RefusalJson>,
    header: Option<HeaderJson>,
    plugins: Vec<PluginJson>,
}

#[derive(Serialize)]
struct RefusalJson {
    name: &'static str,
    text: String,
}

#[derive(Serialize)]
struct HeaderJson {
    format: u16,
    form: Option<&'static str>,
    machine: String,
    interface: String,
    pointer_bytes: u16,
    align: u64,
    image_bytes: u32,
    code_bytes: u32,
    data_bytes: u32,
    zero_bytes: u32,
    moves: u32,
    base: u64,
    ram: u64,
    ram_bytes: u64,
    entry: u32,
    crc: u32,
    crc_computed: Option<u32>,
}

#[derive(Serialize)]
struct PluginJson {
    id: String,
    kind: Option<&'static str>,
    version: String,
    parameters: u32,
    summary: String,
}

impl From<ImagePlugin> for PluginJson {
    fn from(plugin: ImagePlugin) -> Self {
        Self {
            id: plugin.id,
            kind: plugin.kind.map(pandia_core::part::PartKind::name),
            version: plugin.version,
            parameters: plugin.param_count,
            summary: plugin.summary,
        }
    }
}

impl HeaderJson {
    /// What the header claims, whether the image is good or not.
    fn of(bytes: &[u8]) -> Option<Self> {
        let head = bytes.first_chunk::<{ HEADER_BYTES as usize }>()?;
        if !head.starts_with(&MAGIC) {
            return None;
        }
        let header = Header::from_bytes(head);
        let whole = usize::try_from(header.image_bytes).ok().and_then(|end| bytes.get(..end));
        let variables = u64::from(header.data_bytes) + u64::from(header.zero_bytes);
        let anywhere = header.form == Some(Form::Anywhere);
        Some(Self {
            format: header.format,
            form: header.form.map(Form::name),
            machine: header.machine.name().to_owned(),
            interface: format!("{}.{}", header.major, header.minor),
            pointer_bytes: header.pointer_bytes,
            align: 1_u64.checked_shl(u32::from(header.align_log2)).unwrap_or(0),
            image_bytes: header.image_bytes,
            code_bytes: header.data_at.saturating_sub(HEADER_BYTES),
            data_bytes: header.data_bytes,
            zero_bytes: header.zero_bytes,
            moves: header.move_count,
            base: header.base,
            ram: header.ram,
            ram_bytes: variables + if anywhere { u64::from(header.data_at) } else { 0 },
            entry: header.entry,
            crc: header.crc,
            crc_computed: whole.map(crc),
        })
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let form = self.form.unwrap_or("unknown");
        writeln!(out, "  format     {}", self.format)?;
        if self.form == Some(Form::Fixed.name()) {
            let end = self.base.saturating_add(u64::from(self.image_bytes));
            writeln!(out, "  form       {form}: at {:#010x} to {end:#010x}", self.base)?;
        } else {
            writeln!(out, "  form       {form}, aligned to {}", self.align)?;
        }
        writeln!(out, "  machine    {}, pointers of {} bytes", self.machine, self.pointer_bytes)?;
        writeln!(out, "  interface  {}", self.interface)?;
        writeln!(
            out,
            "  size       {} bytes: {HEADER_BYTES} header, {} code and constants, {} first \
             values, {} moves",
            self.image_bytes, self.code_bytes, self.data_bytes, self.moves
        )?;
        let ram = match self.form {
            Some("fixed") => format!(" at {:#010x}", self.ram),
            _ => String::new(),
        };
        writeln!(out, "  RAM        {} bytes{ram}", self.ram_bytes)?;
        writeln!(out, "  module     at offset {:#x}", self.entry)?;
        match self.crc_computed {
            Some(crc) if crc == self.crc => writeln!(out, "  CRC        {crc:#010x}, right"),
            Some(crc) => writeln!(out, "  CRC        {crc:#010x}, should be {:#010x}", self.crc),
            None => writeln!(out, "  CRC        should be {:#010x}; not all is there", self.crc),
        }
    }
}

impl<'a> Report<'a> {
    fn of(file: &'a str, bytes: &[u8], place: &Place) -> Self {
        let checked = Image::check(bytes);
        let fits = checked.clone().and_then(|image| image.fits(&place.slot(&image)));
        let plugins = match &checked {
            Ok(_) => contents(bytes),
            Err(_) => Ok(Vec::new()),
        };
        let refusal = match (&fits, &plugins) {
            (Err(refusal), _) => Some(refusal.into()),
            (Ok(()), Err(text)) => Some(RefusalJson { name: "module", text: text.clone() }),
            (Ok(()), Ok(_)) => None,
        };
        let plugins = plugins.unwrap_or_default().into_iter().map(PluginJson::from).collect();
        let (good, header) = (refusal.is_none(), HeaderJson::of(bytes));
        Self { file, file_bytes: bytes.len(), good, refusal, header, plugins }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{HEADING}{}{HEADING:#}  {} bytes", self.file, self.file_bytes)?;
        if let Some(header) = &self.header {
            header.write(out)?;
            let behind = self.file_bytes.saturating_sub(header.image_bytes as usize);
            if behind > 0 {
                writeln!(out, "  behind it  {behind} bytes that are not its business")?;
            }
        }
        for plugin in &self.plugins {
            let kind = plugin.kind.unwrap_or("of an unknown kind");
            let parameters = match plugin.parameters {
                0 => "no parameters".to_owned(),
                1 => "1 parameter".to_owned(),
                count => format!("{count} parameters"),
            };
            writeln!(out, "  plugin     {} {}: {kind}, {parameters}", plugin.id, plugin.version)?;
            writeln!(out, "             {}", plugin.summary)?;
        }
        let name = self.refusal.as_ref().map_or("", |refusal| refusal.name);
        writeln!(out, "  verdict    {}", if self.good { "good" } else { "refused" })?;
        if name.is_empty() { Ok(()) } else { writeln!(out, "  reason     {name}") }
    }
}

impl From<&Refusal> for RefusalJson {
    fn from(refusal: &Refusal) -> Self {
        Self { name: refusal.name(), text: refusal.to_string() }
    }
}
