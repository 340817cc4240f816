//! Gate sets and gates' matrices across the border, in both directions.

use super::raw;
use super::record::{self, bytes_of};
use super::report::Inbox;
use crate::backend::{
    AcrossWords, GateDef, GateSet, MatrixSource, UserMatrix, UserMatrixFn, Verdict,
};
use crate::error::{Error, ErrorKind, LAYER_BYTES, Result};
use core::ffi::c_void;

/// How many gates are translated at once: sets add up, so a large one goes over in pieces.
const PIECE: usize = 8;
/// Most bytes of a gate's id.
const ID_BYTES: u32 = 128;

// SAFETY: a matrix function and its context, which may be used from any thread, says the interface.
unsafe impl Send for AcrossWords {}
// SAFETY: as above.
unsafe impl Sync for AcrossWords {}

/// A matrix function of the other side and its context, as the two words that `backend` keeps.
const fn to_words(call: raw::MatrixFn, context: *const c_void) -> AcrossWords {
    AcrossWords([call as *const (), context.cast()])
}

/// What [`to_words`] was given.
fn from_words(AcrossWords([call, context]): AcrossWords) -> (raw::MatrixFn, *const c_void) {
    // SAFETY: only this module makes `MatrixSource::Across`, always with the words of a function.
    let call = unsafe { core::mem::transmute::<*const (), raw::MatrixFn>(call) };
    (call, context.cast())
}

/// As [`UserMatrix::evaluate`], for a function of the other side.
fn call_across(words: AcrossWords, params: &[f64], re_im: &mut [f64]) -> Result<()> {
    let (call, context) = from_words(words);
    let param_count = u32::try_from(params.len()).unwrap_or(u32::MAX);
    let re_im_count = u32::try_from(re_im.len()).unwrap_or(u32::MAX);
    let status =
        // SAFETY: the lengths are those of the slices, and who announced the gate promises that its
        // function is pure, may be called from any thread, and stays valid as long as it is known.
        unsafe { call(context, params.as_ptr(), param_count, re_im.as_mut_ptr(), re_im_count) };
    if status == raw::OK {
        return Ok(());
    }
    Err(refused(status))
}

#[cold]
fn refused(status: raw::Status) -> Error {
    let error = Error::from(ErrorKind::Argument("a gate's matrix function refused"));
    if cfg!(feature = "link") && status == ErrorKind::Link("").code() {
        return error.with_text(format_args!(
            "the gate's matrix for these parameters has not come over the link: a layer behind it \
             made them; put it on this side"
        ));
    }
    error.with_text(format_args!("the gate's matrix function refused its parameters ({status})"))
}

/// Calls the Rust function that `context` is.
///
/// # Safety
/// `context` is a [`UserMatrixFn`]; the lengths are those of the arrays.
unsafe extern "C" fn call_here(
    context: *const c_void,
    params: *const f64,
    param_count: u32,
    re_im: *mut f64,
    re_im_count: u32,
) -> raw::Status {
    // SAFETY: only `export` gives this function out, always with a `UserMatrixFn` as its context.
    let f = unsafe { core::mem::transmute::<*const c_void, UserMatrixFn>(context) };
    // SAFETY: the caller's promise.
    let params = unsafe { record::slice(params, u64::from(param_count), "gate parameters") };
    // SAFETY: the caller's promise.
    let re_im = unsafe { record::slice_mut(re_im, u64::from(re_im_count), "gate matrix") };
    match (params, re_im) {
        (Ok(params), Ok(re_im)) => f(params, re_im).map_or_else(|e| e.code(), |()| raw::OK),
        (Err(e), _) | (_, Err(e)) => e.code(),
    }
}

/// The matrices of one gate, for parameters that were asked for before.
#[cfg(feature = "link")]
pub(crate) trait Matrices: Sync + 'static {
    /// Writes the matrix for these parameters.
    ///
    /// # Errors
    /// The code of the error.
    fn write(&self, params: &[f64], re_im: &mut [f64]) -> core::result::Result<(), raw::Status>;
}

/// A gate's matrix out of `matrices`, as one of the other side: so it crosses the interface as it is.
#[cfg(feature = "link")]
pub(crate) const fn matrix_of<M: Matrices>(matrices: &'static M) -> UserMatrix {
    let words = to_words(call_matrices::<M>, core::ptr::from_ref(matrices).cast());
    UserMatrix(MatrixSource::Across { words, call: call_across })
}

/// Gives a matrix of those that `context` is.
///
/// # Safety
/// `context` is an `M`; the lengths are those of the arrays.
#[cfg(feature = "link")]
unsafe extern "C" fn call_matrices<M: Matrices>(
    context: *const c_void,
    params: *const f64,
    param_count: u32,
    re_im: *mut f64,
    re_im_count: u32,
) -> raw::Status {
    // SAFETY: only `matrix_of` gives this function out, always with an `M` that stays.
    let matrices = unsafe { &*context.cast::<M>() };
    // SAFETY: the caller's promise.
    let params = unsafe { record::slice(params, u64::from(param_count), "gate parameters") };
    // SAFETY: the caller's promise.
    let re_im = unsafe { record::slice_mut(re_im, u64::from(re_im_count), "gate matrix") };
    match (params, re_im) {
        (Ok(params), Ok(re_im)) => matrices.write(params, re_im).map_or_else(|e| e, |()| raw::OK),
        (Err(e), _) | (_, Err(e)) => e.code(),
    }
}

