//! Questions about statements and operations: what they change, how many they are.
//! Not here: compiling them.

use super::super::ast::{Expr as Ast, ExprKind, Stmt, StmtKind};
use super::super::ir::{Expr, Node};
use super::value::Value;

/// The values are `start`, `start + by`, and so on.
pub(super) fn spaced(values: &[Value], start: i64, by: i64) -> bool {
    let mut expected = Some(start);
    values.iter().all(|value| {
        let fits = matches!((value, expected), (Value::Int(Expr::Int(v), _), Some(e)) if *v == e);
        expected = expected.and_then(|e| e.checked_add(by));
        fits
    })
}

/// Nodes, those inside of others included.
pub(super) fn count(nodes: &[Node]) -> usize {
    let inner = |node: &Node| match node {
        Node::If { then, otherwise, .. } => 2 + count(then) + count(otherwise),
        Node::Block { body, .. } => count(body),
        Node::Loop { body, step, .. } => 2 + count(body) + count(step),
        Node::Line(_) => 0,
        _ => 1,
    };
    nodes.iter().map(inner).sum()
}

/// Something in there ends the shot or leaves through an outer label.
pub(super) fn leaves(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::End | Node::Break(_) | Node::Continue(_) => true,
        Node::If { then, otherwise, .. } => leaves(then) || leaves(otherwise),
        Node::Block { body, .. } | Node::Loop { body, .. } => leaves(body),
        _ => false,
    })
}

/// Whether statements may change the variable `name`.
pub(super) fn assigns(stmts: &[Stmt], name: &str) -> bool {
    let named = |target: &Ast| match &target.kind {
        ExprKind::Name(other) => &**other == name,
        ExprKind::Index(of, _) => matches!(&of.kind, ExprKind::Name(other) if &**other == name),
        _ => false,
    };
    stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Assign { target, .. } => named(target),
        StmtKind::Measure { target: Some(target), .. } => named(target),
        StmtKind::If { then, otherwise, .. } => assigns(then, name) || assigns(otherwise, name),
        StmtKind::While { body, .. } | StmtKind::Block(body) => assigns(body, name),
        StmtKind::For { body, .. } => assigns(body, name),
        StmtKind::Switch { cases, default, .. } => {
            cases.iter().any(|(_, body)| assigns(body, name))
                || default.as_ref().is_some_and(|body| assigns(body, name))
        }
        _ => false,
    })
}
