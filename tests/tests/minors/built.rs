//! Hosts and plugins of every minor, built: `tests/minors` in Rust under `--cfg pandia_drill`, in C
//! with a header that is the shipped one, grown as `docs/abi.md` says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Where everything is built.
fn out() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("minors")
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{words}");
    assert!(!words.contains("warning: "), "{command:?}\n{words}");
}

/// The folder with `host` and `examples/libplugin.so` of one minor.
fn rust(minor: u16, extra: Option<&str>) -> PathBuf {
    let folder = out().join(format!("rust-{minor}{}", extra.unwrap_or("")));
    let mut flags = Vec::new();
    if minor > 0 {
        flags.extend(["--cfg".to_owned(), "pandia_drill".to_owned()]);
    }
    let values = (1..=minor).map(|minor| minor.to_string());
    for value in values.chain(extra.map(str::to_owned)) {
        flags.extend(["--cfg".to_owned(), format!("pandia_drill={value:?}")]);
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--locked", "--bins", "--examples", "--manifest-path"]);
    cargo.arg(project().join("tests/minors/Cargo.toml"));
    cargo.arg("--target-dir").arg(&folder);
    // Flags of the workspace around it, for coverage or a sanitizer, are not for these.
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")).env_remove("RUSTFLAGS");
    run(&mut cargo);
    folder.join("debug")
}

/// What each minor adds to the table: the slot's type, its name, its places on 64 and 32 bits.
const APPENDED: [(&str, &str, u32, u32); 2] = [
    ("pandia_status (*snapshot)(void *me, uint64_t *token, pandia_err *err);", "snapshot", 104, 56),
    ("pandia_status (*flush)(void *me, pandia_err *err);", "flush", 112, 60),
];

/// The folder with the headers of one minor: the shipped ones with what that minor appends.
fn include(minor: u16) -> PathBuf {
    let shipped = project().join("host-ffi/include/pandia");
    let folder = out().join(format!("include-{minor}"));
    let to = folder.join("pandia");
    fs::create_dir_all(&to).unwrap();
    fs::copy(shipped.join("random.h"), to.join("random.h")).unwrap();
    let mut text = fs::read_to_string(shipped.join("pandia.h")).unwrap();
    let mut change = |old: &str, new: &str| {
        assert_eq!(text.matches(old).count(), 1, "{old:?} is not once in pandia.h");
        text = text.replace(old, new);
    };
    let (mut slots, mut places, mut size) = (String::new(), String::new(), (104, 56));
    for (slot, name, on64, on32) in APPENDED.iter().take(minor.into()) {
        slots += &format!("  {slot}\n");
        places += &format!("\nPANDIA_AT_(pandia_backend_vt, {name}, {on64}, {on32});");
        size = (on64 + 8, on32 + 4);
    }
    change("#define PANDIA_MINOR 0 ", &format!("#define PANDIA_MINOR {minor} "));
    change("} pandia_backend_vt;", &format!("{slots}}} pandia_backend_vt;"));
    change(
        "PANDIA_SIZE_(pandia_backend_vt, 104, 56);",
        &format!("PANDIA_SIZE_(pandia_backend_vt, {}, {});{places}", size.0, size.1),
    );
    fs::write(to.join("pandia.h"), text).unwrap();
    folder
}

/// One program or library in C of one minor.
fn c(source: &str, minor: u16, name: &str, options: &[&str]) -> PathBuf {
    let file = out().join(name);
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-O1", "-ffp-contract=off", "-fPIC"]);
    gcc.args(["-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"]);
    // The example ends its table where minor 0 does.
    gcc.arg("-Wno-missing-field-initializers").args(options);
    gcc.arg("-I").arg(include(minor)).arg("-I").arg(project().join("host-ffi/examples/c"));
    gcc.arg(project().join("tests/minors/c").join(source)).arg("-o").arg(&file);
    run(gcc.args(["-lm", "-ldl"]));
    file
}

/// A host: what it is called, its minor, whether it fills in a missing `flush`.
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) minor: u16,
    pub(crate) shim: bool,
    pub(crate) program: PathBuf,
    /// Whether it drives runtimes, too.
    pub(crate) in_c: bool,
}

/// A plugin: what it is called, what it was built for, and what it has.
#[derive(Clone)]
pub(crate) struct Plugin {
    pub(crate) name: String,
    pub(crate) id: &'static str,
    pub(crate) minor: u16,
    pub(crate) floor: u16,
    pub(crate) library: PathBuf,
    pub(crate) has_shot_end: bool,
    pub(crate) has_metric: bool,
    /// The id of its layer, if it has one, and the metric that comes first over its own simulator.
    pub(crate) layer: Option<(&'static str, &'static str)>,
}

pub(crate) struct Built {
    pub(crate) hosts: Vec<Host>,
    /// Simulators, in Rust with a layer beside them.
    pub(crate) plugins: Vec<Plugin>,
    /// Taps and an error model in C.
    pub(crate) layers: Vec<Plugin>,
    /// Runtimes in C, whose table no minor has changed.
    pub(crate) runtimes: Vec<PathBuf>,
}

/// Everything, built once.
pub(crate) fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let (hosts, plugins, layers, runtimes) = Default::default();
        let mut built = Built { hosts, plugins, layers, runtimes };
        built.add_rust();
        built.add_c();
        built.add_kept();
        built
    })
}

