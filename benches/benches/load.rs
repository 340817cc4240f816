//! Loading a library of plugins: opening the file, checking its headers, the system's loader, the
//! check of the module, and copying its descriptions. Dropped after each round, so that the next
//! one loads it anew; the file itself stays in the system's cache.

use pandia::dylib::{Library, find};
use pandia_benches::{Goal, Runner};
use std::error::Error;
use std::path::Path;

const NAMES: [&str; 4] = ["ideal", "depolarizing", "state_vector", "density_matrix"];
/// The most that loading may take: 1 ms.
const GOAL: Goal = Goal::AtMostNs(1e6);

/// Loads the library and gives a number made of what it says of itself.
fn load(path: &Path) -> u64 {
    let Ok(library) = Library::open(path) else { return 0 };
    let params = library.parts().iter().map(|part| part.spec().params.len() as u64);
    params.sum::<u64>() << 8 | library.parts().len() as u64
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut runner = Runner::from_args();
    let mut files = Vec::new();
    for name in NAMES {
        // Built by `cargo build --workspace`, in the profile of this bench.
        let path = find(name)?;
        files.push((path.metadata()?.len(), path.clone()));
        Library::open(&path)?;
        runner.bench(format!("load/{name}"), "load", 1, GOAL, || load(&path));
    }
    let (_, largest) = files.into_iter().max().ok_or("there is no library")?;
    runner.bench("load/largest", "load", 1, GOAL, || load(&largest));
    Ok(())
}
