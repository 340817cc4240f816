//! A part uses the host's services where there are some and lives without where there are none: one
//! in C and one in Rust, under hosts that offer all, some, or nothing, in structures of any size.
#![expect(unsafe_code, reason = "plays the host, down to its structure")]
#![expect(clippy::unwrap_used, reason = "a test's helpers may stop it like the test itself")]

use core::alloc::Layout;
use core::ffi::c_void;
use pandia_core::abi::module::{self, PluginView};
use pandia_core::abi::{Instance, raw};
use pandia_core::backend::{Backend, Layer};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::{Batch, Outcomes};
use pandia_core::part::{
    Config, HostMemory, LayerPart, Level, PartKind, PartSpec, Services, SimulatorPart, Storage,
};
use pandia_core::sim::CoinflipPart;
use pandia_ffi::CatchUnwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The tap in C, compiled once.
static IN_C: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("served_tap.so");
    let mut cc = Command::new("gcc");
    cc.args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fPIC", "-shared", "-I"]);
    cc.arg(folder.join("include")).arg("-o").arg(&file).arg(folder.join("tests/c/served_tap.c"));
    let made = cc.output().expect("gcc is needed; `apt-get install gcc` brings it");
    assert!(made.status.success(), "{cc:?}\n{}", String::from_utf8_lossy(&made.stderr));
    file
});

/// The same in Rust.
struct Served {
    services: Services,
    block: Option<HostMemory>,
}

impl Layer for Served {
    fn id(&self) -> &str {
        ServedPart::SPEC.id
    }
    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        Ok(())
    }
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        child.apply(batch, outcomes)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.block.take());
        self.services.log(Level::Debug, "ends");
    }
}

struct ServedPart;

impl LayerPart for ServedPart {
    const SPEC: PartSpec = PartSpec {
        id: "test.rust.served",
        kind: PartKind::Tap,
        version: "1.0.0",
        summary: "Uses every service of the host.",
        params: &[],
    };
    type Cell = u8;
    const EMPTY: u8 = 0;
    type Layer<S: Storage<u8>> = Served;

    fn cells(_: &Config<'_>) -> Result<usize> {
        Ok(3)
    }

    fn build<S: Storage<u8>>(config: &Config<'_>, _: S) -> Result<Served> {
        let services = config.services;
        if services.now_ns().is_some() {
            services.log(Level::Info, "a clock");
        }
        let block = services.memory(Layout::from_size_align(100, 64).unwrap())?;
        if let Some(block) = &block {
            // SAFETY: so many bytes, and nobody else has them.
            unsafe { block.at().as_ptr().write_bytes(7, block.layout().size()) };
            let aligned = block.at().addr().get().is_multiple_of(64);
            services.log(Level::Warning, if aligned { "memory" } else { "misaligned memory" });
        }
        Ok(Served { services, block })
    }
}

static IN_RUST: raw::Module = {
    const PLUGINS: &[&raw::Plugin] =
        &[pandia_core::abi::plugin::layer::<ServedPart, CatchUnwind>()];
    raw::Module::of(PLUGINS)
};

/// Both taps.
fn both() -> [PluginView<'static>; 2] {
    // SAFETY: it runs nothing when it is loaded.
    let library = unsafe { libloading::Library::new(&*IN_C) }.unwrap();
    let library = Box::leak(Box::new(library));
    // SAFETY: it exports its module under this name.
    let symbol = unsafe { library.get::<*const raw::Module>(raw::MODULE_SYMBOL) }.unwrap();
    [&raw const IN_RUST, *symbol].map(|at| {
        // SAFETY: a module of this program, and one that keeps to the header and stays loaded.
        unsafe { module::check(at) }.unwrap().plugins().next().unwrap()
    })
}

/// What a host hears and gives. The structure comes first, with room behind it.
#[repr(C)]
struct Desk {
    table: raw::Host,
    later: [u64; 2],
    lines: Vec<(u32, String)>,
    given: u32,
    taken_back: u32,
    has_memory: bool,
}

const BLOCK: Layout = match Layout::from_size_align(100, 64) {
    Ok(layout) => layout,
    Err(_) => panic!("a sound layout"),
};

/// # Safety
/// `me` is a desk that nobody else uses during the call.
unsafe fn desk<'a>(me: *mut c_void) -> &'a mut Desk {
    // SAFETY: the caller's promise.
    unsafe { &mut *me.cast::<Desk>() }
}

unsafe extern "C" fn clock(_: *mut c_void, out: *mut u64) -> raw::Status {
    // SAFETY: the part's own variable.
    unsafe { out.write(5) };
    raw::OK
}

unsafe extern "C" fn log(me: *mut c_void, level: u32, line: *const u8, len: u32) -> raw::Status {
    // SAFETY: the part keeps to the interface.
    let bytes = unsafe { core::slice::from_raw_parts(line, len as usize) };
    let line = String::from_utf8(bytes.to_vec()).unwrap();
    // SAFETY: the address that was handed out; one call at a time.
    unsafe { desk(me) }.lines.push((level, line));
    raw::OK
}

