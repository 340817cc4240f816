//! What has happened between two tables: nothing, appends, or what may never happen.

use std::collections::BTreeMap;

/// What has happened, in words.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// What may never happen within a major version.
    pub(crate) broken: Vec<String>,
    /// What was appended.
    pub(crate) appended: Vec<String>,
}

#[derive(Debug, Default)]
struct Structure<'a> {
    size: (u64, u64),
    closed: bool,
    fields: Vec<&'a str>,
}

/// A table, read.
#[derive(Debug, Default)]
struct Table<'a> {
    structures: BTreeMap<&'a str, Structure<'a>>,
    /// Functions, constants and rules: what they are called, and what they are.
    facts: BTreeMap<&'a str, &'a str>,
}

/// `16/12`
fn pair(text: &str) -> (u64, u64) {
    let (on64, on32) = text.split_once('/').expect("two numbers");
    (on64.parse().expect("a number"), on32.parse().expect("a number"))
}

impl<'a> Table<'a> {
    fn read(text: &'a str) -> Self {
        let mut table = Self::default();
        let mut last = None;
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if let Some(head) = line.strip_prefix("struct ") {
                let mut words = head.split(' ');
                let name = words.next().expect("a structure has a name");
                let size = pair(words.next().expect("a structure has a size"));
                let closed = words.next() == Some("closed");
                let structure = Structure { size, closed, fields: Vec::new() };
                assert!(table.structures.insert(name, structure).is_none(), "{name} twice");
                last = Some(name);
            } else if let Some(field) = line.strip_prefix("  ") {
                let last = last.expect("a field belongs to a structure");
                table.structures.entry(last).or_default().fields.push(field);
            } else {
                let (name, what) = line.split_once(": ").expect("a fact has a name");
                assert!(table.facts.insert(name, what).is_none(), "{name} twice");
            }
        }
        table
    }
}

/// What has happened from `old` to `new`.
pub(crate) fn compare(old: &str, new: &str) -> Changes {
    let (old, new) = (Table::read(old), Table::read(new));
    let mut changes = Changes::default();
    for (name, was) in &old.structures {
        match new.structures.get(name) {
            None => changes.broken.push(format!("the structure {name} is gone")),
            Some(is) => changes.structure(name, was, is),
        }
    }
    for name in new.structures.keys().filter(|name| !old.structures.contains_key(*name)) {
        changes.appended.push(format!("the structure {name}"));
    }
    for (name, was) in &old.facts {
        match new.facts.get(name) {
            None => changes.broken.push(format!("{name} is gone; it was {was}")),
            Some(is) if is == was => {}
            Some(is) if may_become(name, was, is) => changes.appended.push(format!("{name}: {is}")),
            Some(is) => changes.broken.push(format!("{name} was {was} and is now {is}")),
        }
    }
    for (name, is) in new.facts.iter().filter(|(name, _)| !old.facts.contains_key(*name)) {
        changes.appended.push(format!("{name}: {is}"));
    }
    changes
}

/// The two facts that move: the minor version counts up, and a function is retired.
fn may_become(name: &str, was: &str, is: &str) -> bool {
    let number = |text: &str| u64::from_str_radix(text.trim_start_matches("0x"), 16);
    match (number(was), number(is)) {
        (Ok(was), Ok(is)) => name == "constant PANDIA_MINOR" && was < is,
        _ => name.starts_with("rule ") && is.strip_prefix(was).is_some_and(retires),
    }
}

fn retires(rest: &str) -> bool {
    rest.starts_with(", retired in 1.")
}

impl Changes {
    fn structure(&mut self, name: &str, was: &Structure<'_>, is: &Structure<'_>) {
        for (index, field) in was.fields.iter().enumerate() {
            match is.fields.get(index) {
                Some(now) if now == field => {}
                // The first difference says it: what follows has only moved with it.
                Some(now) => {
                    return self.broken.push(format!("{name}: `{field}` is now `{now}`"));
                }
                None => return self.broken.push(format!("{name}: `{field}` is gone")),
            }
        }
        let more = is.fields.get(was.fields.len()..).unwrap_or(&[]);
        if more.is_empty() {
            if was.size != is.size {
                self.broken.push(format!("{name}: {:?} bytes are now {:?}", was.size, is.size));
            }
            return;
        }
        if was.closed {
            return self.broken.push(format!("{name} has no size of its own and can never grow"));
        }
        for field in more {
            let (on64, on32) = pair(field.split(' ').next().unwrap_or_default());
            // In what was padding, an old maker's bytes would be taken for the new field.
            if on64 < was.size.0 || on32 < was.size.1 {
                self.broken.push(format!("{name}: `{field}` lies inside of its old size"));
            }
            self.appended.push(format!("{name}: `{field}`"));
        }
    }
}
