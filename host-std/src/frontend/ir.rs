//! What a program means, typed and resolved: the form between the semantic pass and the program
//! format. Names, gates' definitions, broadcasts and modifiers are gone; control flow is still
//! structured.
//! Not here: the words of the program format (`lower`).

pub(crate) use pandia_core::program::{IntOp, RealOp};

use super::fold;

/// A register of the machine, by kind and number.
pub(crate) type Reg = u32;
/// Names a block or loop for `break` and `continue`.
pub(crate) type Label = u32;

/// A value without side effects. Truth values are the integers 0 and 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Int(i64),
    Float(f64),
    IntReg(Reg),
    FloatReg(Reg),
    /// A classical bit, as 0 or 1.
    Bit(u32),
    /// `width` bits from `first` on as an unsigned number, `first` lowest.
    Pack {
        first: u32,
        width: u32,
    },
    /// The bit at `first + index`, with `index` checked against `width`.
    BitAt {
        first: u32,
        width: u32,
        index: Box<Expr>,
    },
    /// Arithmetic and comparison of two integers.
    IntOp(IntOp, Box<Expr>, Box<Expr>),
    /// Arithmetic on one integer.
    IntFn(IntOp, Box<Expr>),
    RealOp(RealOp, Box<Expr>, Box<Expr>),
    RealFn(RealOp, Box<Expr>),
    /// Comparison of floats, to an integer.
    RealCompare(IntOp, Box<Expr>, Box<Expr>),
    /// An integer as a float.
    ToFloat(Box<Expr>),
    /// A float as an integer, towards zero.
    ToInt(Box<Expr>),
    /// The lowest `bits` bits of an integer, extended with its sign or with zeros.
    Wrap {
        bits: u32,
        signed: bool,
        of: Box<Expr>,
    },
}

/// A qubit that an operation acts on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum QubitRef {
    At(u32),
    /// `first + register`, with the register checked against `len`.
    Indexed {
        first: u32,
        len: u32,
        index: Reg,
    },
}

/// One operation or one piece of control flow.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Gate {
        slot: u16,
        params: Vec<Expr>,
        qubits: Vec<QubitRef>,
    },
    Measure {
        qubit: QubitRef,
        bit: u32,
    },
    Reset(QubitRef),
    /// No qubit means all.
    Barrier(Vec<u32>),
    Idle {
        qubits: Vec<QubitRef>,
        ns: u64,
    },
    SetInt(Reg, Expr),
    SetFloat(Reg, Expr),
    SetBit(u32, Expr),
    /// Sets bit `first + index`, with `index` checked against `width`.
    SetBitAt {
        first: u32,
        width: u32,
        index: Expr,
        value: Expr,
    },
    If {
        condition: Expr,
        then: Vec<Node>,
        otherwise: Vec<Node>,
    },
    /// `Break(label)` leaves it.
    Block {
        label: Label,
        body: Vec<Node>,
    },
    /// Repeats; `Continue(label)` goes on with `step`, `Break(label)` leaves it.
    Loop {
        label: Label,
        body: Vec<Node>,
        step: Vec<Node>,
    },
    Break(Label),
    Continue(Label),
    End,
    /// What follows comes from this line of the program's file.
    Line(u32),
}

/// Bits from this number on are the program's own; no result shows them.
pub(crate) const HIDDEN_BITS: u32 = 1 << 31;

/// A classical register that the program's output shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Register {
    pub(crate) name: String,
    pub(crate) first: u32,
    pub(crate) width: u32,
}

/// A whole program.
#[derive(Debug, Clone, Default)]
pub(crate) struct Module {
    pub(crate) qubit_count: u32,
    /// Of the bits that results show.
    pub(crate) bit_count: u32,
    pub(crate) hidden_bit_count: u32,
    pub(crate) int_count: u32,
    pub(crate) float_count: u32,
    /// In the order of declaration.
    pub(crate) registers: Vec<Register>,
    pub(crate) body: Vec<Node>,
}

