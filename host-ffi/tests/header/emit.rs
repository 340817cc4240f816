//! C that compiles only if the header says what the contract says. Valid C99 and C++17.

use super::contract::{CType, Contract, Struct};
use std::fmt::Write as _;

/// The source.
pub(crate) fn comparison(contract: &Contract) -> String {
    let mut out = String::from(
        "#include <pandia/pandia.h>\n\
         #define ASSERT(name, is) typedef char assert_##name[(is) ? 1 : -1]\n\
         #define BY_WIDTH(on64, on32) (sizeof(void *) == 8 ? (on64) : (on32))\n\
         struct align_u64 { char c; uint64_t u; };\n\
         /* i386 aligns u64 to 4, which shortens what ends with a pointer. */\n\
         #define IS_I386 (offsetof(struct align_u64, u) == 4)\n",
    );
    for function in &contract.functions {
        declare(&mut out, &format!("rust_{}", function.name), &function.signature);
        let rust = format!("rust_{}", function.name);
        compare(&mut out, &function.name, &rust, &function.name, "p");
    }
    for item in &contract.structs {
        structure(&mut out, item);
    }
    for (name, field, on64, on32) in &contract.pins {
        let left = if field.is_empty() {
            format!(
                "(sizeof({name}) + (IS_I386 && sizeof({name}) % 8 == 4 && {on32} % 8 == 0 ? 4 : 0))"
            )
        } else {
            format!("offsetof({name}, {field})")
        };
        let id = if field.is_empty() { "all" } else { field };
        let _ = writeln!(out, "ASSERT(pin_{name}_0_{id}, {left} == BY_WIDTH({on64}, {on32}));");
    }
    for constant in &contract.constants {
        let (name, value) = (&constant.name, constant.value);
        let _ = writeln!(out, "ASSERT({name}, (uint64_t)({name}) == UINT64_C({value:#x}));");
    }
    out
}

/// `typedef type name;`
fn declare(out: &mut String, name: &str, ty: &CType) {
    let _ = match ty {
        CType::Plain(ty) => writeln!(out, "typedef {ty} {name};"),
        CType::Function { gives, takes } => {
            let takes = if takes.is_empty() { "void".into() } else { takes.join(", ") };
            writeln!(out, "typedef {gives} (*{name})({takes});")
        }
    };
}

/// A function that compiles only if the two are the same type: pointers to them are assigned.
/// `of` takes the argument `p` to the pointer in question.
fn compare(out: &mut String, id: &str, rust: &str, c: &str, of: &str) {
    let head = format!("{rust} *same_{id}({c} *p)");
    let _ = writeln!(out, "{head};\n{head} {{ {rust} *q = {of}; return q; }}");
}

/// The Rust structure by its own types beside the header's: equal size, places and types.
fn structure(out: &mut String, item: &Struct) {
    let name = &item.name;
    for (field, ty) in &item.fields {
        declare(out, &format!("rust_{name}_0_{field}"), ty);
    }
    let _ = writeln!(out, "typedef struct rust_{name} {{");
    for (field, _) in &item.fields {
        let _ = writeln!(out, "  rust_{name}_0_{field} {field};");
    }
    let _ = writeln!(out, "}} rust_{name};");
    let _ = writeln!(out, "ASSERT({name}_0_all, sizeof({name}) == sizeof(rust_{name}));");
    for (field, _) in &item.fields {
        let id = format!("{name}_0_{field}");
        let _ = writeln!(
            out,
            "ASSERT({id}, offsetof({name}, {field}) == offsetof(rust_{name}, {field}));"
        );
        compare(out, &id, &format!("rust_{id}"), name, &format!("&p->{field}"));
    }
}
