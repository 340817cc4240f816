//! Attaching and detaching: whose the stack is.

use core::ffi::c_void;

use pandia_core::abi::raw;
use pandia_core::op::OpSink;
use pandia_core::op::builder::OpVec;

use super::writes::CAPS;
use crate::check::bench::Bench;
use crate::check::call::{Answer, call};
use crate::check::circuits::build;
use crate::check::finding::{Checked, ensure, failed, skipped};
use crate::check::made::{Lent, Site};
use crate::check::raw_face::{RawFace, batch_of, built_in_gates, list_over, set_of};
use crate::check::spy::{Shared, Spy};

const STATE: i32 = -4;

/// A runtime without a stack.
pub(super) struct Loose {
    pub(super) face: RawFace,
    site: Site,
}

impl Loose {
    pub(super) fn new(bench: &Bench) -> Checked<Self> {
        let site = bench.site(bench.shape())?;
        let raw = site.shape.raw();
        let (at, bytes) = (site.memory.at(), site.memory.bytes() as u64);
        let (answer, pair) = site.create(at, bytes, &raw.config, core::ptr::null())?;
        answer.done("create_runtime")?;
        Ok(Self { face: RawFace::of(pair), site })
    }

    fn vt(&self) -> Checked<raw::RuntimeVt> {
        self.face.runtime().copied().map_or_else(|| failed("it is no runtime"), Ok)
    }

    pub(super) fn attach(&self, stack: raw::Backend, own_thread: u32) -> Checked<Answer> {
        let (raw, me) = (self.site.shape.raw(), self.face.me);
        let Some(attach) = self.vt()?.attach else { return failed("the table lacks attach") };
        call("attach", |err| {
            // SAFETY: table and instance belong together; the stack outlives the attachment.
            unsafe { attach(me, &raw const stack, &raw const raw.config, own_thread, err) }
        })
    }

    pub(super) fn detach(&self) -> Checked<Answer> {
        let Some(detach) = self.vt()?.detach else { return failed("the table lacks detach") };
        call("detach", |err| {
            // SAFETY: table and instance belong together.
            unsafe { detach(self.face.me, err) }
        })
    }

    pub(super) fn destroy(self) -> Checked {
        let destroy: Option<unsafe extern "C" fn(*mut c_void)> = self.vt()?.destroy;
        if let Some(destroy) = destroy {
            // SAFETY: nobody uses the instance any more.
            unsafe { destroy(self.face.me) };
        }
        self.site.untouched("destroy")
    }
}

/// Attaches with the permission that the runtime takes.
fn attach_somehow(bench: &mut Bench, loose: &Loose, stack: raw::Backend) -> Checked<u32> {
    if loose.attach(stack, 0)?.status == 0 {
        return Ok(0);
    }
    bench.note("refuses to work without a thread of its own");
    loose.attach(stack, 1)?.done("attach of a sendable stack with a thread of its own")?;
    Ok(1)
}

/// Every call that would need a stack.
fn calls_without_stack(loose: &Loose, ops: &OpVec) -> Checked {
    let face = &loose.face;
    let mut info = raw::Info {
        size: crate::check::config::bytes_of::<raw::Info>(),
        qubit_count: 0,
        op_kinds: 0,
        caps: 0,
        threading: 0,
        reserved0: 0,
    };
    face.query(&mut info)?.refused_with("query without a stack", STATE)?;
    let gates = built_in_gates();
    let mut verdicts = vec![0; gates.len()];
    let asked = face.negotiate(&set_of(&gates), &mut verdicts)?;
    asked.refused_with("negotiate without a stack", STATE)?;
    face.shot_begin(0, 0)?.refused_with("shot_begin without a stack", STATE)?;
    let mut none = list_over(&mut []);
    let submitted = face.apply(&batch_of(ops), &mut none, CAPS)?;
    submitted.refused_with("submit without a stack", STATE)?;
    loose.face.result(0)?.refused_with("result without a stack", STATE)?;
    face.shot_end()?.refused_with("shot_end without a stack", STATE)?;
    Ok(())
}

pub(super) fn detach(bench: &mut Bench) -> Checked {
    if bench.part.view().raw().create_runtime.is_none() {
        return skipped("it is no runtime");
    }
    let ops = build(|ops| ops.measure(0, 0))?;
    let shared = Shared::default();
    let stack = Lent::new(Box::new(Spy::new(&shared)));
    let loose = Loose::new(bench)?;
    bench.step("calls before attach");
    let done = calls_without_stack(&loose, &ops);
    bench.keep(done);
    bench.step("detach before attach");
    bench.keep(loose.detach()?.refused_with("detach without a stack", STATE).map(drop));
    for round in 0..2 {
        bench.step(&format!("attach, a shot, detach: round {round}"));
        attach_somehow(bench, &loose, stack.pair())?;
        let twice = loose.attach(stack.pair(), 0)?;
        bench.keep(twice.refused_with("a second attach", STATE).map(drop));
        loose.face.shot_begin(1, 2)?.done("shot_begin")?;
        let mut none = list_over(&mut []);
        loose.face.apply(&batch_of(&ops), &mut none, CAPS)?.done("submit of a measurement")?;
        loose.face.result(0)?.done("result of that measurement")?;
        loose.face.shot_end()?.done("shot_end")?;
        loose.detach()?.done("detach")?;
        let before = shared.log().calls;
        bench.step("calls after detach");
        let done = calls_without_stack(&loose, &ops);
        let after = shared.log().calls;
        if after != before {
            bench.find(format!(
                "calls the stack after detach ({} calls): it may be gone by then",
                after - before
            ));
        }
        bench.keep(done);
    }
    bench.step("destroy while a stack is attached");
    attach_somehow(bench, &loose, stack.pair())?;
    loose.destroy()?;
    let before = shared.log().calls;
    std::thread::sleep(core::time::Duration::from_millis(5));
    let after = shared.log().calls;
    ensure(after == before, || "calls the stack after destroy".to_owned())?;
    drop(stack);
    Ok(())
}
