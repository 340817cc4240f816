//! Modules of random sizes, counts, strides, texts and functions. Pointers lead into memory that is
//! there, to NULL or to an odd address, never into the wild: no host can tell those apart.

use crate::input::Input;
use crate::place::Place;
use pandia_core::abi::{module, raw};
use pandia_core::part::PartKind;
use std::ffi::c_void;
use std::ptr::{null, null_mut};

const SIZES: [i64; 6] = [0, -8, 8, 16, -1, 4];
const COUNTS: [u32; 6] = [1, 0, 2, 3, 1025, u32::MAX];

/// Where `things` now lie: there, nowhere or at an odd address.
fn put<T: Copy>(place: &Place, input: &mut Input<'_>, things: &[T]) -> *const T {
    place.fill(things);
    if input.one_in(8) {
        // Behind everything that is known, and still inside.
        let behind = size_of_val(things).min(1 << 16);
        place.set(behind, input.byte());
    }
    match input.byte() % 32 {
        30 => null(),
        31 => place.at::<u8>().wrapping_add(1).cast(),
        _ => place.at(),
    }
}

fn size(input: &mut Input<'_>, right: usize) -> u32 {
    match input.byte() % 16 {
        10 => 1 << 16,
        11 => u32::MAX,
        12 => (1 << 16) + 1,
        13 => input.half() % 300,
        14 => (right as i64 + input.pick(&SIZES)) as u32,
        _ => right as u32,
    }
}

static LONG: [u8; 600] = [b'a'; 600];

fn text(input: &mut Input<'_>) -> raw::Text {
    let (at, len) = match input.byte() % 16 {
        9 => (null(), 3),
        10 => (LONG.as_ptr(), input.half() % 600),
        11 => (b"\xff\xfe\x80".as_ptr(), 3),
        12 => (LONG.as_ptr(), u32::MAX),
        13 => (null(), 0),
        14 => ("a.\u{20ac}".as_ptr(), 4),
        _ => ("test.part".as_ptr(), 9),
    };
    raw::Text { at, len, reserved0: u32::from(input.one_in(32)) }
}

unsafe extern "C" fn layout(
    config: *const raw::Config,
    out: *mut raw::Layout,
    _: *mut raw::Err,
) -> raw::Status {
    // SAFETY: the host's structures. The stream carries what to answer.
    let seed = unsafe { (*config).stream };
    // SAFETY: as above.
    unsafe { (*out).align = [8, 0, 3, 16, 4096, 8192, u32::MAX, 1][(seed % 8) as usize] };
    // SAFETY: as above.
    unsafe { (*out).bytes = [64, 0, u64::MAX, 1 << 40][(seed / 8 % 4) as usize] };
    [0, 0, 0, -15, -200, 5, i32::MIN, i32::MAX][(seed / 32 % 8) as usize]
}

unsafe extern "C" fn create(
    _: *mut c_void,
    _: u64,
    config: *const raw::Config,
    _: *const raw::Host,
    _: *const raw::Backend,
    _: u32,
    out: *mut raw::Backend,
    _: *mut raw::Err,
) -> raw::Status {
    static TOO_SMALL: [u32; 2] = [4, 0];
    static EMPTY: [u64; 40] = [40 * 8; 40];
    // SAFETY: the host's structure.
    let seed = unsafe { (*config).stream } / 256;
    let vt: *const raw::BackendVt = match seed % 4 {
        0 => null(),
        1 => TOO_SMALL.as_ptr().wrapping_byte_add(1).cast(),
        2 => TOO_SMALL.as_ptr().cast(),
        // A size of 8 covers no function at all.
        _ => (&raw const EMPTY_VT).cast(),
    };
    let _ = &EMPTY;
    // SAFETY: the host's place.
    unsafe { out.write(raw::Backend { vt, me: null_mut() }) };
    raw::OK
}
static EMPTY_VT: [u64; 1] = [8];

