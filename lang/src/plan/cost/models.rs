//! What steps may spend on models, and which grants bound it.

use std::collections::{BTreeMap, BTreeSet};

use super::amount::{Amount, Open};
use super::sum::{Factor, Sum};
use crate::authority::{CommandLimits, Limits, Pattern};
use crate::expr::{Context, Engine};
use crate::plan::Grant;
use crate::plan::needs::scope_text;
use crate::syntax::tree::{Effect, LimitKind};

/// Calls of models, tokens and money.
#[derive(Clone, Debug, Default)]
pub(super) struct Spending {
    pub(super) calls: Amount,
    pub(super) tokens: Amount,
    pub(super) money: Amount,
}

/// The models that steps may ask, by name; `None` when that is known only later.
pub(super) type Models = Option<BTreeSet<String>>;

/// What statements may spend.
#[derive(Clone, Debug, Default)]
pub(super) struct Spent {
    /// All of it. No more than what `by_model` adds up to, and less where branches ask different
    /// models.
    pub(super) total: Spending,
    pub(super) by_model: BTreeMap<Models, Spending>,
}

/// A step whose spending neither its action nor the grants that may cover it bound.
pub(super) struct Unbounded {
    pub(super) what: LimitKind,
    pub(super) step: Open,
    /// The index of a grant that could bound it.
    pub(super) grant: usize,
}

impl Spending {
    fn zip(self, other: Spending, join: impl Fn(Amount, Amount) -> Amount) -> Spending {
        Spending {
            calls: join(self.calls, other.calls),
            tokens: join(self.tokens, other.tokens),
            money: join(self.money, other.money),
        }
    }

    fn times(&self, factor: &Factor) -> Spending {
        Spending {
            calls: self.calls.times(factor),
            tokens: self.tokens.times(factor),
            money: self.money.times(factor),
        }
    }

    /// Itself, and no more than `most`.
    fn capped(self, most: &Limits) -> Spending {
        let tokens = self.tokens.capped(most.tokens.map(Sum::of));
        // Every call takes a token at least.
        let by_tokens = tokens.open.is_empty().then(|| tokens.sum.clone());
        let calls = self.calls.capped(most.calls.map(Sum::of));
        Spending {
            calls: match calls.open.is_empty() {
                true => calls,
                false => calls.capped(by_tokens),
            },
            tokens,
            money: self.money.capped(most.money.map(Sum::of)),
        }
    }
}

impl Spent {
    pub(super) fn one(models: Models, spending: Spending) -> Spent {
        Spent {
            total: spending.clone(),
            by_model: BTreeMap::from([(models, spending)]),
        }
    }

    pub(super) fn plus(self, other: Spent) -> Spent {
        self.joined(other, Amount::plus)
    }

    /// No less than either.
    pub(super) fn or(self, other: Spent) -> Spent {
        self.joined(other, Amount::or)
    }

    pub(super) fn times(&self, factor: &Factor) -> Spent {
        let by_model = self.by_model.iter();
        Spent {
            total: self.total.times(factor),
            by_model: by_model
                .map(|(models, spending)| (models.clone(), spending.times(factor)))
                .collect(),
        }
    }

    fn joined(mut self, other: Spent, join: fn(Amount, Amount) -> Amount) -> Spent {
        for (models, spending) in other.by_model {
            let mine = self.by_model.remove(&models).unwrap_or_default();
            self.by_model.insert(models, mine.zip(spending, join));
        }
        Spent {
            total: self.total.zip(other.total, join),
            by_model: self.by_model,
        }
    }

    /// What is left of it under the grants of a mission or policy, and which steps stay unbounded.
    /// What no grant may cover does not happen.
    pub(super) fn under(
        self,
        granted: &[Grant],
        engine: &Engine,
        known: &Context,
    ) -> (Spent, Vec<Unbounded>) {
        let grants = grants(granted, engine, known);
        // By the grants that may cover it: what is asked, and which models.
        let mut accounts: BTreeMap<Vec<usize>, (Models, Spending)> = BTreeMap::new();
        for (models, spending) in self.by_model {
            let covering = covering(&models, &grants);
            if covering.is_empty() {
                continue;
            }
            let entry = accounts
                .entry(covering)
                .or_insert_with(|| (Some(BTreeSet::new()), Spending::default()));
            entry.0 = match (entry.0.take(), models) {
                (Some(mut all), Some(more)) => {
                    all.extend(more);
                    Some(all)
                }
                _ => None,
            };
            entry.1 = std::mem::take(&mut entry.1).zip(spending, Amount::plus);
        }
        let mut left = Spent::default();
        let mut unbounded = Vec::new();
        let mut all = Spending::default();
        for (covering, (models, spending)) in accounts {
            let limits = covering
                .iter()
                .map(|index| Limits::of(&granted[*index].limits))
                .reduce(together)
                .unwrap_or_default();
            let spending = spending.capped(&limits);
            for (what, amount) in [
                (LimitKind::Tokens, &spending.tokens),
                (LimitKind::Cost, &spending.money),
            ] {
                unbounded.extend(amount.open.iter().map(|step| Unbounded {
                    what,
                    step: step.clone(),
                    grant: covering[0],
                }));
            }
            all = all.zip(spending.clone(), Amount::plus);
            let one = Spent::one(models, spending);
            left = left.joined(one, Amount::plus);
        }
        // Branches that ask different models are counted together by account, never in the total.
        left.total = self.total.zip(all, |total, all| match all.open.is_empty() {
            true => total.capped(Some(all.sum)),
            false => all,
        });
        (left, unbounded)
    }
}

/// What two grants allow together.
fn together(one: Limits, other: Limits) -> Limits {
    let sum = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
    Limits {
        calls: sum(one.calls, other.calls),
        tokens: sum(one.tokens, other.tokens),
        money: sum(one.money, other.money),
        // They bound each command by itself.
        command: CommandLimits::default(),
    }
}

/// The grants of models with their patterns; none for one that is not known yet.
fn grants(granted: &[Grant], engine: &Engine, known: &Context) -> Vec<(usize, Option<Pattern>)> {
    let all = granted.iter().enumerate();
    all.filter(|(_, grant)| grant.effect == Effect::Model && !grant.deny)
        .flat_map(|(index, grant)| {
            grant.scopes.iter().map(move |scope| {
                let text = scope_text(engine, Effect::Model, scope, known);
                let pattern = text.and_then(|text| Pattern::new(Effect::Model, &text).ok());
                (index, pattern)
            })
        })
        .collect()
}

/// The grants that may cover what is asked: one, when that is sure.
fn covering(models: &Models, grants: &[(usize, Option<Pattern>)]) -> Vec<usize> {
    let Some(models) = models else {
        let all: BTreeSet<usize> = grants.iter().map(|(index, _)| *index).collect();
        return all.into_iter().collect();
    };
    let mut found: BTreeSet<usize> = BTreeSet::new();
    for model in models {
        for (index, pattern) in grants {
            match pattern {
                None => {
                    found.insert(*index);
                }
                Some(pattern) if pattern.covers(model) => {
                    // The first that covers it for sure is the one it is taken from.
                    found.insert(*index);
                    break;
                }
                Some(_) => {}
            }
        }
    }
    found.into_iter().collect()
}
