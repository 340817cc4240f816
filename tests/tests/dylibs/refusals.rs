//! Files that hold no parts, or none that fit.

use super::built::{compile, library};
use pandia::dylib::Library;
use std::fs;
use std::path::Path;

fn refused(path: &Path) -> String {
    let error = Library::open(path).unwrap_err().to_string();
    assert!(error.starts_with(&path.display().to_string()), "{error}");
    error
}

#[test]
fn files_that_are_no_library_are_told_from_one_another() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        refused(&path)
    };
    let cases = [
        (refused(&folder.path().join("missing.so")), "No such file"),
        (refused(folder.path()), "is a folder"),
        (write("empty.so", b""), "is empty"),
        (write("text.so", b"OPENQASM 3.0;\nqubit q;\n"), "is a text file"),
        (write("noise.so", &[0, 1, 2, 200, 7]), "is not a library"),
        (write("windows.so", b"MZ\x90\0\x03\0\0\0"), "is a Windows library"),
        (write("archive.so", b"!<arch>\nx"), "is a static archive"),
        (write("short.so", b"\x7fELF\x02\x01\x01\0"), "is cut off"),
    ];
    for (error, part) in cases {
        assert!(error.contains(part), "{error} / {part}");
    }
}

#[test]
fn a_library_that_is_cut_off_anywhere_is_refused_and_not_mapped() {
    let whole = fs::read(library("ideal")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.so");
    // Every place in the headers, and many behind them.
    let places = (0..1024).chain((0..256).map(|part| whole.len() * part / 256));
    for bytes in places.chain([whole.len() - 1]) {
        fs::write(&path, &whole[..bytes]).unwrap();
        let error = refused(&path);
        let told = ["is cut off", "is empty", "is not a library", "is a text file"];
        assert!(told.iter().any(|told| error.contains(told)), "{bytes} bytes: {error}");
    }
}

#[test]
fn a_file_full_of_nothing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sparse.so");
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    assert!(refused(&path).contains("is not a library"));
    // The headers are right, and all that they point to is zeros.
    let whole = fs::read(library("ideal")).unwrap();
    fs::write(&path, &whole[..4096]).unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_len(whole.len() as u64).unwrap();
    let error = refused(&path);
    assert!(error.contains("sparse.so"), "{error}");
}

#[test]
fn a_library_for_another_processor_is_refused_by_its_name() {
    let mut bytes = fs::read(library("ideal")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.so");
    for (machine, name) in [(183, "AArch64"), (243, "RISC-V"), (62, "x86-64")] {
        bytes[18] = machine;
        fs::write(&path, &bytes).unwrap();
        if Library::open(&path).is_err() {
            let error = refused(&path);
            assert!(error.contains(name) && error.contains("build it for"), "{error}");
        }
    }
}

#[test]
fn libraries_without_a_fitting_module_are_refused_by_what_they_have() {
    let folder = tempfile::tempdir().unwrap();
    let with = |name: &str, lines: &str| refused(&compile(folder.path(), name, lines));
    let module = |words: &str| {
        format!("#[unsafe(no_mangle)] pub static pandia_module_v1: [u32; 8] = [{words}];")
    };
    let selene = "#[unsafe(no_mangle)] pub static selene_simulator_plugin_descriptor_v1: u64 = 0;";
    let older = "#[unsafe(no_mangle)] pub extern \"C\" fn selene_error_model_get_api_version() {}";
    let whole = "#[unsafe(no_mangle)] pub extern \"C\" fn selene_load_config() {}";
    let cases = [
        (with("other", "#[unsafe(no_mangle)] pub static something: u8 = 1;"), "exports no pandia"),
        (with("selene", selene), "is a Selene 0.3 simulator plugin"),
        (with("selene_older", older), "is a Selene 0.2 error model plugin"),
        (with("selene_itself", whole), "is Selene itself"),
        (with("magic", &module("7, 32, 1, 0, 1, 0, 0, 0")), "begins with 0x00000007"),
        (with("major", &module("0x41444e50, 32, 9, 0, 1, 0, 0, 0")), "speaks interface 9.0"),
        (with("small", &module("0x41444e50, 16, 1, 0, 1, 0, 0, 0")), "it has 16 bytes"),
        (with("nothing", &module("0x41444e50, 32, 1, 0, 0, 0, 0, 0")), "has 0 plugins"),
        (with("null", &module("0x41444e50, 32, 1, 0, 1, 0, 0, 0")), "NULL"),
    ];
    for (error, part) in cases {
        assert!(error.contains(part), "{error} / {part}");
    }
}

#[test]
fn an_unknown_part_is_refused_with_those_that_there_are() {
    let opened = Library::open(&library("depolarizing")).unwrap();
    assert_eq!(opened.interface(), (1, 0));
    let error = opened.part("nothing").unwrap_err().to_string();
    assert!(error.contains("it has: pandia.depolarizing"), "{error}");
    let named = Library::open_named("depolarizing").unwrap();
    assert_eq!(named.parts().len(), 1);
    let error = Library::open_named("no_such_part").unwrap_err().to_string();
    assert!(error.contains("PANDIA_PLUGIN_PATH"), "{error}");
}
