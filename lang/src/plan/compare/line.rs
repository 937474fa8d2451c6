//! One grant or denial of one scope, and whether it covers another.

use crate::authority::{Host, Limits, Pattern};
use crate::expr::{self, Context, Engine};
use crate::format;
use crate::plan::document::{self, with_defaults};
use crate::plan::needs::{scope_text, verifier_value};
use crate::plan::{Grant, Plan};
use crate::syntax::tree::{Effect, Limit, Value};
use crate::types::Type;

/// See the module.
pub(super) struct Line {
    /// As the tau spelling writes it.
    pub(super) text: String,
    /// Which line of the mission's authority it is of, counted from the first.
    pub(super) grant: usize,
    deny: bool,
    effect: Effect,
    verb: Option<String>,
    pub(super) scope: Scope,
    pub(super) limits: Vec<Limit>,
}

/// What a line is about.
pub(super) enum Scope {
    /// Nothing but its limits, such as time.
    Whole,
    /// A pattern that is known, with its text.
    Known(Pattern, String),
    /// An expression over the inputs, and what it comes to with their defaults.
    Open {
        expr: String,
        /// The inputs that it names, with their types.
        inputs: Vec<(String, Type)>,
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
    for (number, grant) in plan.grants.iter().enumerate() {
        let scopes = match grant.scopes.is_empty() {
            true => vec![None],
            false => grant.scopes.iter().map(Some).collect(),
        };
        for value in scopes {
            let one = Grant {
                scopes: value.cloned().into_iter().collect(),
                elses: 0,
                ..grant.clone()
            };
            let scope = match value {
                Some(value) => Scope::of(plan, grant.effect, value, engine, &known),
                None => Some(Scope::Whole),
            };
            lines.extend(scope.map(|scope| Line {
                text: document::line(&one),
                grant: number,
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
            let scope = Scope::of(plan, Effect::Write, value, engine, &known);
            lines.extend(scope.map(|scope| Line {
                text: format!("protect {}", format::value(value)),
                grant: plan.grants.len(),
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

    /// Whether it is about models, whose limits are accounts.
    pub(super) fn is_model(&self) -> bool {
        self.effect == Effect::Model && !self.deny
    }

    /// Whether each command of `other` may use no more than this allows, as far as the lines say.
    pub(super) fn allows(&self, other: &Line) -> bool {
        self.effect != Effect::Run
            || self.deny
            || !Limits::of(&self.limits).is_less_than(&Limits::of(&other.limits))
    }

    /// Whether all that `other` grants, or denies, is surely granted, or denied, by this, if its
    /// limits allow that.
    pub(super) fn covers(&self, other: &Line) -> bool {
        (self.deny, self.effect, &self.verb) == (other.deny, other.effect, &other.verb)
            && self.scope.covers(&other.scope, self.effect, self.deny)
    }

    /// Whether the two cover each other and have the same limits.
    pub(super) fn is_same(&self, other: &Line) -> bool {
        let limits = |line: &Line| {
            let limits = line.limits.iter();
            let mut all: Vec<String> = limits
                .map(|it| format!("{:?}", (it.kind, it.amount.value)))
                .collect();
            all.sort();
            all
        };
        self.covers(other) && other.covers(self) && limits(self) == limits(other)
    }
}

impl Scope {
    /// `None` for what is no pattern, which covers nothing.
    fn of(
        plan: &Plan,
        effect: Effect,
        value: &Value,
        engine: &Engine,
        known: &Context,
    ) -> Option<Scope> {
        let text = scope_text(engine, effect, value, known);
        let pattern = text.and_then(|text| Some((Pattern::new(effect, &text).ok()?, text)));
        let names = expr::names(value);
        if names.is_empty() {
            return pattern.map(|(pattern, text)| Scope::Known(pattern, text));
        }
        let inputs = plan.inputs.iter().filter(|it| names.contains(&it.name));
        Some(Scope::Open {
            expr: format::value(value),
            inputs: inputs.map(|it| (it.name.clone(), it.ty.clone())).collect(),
            default: pattern,
        })
    }

    pub(super) fn covers(&self, other: &Scope, effect: Effect, deny: bool) -> bool {
        let contains = |pattern: &Pattern, text: &str| {
            contains(pattern, text) && (deny || pattern.grants(effect, text))
        };
        match (self, other) {
            (Scope::Whole, Scope::Whole) => true,
            (Scope::Known(pattern, _), Scope::Known(_, text)) => contains(pattern, text),
            // What is written may be a file that no wide pattern grants.
            (Scope::Known(pattern, _), Scope::Open { .. }) => {
                pattern.is_universal() && (deny || effect != Effect::Write)
            }
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
                Scope::Open {
                    expr,
                    inputs,
                    default,
                },
                Scope::Open {
                    expr: other,
                    inputs: others,
                    default: wanted,
                },
            ) => {
                expr == other
                    && takes_all(inputs, others)
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

impl Scope {
    /// Whether there may be a name that both cover.
    pub(super) fn may_meet(&self, other: &Scope) -> bool {
        match (self, other) {
            (Scope::Known(Pattern::Name(a), _), Scope::Known(Pattern::Name(b), _)) => {
                let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
                names_meet(&a, &b)
            }
            (Scope::Known(Pattern::Host(a), _), Scope::Known(Pattern::Host(b), _)) => {
                let letters = |host: &Host| host.name().chars().collect::<Vec<char>>();
                names_meet(&letters(a), &letters(b))
            }
            _ => true,
        }
    }
}

/// Whether two patterns, in which `*` stands for any letters, can match one name.
fn names_meet(a: &[char], b: &[char]) -> bool {
    // `row[j]`: the rest of `a` meets the rest of `b` from `j` on.
    let mut row: Vec<bool> = (0..=b.len())
        .map(|j| b[j..].iter().all(|it| *it == '*'))
        .collect();
    for letter in a.iter().rev() {
        let mut next = vec![false; b.len() + 1];
        next[b.len()] = *letter == '*' && row[b.len()];
        for j in (0..b.len()).rev() {
            next[j] = match (*letter, b[j]) {
                ('*', _) | (_, '*') => row[j] || next[j + 1],
                (a, b) => a == b && row[j + 1],
            };
        }
        row = next;
    }
    row[0]
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

/// Whether inputs of the types in `some` may have every value that the same ones in `others` may.
fn takes_all(some: &[(String, Type)], others: &[(String, Type)]) -> bool {
    others.iter().all(|(name, other)| {
        let mine = some.iter().find(|(it, _)| it == name);
        mine.is_some_and(|(_, mine)| {
            let chosen = matches!(other, Type::Choice(_)) && other.fits(mine);
            mine == other || chosen
        })
    })
}
