//! Why a call failed, as a value with a stable code, and what that costs.

/// What a failure costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Class {
    /// The call changed nothing; the caller may go on.
    Refused,
    /// The shot is lost; after `shot_end` the next one is good.
    ShotLost,
    /// The instance is lost; only destroying it may follow.
    InstanceLost,
}

/// Why a call failed. Each variant carries the offending value and the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument makes no sense; the text says which.
    Argument(&'static str),
    /// The part does not do this; the text says what.
    Unsupported(&'static str),
    /// Something given is too small for what is asked.
    Capacity {
        /// What is too small.
        what: &'static str,
        /// How much is needed.
        needed: u64,
        /// How much there is.
        available: u64,
    },
    /// The call came at the wrong time in the life cycle; the text says what was expected.
    State(&'static str),
    /// A qubit number beyond the register.
    QubitOutOfRange {
        /// The number given.
        qubit: u32,
        /// How many qubits there are.
        width: u32,
    },
    /// One operation names a qubit twice.
    SameQubit {
        /// The qubit named twice.
        qubit: u32,
    },
    /// A parameter is NaN or infinite.
    NotFinite {
        /// Which parameter of the operation.
        param: u32,
    },
    /// A number that should be a probability is not in `[0, 1]`.
    NotAProbability {
        /// The number given.
        value: f64,
    },
    /// A gate that this part cannot do.
    GateRefused {
        /// The gate's name, or "user gate" where it has none here.
        gate: &'static str,
        /// Its slot.
        slot: u16,
    },
    /// An angle that makes a gate leave the Clifford group.
    NotClifford {
        /// The gate's name.
        gate: &'static str,
        /// Which parameter.
        param: u32,
        /// Its value in radians.
        theta: f64,
    },
    /// A matrix that is not unitary.
    NotUnitary {
        /// How far a row product is from what it should be.
        deviation: f64,
    },
    /// A record that is not well formed.
    Record {
        /// Where, in 8-byte words from the start of the records.
        word: u32,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Outcomes that an inner part gave back are not what was asked for.
    Outcomes(&'static str),
    /// A program that is not well formed.
    Program {
        /// Where, in 8-byte words from the start of the program.
        word: u32,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A configuration key that the part does not have, or a value it does not take.
    Config(&'static str),
    /// The two halves of an interface do not fit.
    Interface(&'static str),
    /// Hardware beside the stack, such as a pin, did not do what it should. The text says which.
    /// Across an interface it is a wrong time to call ([`Self::State`]): 1.0 has no code of its own for
    /// it.
    Hardware(&'static str),
    /// A postselected value has probability zero.
    Impossible {
        /// The qubit.
        qubit: u32,
        /// The value asked for.
        value: u8,
    },
    /// A recorded run and this one have parted.
    Diverged(&'static str),
    /// The emulated program failed by itself.
    ProgramFailed {
        /// The program's own code.
        code: i64,
    },
    /// The program ran more instructions than its bound.
    StepLimit {
        /// The bound.
        limit: u64,
    },
    /// Arithmetic that has no result, such as a division by zero.
    Arithmetic(&'static str),
    /// A call failed after part of the batch had been done, so the shot cannot go on.
    Partial {
        /// The code of the refusal that came too late.
        code: i32,
    },
    /// The link to a board failed in a shot; the next shot may work. The text says how. Across an
    /// interface it has the code of [`Self::Outcomes`], which did not come.
    Link(&'static str),
    /// The part panicked or broke its own promise.
    Broken(&'static str),
    /// The link to a board is gone for good. The text says how. Across an interface it has the code of
    /// [`Self::Broken`].
    LinkDown(&'static str),
    /// An error of a part behind an interface, known by its code and text only.
    Foreign {
        /// The code it gave.
        code: i32,
    },
}

impl ErrorKind {
    /// The stable code, negative; its range gives the class.
    #[must_use]
    pub const fn code(self) -> i32 {
        match self {
            Self::Argument(_) => -1,
            Self::Unsupported(_) => -2,
            Self::Capacity { .. } => -3,
            Self::State(_) | Self::Hardware(_) => -4,
            Self::QubitOutOfRange { .. } => -5,
            Self::SameQubit { .. } => -6,
            Self::NotFinite { .. } => -7,
            Self::NotAProbability { .. } => -8,
            Self::GateRefused { .. } => -9,
            Self::NotClifford { .. } => -10,
            Self::NotUnitary { .. } => -11,
            Self::Record { .. } => -12,
            Self::Program { .. } => -14,
            Self::Config(_) => -15,
            Self::Interface(_) => -16,
            Self::Impossible { .. } => -101,
            Self::Diverged(_) => -102,
            Self::ProgramFailed { .. } => -103,
            Self::StepLimit { .. } => -104,
            Self::Arithmetic(_) => -105,
            Self::Partial { .. } => -106,
            Self::Outcomes(_) | Self::Link(_) => -107,
            Self::Broken(_) | Self::LinkDown(_) => -200,
            Self::Foreign { code } => code,
        }
    }
}

impl Class {
    /// The class of a code. Codes that nobody may give (0 and above) count as a lost instance.
    #[must_use]
    pub const fn of(code: i32) -> Self {
        match code {
            -99..=-1 => Self::Refused,
            -199..=-100 => Self::ShotLost,
            _ => Self::InstanceLost,
        }
    }
}
