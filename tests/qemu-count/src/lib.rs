//! A plugin for QEMU (plugin interface version 1, QEMU 4.2 to 7.2 and later ones that still take it)
//! that counts the instructions between `pandia_count_begin` and `pandia_count_end`.
//!
//! Every entry into the second function appends one line to the file that `PANDIA_COUNTS` names: how
//! many instructions ran since the first was entered, its own and the call of the second included.
//! The image needs no other change, and every core that QEMU emulates can be counted.

#![expect(unsafe_code, reason = "QEMU's plugin interface is C")]

use core::ffi::{CStr, c_char, c_int, c_uint, c_void};
use core::ptr;
use std::fs::File;
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// The interface that is asked for; QEMU reads it before anything else.
// SAFETY: no other symbol of this library has the name that QEMU looks for.
#[unsafe(no_mangle)]
pub static qemu_plugin_version: c_int = 1;

type Id = u64;
/// A translation block of QEMU's.
#[repr(C)]
struct Block(c_void);
/// An instruction of QEMU's.
#[repr(C)]
struct Instruction(c_void);

/// `QEMU_PLUGIN_INLINE_ADD_U64`.
const INLINE_ADD: c_int = 0;
/// `QEMU_PLUGIN_CB_NO_REGS`.
const NO_REGISTERS: c_int = 0;

unsafe extern "C" {
    fn qemu_plugin_register_vcpu_tb_trans_cb(id: Id, call: extern "C" fn(Id, *mut Block));
    fn qemu_plugin_register_vcpu_tb_exec_cb(
        block: *mut Block,
        call: extern "C" fn(c_uint, *mut c_void),
        flags: c_int,
        data: *mut c_void,
    );
    fn qemu_plugin_register_vcpu_insn_exec_inline(
        instruction: *mut Instruction,
        what: c_int,
        number: *mut c_void,
        by: u64,
    );
    fn qemu_plugin_tb_n_insns(block: *const Block) -> usize;
    fn qemu_plugin_tb_get_insn(block: *const Block, index: usize) -> *mut Instruction;
    fn qemu_plugin_insn_symbol(instruction: *const Instruction) -> *const c_char;
}

/// Instructions so far; QEMU adds to it by itself.
static RAN: AtomicU64 = AtomicU64::new(0);
/// What that was when the first function was entered, or `IDLE`.
static BEGAN: AtomicU64 = AtomicU64::new(IDLE);
const IDLE: u64 = u64::MAX;
static FILE: Mutex<Option<File>> = Mutex::new(None);

// QEMU may cut a function into two blocks, which both call back: only the first call counts.

extern "C" fn on_begin(_: c_uint, _: *mut c_void) {
    if BEGAN.load(Ordering::Relaxed) == IDLE {
        BEGAN.store(RAN.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

extern "C" fn on_end(_: c_uint, _: *mut c_void) {
    let began = BEGAN.swap(IDLE, Ordering::Relaxed);
    if began == IDLE {
        return;
    }
    let counted = RAN.load(Ordering::Relaxed).wrapping_sub(began);
    if let Ok(mut file) = FILE.lock()
        && let Some(file) = file.as_mut()
    {
        // A line that cannot be written is missed by whoever reads the file and knows the number.
        let _ = writeln!(file, "{counted}");
    }
}

/// Called by QEMU for each block that it translates.
extern "C" fn on_translation(_: Id, block: *mut Block) {
    // SAFETY: QEMU gives a block that lives during this call.
    let count = unsafe { qemu_plugin_tb_n_insns(block) };
    for index in 0..count {
        // SAFETY: the index is below the block's count.
        let instruction = unsafe { qemu_plugin_tb_get_insn(block, index) };
        if index == 0 {
            mark(block, instruction);
        }
        // SAFETY: the number lives as long as the program; one core runs, so nobody else adds.
        unsafe {
            qemu_plugin_register_vcpu_insn_exec_inline(
                instruction,
                INLINE_ADD,
                RAN.as_ptr().cast(),
                1,
            );
        }
    }
}

/// Has the block call back if it is the beginning of one of the two functions: each is one block.
fn mark(block: *mut Block, first: *const Instruction) {
    // SAFETY: the instruction belongs to the block, which lives during this call.
    let symbol = unsafe { qemu_plugin_insn_symbol(first) };
    if symbol.is_null() {
        return;
    }
    // SAFETY: QEMU gives a string that ends with NUL and outlives this call.
    let call: extern "C" fn(c_uint, *mut c_void) =
        match unsafe { CStr::from_ptr(symbol) }.to_bytes() {
            b"pandia_count_begin" => on_begin,
            b"pandia_count_end" => on_end,
            _ => return,
        };
    // SAFETY: the function needs no data and lives as long as the program.
    unsafe { qemu_plugin_register_vcpu_tb_exec_cb(block, call, NO_REGISTERS, ptr::null_mut()) };
}

/// Called by QEMU once, at start; anything but 0 makes it stop.
// SAFETY: no other symbol of this library has the name that QEMU looks for.
#[unsafe(no_mangle)]
pub extern "C" fn qemu_plugin_install(
    id: Id,
    _info: *const c_void,
    _count: c_int,
    _arguments: *const *const c_char,
) -> c_int {
    let Some(file) = std::env::var_os("PANDIA_COUNTS").and_then(|path| File::create(path).ok())
    else {
        return 1;
    };
    if let Ok(mut place) = FILE.lock() {
        *place = Some(file);
    }
    // SAFETY: QEMU gave this id for such calls.
    unsafe { qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation) };
    0
}