unsafe extern "C" fn alloc(
    me: *mut c_void,
    bytes: u64,
    align: u32,
    out: *mut *mut c_void,
) -> raw::Status {
    // SAFETY: the address that was handed out; one call at a time.
    let desk = unsafe { desk(me) };
    if !desk.has_memory {
        return -3;
    }
    assert_eq!((bytes, align), (100, 64));
    // SAFETY: not of size 0.
    let at = unsafe { std::alloc::alloc(BLOCK) };
    desk.given += 1;
    // SAFETY: the part's own variable.
    unsafe { out.write(at.cast()) };
    raw::OK
}

unsafe extern "C" fn free(me: *mut c_void, at: *mut c_void) {
    // SAFETY: the address that was handed out; one call at a time.
    unsafe { desk(me) }.taken_back += 1;
    // SAFETY: claimed above with this layout.
    unsafe { std::alloc::dealloc(at.cast(), BLOCK) };
}

impl Desk {
    fn new() -> Box<Self> {
        let table = raw::Host {
            size: u32::try_from(size_of::<raw::Host>()).unwrap(),
            minor: 0,
            me: core::ptr::null_mut(),
            now_ns: Some(clock),
            log: Some(log),
            alloc: Some(alloc),
            free: Some(free),
        };
        let (later, lines) = ([0; 2], Vec::new());
        Box::new(Self { table, later, lines, given: 0, taken_back: 0, has_memory: true })
    }
}

/// Builds the part under this host and ends it. What went wrong, if it did.
fn live(plugin: &PluginView<'static>, host: *const raw::Host) -> Result<()> {
    let config = Config::new(2, StreamId(1));
    let mut coin = Instance::<_, CatchUnwind>::new(CoinflipPart::build(&config, [])?);
    let layout = plugin.layout(&config)?;
    // SAFETY: not of size 0: an instance has some bytes.
    let memory = unsafe { std::alloc::alloc(layout) };
    let child = Some(coin.pair().raw());
    // SAFETY: memory of this layout; host and child live longer than the part.
    let part = unsafe { plugin.create_backend(memory, layout, &config, host, child) };
    let done = part.map(|mut part| {
        part.shot_begin(ShotId(0), Seed(0)).unwrap();
        part.shot_end().unwrap();
    });
    // SAFETY: claimed above; the part is gone.
    unsafe { std::alloc::dealloc(memory, layout) };
    done
}

/// Lets the part live under a host that was changed like this, and gives back what that host heard.
fn under(plugin: &PluginView<'static>, change: impl FnOnce(&mut Desk)) -> Vec<String> {
    let mut desk = Desk::new();
    change(&mut desk);
    let at: *mut Desk = &raw mut *desk;
    // SAFETY: the desk is alive; only its own address is put into it.
    unsafe { (*at).table.me = at.cast() };
    // SAFETY: only an address is taken; the table is first, and what follows it is the desk's own.
    let host = unsafe { &raw const (*at).table };
    live(plugin, host).unwrap();
    // SAFETY: the part is gone; the desk is alive.
    let desk = unsafe { &*at };
    assert_eq!(desk.given, desk.taken_back, "{}", plugin.id());
    desk.lines.iter().map(|(level, line)| format!("{level} {line}")).collect()
}

#[test]
fn a_part_uses_what_is_offered_and_lives_without_what_is_not() {
    let size_up_to = |field_end: usize| u32::try_from(field_end).unwrap();
    for plugin in both() {
        let all = ["3 a clock", "2 memory", "4 ends"];
        assert_eq!(under(&plugin, |_| {}), all, "{}", plugin.id());
        assert_eq!(under(&plugin, |desk| desk.table.now_ns = None), all[1..]);
        assert_eq!(under(&plugin, |desk| desk.table.alloc = None), [all[0], all[2]]);
        assert_eq!(under(&plugin, |desk| desk.table.free = None), [all[0], all[2]]);
        assert!(under(&plugin, |desk| desk.table.log = None).is_empty());
        // An older host, whose structure ends early, and a newer one, with something behind it.
        let older = core::mem::offset_of!(raw::Host, alloc);
        assert_eq!(
            under(&plugin, |desk| desk.table.size = size_up_to(older)),
            [all[0], all[2]],
            "{}",
            plugin.id()
        );
        let newer = core::mem::offset_of!(Desk, lines);
        let grown = under(&plugin, |desk| {
            desk.table.size = size_up_to(newer);
            desk.later = [u64::MAX; 2];
        });
        assert_eq!(grown, all, "{}", plugin.id());
        live(&plugin, core::ptr::null()).unwrap();
    }
}

#[test]
fn a_host_without_memory_left_is_told_apart() {
    for plugin in both() {
        let mut desk = Desk::new();
        desk.has_memory = false;
        let at: *mut Desk = &raw mut *desk;
        // SAFETY: as in `under`.
        unsafe { (*at).table.me = at.cast() };
        // SAFETY: as in `under`.
        let error = live(&plugin, unsafe { &raw const (*at).table }).unwrap_err();
        assert_eq!(error.layer(), plugin.id());
        assert_eq!(error.code(), -3, "{error}");
    }
}

#[test]
fn a_host_structure_that_makes_no_sense_is_refused() {
    let [in_rust, _] = both();
    let mut desk = Desk::new();
    desk.table.size = 3;
    let error = live(&in_rust, &raw const desk.table).unwrap_err();
    assert!(error.to_string().contains("host services: it says that it has 3 bytes"), "{error}");
}