impl Built {
    fn add_host(&mut self, language: &str, minor: u16, shim: bool, program: PathBuf) {
        let name = format!("{language} host 1.{minor}{}", if shim { " with a shim" } else { "" });
        self.hosts.push(Host { name, minor, shim, program, in_c: language == "C" });
    }

    fn add_plugin(&mut self, language: &str, minor: u16, library: PathBuf, kind: &str) {
        let in_rust = language == "Rust";
        self.plugins.push(Plugin {
            name: format!("{language} plugin 1.{minor}{kind}"),
            id: if in_rust { "drill.rust" } else { "drill.c" },
            minor,
            floor: if kind == FLOOR { minor } else { 0 },
            library,
            has_shot_end: kind != BARE,
            has_metric: kind != BARE,
            layer: (in_rust && kind != FLOOR).then_some(("pandia.ideal", "inserted")),
        });
    }

    fn add_tap(&mut self, name: String, minor: u16, library: PathBuf, kind: &str) {
        self.add_layer(("example.c.tap", "operations"), name, minor, library, kind);
    }

    fn add_layer(
        &mut self,
        (id, metric): (&'static str, &'static str),
        name: String,
        minor: u16,
        library: PathBuf,
        kind: &str,
    ) {
        let has = kind != BARE;
        let (has_shot_end, has_metric, layer) = (has, has, Some((id, metric)));
        let layer = Plugin { name, id, minor, floor: 0, library, has_shot_end, has_metric, layer };
        self.layers.push(layer);
    }

    fn add_rust(&mut self) {
        for minor in 0..=3 {
            let folder = rust(minor, None);
            let library = |name: &str| folder.join(format!("examples/lib{name}.so"));
            self.add_host("Rust", minor, false, folder.join("host"));
            let kind = if minor == 3 { STUBS } else { "" };
            self.add_plugin("Rust", minor, library("plugin"), kind);
            if minor == 1 {
                self.add_plugin("Rust", minor, library("plugin_floor"), FLOOR);
            }
        }
        self.add_host("Rust", 2, true, rust(2, Some("shim")).join("host"));
        let bare = rust(3, Some("bare")).join("examples/libplugin.so");
        self.add_plugin("Rust", 3, bare, BARE);
    }

    fn add_c(&mut self) {
        let host = |minor, name: &str, options: &[&str]| c("host.c", minor, name, options);
        for minor in 0..=3 {
            let program = host(minor, &format!("host-{minor}"), &[]);
            self.add_host("C", minor, false, program);
        }
        self.add_host("C", 2, true, host(2, "host-2-shim", &["-DDRILL_SHIM"]));
        let examples = "../../../host-ffi/examples/c";
        for minor in 0..=3 {
            let source = format!("{examples}/runtime.c");
            self.runtimes.push(c(&source, minor, &format!("runtime-{minor}.so"), &["-shared"]));
        }
        // The example as it is: its table ends where that of minor 0 does.
        let model = c(&format!("{examples}/error_model.c"), 0, "error-model.so", &["-shared"]);
        let id = ("example.c.bit_flip", "flips");
        self.add_layer(id, "C error model 1.0".to_owned(), 0, model, "");
        let plugins: [(u16, &str, Option<&str>); 6] = [
            (0, "", None),
            (1, "", None),
            (2, "", None),
            (3, STUBS, None),
            (3, BARE, Some("-DDRILL_BARE")),
            (1, FLOOR, Some("-DDRILL_FLOOR")),
        ];
        for (index, (minor, kind, option)) in plugins.into_iter().enumerate() {
            let options: Vec<&str> = ["-shared"].into_iter().chain(option).collect();
            let library = c("plugin.c", minor, &format!("plugin-{index}.so"), &options);
            self.add_plugin("C", minor, library, kind);
            if kind != FLOOR {
                let library = c("layer.c", minor, &format!("layer-{index}.so"), &options);
                self.add_tap(format!("C layer 1.{minor}{kind}"), minor, library, kind);
            }
        }
    }

    /// The libraries of release 0 as they are kept, under every host of the future.
    fn add_kept(&mut self) {
        if !cfg!(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")) {
            eprintln!("the kept libraries are for x86-64 Linux: left out here");
            return;
        }
        let kept = project().join("tests/kept/1.0");
        let plugins = [
            ("rust.so", "pandia.state_vector", Some(("pandia.depolarizing", "errors_1q"))),
            ("simulator.so", "example.c.simulator", None),
        ];
        for (file, id, layer) in plugins {
            self.plugins.push(Plugin {
                name: format!("kept plugin {file}"),
                id,
                minor: 0,
                floor: 0,
                library: kept.join(file),
                has_shot_end: true,
                has_metric: false,
                layer,
            });
        }
        self.add_tap("kept layer".to_owned(), 0, kept.join("tap.so"), "");
        self.runtimes.push(kept.join("runtime.so"));
    }
}

/// Kinds of plugins: keeps what minor 3 retires, leaves it out, refuses an older host.
pub(crate) const STUBS: &str = " with stubs";
pub(crate) const BARE: &str = " without what is retired";
pub(crate) const FLOOR: &str = " with a floor";