fn param(input: &mut Input<'_>, words: *const raw::Text) -> raw::Param {
    raw::Param {
        min: input.word(),
        max: input.word(),
        default_bits: input.word(),
        kind: input.pick(&[1, 2, 3, 4, 5, 0, 6, u32::MAX]),
        default_kind: input.pick(&[0, 1, 2, 3, 4, u32::MAX]),
        choice_count: input.pick(&COUNTS),
        reserved0: u32::from(input.one_in(16)),
        name: text(input),
        unit: text(input),
        help: text(input),
        default_text: text(input),
        choices: words,
        reserved1: null(),
    }
}

/// One input.
pub fn run(data: &[u8]) {
    let input = &mut Input(data);
    let (words, params, plugin, list, head) =
        (Place::new(), Place::new(), Place::new(), Place::new(), Place::new());
    let choice = [text(input), text(input), text(input)];
    // As many as a count that is not refused may ask for.
    let choice: Vec<raw::Text> = choice.iter().copied().cycle().take(1026).collect();
    let choices = put(&words, input, &choice);
    let some = [param(input, choices), param(input, choices), param(input, choices)];
    let params_at = put(&params, input, &some);
    let stride = size_of::<raw::Param>() as u32;
    let built = raw::Plugin {
        size: size(input, size_of::<raw::Plugin>()),
        kind: input.pick(&[1, 2, 3, 4, 0, 5, u16::MAX]),
        flags: u16::from(input.one_in(16)),
        children_min: input.pick(&[0, 1, 0, 2, u16::MAX]),
        children_max: input.pick(&[0, 1, 0, 2, u16::MAX]),
        param_count: input.pick(&[0, 1, 2, 3, 1025, u32::MAX]),
        param_bytes: input.pick(&[stride, stride, stride, stride + 8, stride - 8, 0, stride + 4]),
        reserved0: u32::from(input.one_in(16)),
        id: text(input),
        version: text(input),
        summary: text(input),
        params: params_at,
        layout: (!input.one_in(8)).then_some(layout),
        create: (!input.one_in(8)).then_some(create),
        create_runtime: None,
    };
    let plugin_at = put(&plugin, input, &[built]);
    // Distinct addresses do not matter to a check; one plugin twice does.
    let list_at = put(&list, input, &[plugin_at, plugin_at, plugin_at]);
    let module = raw::Module {
        magic: if input.one_in(16) { input.half() } else { raw::MAGIC },
        size: size(input, size_of::<raw::Module>()),
        major: input.pick(&[1, 1, 1, 1, 0, 2]),
        minor: input.pick(&[0, 1, 9, u16::MAX]),
        min_host_minor: input.pick(&[0, 0, 0, 1]),
        reserved0: u16::from(input.one_in(16)),
        plugin_count: input.pick(&COUNTS),
        reserved1: u32::from(input.one_in(16)),
        plugins: list_at,
    };
    let module_at = put(&head, input, &[module]);
    // SAFETY: everything that is not refused is there, and stays until the end of this function.
    let view = match unsafe { module::check(module_at) } {
        Ok(view) => view,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    for plugin in view.plugins() {
        assert!(!plugin.id().is_empty() && plugin.id().len() <= 48);
        let _ = plugin.params().map(|param| format!("{param:?}")).count();
        let mut room = [core::mem::MaybeUninit::uninit(); 8192];
        for stream in 0..64_u64 {
            let config = pandia_core::part::Config::new(
                1,
                pandia_core::ids::StreamId(stream.wrapping_mul(input.word() | 1)),
            );
            match plugin.kind() {
                Some(PartKind::Simulator) => {
                    let refused = plugin.backend_in(&mut room, &config, None);
                    assert!(refused.is_err(), "its table has no function");
                }
                Some(_) | None => {
                    let _ = plugin.layout(&config);
                }
            }
        }
    }
}
