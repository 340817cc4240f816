//! The interface changes by appends only: every offset, type, signature, constant and requirement
//! against the golden table of what was promised (docs/abi.md).

#[path = "golden/compare.rs"]
mod compare;
#[path = "header/contract.rs"]
mod contract;
#[path = "golden/layout.rs"]
mod layout;
#[path = "golden/table.rs"]
mod table;

use compare::compare;
use contract::Contract;
use pandia_core::abi::raw;
use std::fs;
use std::path::{Path, PathBuf};

const PROCEDURE: &str = "\
    Nothing of the interface is ever moved, retyped, renamed, removed or given another meaning within \
    a major version: binaries that nobody will build again count on it. Add what you need at the end \
    of its structure, or under a new name. docs/abi.md, \"Changing the interface\", says how. \
    `cargo xtask bless` does not record this.";

fn golden_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/abi-1.txt")
}

/// The newest minor version of which libraries are kept: it is out, and nothing joins it.
fn newest_release() -> u32 {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/kept");
    let folders = fs::read_dir(kept).expect("releases are kept in tests/kept").flatten();
    let names = folders.filter_map(|entry| entry.file_name().into_string().ok());
    let minors = names.filter_map(|name| name.strip_prefix("1.")?.parse().ok());
    minors.max().expect("release 1.0 is kept")
}

#[test]
fn the_interface_changes_by_appends_only() {
    let file = golden_file();
    // Never made anew: what was promised is in the history.
    let golden =
        fs::read_to_string(&file).expect("the golden table is there; get it back from git");
    let current = table::of(&Contract::read());
    let changes = compare(&golden, &current);
    let list = |changes: &[String]| format!("  {}", changes.join("\n  "));
    assert!(changes.broken.is_empty(), "{}\n{PROCEDURE}", list(&changes.broken));
    if changes.appended.is_empty() {
        assert_eq!(golden, current, "the same facts in another order: put them back in order");
        return;
    }
    let (appended, released) = (list(&changes.appended), newest_release());
    assert!(
        released < raw::MINOR.into(),
        "appended to interface 1.{released}, which is released:\n{appended}\nraise MINOR in \
         core/src/abi/raw/mod.rs and pandia.h; docs/abi.md says what else to do"
    );
    // A requirement that comes, comes with this minor; one that goes, goes with it.
    let ends = [format!("since 1.{}", raw::MINOR), format!("retired in 1.{}", raw::MINOR)];
    let rules = changes.appended.iter().filter(|row| row.starts_with("rule "));
    let wrong: Vec<_> = rules.filter(|row| !ends.iter().any(|end| row.ends_with(end))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\nis not of this minor, 1.{}", raw::MINOR);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, current).unwrap();
        return;
    }
    panic!("appended, and not yet promised:\n{appended}\n`cargo xtask bless` records it");
}

/// A change of the table: old text, new text, the words that tell of it. None may pass.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "  48/28 shot_end: pandia_status (void *, pandia_err *)",
        "  56/32 shot_end: pandia_status (void *, pandia_err *)",
        "pandia_backend_vt: `48/28 shot_end",
    ),
    ("  32/32 issuer: uint32_t\n", "  32/32 issuer: int32_t\n", "`32/32 issuer: int32_t`"),
    ("  36/36 depth: uint32_t\n", "", "`36/36 depth: uint32_t` is now `40/40 words"),
    (
        "  96/52 extension: pandia_status (void *, pandia_text const *, void const * *)\n",
        "",
        "gone",
    ),
    (
        "  32/32 issuer: uint32_t\n",
        "  32/32 more: uint32_t\n  36/36 issuer: uint32_t\n",
        "pandia_batch: `32/32 issuer: uint32_t` is now `32/32 more",
    ),
    (
        "shot_begin: pandia_status (void *, uint64_t, uint64_t, pandia_err *)",
        "shot_begin: pandia_status (void *, uint64_t, pandia_err *)",
        "shot_begin",
    ),
    ("constant PANDIA_E_STATE: 0xfffffffffffffffc", "constant PANDIA_E_STATE: 0x7", "E_STATE was"),
    ("constant PANDIA_OP_RESET: 0x3\n", "", "constant PANDIA_OP_RESET is gone"),
    ("struct pandia_info 32/32", "struct pandia_info 40/40", "pandia_info: (32, 32) bytes"),
    (
        "rule pandia_backend_vt, metric: optional since 1.0",
        "rule pandia_backend_vt, metric: required since 1.0",
        "metric was optional since 1.0 and is now required",
    ),
    (
        "rule pandia_backend_vt, query: required since 1.0",
        "rule pandia_backend_vt, query: required since 1.1",
        "query was required",
    ),
    (
        "function pandia_layout_fn: pandia_status",
        "function pandia_layout_fn: void",
        "layout_fn was",
    ),
    (
        "  12/8 reserved0: uint32_t\n",
        "  12/8 reserved0: uint32_t\n  16/12 more: uint64_t\n",
        "pandia_text has no size of its own",
    ),
];

