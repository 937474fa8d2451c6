//! Whether a scope is granted: by the mission, and by all that call it.

use super::Status;
use super::frame::Frame;
use super::limited::{limited, limited_unknown, partly};
use super::walk::Walk;
use crate::authority::{Decision, Guarded, grant_line};
use crate::expr;
use crate::plan::{Form, Plan};
use crate::source::Span;
use crate::syntax::tree::{Effect, Expr, Piece, Value, ValueKind};

impl Walk<'_> {
    /// Judges a scope that is known.
    pub(super) fn judge(
        &self,
        effect: Effect,
        verb: Option<&str>,
        scope: &str,
        symbol: Option<&Value>,
    ) -> Status {
        let by_policy = limited(self.policies, effect, verb, scope);
        if let Some(status @ Status::Missing { .. }) = by_policy {
            return status;
        }
        let mut granted = Span::default();
        let mut symbol = symbol.cloned();
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            let limited_by = self.limited_by(depth);
            match frame.rules.decide(effect, verb, scope) {
                Decision::Granted(rule) => granted = rule.at,
                // A mission has nothing that it does not grant.
                Decision::Unlimited => {}
                Decision::Denied(rule) => {
                    return Status::Missing {
                        limited_by,
                        limited_at: None,
                        denied_by: Some(rule.says.clone()),
                        grant: None,
                        callee: None,
                    };
                }
                other @ (Decision::Missing | Decision::Guarded(_)) => {
                    let kind = match other {
                        Decision::Guarded(kind) => Some(kind),
                        _ => None,
                    };
                    match symbol
                        .as_ref()
                        .and_then(|value| frame.names(effect, verb, value))
                    {
                        Some(at) => granted = at,
                        None if frame.may_grant(effect, verb) => return Status::Later,
                        None if partly(&frame.rules, effect, scope) => return Status::Later,
                        None => {
                            return Status::Missing {
                                limited_by,
                                limited_at: None,
                                denied_by: kind.map(Guarded::says),
                                grant: Some(frame.line(effect, verb, symbol.as_ref(), scope)),
                                callee: frame.callee(depth),
                            };
                        }
                    }
                }
            }
            symbol = symbol.and_then(|value| frame.outward(&value));
        }
        by_policy.unwrap_or(Status::Granted(granted))
    }

    /// Judges a scope whose value is not known, of this step.
    pub(super) fn judge_unknown(
        &self,
        effect: Effect,
        verb: Option<&str>,
        symbol: Option<&Value>,
        (scope, step): (&Value, &str),
    ) -> (String, Status) {
        let shown = match (symbol, &scope.kind) {
            (Some(symbol), _) => shown(symbol),
            // What the face works out is no text of the mission.
            (None, ValueKind::Expr(expr)) if expr.source.value.contains('|') => {
                format!("what {step} asks for")
            }
            (None, _) => shown(scope),
        };
        let by_policy = limited_unknown(self.policies, effect, verb);
        if let Some(status @ Status::Missing { .. }) = by_policy {
            return (shown, status);
        }
        let mut symbol = symbol.cloned();
        let mut all = Vec::new();
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            let universal = frame.rules.all().iter().find(|rule| {
                !rule.deny
                    && rule.effect == effect
                    && rule.verb.as_deref() == verb
                    && rule.pattern.is_universal()
            });
            let denied = frame
                .rules
                .all()
                .iter()
                .any(|rule| rule.deny && rule.effect == effect);
            let named = symbol
                .as_ref()
                .and_then(|value| frame.names(effect, verb, value));
            match (universal, named) {
                // What is written may be a file that no wide pattern grants.
                (Some(rule), _) if !denied && effect != Effect::Write => all.push(Some(rule.at)),
                (_, Some(at)) if !denied => all.push(Some(at)),
                _ if frame.may_grant(effect, verb) || frame.grants_some(effect, verb) => {
                    all.push(None)
                }
                _ => {
                    let line = frame.line(effect, verb, symbol.as_ref(), "**");
                    let missing = Status::Missing {
                        limited_by: self.limited_by(depth),
                        limited_at: None,
                        denied_by: None,
                        grant: Some(line),
                        callee: frame.callee(depth),
                    };
                    return (shown, missing);
                }
            }
            symbol = symbol.and_then(|value| frame.outward(&value));
        }
        match all.into_iter().collect::<Option<Vec<Span>>>() {
            Some(places) => {
                let granted = Status::Granted(places.last().copied().unwrap_or_default());
                (shown, by_policy.unwrap_or(granted))
            }
            None => (shown, Status::Later),
        }
    }

    fn limited_by(&self, depth: usize) -> &'static str {
        if depth + 1 == self.frames.len() {
            "mission"
        } else {
            "caller"
        }
    }
}

