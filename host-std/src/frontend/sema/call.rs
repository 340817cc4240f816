//! Gates applied: lookup, parameters, modifiers, unfolding of definitions.
//! Not here: what modifiers do to built-in gates ([`super::super::gates`]).

use std::rc::Rc;

use super::super::ast::{self, GateCall, Modifier};
use super::super::gates;
use super::super::ir::{Expr, Node};
use super::super::parse::Language;
use super::super::source::Span;
use super::scope::{Found, Gate, GateKind, Qubits, Symbol, nearest};
use super::unfold::controls;
use super::{Failed, Sem, Sema};

/// Most controls on one gate.
const CONTROLS_MAX: i64 = 16;

/// A modifier with its value.
pub(super) enum Modify {
    Inverse,
    Power(f64),
    Control { count: usize, negative: bool },
}

impl Sema<'_> {
    pub(super) fn find_gate(&mut self, call: &GateCall) -> Sem<Rc<Gate>> {
        let name = &call.name;
        match self.scopes.find_gate(&name.text, self.inside) {
            Found::Here(Symbol::Gate(gate)) => {
                if matches!(gate.kind, GateKind::Opaque) {
                    let message =
                        format!("the gate `{}` is opaque: its meaning is not known", name.text);
                    return Err(self.error(
                        name.span,
                        message,
                        "define it with `gate`, in terms of known gates",
                    ));
                }
                Ok(gate)
            }
            Found::Here(Symbol::Broken) => Err(Failed),
            Found::Here(other) | Found::Outside(other) => {
                let message = format!("`{}` is {}, not a gate", name.text, other.noun());
                Err(self.error(name.span, message, ""))
            }
            Found::Nowhere => {
                let known = self.scopes.gate_names();
                let library = match self.language {
                    Language::Qasm2 => "qelib1.inc",
                    Language::Qasm3 => "stdgates.inc",
                };
                let file = super::include::library_of(&name.text, self.language);
                let help = if let Some(file) = file {
                    format!("include \"{file}\"; defines it")
                } else if let Some(near) = nearest(&name.text, &known) {
                    format!("did you mean `{near}`?")
                } else if known.len() <= 2 {
                    format!("include \"{library}\"; defines the usual gates")
                } else {
                    "define it with `gate`, or include the file that does".to_owned()
                };
                Err(self.error(name.span, format!("the gate `{}` is not known", name.text), help))
            }
        }
    }

    pub(super) fn modifiers(&mut self, call: &GateCall) -> Sem<Vec<Modify>> {
        let mut modifiers = Vec::with_capacity(call.modifiers.len());
        for (modifier, span) in &call.modifiers {
            modifiers.push(match modifier {
                Modifier::Inv => Modify::Inverse,
                Modifier::Pow(power) => Modify::Power(self.exponent(power)?),
                Modifier::Ctrl { count, negative } => {
                    let count = match count {
                        Some(count) => self.const_int(count, "number of controls")?,
                        None => 1,
                    };
                    match usize::try_from(count) {
                        Ok(controls) if (1..=CONTROLS_MAX).contains(&count) => {
                            Modify::Control { count: controls, negative: *negative }
                        }
                        _ => {
                            let message =
                                format!("{count} controls: 1 to {CONTROLS_MAX} are possible");
                            return Err(self.error(
                                *span,
                                message,
                                "use another number of controls",
                            ));
                        }
                    }
                }
            });
        }
        Ok(modifiers)
    }

    /// A power; `1/2` is a half here, as in the language's own definitions.
    fn exponent(&mut self, power: &ast::Expr) -> Sem<f64> {
        let real = std::mem::replace(&mut self.real, true);
        let value = self.eval(power);
        self.real = real;
        let value = self.real_value(value?, power.span)?;
        value.as_float().ok_or_else(|| {
            let help = "use a constant, or a gate with an angle";
            self.error(power.span, "the power must be known before the program runs", help)
        })
    }

    /// Checks name, counts and operands of a call in a gate's definition.
    pub(super) fn check_call(&mut self, call: &GateCall) -> Sem<()> {
        let gate = self.find_gate(call)?;
        let mut controls = 0;
        for (modifier, _) in &call.modifiers {
            match modifier {
                Modifier::Ctrl { count: Some(count), .. } => {
                    let value = self.eval(count)?;
                    // A count that depends on a parameter is checked where the gate is used.
                    match self.int_value(value, count.span)?.as_int() {
                        Some(count) => controls += usize::try_from(count).unwrap_or(0),
                        None => return Ok(()),
                    }
                }
                Modifier::Ctrl { count: None, .. } => controls += 1,
                Modifier::Pow(power) => {
                    let value = self.eval(power)?;
                    self.real_value(value, power.span)?;
                }
                Modifier::Inv => {}
            }
        }
        self.params(call, &gate)?;
        let operands = self.operands(&call.operands)?;
        self.check_count(call, &gate, controls, operands.len())?;
        for (operand, span) in &operands {
            if !operand.single {
                let help = "gates act on the qubits that they name";
                return Err(self.error(*span, "a register cannot be used in a gate", help));
            }
        }
        self.row(&operands, 0).map(|_| ())
    }

    pub(super) fn check_count(
        &mut self,
        call: &GateCall,
        gate: &Gate,
        controls: usize,
        given: usize,
    ) -> Sem<()> {
        let needed = gate.qubit_count + controls;
        // `gphase` alone may name qubits; they do not matter.
        if given == needed || (matches!(gate.kind, GateKind::Phase) && controls == 0) {
            return Ok(());
        }
        let message = if controls == 0 {
            format!("the gate `{}` acts on {needed} qubit(s), {given} are given", gate.name)
        } else {
            format!(
                "the gate `{}` with {controls} control(s) acts on {needed} qubits, {given} are given",
                gate.name
            )
        };
        let help = match controls {
            0 => "",
            _ => "controls come first, then the gate's own qubits",
        };
        Err(self.error(call.name.span, message, help))
    }

    pub(super) fn params(&mut self, call: &GateCall, gate: &Gate) -> Sem<Vec<Expr>> {
        if call.params.len() != gate.param_count {
            let message = format!(
                "the gate `{}` takes {} parameter(s), {} are given",
                gate.name,
                gate.param_count,
                call.params.len()
            );
            return Err(self.error(call.name.span, message, ""));
        }
        let real = std::mem::replace(&mut self.real, self.language == Language::Qasm2);
        let mut params = Ok(Vec::with_capacity(call.params.len()));
        for param in &call.params {
            let value = self.eval(param).and_then(|value| self.real_value(value, param.span));
            match (&mut params, value) {
                (Ok(params), Ok(value)) => params.push(value),
                _ => params = Err(Failed),
            }
        }
        self.real = real;
        params
    }

    pub(super) fn operands(&mut self, operands: &[ast::Expr]) -> Sem<Vec<(Qubits, Span)>> {
        let mut all = Ok(Vec::with_capacity(operands.len()));
        for operand in operands {
            let qubits = self.operand(operand);
            match (&mut all, qubits) {
                (Ok(all), Ok(qubits)) => all.push((qubits, operand.span)),
                _ => all = Err(Failed),
            }
        }
        all
    }

    pub(super) fn gate_call(&mut self, call: &GateCall, span: Span) -> Sem<()> {
        let gate = self.find_gate(call)?;
        let modifiers = self.modifiers(call)?;
        let params = self.params(call, &gate);
        let operands = self.operands(&call.operands);
        let (params, operands) = (params?, operands?);
        self.check_count(call, &gate, controls(&modifiers), operands.len())?;
        let rows = self.broadcast(&operands)?;
        let params = self.hold_params(&gate, &modifiers, params);
        for row in 0..rows {
            self.spend(1, span)?;
            let qubits = self.row(&operands, row)?;
            if let (GateKind::Native(slot), true) = (&gate.kind, modifiers.is_empty()) {
                let mut params = params.clone();
                params.truncate(gates::native_param_count(*slot));
                self.emit(Node::Gate { slot: *slot, params, qubits });
                continue;
            }
            let outermost = self.call_site.is_none();
            if outermost {
                self.call_site = Some((span, Rc::clone(&gate.name)));
            }
            let prims = self.unfold(&gate, &params, &qubits, &modifiers, 0, span);
            if outermost {
                self.call_site = None;
            }
            let mut nodes = Vec::new();
            if let Err(refusal) = gates::legalise(prims?, &mut nodes) {
                return Err(self.refuse(refusal, span));
            }
            self.spend(nodes.len() as u64, span)?;
            self.out.extend(nodes);
        }
        Ok(())
    }

    /// Computes parameters once, where they would be used more than once.
    pub(super) fn hold_params(
        &mut self,
        gate: &Gate,
        modifiers: &[Modify],
        params: Vec<Expr>,
    ) -> Vec<Expr> {
        let once = matches!(gate.kind, GateKind::Native(_)) && modifiers.is_empty();
        let hold =
            |param: Expr| if once || param.is_simple() { param } else { self.hold_float(param) };
        params.into_iter().map(hold).collect()
    }
}