/// Changes that may happen: old text, new text, the words that tell of it.
const APPENDS: &[(&str, &str, &str)] = &[
    (
        "struct pandia_info 32/32\n",
        "struct pandia_info 40/40\n",
        "pandia_info: `32/32 more: uint64_t`",
    ),
    (
        "  96/52 extension: pandia_status (void *, pandia_text const *, void const * *)\n",
        "  96/52 extension: pandia_status (void *, pandia_text const *, void const * *)\n  \
         104/56 flush: pandia_status (void *, pandia_err *)\n",
        "pandia_backend_vt: `104/56 flush",
    ),
    (
        "constant PANDIA_OP_RESET",
        "constant PANDIA_OP_MORE: 0xa\nconstant PANDIA_OP_RESET",
        "OP_MORE",
    ),
    ("constant PANDIA_MINOR: 0x0", "constant PANDIA_MINOR: 0x1", "PANDIA_MINOR: 0x1"),
    (
        "rule pandia_backend_vt, shot_end: required since 1.0",
        "rule pandia_backend_vt, shot_end: required since 1.0, retired in 1.3",
        "retired in 1.3",
    ),
];

fn changed(table: &str, old: &str, new: &str) -> String {
    assert!(table.contains(old), "the table no longer has {old:?}: choose another");
    table.replacen(old, new, 1)
}

#[test]
fn no_change_but_an_append_passes() {
    let table = table::of(&Contract::read());
    for (old, new, words) in MISTAKES {
        let changes = compare(&table, &changed(&table, old, new));
        let told = changes.broken.iter().any(|told| told.contains(words));
        assert!(told, "{old:?} became {new:?}: {changes:?}");
    }
}

#[test]
fn an_append_is_told_as_one() {
    let table = table::of(&Contract::read());
    for (old, new, words) in APPENDS {
        let mut new = changed(&table, old, new);
        if old.contains("pandia_info") {
            let last = "  28/28 reserved0: uint32_t\n";
            let at = new.find("struct pandia_info").unwrap();
            let (before, after) = new.split_at(at);
            let more = format!("{last}  32/32 more: uint64_t\n");
            new = format!("{before}{}", changed(after, last, &more));
        }
        let changes = compare(&table, &new);
        assert!(changes.broken.is_empty(), "{changes:?}");
        assert!(changes.appended.iter().any(|told| told.contains(words)), "{changes:?}");
    }
    let nothing = compare(&table, &table);
    assert!(nothing.broken.is_empty() && nothing.appended.is_empty());
}

#[test]
fn a_field_in_what_was_padding_is_no_append() {
    let old = "struct a 16/16\n  0/0 size: uint32_t\n  8/8 x: uint64_t\n  16/16 y: uint32_t\n";
    let old = old.replace("struct a 16/16", "struct a 24/24");
    let new = format!("{old}  20/20 z: uint32_t\n");
    let changes = compare(&old, &new);
    assert!(
        changes.broken.iter().any(|told| told.contains("inside of its old size")),
        "{changes:?}"
    );
}

#[test]
fn what_can_grow_says_how_large_it_is() {
    // A size of its own comes first (in a module after the magic); elements of arrays have a stride.
    let strided = ["pandia_gate", "pandia_setting", "pandia_param"];
    for item in &Contract::read().structs {
        let name = item.name.as_str();
        let sized = item.fields.iter().take(2).any(|(field, _)| field == "size");
        let can_grow = sized || strided.contains(&name);
        assert_ne!(can_grow, table::CLOSED.contains(&name), "{name}");
    }
}
