//! Every target, with some thousands of seeded random inputs, on any toolchain.

/// SplitMix64: seeded bytes of a seeded length.
fn inputs(count: u64, bytes_max: usize, mut run: impl FnMut(&[u8])) {
    // Miri takes a thousand times as long.
    let count = if cfg!(miri) { count.div_ceil(400) } else { count };
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    for _ in 0..count {
        let len = next() as usize % bytes_max;
        // Sparse ones come further: most decisions are then the usual ones.
        let sparse = next() % 4;
        let bytes: Vec<u8> = (0..len)
            .map(|_| {
                let word = next();
                if sparse > 0 && word >> 60 > 2 * (3 - sparse) { 0 } else { word as u8 }
            })
            .collect();
        run(&bytes);
    }
}

#[test]
fn records() {
    inputs(5_000, 200, crate::records::run);
}

#[test]
fn program() {
    inputs(3_000, 600, crate::program::run);
}

#[test]
fn stack() {
    inputs(1_000, 400, crate::stack::run);
}

#[test]
fn link() {
    inputs(3_000, 400, crate::link::run);
}

/// Words of the language in a random order.
#[test]
fn front_ends() {
    let words: Vec<&str> = include_str!("../fuzz_targets/qasm.dict")
        .lines()
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    inputs(1_000, 60, |data| {
        let text: Vec<&str> = data.iter().map(|&b| words[usize::from(b) % words.len()]).collect();
        crate::compile("OPENQASM 2.0;\ninclude \"qelib1.inc\";\n", &text.join(" "));
        crate::compile("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n", &text.join(" "));
    });
}

/// The tables of C: raw pointers, no files and no threads.
mod border {
    use super::inputs;

    #[test]
    fn loader() {
        inputs(5_000, 300, crate::loader::run);
    }

    #[test]
    fn tables() {
        inputs(8_000, 60, crate::tables::run);
    }

    #[test]
    fn shots() {
        inputs(5_000, 600, crate::shots::run);
    }

    #[test]
    fn calls() {
        inputs(1_000, 300, crate::calls::run);
    }

    #[test]
    fn answers() {
        inputs(20_000, 600, crate::answers::run);
    }
}
