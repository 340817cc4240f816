//! `layout`, `create` and `create_runtime` of a plugin.

use super::drawn::{Must, Way, draw, pointer, text};
use super::made;
use super::words::Words;
use crate::input::Input;
use crate::place::Place;
use pandia_core::abi::raw;
use std::ptr::{null, null_mut};

/// What makes a configuration wrong, whatever it says.
pub(super) const CONFIG_WRONG: &[fn(&mut raw::Config)] = &[
    |config| config.reserved0 = 1,
    |config| (config.setting_count, config.settings) = (1, null()),
    |config| (config.setting_count, config.setting_bytes) = (3, 0),
    |config| (config.setting_count, config.setting_bytes) = (u32::MAX, u32::MAX),
];

/// What becomes of settings: those of the depolarizing layer, and what is none.
fn settings(input: &mut Input<'_>, place: &Place) -> (u32, u32, Must) {
    let count = u32::from(input.byte() % 3);
    let stride = size_of::<raw::Setting>() as u32 + 8 * u32::from(input.byte() % 3);
    let mut must = Must::Work;
    for index in 0..count {
        let (key, wrong) = text(input, "p_1q");
        must = must.and(wrong);
        let mut setting = raw::Setting {
            bits: 0.25_f64.to_bits(),
            kind: raw::VALUE_REAL,
            reserved0: 0,
            key,
            text: raw::Text::EMPTY,
        };
        match input.byte() % 16 {
            10 => {
                (setting.bits, must) = (input.word(), must.and(Must::ComeBack));
            }
            11 => {
                setting.kind = input.pick(&[0, 4, u32::MAX]);
                must = Must::Refuse;
            }
            12 => {
                setting.reserved0 = input.half() | 1;
                must = Must::Refuse;
            }
            13 => {
                setting.kind = raw::VALUE_TEXT;
                setting.text = text(input, "not a number").0;
                must = Must::Refuse;
            }
            14 => {
                setting.key = raw::Text::of("no.such.key");
                must = Must::Refuse;
            }
            15 => {
                (setting.kind, setting.bits) = (raw::VALUE_WHOLE, input.word());
                must = must.and(Must::ComeBack);
            }
            _ => {}
        }
        place.set((index * stride) as usize, setting);
    }
    (count, stride, must)
}

/// One plugin of ours is asked for a layout and built, over `child` if it is a layer.
pub(super) fn one(
    input: &mut Input<'_>,
    plugin: &raw::Plugin,
    child: Option<raw::Backend>,
    takes_settings: bool,
) {
    let place = Place::new();
    let mut right = made::config();
    let mut must = Must::Work;
    if takes_settings {
        (right.setting_count, right.setting_bytes, must) = settings(input, &place);
        right.settings = place.at::<raw::Setting>();
    }
    if input.one_in(16) {
        right.qubit_count = input.pick(&[0, 1, 31, 33, 64, 1 << 16, u32::MAX]);
        right.result_count = input.pick(&[0, 1 << 20, u32::MAX]);
        must = must.and(Must::ComeBack);
    }
    let config = draw(input, Way::In, right, CONFIG_WRONG);
    must = must.and(config.must);
    let err = Words::draw(input);
    let blank = raw::Layout { size: size_of::<raw::Layout>() as u32, align: 0, bytes: 0 };
    let out = draw(input, Way::Out, blank, &[]);
    let layout = plugin.layout.expect("a plugin of ours");
    // SAFETY: what is not to be refused is as the interface says.
    let status = unsafe { layout(config.at(), out.at(), err.at()) };
    err.check(must.and(out.must), status, 0, "layout");
    let said = out.now();
    if status == raw::OK {
        assert!(said.align.is_power_of_two() && said.align <= 16 && said.bytes > 0);
    } else {
        assert_eq!((said.align, said.bytes), (0, 0));
    }
    // As much as is right for a plain configuration, and maybe less than this one needs.
    let needed = made::layout(plugin);
    let may_be_small = right.qubit_count != 2 || right.result_count != 4;
    build(input, plugin, child, (config.at(), must, may_be_small), needed);
}

fn build(
    input: &mut Input<'_>,
    plugin: &raw::Plugin,
    child: Option<raw::Backend>,
    (config, mut must, may_be_small): (*mut raw::Config, Must, bool),
    needed: raw::Layout,
) {
    let mut memory = vec![!0_u64; needed.bytes as usize / 8 + 4];
    let at = memory.as_mut_ptr().cast::<u8>();
    let mut at = at.wrapping_add(at.align_offset(16));
    let mut bytes = needed.bytes;
    match input.byte() % 16 {
        12 => (at, must) = (null_mut(), Must::Refuse),
        13 => (at, must) = (at.wrapping_add(usize::from(input.byte() % 7 + 1)), Must::Refuse),
        14 => {
            bytes = u64::from(input.half()) % bytes;
            must = if may_be_small { must.and(Must::ComeBack) } else { Must::Refuse };
        }
        _ => {}
    }
    let host = raw::Host {
        size: size_of::<raw::Host>() as u32,
        minor: 0,
        me: null_mut(),
        now_ns: None,
        log: None,
        alloc: None,
        free: None,
    };
    let host = draw(input, Way::Out, host, &[]);
    // None is right, and so is one with fewer functions.
    let fits = host.at().is_aligned() && (8..=1 << 16).contains(&host.now().size);
    must = must.and(Must::refuse_if(!host.at().is_null() && !fits));
    let err = Words::draw(input);
    let host = host.at();
    if let Some(create) = plugin.create_runtime {
        let mut pair = raw::Runtime { vt: null(), me: null_mut() };
        let (out, wrong) = pointer(input, &raw mut pair);
        // SAFETY: what is not to be refused is as the interface says.
        let status = unsafe { create(at.cast(), bytes, config, host, out, err.at()) };
        err.check(must.and(wrong), status, 0, "create_runtime");
        // SAFETY: a table of ours.
        if let Some(vt) = unsafe { pair.vt.as_ref() } {
            // SAFETY: just built.
            unsafe { vt.destroy.expect("a table of ours")(pair.me) };
        }
        assert_eq!(pair.vt.is_null(), status != raw::OK);
        return;
    }
    let mut pair = raw::Backend { vt: null(), me: null_mut() };
    let (out, wrong) = pointer(input, &raw mut pair);
    must = must.and(wrong);
    let mut children = [child.unwrap_or(pair)];
    let mut count = u32::from(child.is_some());
    let mut first = children.as_mut_ptr();
    match input.byte() % 16 {
        12 => {
            count = input.pick(&[2, u32::MAX, 1 - count]);
            must = Must::Refuse;
        }
        13 if child.is_some() => (first, must) = (null_mut(), Must::Refuse),
        14 if child.is_some() => (first, must) = (first.wrapping_byte_add(2), Must::Refuse),
        15 if child.is_some() => {
            children[0].vt = null();
            (first, must) = (children.as_mut_ptr(), Must::Refuse);
        }
        _ => {}
    }
    let create = plugin.create.expect("a plugin of ours");
    // SAFETY: what is not to be refused is as the interface says.
    let status = unsafe { create(at.cast(), bytes, config, host, first, count, out, err.at()) };
    err.check(must, status, 0, "create");
    // SAFETY: a table of ours.
    if let Some(vt) = unsafe { pair.vt.as_ref() } {
        // SAFETY: just built.
        unsafe { vt.destroy.expect("a table of ours")(pair.me) };
    }
    assert_eq!(pair.vt.is_null(), status != raw::OK);
}
