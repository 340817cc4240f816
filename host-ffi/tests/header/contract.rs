//! What the Rust side states, read from its source.

use quote::ToTokens as _;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use syn::{Attribute, Expr, File, Item, Lit, Type, Visibility};

/// Structures, types of functions and constants, by their names in C.
pub(crate) struct Contract {
    pub(crate) structs: Vec<Struct>,
    pub(crate) functions: Vec<Function>,
    pub(crate) constants: Vec<Constant>,
    /// `pin!`: structure, field or "" for all of it, on 64 and on 32 bits.
    pub(crate) pins: Vec<(String, String, u64, u64)>,
}

/// A structure: its name and its fields with their types in C.
pub(crate) struct Struct {
    pub(crate) name: String,
    pub(crate) fields: Vec<(String, CType)>,
}

/// A type of functions that has a name of its own.
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) signature: CType,
}

/// A constant and its value as 64 bits.
pub(crate) struct Constant {
    pub(crate) name: String,
    pub(crate) value: u64,
}

/// A type in C.
pub(crate) enum CType {
    /// Written before the name.
    Plain(String),
    /// A pointer to a function: what it gives back and takes.
    Function { gives: String, takes: Vec<String> },
}

fn parse(path: &str) -> File {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src").join(path);
    let text = fs::read_to_string(&path).expect("core's source lies beside this package");
    syn::parse_file(&text).expect("core's source is Rust")
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// Whether it is no part of the interface: compiled by an exercise only (docs/adr/0012-minors.md).
fn is_of_a_drill(attributes: &[Attribute]) -> bool {
    let is_cfg = |attribute: &&Attribute| attribute.path().is_ident("cfg");
    let texts = attributes.iter().filter(is_cfg).map(|a| a.to_token_stream().to_string());
    texts.into_iter().any(|text| text.contains("pandia_drill") && !text.contains("not"))
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

impl Contract {
    pub(crate) fn read() -> Self {
        let mut contract = Self {
            structs: Vec::new(),
            functions: Vec::new(),
            constants: Vec::new(),
            pins: Vec::new(),
        };
        for file in ["call", "backend", "plugin", "runtime"] {
            contract.read_structs(&parse(&format!("abi/raw/{file}.rs")));
        }
        contract.read_structs(&parse("op/outcome.rs"));
        contract.structs.retain(|s| s.name != "pandia_outcomes");
        contract.read_constants(&parse("abi/raw/mod.rs"), "");
        contract.read_constants(&parse("op/record.rs"), "");
        contract.read_constants(&parse("op/outcome.rs"), "");
        contract.read_constants(&parse("op/channel.rs"), "CHANNEL_");
        contract.read_constants(&parse("op/gates/slot.rs"), "GATE_");
        let record = parse("op/record.rs");
        contract.read_enum(&record, "OpKind", "OP_");
        contract.read_enum(&parse("backend/gate_set.rs"), "Verdict", "VERDICT_");
        contract.read_caps(&parse("backend/info.rs"));
        contract.read_codes();
        contract.constant("GATE_FIRST_USER", pandia_core::op::gates::FIRST_USER_SLOT.into());
        contract.constant("NO_OP", u32::MAX.into());
        // A guard against reading the wrong files, or nothing of them.
        assert!(contract.structs.len() >= 20 && contract.constants.len() >= 100);
        assert!(contract.pins.len() >= 130, "{} pins", contract.pins.len());
        contract
    }

    fn constant(&mut self, name: &str, value: u64) {
        self.constants.push(Constant { name: format!("PANDIA_{name}"), value });
    }

    fn read_structs(&mut self, file: &File) {
        for item in &file.items {
            match item {
                Item::Struct(item) if is_public(&item.vis) => {
                    let fields = item.fields.iter().filter(|field| !is_of_a_drill(&field.attrs));
                    let fields = fields.map(|field| {
                        let name = field.ident.as_ref().expect("fields have names").to_string();
                        (name, c_type(&field.ty))
                    });
                    let name = format!("pandia_{}", snake(&item.ident.to_string()));
                    // What is no structure for C has private fields.
                    if item.fields.iter().all(|field| is_public(&field.vis)) {
                        self.structs.push(Struct { name, fields: fields.collect() });
                    }
                }
                Item::Type(item) if is_public(&item.vis) => {
                    let name = format!("pandia_{}", snake(&item.ident.to_string()));
                    self.functions.push(Function { name, signature: c_type(&item.ty) });
                }
                Item::Macro(item) if item.mac.path.is_ident("pin") => {
                    self.read_pins(&item.mac.tokens.to_string());
                }
                _ => {}
            }
        }
    }

    /// `Type: 16 / 12, field @ 0 / 0, ...`
    fn read_pins(&mut self, tokens: &str) {
        let (name, rest) = tokens.split_once(':').expect("a pin begins with a type");
        let name = format!("pandia_{}", snake(name.trim()));
        for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (field, places) = part.split_once('@').unwrap_or(("", part));
            let (on64, on32) = places.split_once('/').expect("a pin has two numbers");
            let number = |text: &str| text.trim().parse().expect("a pin's numbers are whole");
            self.pins.push((name.clone(), field.trim().into(), number(on64), number(on32)));
        }
    }

    fn read_constants(&mut self, file: &File, prefix: &str) {
        for item in &file.items {
            let Item::Const(item) = item else { continue };
            if is_public(&item.vis)
                && let Some(value) = value(&item.expr)
            {
                self.constant(&format!("{prefix}{}", item.ident), value);
            }
        }
    }

    fn read_enum(&mut self, file: &File, name: &str, prefix: &str) {
        for item in &file.items {
            let Item::Enum(item) = item else { continue };
            if item.ident != name {
                continue;
            }
            for variant in &item.variants {
                let (_, number) = variant.discriminant.as_ref().expect("its number is written");
                let upper = snake(&variant.ident.to_string()).to_uppercase();
                self.constant(&format!("{prefix}{upper}"), value(number).expect("a number"));
            }
        }
    }

    fn read_caps(&mut self, file: &File) {
        for item in &file.items {
            let Item::Impl(item) = item else { continue };
            for item in &item.items {
                let syn::ImplItem::Const(item) = item else { continue };
                let Expr::Call(call) = &item.expr else { continue };
                let value = value(&call.args[0]).expect("a number");
                if value != 0 {
                    self.constant(&format!("CAP_{}", item.ident), value);
                }
            }
        }
    }

    /// The arms of `ErrorKind::code`: `Self::Argument(_) => -1,`.
    fn read_codes(&mut self) {
        let mut codes = BTreeMap::new();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/error/kind.rs");
        for line in fs::read_to_string(path).expect("core has errors").lines() {
            if let Some(rest) = line.trim().strip_prefix("Self::")
                && let Some((kind, code)) = rest.split_once(" => ")
                && let Ok(code) = code.trim_end_matches(',').parse::<i64>()
            {
                let kind = kind.split(['(', ' ']).next().unwrap_or(kind);
                codes.insert(code, snake(kind).to_uppercase());
            }
        }
        assert!(codes.len() >= 20, "{codes:?}");
        for (code, kind) in codes {
            self.constant(&format!("E_{kind}"), code.cast_unsigned());
        }
    }
}

/// The value of a constant, unless it is computed or a text.
fn value(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Int(int) => int.base10_parse().ok(),
            _ => None,
        },
        Expr::Path(path) => match path.to_token_stream().to_string().as_str() {
            "u64 :: MAX" => Some(u64::MAX),
            "u32 :: MAX" => Some(u32::MAX.into()),
            _ => None,
        },
        _ => None,
    }
}