impl Frame<'_> {
    /// The grant that names `value` by the same expression, such as `run check`.
    fn names(&self, effect: Effect, verb: Option<&str>, value: &Value) -> Option<Span> {
        let ValueKind::Expr(asked) = &value.kind else {
            return None;
        };
        self.plan
            .grants
            .iter()
            .filter(|grant| !grant.deny && grant.effect == effect && grant.verb.as_deref() == verb)
            .find(|grant| {
                grant.scopes.iter().any(|scope| match &scope.kind {
                    ValueKind::Expr(granted) => granted.source.value == asked.source.value,
                    _ => false,
                })
            })
            .map(|grant| grant.at)
    }

    /// The line that would grant it here. An input is named as such.
    fn line(
        &self,
        effect: Effect,
        verb: Option<&str>,
        symbol: Option<&Value>,
        scope: &str,
    ) -> String {
        let of = match self.plan.form {
            Form::Mission => "",
            Form::Action => "needs ",
        };
        match symbol.map(|value| &value.kind) {
            Some(ValueKind::Expr(expr)) if self.is_of_input(expr) => {
                let verb = verb.map(|verb| format!(" {verb} on")).unwrap_or_default();
                format!("{of}{effect}{verb} {}", expr.source.value)
            }
            _ => format!("{of}{}", grant_line(effect, verb, scope)),
        }
    }

    fn is_of_input(&self, expr: &Expr) -> bool {
        let names = expr::names_in(expr);
        let is_input = |name: &String| self.plan.inputs.iter().any(|input| input.name == *name);
        names.iter().all(is_input)
    }

    /// What is called here, at this depth of calls.
    fn callee(&self, depth: usize) -> Option<String> {
        let Plan { form, mission, .. } = self.plan;
        (depth > 0).then(|| format!("{} `{mission}`", form.word()))
    }

    /// Whether a grant of this effect has a scope that is not known yet.
    fn may_grant(&self, effect: Effect, verb: Option<&str>) -> bool {
        self.open
            .iter()
            .any(|(it, of, _, _)| *it == effect && of.as_deref() == verb)
    }

    fn grants_some(&self, effect: Effect, verb: Option<&str>) -> bool {
        self.rules
            .all()
            .iter()
            .any(|rule| !rule.deny && rule.effect == effect && rule.verb.as_deref() == verb)
    }

    /// What a called mission's input stands for at its caller.
    fn outward(&self, value: &Value) -> Option<Value> {
        let ValueKind::Expr(expr) = &value.kind else {
            return Some(value.clone());
        };
        let (_, value, _) = self
            .args
            .iter()
            .find(|(name, _, _)| *name == expr.source.value)?;
        Some(value.clone())
    }
}

/// A written value for a message.
fn shown(value: &Value) -> String {
    match &value.kind {
        ValueKind::Expr(expr) => expr.source.value.clone(),
        ValueKind::Literal(literal) => literal.raw.clone(),
        ValueKind::Text(template) => template
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => text.clone(),
                Piece::Expr(expr) => {
                    format!("{{{{ {} }}}}", expr.source.value)
                }
            })
            .collect(),
        ValueKind::List(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        ValueKind::Map(_) => "a map".to_owned(),
    }
}
