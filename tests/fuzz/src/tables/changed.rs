//! A table of which something is missing, and what a right reader makes of it. What must not be
//! called is there, behind the table's end, and stops the program.

use crate::input::Input;
use crate::place::Place;

/// One kind of table as `docs/abi.md` and the header have it, restated.
#[derive(Debug)]
pub(super) struct Shape {
    /// Bytes before the first function.
    first: usize,
    /// The functions in order, and whether they are required.
    functions: &'static [(&'static str, bool)],
    /// Fewest bytes that are a table at all.
    bytes_min: u32,
    /// Where a reserved field is, if there is one.
    reserved_at: Option<usize>,
    /// What a refusal calls it.
    name: &'static str,
}

const BYTES_MAX: u32 = 1 << 16;
const WORD: usize = size_of::<usize>();

pub(super) const BACKEND: Shape = Shape {
    first: 8,
    functions: &[
        ("id", true),
        ("query", true),
        ("negotiate", true),
        ("shot_begin", true),
        ("apply", true),
        ("shot_end", true),
        ("destroy", true),
        ("metric", false),
        ("state", false),
        ("state_digest", false),
        ("cancel", false),
        ("extension", false),
    ],
    bytes_min: 8,
    reserved_at: Some(4),
    name: "backend table",
};
pub(super) const RUNTIME: Shape = Shape {
    functions: &[
        ("id", true),
        ("attach", true),
        ("detach", true),
        ("query", true),
        ("negotiate", true),
        ("shot_begin", true),
        ("submit", true),
        ("result", true),
        ("shot_end", true),
        ("destroy", true),
        ("metric", false),
        ("extension", false),
    ],
    name: "runtime table",
    ..BACKEND
};
pub(super) const BACKEND_PLUGIN: Shape = Shape {
    first: 80,
    functions: &[("layout", true), ("create", true), ("create_runtime", false)],
    bytes_min: 80,
    reserved_at: Some(20),
    name: "plugin",
};
pub(super) const RUNTIME_PLUGIN: Shape = Shape {
    functions: &[("layout", true), ("create", false), ("create_runtime", true)],
    ..BACKEND_PLUGIN
};
pub(super) const HOST: Shape = Shape {
    first: 16,
    functions: &[("now_ns", false), ("log", false), ("alloc", false), ("free", false)],
    bytes_min: 8,
    reserved_at: None,
    name: "host services",
};

impl Shape {
    const fn bytes(&self) -> u32 {
        (self.first + self.functions.len() * WORD) as u32
    }

    fn index(&self, function: &str) -> usize {
        self.functions.iter().position(|f| f.0 == function).expect("a function of this table")
    }
}

/// What is to be changed of a table; nothing by default.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Change {
    size: Option<u32>,
    reserved: u32,
    /// Bit `k`: function `k` is NULL.
    missing: u32,
}

impl Change {
    pub(super) fn draw(input: &mut Input<'_>, shape: &Shape) -> Self {
        let whole = shape.bytes();
        let mut change = Self::default();
        match input.byte() % 4 {
            0 => change.missing = 1 << (input.byte() % 16),
            1 => change.missing = input.half() & input.half() & input.half(),
            2 => {
                change.size = Some(match input.byte() % 8 {
                    0 => input.pick(&[0, 1, 4, 7, 8, 9, 79, 80]),
                    1 => input.pick(&[BYTES_MAX, BYTES_MAX + 1, u32::MAX, 1 << 31]),
                    // At a border between two functions, or within one.
                    2..=4 => u32::from(input.byte()) % (whole / 8 + 4) * 8,
                    _ => input.half() % (whole + 64),
                });
            }
            _ => change.reserved = if input.one_in(2) { input.half() } else { 0 },
        }
        change
    }
}

/// A function that nobody may call: it lies where the table says that it has none.
unsafe extern "C" fn beyond() {
    // Nothing unwinds out of here, so this ends the program.
    panic!("a function was called that the table does not have");
}

/// A table with its change.
#[derive(Debug)]
pub(super) struct Changed {
    shape: &'static Shape,
    place: Place,
    size: u32,
    reserved: bool,
    /// Bit `k`: function `k` is there.
    present: u32,
}

impl Changed {
    /// # Safety
    /// `table` has this shape, whole.
    pub(super) unsafe fn new<T: Copy>(shape: &'static Shape, table: &T, change: Change) -> Self {
        assert_eq!(size_of::<T>(), shape.bytes() as usize);
        let place = Place::new();
        place.fill(core::slice::from_ref(table));
        let size = change.size.unwrap_or(shape.bytes());
        place.set(0, size);
        let reserved = change.reserved != 0 && shape.reserved_at.is_some();
        if let Some(at) = shape.reserved_at.filter(|_| reserved) {
            place.set(at, change.reserved);
        }
        let mut present = 0;
        let trap = beyond as *const ();
        for index in 0..shape.functions.len() + 8 {
            let at = shape.first + index * WORD;
            if (at + WORD) as u64 > u64::from(size) || index >= shape.functions.len() {
                place.set(at, trap);
            } else if change.missing >> index & 1 == 1 {
                place.set(at, core::ptr::null::<()>());
            // SAFETY: a slot of the table.
            } else if unsafe { place.get::<Option<unsafe extern "C" fn()>>(at) }.is_some() {
                present |= 1 << index;
            }
        }
        Self { shape, place, size, reserved, present }
    }

    pub(super) const fn at<T>(&self) -> *const T {
        self.place.at::<T>()
    }

    pub(super) fn has(&self, function: &str) -> bool {
        self.present >> self.shape.index(function) & 1 == 1
    }

    /// What the refusal must say, if there must be one.
    pub(super) fn refusal(&self) -> Option<String> {
        let shape = self.shape;
        if !(shape.bytes_min..=BYTES_MAX).contains(&self.size) {
            return Some(format!("{}: it says that it has {} bytes", shape.name, self.size));
        }
        if self.reserved {
            return Some(format!("{}: a reserved field is not 0", shape.name));
        }
        let mut required = shape.functions.iter().filter(|f| f.1 && !self.has(f.0));
        let (missing, _) = required.next()?;
        Some(format!("{} lacks {missing}, required since 1.0", shape.name))
    }
}
