//! Actions that are written in tau. Each comes to a mission: its parameters are the inputs, what it
//! needs is the authority, and one command is one step.

use super::Checker;
use crate::diagnostic::{Diagnostic, Kind, nearest};
use crate::source::{At, Span};
use crate::syntax::text::Text;
use crate::syntax::tree::{
    ActionBody, Arg, Authority, Body, Bound, Effect, Expr, Face, File, Grant, Ident, Item,
    LimitKind, Mission, Need, Output, Statement, StatementKind, Step, Trivia, TypeExprKind, Value,
    ValueKind,
};
use crate::types::{Type, Unresolved};

/// The action that starts a command.
const COMMAND: &str = "process.run";

/// An action with a body, and the mission that it comes to.
pub(super) struct Written<'a> {
    pub(super) face: &'a Face,
    pub(super) mission: Mission,
}

/// The actions of a file that have a body.
pub(super) fn written(file: &File) -> Vec<Written<'_>> {
    let faces = file.items.iter().filter_map(|item| match item {
        Item::Action(face) => Some(face),
        _ => None,
    });
    faces
        .filter_map(|face| {
            let mission = mission(face, face.body.as_ref()?);
            Some(Written { face, mission })
        })
        .collect()
}

fn mission(face: &Face, body: &ActionBody) -> Mission {
    let asked = face.needs.iter().filter(|need| need.asks);
    let mut grants: Vec<Grant> = asked.map(grant).collect();
    let body = match body {
        ActionBody::Steps { body, .. } => body.clone(),
        ActionBody::Command(command) => {
            // What it starts is there to be read: nobody has to write it twice.
            grants.push(grant(&Need {
                asks: true,
                effect: Effect::Run,
                verb: None,
                scope: command.clone(),
                at: command.at,
            }));
            let kind = StatementKind::Step(step(face, command));
            Body {
                statements: vec![Statement {
                    kind,
                    doc: None,
                    trivia: Trivia::default(),
                    at: command.at,
                }],
                tail: Vec::new(),
            }
        }
    };
    Mission {
        name: face.name.clone(),
        inputs: face.params.clone(),
        authority: Some(Authority {
            grants,
            at: face.at,
            ..Authority::default()
        }),
        body,
        doc: face.doc.clone(),
        ..Mission::empty(face.at)
    }
}

fn grant(need: &Need) -> Grant {
    Grant {
        deny: false,
        effect: need.effect,
        verb: need.verb.clone(),
        scopes: vec![need.scope.clone()],
        elses: 0,
        limits: Vec::new(),
        trivia: Trivia::default(),
        at: need.at,
    }
}

/// The step that starts the one command of an action.
fn step(face: &Face, command: &Value) -> Step {
    let arg = |name: &str, value: Value| Arg {
        name: Some(ident(name, value.at)),
        value,
    };
    let mut args = vec![arg("command", command.clone())];
    args.extend(writes(face).map(|value| arg("writes", value)));
    let time = face.bounds.iter().find(|it| it.kind == LimitKind::Time);
    args.extend(time.map(|bound| arg("timeout", bound.most.clone())));
    Step {
        name: ident(&step_name(face), command.at),
        action: ident(COMMAND, command.at),
        args,
        after: Vec::new(),
        when: None,
        retry: None,
        timeout: None,
        least_box: None,
        may_fail: false,
    }
}

fn ident(text: &str, at: At) -> Ident {
    let text = text.to_owned();
    Ident { text, at }
}

/// A name that no parameter has.
fn step_name(face: &Face) -> String {
    let mut name = "ran".to_owned();
    while face.params.iter().any(|param| param.name.text == name) {
        name.push('_');
    }
    name
}

/// The paths that a command may change, as one list.
fn writes(face: &Face) -> Option<Value> {
    let scopes: Vec<&Value> = write_needs(face).map(|need| &need.scope).collect();
    let first = scopes.first()?;
    if is_list(face, first) {
        return Some((*first).clone());
    }
    let at = first.at;
    let items = scopes.into_iter().filter(|it| !is_list(face, it));
    Some(Value {
        kind: ValueKind::List(items.cloned().collect()),
        at,
    })
}

fn write_needs(face: &Face) -> impl Iterator<Item = &Need> {
    let needs = face.needs.iter();
    needs.filter(|need| need.asks && need.effect == Effect::Write)
}