fn c_type(ty: &Type) -> CType {
    if let Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
        && last.ident == "Option"
        && let syn::PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(syn::GenericArgument::Type(inner)) = arguments.args.first()
    {
        return c_type(inner);
    }
    let Type::FnPtr(function) = ty else { return CType::Plain(plain(ty)) };
    let abi = function.abi.as_ref().and_then(|abi| abi.name.as_ref());
    assert!(abi.is_some_and(|name| name.value() == "C"), "a function without the ABI of C");
    let gives = match &function.output {
        syn::ReturnType::Default => "void".into(),
        syn::ReturnType::Type(_, ty) => plain(ty),
    };
    CType::Function { gives, takes: function.inputs.iter().map(|input| plain(&input.ty)).collect() }
}

/// A type that is no function, with `const` behind what it qualifies.
fn plain(ty: &Type) -> String {
    match ty {
        Type::Ptr(pointer) => {
            let constant = match pointer.mutability {
                syn::PointerMutability::Const(_) => " const",
                syn::PointerMutability::Mut(_) => "",
            };
            format!("{}{constant} *", plain(&pointer.elem))
        }
        Type::Path(path) => {
            let name = path.path.segments.last().expect("a path has an end").ident.to_string();
            match name.as_str() {
                "u8" | "u16" | "u32" | "u64" => format!("uint{}_t", &name[1..]),
                "i32" => "int32_t".into(),
                "f64" => "double".into(),
                "c_void" => "void".into(),
                _ => format!("pandia_{}", snake(&name)),
            }
        }
        // No type of C: the compiler stops at it, and names it.
        other => format!("no type of C: {}", other.to_token_stream()),
    }
}
