//! Real libraries, built and loaded, and pairs out of them, created by hand.

use pandia_core::abi::{module, raw};
use pandia_core::ids::StreamId;
use std::alloc::{Layout, alloc};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Where each library is.
struct Built {
    c: PathBuf,
    rust: PathBuf,
}

static BUILT: LazyLock<Built> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let c = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrapping");
    std::fs::create_dir_all(&c).unwrap();
    let mut make = Command::new("make");
    make.arg("-C").arg(root.join("examples/c")).arg(format!("OUT={}", c.display()));
    run(&mut make);
    let exe = std::env::current_exe().unwrap();
    let rust = exe.parent().and_then(Path::parent).unwrap().to_owned();
    let profile = match rust.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    let cargo = |arguments: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--profile", profile, "--target-dir"]);
        cargo.arg(rust.parent().unwrap()).args(arguments).current_dir(root.parent().unwrap());
        run(&mut cargo);
    };
    cargo(&["-p", "pandia-plugin-state-vector"]);
    cargo(&["-p", "pandia-ffi", "--example", "tap"]);
    Built { c, rust }
});

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// The one plugin of a library, which stays loaded.
pub(crate) fn real(name: &str) -> *const raw::Plugin {
    let path = match name {
        "state_vector" => BUILT.rust.join("libpandia_state_vector.so"),
        "rust_tap" => BUILT.rust.join("examples/libtap.so"),
        _ => BUILT.c.join(name).with_extension("so"),
    };
    // SAFETY: libraries of this project, which run nothing when they are loaded.
    let library = unsafe { libloading::Library::new(&path) }.unwrap();
    let library = Box::leak(Box::new(library));
    // SAFETY: every module is exported under this name.
    let symbol = unsafe { library.get::<*const raw::Module>(raw::MODULE_SYMBOL) }.unwrap();
    // SAFETY: the header's type, and the library stays loaded.
    assert_eq!(unsafe { module::check(*symbol) }.unwrap().plugins().count(), 1);
    // SAFETY: checked just now.
    let module = unsafe { **symbol };
    // SAFETY: checked to have one.
    unsafe { *module.plugins }
}

/// An instance of three qubits, in memory that is kept until the program ends.
pub(crate) fn build(
    plugin: *const raw::Plugin,
    stream: StreamId,
    p: Option<f64>,
    child: Option<raw::Backend>,
) -> raw::Backend {
    // SAFETY: a checked plugin.
    let plugin = unsafe { *plugin };
    let setting = p.map(|p| raw::Setting {
        bits: p.to_bits(),
        kind: raw::VALUE_REAL,
        reserved0: 0,
        key: raw::Text::of("p"),
        text: raw::Text::EMPTY,
    });
    let settings = setting.as_slice();
    let config = raw::Config {
        size: bytes_of::<raw::Config>(),
        qubit_count: 3,
        stream: stream.0,
        result_count: 0,
        setting_count: u32::try_from(settings.len()).unwrap(),
        setting_bytes: bytes_of::<raw::Setting>(),
        reserved0: 0,
        settings: settings.as_ptr(),
    };
    let mut layout = raw::Layout { size: bytes_of::<raw::Layout>(), align: 0, bytes: 0 };
    let none = std::ptr::null_mut();
    // SAFETY: a checked plugin; the structures are locals.
    let status = unsafe { plugin.layout.unwrap()(&raw const config, &raw mut layout, none) };
    assert_eq!(status, raw::OK);
    let memory =
        Layout::from_size_align(usize::try_from(layout.bytes).unwrap(), layout.align as usize)
            .unwrap();
    // SAFETY: no plugin here asks for nothing.
    let memory = unsafe { alloc(memory) };
    let mut out = raw::Backend { vt: std::ptr::null(), me: std::ptr::null_mut() };
    let children = child.as_slice();
    // SAFETY: memory of the layout asked for, kept; the child is kept as well.
    let status = unsafe {
        plugin.create.unwrap()(
            memory.cast(),
            layout.bytes,
            &raw const config,
            std::ptr::null(),
            children.as_ptr(),
            u32::try_from(children.len()).unwrap(),
            &raw mut out,
            none,
        )
    };
    assert_eq!(status, raw::OK);
    out
}

fn bytes_of<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap()
}
