//! Gate sets, and gates of a program's own whose matrix functions write what they like.

use super::drawn::{Must, Way, draw, pointer, text};
use crate::input::Input;
use crate::place::Place;
use pandia_core::abi::raw;
use std::ffi::c_void;

/// Slots of a program's own gates from here on.
pub(super) const OWN: u16 = 1024;

/// Writes the matrix of X, NaN, or nothing, or refuses: the context says which.
unsafe extern "C" fn matrix(
    context: *const c_void,
    params: *const f64,
    param_count: u32,
    re_im: *mut f64,
    re_im_count: u32,
) -> raw::Status {
    let way = context.addr();
    if param_count > 0 {
        // SAFETY: so many are there.
        let _ = unsafe { params.add(param_count as usize - 1).read() };
    }
    for index in 0..re_im_count as usize {
        let side = (f64::from(re_im_count) / 2.0).sqrt() as usize;
        let (row, column) = (index / 2 / side, index / 2 % side);
        let x = if index % 2 == 0 && row + column == side - 1 { 1.0 } else { 0.0 };
        // SAFETY: so many numbers.
        unsafe { re_im.add(index).write(if way == 1 { f64::NAN } else { x }) };
    }
    match way {
        2 => -9,
        3 => 5,
        4 => i32::MIN,
        _ => raw::OK,
    }
}

fn gate(input: &mut Input<'_>) -> (raw::Gate, Must) {
    let built_in = raw::Gate {
        slot: pandia_core::op::gates::slot::H,
        qubit_count: 1,
        param_count: 0,
        flags: 0,
        id: raw::Text::of("pandia.h/1"),
        matrix: None,
        matrix_context: core::ptr::null(),
    };
    let mut gate = built_in;
    let mut must = Must::Work;
    if input.one_in(2) {
        // Two ids for one slot are refused, and that they come is up to the input.
        must = Must::ComeBack;
        gate.slot = OWN + u16::from(input.byte() % 4);
        gate.qubit_count = input.pick(&[1, 2, 3, 1, 0, 4, 16, 255]);
        gate.param_count = input.pick(&[0, 1, 16, 0, 17, 255]);
        gate.id = raw::Text::of(input.pick(&["own.one/1", "own.one/1", "own.two/1", ""]));
        gate.matrix = (!input.one_in(4)).then_some(matrix);
        gate.matrix_context = core::ptr::without_provenance(usize::from(input.byte() % 6));
    } else if input.one_in(8) {
        must = Must::ComeBack;
        gate.slot = input.half() as u16;
    }
    let (id, wrong) = text(input, "pandia.h/1");
    if wrong == Must::Refuse {
        gate.id = id;
    }
    if input.one_in(32) {
        gate.flags = input.half() | 1;
        return (gate, Must::Refuse);
    }
    (gate, must.and(wrong))
}

/// A gate set with what it points to, and places for the verdicts.
#[derive(Debug)]
pub(super) struct Gates {
    pub(super) set: super::drawn::Drawn<raw::GateSet>,
    gates: Place,
    verdicts: Box<[u8; 16]>,
    pub(super) verdicts_at: *mut u8,
    pub(super) verdict_count: u32,
    pub(super) must: Must,
}

impl Gates {
    pub(super) fn draw(input: &mut Input<'_>) -> Self {
        let gate_count = u32::from(input.byte() % 12);
        let whole = size_of::<raw::Gate>() as u32;
        let (mut stride, mut must) = (whole + 8 * u32::from(input.byte() % 3), Must::Work);
        let gates = Place::new();
        for index in 0..gate_count {
            let (gate, wrong) = gate(input);
            gates.set((index * stride) as usize, gate);
            must = must.and(wrong);
        }
        if input.one_in(24) {
            stride = input.pick(&[0, 8, 32, 44, 36, whole + 4, 7, 1]);
            must = must.and(Must::refuse_if(gate_count > 0));
        }
        let (at, wrong) = pointer(input, gates.at::<raw::Gate>());
        if gate_count > 0 {
            must = must.and(wrong);
        }
        let right = raw::GateSet {
            size: size_of::<raw::GateSet>() as u32,
            gate_count,
            gate_bytes: stride,
            reserved0: 0,
            gates: at,
        };
        let set = draw(
            input,
            Way::In,
            right,
            &[
                |set| set.reserved0 = 1,
                |set| set.gate_count += 1,
                |set| (set.gate_count, set.gate_bytes) = (u32::MAX, u32::MAX),
            ],
        );
        let mut verdicts = Box::new([0xa5; 16]);
        let (verdicts_at, wrong) = pointer(input, verdicts.as_mut_ptr());
        if gate_count > 0 {
            must = must.and(wrong);
        }
        let must = must.and(set.must);
        Self { set, gates, verdicts, verdicts_at, verdict_count: gate_count, must }
    }

    /// What was written are verdicts, and no more than asked for.
    pub(super) fn check(&self, status: raw::Status) {
        let _ = &self.gates;
        let (asked, beyond) = self.verdicts.split_at(self.verdict_count as usize);
        assert!(beyond.iter().all(|&byte| byte == 0xa5));
        assert!(status != raw::OK || asked.iter().all(|&verdict| verdict <= 3));
    }
}
