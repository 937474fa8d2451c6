//! One grant or denial of one scope, and whether it covers another.

use crate::authority::Pattern;
use crate::expr::{self, Context, Engine};
use crate::format;
use crate::plan::document::{self, with_defaults};
use crate::plan::needs::{scope_text, verifier_value};
use crate::plan::{Grant, Plan};
use crate::syntax::tree::{Effect, Limit, LiteralValue, Value};

/// See the module.
pub(super) struct Line {
    /// As the tau spelling writes it.
    pub(super) text: String,
    deny: bool,
    effect: Effect,
    verb: Option<String>,
    scope: Scope,
    limits: Vec<Limit>,
}

/// What a line is about.
enum Scope {
    /// Nothing but its limits, such as time.
    Whole,
    /// A pattern that is known, with its text.
    Known(Pattern, String),
    /// An expression over the inputs, and what it comes to with their defaults.
    Open {
        expr: String,
        default: Option<(Pattern, String)>,
    },
}

/// The lines of a mission's authority, one for each scope, and what its verifiers protect.
pub(super) fn lines(plan: &Plan, engine: &Engine) -> Vec<Line> {
    let mut known = with_defaults(plan, engine, &Context::new());
    for verifier in &plan.verifiers {
        if let Some(value) = verifier_value(verifier, engine, &known) {
            known.insert(verifier.name.clone(), value);
        }
    }
    let mut lines = Vec::new();
    for grant in &plan.grants {
        let scopes = match grant.scopes.is_empty() {
            true => vec![None],
            false => grant.scopes.iter().map(Some).collect(),
        };
        for value in scopes {
            let one = Grant {
                scopes: value.cloned().into_iter().collect(),
                ..grant.clone()
            };
            let scope = match value {
                Some(value) => Scope::of(grant.effect, value, engine, &known),
                None => Some(Scope::Whole),
            };
            lines.extend(scope.map(|scope| Line {
                text: document::line(&one),
                deny: one.deny,
                effect: one.effect,
                verb: one.verb,
                scope,
                limits: one.limits,
            }));
        }
    }
    for verifier in &plan.verifiers {
        for value in &verifier.protect {
            let scope = Scope::of(Effect::Write, value, engine, &known);
            lines.extend(scope.map(|scope| Line {
                text: format!("protect {}", format::value(value)),
                deny: true,
                effect: Effect::Write,
                verb: None,
                scope,
                limits: Vec::new(),
            }));
        }
    }
    lines
}

impl Line {
    pub(super) fn is_denial(&self) -> bool {
        self.deny
    }

    /// Whether it bounds the run instead of granting something.
    pub(super) fn is_bound(&self) -> bool {
        self.effect == Effect::Time && !self.deny
    }

    /// Whether all that `other` grants, or denies, is surely granted, or denied, by this.
    pub(super) fn covers(&self, other: &Line) -> bool {
        (self.deny, self.effect, &self.verb) == (other.deny, other.effect, &other.verb)
            && self.scope.covers(&other.scope, self.deny)
            && self.limits.iter().all(|limit| {
                let mut same = other.limits.iter().filter(|it| it.kind == limit.kind);
                same.any(|it| is_at_most(it.amount.value, limit.amount.value))
            })
    }
}

impl Scope {
    /// `None` for what is no pattern, which covers nothing.
    fn of(effect: Effect, value: &Value, engine: &Engine, known: &Context) -> Option<Scope> {
        let text = scope_text(engine, effect, value, known);
        let pattern = text.and_then(|text| Some((Pattern::new(effect, &text).ok()?, text)));
        if expr::names(value).is_empty() {
            return pattern.map(|(pattern, text)| Scope::Known(pattern, text));
        }
        Some(Scope::Open {
            expr: format::value(value),
            default: pattern,
        })
    }

    fn covers(&self, other: &Scope, deny: bool) -> bool {
        match (self, other) {
            (Scope::Whole, Scope::Whole) => true,
            (Scope::Known(pattern, _), Scope::Known(_, text)) => contains(pattern, text),
            (Scope::Known(pattern, _), Scope::Open { .. }) => pattern.is_universal(),
            // Another value of the input may take a denial away, and a default is only granted
            // as long as nothing else is given.
            (
                Scope::Open {
                    default: Some((pattern, _)),
                    ..
                },
                Scope::Known(_, text),
            ) => !deny && contains(pattern, text),
            (
                Scope::Open { expr, default },
                Scope::Open {
                    expr: other,
                    default: wanted,
                },
            ) => {
                expr == other
                    && match (default, wanted) {
                        (_, None) => true,
                        (Some((pattern, _)), Some((_, text))) => contains(pattern, text),
                        (None, Some(_)) => false,
                    }
            }
            _ => false,
        }
    }
}

/// Whether a pattern surely covers another one, given by its text.
fn contains(pattern: &Pattern, text: &str) -> bool {
    let open = |words: &[String]| words.last().is_some_and(|word| word == "*");
    if let (Pattern::Command(outer), Ok(Pattern::Command(inner))) =
        (pattern, Pattern::new(Effect::Run, text))
        // Only a last word `*` covers any number of words.
        && open(&inner)
        && !open(outer)
    {
        return false;
    }
    pattern.covers(text)
}

fn is_at_most(amount: LiteralValue, most: LiteralValue) -> bool {
    match (amount, most) {
        (LiteralValue::Int(a), LiteralValue::Int(b)) => a <= b,
        (LiteralValue::Duration(a), LiteralValue::Duration(b))
        | (LiteralValue::Money(a), LiteralValue::Money(b))
        | (LiteralValue::Size(a), LiteralValue::Size(b)) => a <= b,
        _ => false,
    }
}
