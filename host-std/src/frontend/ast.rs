//! The syntax tree both languages are parsed into: what is written, with its place, unjudged.
//! Not here: types, scopes, meaning.

use std::rc::Rc;

use super::source::Span;

/// A name where it is written.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) text: Rc<str>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
    /// Levels of expressions below it, itself included: what a recursive walk needs of the stack.
    pub(crate) depth: u32,
}

impl Expr {
    pub(crate) fn new(kind: ExprKind, span: Span) -> Self {
        let below = match &kind {
            ExprKind::Index(of, index) => of.depth.max(index.depth()),
            ExprKind::Unary(_, of) | ExprKind::Measure(of) => of.depth,
            ExprKind::Cast(ty, of) => of.depth.max(ty.width.as_ref().map_or(0, |w| w.depth)),
            ExprKind::Binary(_, left, right) => left.depth.max(right.depth),
            ExprKind::Call(_, args) => args.iter().map(|arg| arg.depth).max().unwrap_or(0),
            _ => 0,
        };
        Self { kind, span, depth: below + 1 }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum ExprKind {
    Int(u64),
    Float(f64),
    Imaginary,
    Bool(bool),
    /// Bit 0 (the rightmost character) first.
    BitString(Rc<[bool]>),
    /// A time, in nanoseconds.
    DurationNs(f64),
    /// A time in device cycles (`dt`).
    DurationDt,
    Name(Rc<str>),
    Hardware(u32),
    Index(Box<Expr>, Index),
    Unary(Unary, Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    Call(Name, Vec<Expr>),
    Cast(Box<Type>, Box<Expr>),
    Measure(Box<Expr>),
    Array,
    DurationOf,
}

/// What stands in square brackets.
#[derive(Debug, Clone)]
pub(crate) enum Index {
    At(Box<Expr>),
    Range(Box<Range>),
    Set(Vec<Expr>),
    /// More than one dimension.
    Many,
}

impl Index {
    fn depth(&self) -> u32 {
        match self {
            Self::At(at) => at.depth,
            Self::Range(range) => [&range.start, &range.step, &range.stop]
                .into_iter()
                .flatten()
                .map(|part| part.depth)
                .max()
                .unwrap_or(0),
            Self::Set(values) => values.iter().map(|value| value.depth).max().unwrap_or(0),
            Self::Many => 0,
        }
    }
}

/// `start : step : stop`, both ends included.
#[derive(Debug, Clone)]
pub(crate) struct Range {
    pub(crate) start: Option<Expr>,
    pub(crate) step: Option<Expr>,
    pub(crate) stop: Option<Expr>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unary {
    Neg,
    Plus,
    Not,
    BitNot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    Shl,
    Shr,
    BitAnd,
    BitOr,
    BitXor,
    And,
    Or,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Concat,
}

impl Binary {
    /// As it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::Pow => "**",
            Self::Shl => "<<",
            Self::Shr => ">>",
            Self::BitAnd => "&",
            Self::BitOr => "|",
            Self::BitXor => "^",
            Self::And => "&&",
            Self::Or => "||",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Concat => "++",
        }
    }
}

/// A type as it is written, with its width or length.
#[derive(Debug, Clone)]
pub(crate) struct Type {
    pub(crate) base: BaseType,
    pub(crate) width: Option<Expr>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BaseType {
    Bit,
    Bool,
    Int,
    Uint,
    Float,
    Angle,
    Duration,
    Stretch,
    Complex,
    Qubit,
    Array,
}

#[derive(Debug, Clone)]
pub(crate) enum Modifier {
    Inv,
    Pow(Expr),
    Ctrl { count: Option<Expr>, negative: bool },
}

/// A gate applied, or a call that looks like one.
#[derive(Debug, Clone)]
pub(crate) struct GateCall {
    pub(crate) modifiers: Vec<(Modifier, Span)>,
    pub(crate) name: Name,
    pub(crate) params: Vec<Expr>,
    pub(crate) operands: Vec<Expr>,
}

/// `gate name(params) qubits { body }`; `opaque` has no body.
#[derive(Debug)]
pub(crate) struct GateDef {
    pub(crate) name: Name,
    pub(crate) params: Vec<Name>,
    pub(crate) qubits: Vec<Name>,
    pub(crate) body: Option<Vec<Stmt>>,
}

/// `def name(params) -> returns { body }`
#[derive(Debug)]
pub(crate) struct Def {
    pub(crate) name: Name,
    pub(crate) params: Vec<(Type, Name)>,
    pub(crate) returns: Option<Type>,
    pub(crate) body: Vec<Stmt>,
}

#[derive(Debug, Clone)]
pub(crate) enum Iterable {
    Range(Box<Range>),
    Set(Vec<Expr>),
    Value(Expr),
}

#[derive(Debug, Clone)]
pub(crate) struct Stmt {
    pub(crate) kind: StmtKind,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) enum StmtKind {
    Include(Rc<str>),
    /// `qreg q[n];` or `qubit[n] q;`
    Qubits {
        name: Name,
        size: Option<Expr>,
    },
    Classical {
        ty: Type,
        name: Name,
        init: Option<Expr>,
        constant: bool,
    },
    Input(Name),
    Output {
        ty: Type,
        name: Name,
    },
    Gate(Rc<GateDef>),
    Def(Rc<Def>),
    Call(GateCall),
    /// `measure q -> c;` or `measure q;`
    Measure {
        qubits: Expr,
        target: Option<Expr>,
    },
    Assign {
        target: Expr,
        operator: Option<Binary>,
        value: Expr,
    },
    Reset(Expr),
    Barrier(Vec<Expr>),
    Delay {
        duration: Expr,
        operands: Vec<Expr>,
    },
    If {
        condition: Expr,
        then: Vec<Stmt>,
        otherwise: Vec<Stmt>,
    },
    While {
        condition: Expr,
        body: Vec<Stmt>,
    },
    For {
        ty: Type,
        name: Name,
        values: Iterable,
        body: Rc<Vec<Stmt>>,
    },
    Switch {
        on: Expr,
        cases: Vec<(Vec<Expr>, Vec<Stmt>)>,
        default: Option<Vec<Stmt>>,
    },
    Block(Vec<Stmt>),
    Break,
    Continue,
    End,
    Return(Option<Expr>),
    Alias {
        name: Name,
        value: Expr,
    },
    Expr(Expr),
    /// Accepted, without effect, and said so.
    Ignored {
        what: &'static str,
    },
    /// Parsed over; refused by the semantic pass with these words.
    Unsupported {
        what: &'static str,
        help: &'static str,
    },
    /// A syntax error was already reported here.
    Broken,
}