/// Whether a scope is a parameter that is a list.
fn is_list(face: &Face, scope: &Value) -> bool {
    let ValueKind::Expr(expr) = &scope.kind else {
        return matches!(scope.kind, ValueKind::List(_));
    };
    let name = expr.source.value.as_str();
    let param = face.params.iter().find(|param| param.name.text == name);
    param.is_some_and(|it| matches!(it.ty.kind, TypeExprKind::List(_)))
}

impl Checker<'_> {
    /// What is wrong with an action's face, whether it has a body or not.
    pub(super) fn face(&mut self, face: &Face) {
        let name = &face.name;
        let Some(body) = &face.body else {
            let kind = Kind::ActionWithoutBody {
                name: name.text.clone(),
            };
            return self.report(kind, name.at.0);
        };
        let is_command = matches!(body, ActionBody::Command(_));
        if let Some(kind) = &face.kind {
            self.redundant("kind", kind.at.0);
        }
        for need in face.needs.iter().filter(|need| !need.asks) {
            self.redundant("reads` or `writes", need.at.0);
        }
        for Bound { kind, at, .. } in &face.bounds {
            match kind {
                LimitKind::Time if is_command => {}
                LimitKind::Time => self.redundant("takes", at.0),
                _ => self.redundant("spends", at.0),
            }
        }
        let mut lists = write_needs(face).filter(|need| is_list(face, &need.scope));
        if is_command
            && write_needs(face).nth(1).is_some()
            && let Some(list) = lists.next()
        {
            let kind = Kind::Syntax {
                found: "a list of paths beside other paths".to_owned(),
                expected: "one `needs write` line with the list, or a line for each path"
                    .to_owned(),
            };
            self.report(kind, list.at.0);
        }
    }

    fn redundant(&mut self, line: &str, at: Span) {
        let line = line.to_owned();
        self.report(Kind::ActionRedundant { line }, at);
    }

    /// An output that an action does not say it gives.
    pub(super) fn not_declared(&mut self, output: &Output, fields: &[(String, Type)]) {
        let name = output.name.text.clone();
        let near = nearest(&name, fields.iter().map(|(it, _)| it.as_str())).map(str::to_owned);
        let of = "what the action gives".to_owned();
        self.report(Kind::PropertyUnknown { of, name, near }, output.name.at.0);
    }

    /// Whether an action with steps gives each field that it says it gives.
    pub(super) fn complete(&mut self, face: &Face, result: &Type, outputs: &[Output]) {
        let Type::Record(fields) = result.bare() else {
            return;
        };
        for (name, ty) in fields {
            let given = outputs.iter().any(|output| output.name.text == *name);
            if !given && !ty.may_be_absent() && !self.broken {
                let kind = Kind::OutputMissing {
                    action: face.name.text.clone(),
                    name: name.clone(),
                    ty: ty.to_string(),
                };
                self.report(kind, face.name.at.0);
            }
        }
    }

    /// What an action says it gives: a record.
    pub(super) fn declared(&mut self, face: &Face) -> Type {
        self.parts_of(&face.result);
        let ty = Type::resolve(&face.result, &self.types).unwrap_or_else(|wrong: Unresolved| {
            self.diagnostics.push(wrong.diagnostic(face.result.at.0));
            Type::Any
        });
        match ty.bare() {
            Type::Record(_) | Type::Any if !ty.is_sealed() && !ty.may_be_absent() => ty,
            _ => {
                let kind = Kind::ActionResult {
                    name: face.name.text.clone(),
                    found: ty.to_string(),
                };
                self.diagnostics
                    .push(Diagnostic::new(kind, face.result.at.0));
                Type::Any
            }
        }
    }
}

/// The outputs of an action that is to give `result`: those that it writes, or what its command
/// came to.
pub(super) fn outputs(face: &Face, result: &Type) -> Vec<Output> {
    match (&face.body, result.bare()) {
        (Some(ActionBody::Steps { outputs, .. }), _) => outputs.clone(),
        (_, Type::Record(fields)) => {
            let step = step_name(face);
            let fields = fields.iter();
            fields
                .map(|(name, _)| {
                    let source = Text::verbatim(format!("{step}.{name}"), face.result.at.0);
                    Output {
                        name: ident(name, face.result.at),
                        value: Value {
                            kind: ValueKind::Expr(Expr::new(source)),
                            at: face.result.at,
                        },
                        doc: None,
                        trivia: Trivia::default(),
                        at: face.result.at,
                    }
                })
                .collect()
        }
        _ => Vec::new(),
    }
}