impl Expr {
    pub(crate) fn bool(value: bool) -> Self {
        Self::Int(i64::from(value))
    }

    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn is_const(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Float(_))
    }

    /// Nothing to compute: a constant or a register.
    pub(crate) fn is_simple(&self) -> bool {
        self.is_const() || matches!(self, Self::IntReg(_) | Self::FloatReg(_))
    }

    pub(crate) fn int(op: IntOp, left: Self, right: Self) -> Self {
        if let (Self::Int(a), Self::Int(b)) = (&left, &right)
            && let Some(value) = fold::int(op, *a, *b)
        {
            return value;
        }
        match (op, &left, &right) {
            (IntOp::Add | IntOp::Or | IntOp::Xor, Self::Int(0), _) => right,
            (
                IntOp::Add | IntOp::Sub | IntOp::Or | IntOp::Xor | IntOp::Shl | IntOp::Shr,
                _,
                Self::Int(0),
            )
            | (IntOp::Mul | IntOp::Div, _, Self::Int(1)) => left,
            (IntOp::Mul, Self::Int(1), _) => right,
            _ => Self::IntOp(op, Box::new(left), Box::new(right)),
        }
    }

    pub(crate) fn int_fn(op: IntOp, of: Self) -> Self {
        if let Self::Int(value) = of
            && let Some(value) = fold::int(op, value, 0)
        {
            return value;
        }
        Self::IntFn(op, Box::new(of))
    }

    pub(crate) fn real(op: RealOp, left: Self, right: Self) -> Self {
        if let (Self::Float(a), Self::Float(b)) = (&left, &right)
            && let Some(value) = fold::real(op, *a, *b)
        {
            return value;
        }
        Self::RealOp(op, Box::new(left), Box::new(right))
    }

    pub(crate) fn real_fn(op: RealOp, of: Self) -> Self {
        if let Self::Float(value) = of
            && let Some(value) = fold::real(op, value, 0.0)
        {
            return value;
        }
        Self::RealFn(op, Box::new(of))
    }

    pub(crate) fn real_compare(op: IntOp, left: Self, right: Self) -> Self {
        match (&left, &right) {
            (Self::Float(a), Self::Float(b)) => fold::compare(op, *a, *b),
            _ => Self::RealCompare(op, Box::new(left), Box::new(right)),
        }
    }

    pub(crate) fn neg_real(of: Self) -> Self {
        Self::real_fn(RealOp::Neg, of)
    }

    pub(crate) fn to_float(of: Self) -> Self {
        match of {
            #[expect(clippy::cast_precision_loss, reason = "rounding is what the cast means")]
            Self::Int(value) => Self::Float(value as f64),
            of => Self::ToFloat(Box::new(of)),
        }
    }

    /// `None` if a constant has no integer near it.
    pub(crate) fn to_int(of: Self) -> Option<Self> {
        match of {
            Self::Float(value) => fold::truncate(value),
            of => Some(Self::ToInt(Box::new(of))),
        }
    }

    pub(crate) fn wrap(bits: u32, signed: bool, of: Self) -> Self {
        match of {
            _ if bits >= 64 => of,
            Self::Int(value) => fold::wrap(bits, signed, value),
            of if of.is_truth() && (bits > 1 || !signed) => of,
            Self::Pack { width, .. } if width < bits || (width == bits && !signed) => of,
            of => Self::Wrap { bits, signed, of: Box::new(of) },
        }
    }

    /// Of a truth value.
    pub(crate) fn not(of: Self) -> Self {
        Self::int(IntOp::Xor, of, Self::Int(1))
    }

    /// An integer is not zero; truth values stay as they are.
    pub(crate) fn truth(of: Self) -> Self {
        match of {
            Self::Int(value) => Self::bool(value != 0),
            of if of.is_truth() => of,
            of => Self::int(IntOp::Ne, of, Self::Int(0)),
        }
    }

    pub(crate) fn is_truth(&self) -> bool {
        match self {
            Self::Int(value) => matches!(value, 0 | 1),
            Self::Bit(_) | Self::BitAt { .. } | Self::RealCompare(..) => true,
            Self::IntOp(
                IntOp::Eq | IntOp::Ne | IntOp::Lt | IntOp::Le | IntOp::Gt | IntOp::Ge,
                ..,
            )
            | Self::IntFn(IntOp::IsZero, _) => true,
            Self::IntOp(IntOp::And | IntOp::Or | IntOp::Xor, left, right) => {
                left.is_truth() && right.is_truth()
            }
            _ => false,
        }
    }
}