fn export(gate: &GateDef<'_>) -> raw::Gate {
    let (matrix, matrix_context) = match gate.matrix {
        None => (None, core::ptr::null()),
        Some(UserMatrix(MatrixSource::Here(f))) => {
            (Some(call_here as raw::MatrixFn), f as *const c_void)
        }
        Some(UserMatrix(MatrixSource::Across { words, .. })) => {
            let (call, context) = from_words(words);
            (Some(call), context)
        }
    };
    raw::Gate {
        slot: gate.slot,
        qubit_count: gate.qubit_count,
        param_count: gate.param_count,
        flags: 0,
        id: raw::Text::of(gate.id),
        matrix,
        matrix_context,
    }
}

/// # Safety
/// What the gate points to stays for as long as `'a`, its matrix function as long as the callee.
unsafe fn import<'a>(gate: raw::Gate) -> Result<GateDef<'a>> {
    record::reserved(u64::from(gate.flags), "gate")?;
    // SAFETY: the caller's promise.
    let id = unsafe { record::text(gate.id, ID_BYTES, "a gate's id") }?;
    let context = gate.matrix_context;
    let matrix = gate
        .matrix
        .map(|call| to_words(call, context))
        .map(|words| UserMatrix(MatrixSource::Across { words, call: call_across }));
    let raw::Gate { slot, qubit_count, param_count, .. } = gate;
    Ok(GateDef { slot, id, qubit_count, param_count, matrix })
}

/// A table's `negotiate` function, without its instance.
pub(crate) type NegotiateFn = unsafe extern "C" fn(
    *mut c_void,
    *const raw::GateSet,
    *mut u8,
    u32,
    *mut raw::Err,
) -> raw::Status;

/// The caller's side of the handshake.
///
/// # Safety
/// `negotiate` is the function of the table of the instance `me`.
pub(crate) unsafe fn ask(
    (negotiate, me): (NegotiateFn, *mut c_void),
    inbox: &mut Inbox,
    id: &str,
    set: &GateSet<'_>,
    verdicts: &mut [Verdict],
) -> Result<()> {
    if set.gates.len() != verdicts.len() {
        return Err(ErrorKind::Argument("one verdict per gate is needed").into());
    }
    for (gates, verdicts) in set.gates.chunks(PIECE).zip(verdicts.chunks_mut(PIECE)) {
        let mut piece = heapless::Vec::<raw::Gate, PIECE>::new();
        piece.extend(gates.iter().map(export));
        let gate_count = u32::try_from(piece.len()).unwrap_or(0);
        let raw_set = raw::GateSet {
            size: bytes_of::<raw::GateSet>(),
            gate_count,
            gate_bytes: bytes_of::<raw::Gate>(),
            reserved0: 0,
            gates: piece.as_ptr(),
        };
        let mut numbers = [0_u8; PIECE];
        // SAFETY: the caller's promise; all pointers are to locals with the counts given.
        let status = unsafe {
            negotiate(me, &raw const raw_set, numbers.as_mut_ptr(), gate_count, inbox.open())
        };
        inbox.result(status, id, 0)?;
        for (verdict, number) in verdicts.iter_mut().zip(numbers) {
            *verdict = Verdict::from_number(number).ok_or_else(|| {
                Error::from(ErrorKind::Broken("an unknown verdict")).in_layer(id).with_text(
                    format_args!("gave the verdict {number} on a gate; 0 to 3 are right"),
                )
            })?;
        }
    }
    Ok(())
}

/// The callee's side of the handshake.
///
/// # Errors
/// [`ErrorKind::Interface`] if the set is malformed, and whatever `negotiate` refuses.
///
/// # Safety
/// The pointers are NULL or as the interface says.
pub(crate) unsafe fn answer(
    gates: *const raw::GateSet,
    verdicts: *mut u8,
    verdict_count: u32,
    mut negotiate: impl FnMut(&GateSet<'_>, &mut [Verdict]) -> Result<()>,
) -> Result<()> {
    // SAFETY: the caller's promise.
    let set = unsafe { record::read(gates) }?;
    record::reserved(u64::from(set.reserved0), "gate set")?;
    if set.gate_count != verdict_count {
        return Err(ErrorKind::Argument("one verdict per gate is needed").into());
    }
    // SAFETY: the caller's promise.
    let numbers = unsafe { record::slice_mut(verdicts, u64::from(verdict_count), "verdicts") }?;
    // SAFETY: the caller's promise.
    let gates = unsafe { record::strided(set.gates, set.gate_count, set.gate_bytes, "gates") }?;
    let mut gates = gates.peekable();
    for numbers in numbers.chunks_mut(PIECE) {
        let mut piece = heapless::Vec::<GateDef<'_>, PIECE>::new();
        while !piece.is_full()
            && let Some(gate) = gates.next()
        {
            // SAFETY: the caller's promise.
            let gate = unsafe { import(gate) }?;
            let _ = piece.push(gate);
        }
        let mut verdicts = [Verdict::Reject; PIECE];
        let verdicts = &mut verdicts[..piece.len()];
        negotiate(&GateSet { gates: &piece }, verdicts)?;
        for (number, verdict) in numbers.iter_mut().zip(verdicts.iter()) {
            *number = *verdict as u8;
        }
    }
    Ok(())
}

const _: () = assert!(ID_BYTES as usize >= LAYER_BYTES);
