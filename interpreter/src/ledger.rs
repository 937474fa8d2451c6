//! What a run spends on models, and that it never spends more than it is granted.
//!
//! Before a model is called, the most that the call may take is reserved, durably; afterwards what it
//! took is settled. A reservation that was never settled, as after a crash, counts whole: nobody knows
//! what it took. Loops, retries, called missions and later owners of the run all spend from here, and
//! nothing is ever given back but what a settlement leaves over.
//!
//! A limit stands at a grant of a mission. It bounds all that is spent under that mission, with what
//! it calls, on the models that the grant is the first to cover. Each call of a mission has its limits
//! anew, its attempts share them, and those of its callers bound it too.

mod amount;
mod longest;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tau_lang::authority::{Decision, Holder, Rule, Rules};
use tau_lang::syntax::tree::Effect;

pub use self::amount::Amount;
pub use self::longest::Longest;
use crate::journal::{Entry, Record};

/// All reservations of a run.
#[derive(Debug, Default)]
pub struct Ledger {
    taken: Mutex<Vec<Taken>>,
}

/// One reservation.
#[derive(Clone, Debug)]
struct Taken {
    reservation: u64,
    /// The step, with the calls that led to it and without their attempts.
    step: String,
    model: String,
    /// What it took, or may still take.
    amount: Amount,
}

/// Why nothing was reserved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// `calls`, `tokens` or `money`.
    pub what: &'static str,
    /// Whose limit it was: the index of its rules.
    pub depth: usize,
    /// Where that stands, in a policy.
    pub place: Option<String>,
    /// A sentence: how much was wanted, granted and spent, and by which steps.
    pub says: String,
}

/// What one step has spent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpentBy {
    /// The step.
    pub step: String,
    /// What it spent.
    pub amount: Amount,
}

impl Ledger {
    /// What the records of a run tell of.
    #[must_use]
    pub fn of(records: &[Record]) -> Ledger {
        Ledger {
            taken: Mutex::new(taken(records)),
        }
    }

    /// Takes `most` from every limit that bounds a call of `model` by `step`, or from none. `rules`
    /// are those of the policies, each of which bounds the whole run, and of the missions that lead
    /// to the step, outermost first. Gives the number of the reservation.
    ///
    /// # Errors
    /// A limit has less than that left.
    pub fn reserve(
        &self,
        rules: &[Rules],
        step: &str,
        model: &str,
        most: Amount,
    ) -> Result<u64, Exhausted> {
        let step = without_attempts(step);
        let mut taken = self.taken();
        let policies = rules.iter().filter(|it| it.holder() == Holder::Policy);
        let policies = policies.count();
        for (depth, rules) in rules.iter().enumerate() {
            let Some(rule) = account(rules, model) else {
                continue;
            };
            let (at, limits) = (rule.at, rule.limits);
            let inside = inside(&step, depth.saturating_sub(policies));
            let bounded: Vec<&Taken> = taken
                .iter()
                .filter(|it| {
                    let account = account(rules, &it.model).map(|rule| rule.at);
                    it.step.starts_with(inside) && account == Some(at)
                })
                .collect();
            let spent: Amount = bounded.iter().map(|it| it.amount).sum();
            if let Some((what, limit)) = spent.plus(most).beyond(limits) {
                let says = says(what, limit, most, &bounded);
                let place = rule.place.clone();
                return Err(Exhausted {
                    what,
                    depth,
                    place,
                    says,
                });
            }
        }
        let reservation = taken.iter().map(|it| it.reservation + 1).max().unwrap_or(0);
        taken.push(Taken {
            reservation,
            step,
            model: model.to_owned(),
            amount: most,
        });
        Ok(reservation)
    }

    /// What a call has taken in the end. More than was reserved counts too.
    pub fn settle(&self, reservation: u64, used: Amount) {
        settled(&mut self.taken(), reservation, used);
    }

    /// Whether a limit of money bounds the calls of a model.
    #[must_use]
    pub fn counts_money(rules: &[Rules], model: &str) -> bool {
        let mut all = rules.iter().filter_map(|rules| account(rules, model));
        all.any(|rule| rule.limits.money.is_some())
    }

    /// All that is spent or reserved.
    #[must_use]
    pub fn total(&self) -> Amount {
        self.taken().iter().map(|it| it.amount).sum()
    }

    fn taken(&self) -> MutexGuard<'_, Vec<Taken>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the records of a run say that each of its steps has spent, in the order of their first call.
#[must_use]
pub fn spent(records: &[Record]) -> Vec<SpentBy> {
    let mut all: Vec<SpentBy> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for taken in taken(records) {
        let next = all.len();
        let index = *known.entry(taken.step.clone()).or_insert(next);
        if index == next {
            all.push(SpentBy {
                step: taken.step,
                amount: Amount::default(),
            });
        }
        all[index].amount = all[index].amount.plus(taken.amount);
    }
    all
}

fn taken(records: &[Record]) -> Vec<Taken> {
    let mut all: Vec<Taken> = Vec::new();
    for record in records {
        match &record.entry {
            Entry::Reserved {
                reservation,
                step,
                model,
                most,
            } => all.push(Taken {
                reservation: *reservation,
                step: without_attempts(step),
                model: model.clone(),
                amount: *most,
            }),
            Entry::Settled { reservation, used } => settled(&mut all, *reservation, *used),
            Entry::ModelAnswered(it) => settled(&mut all, it.reservation, it.used),
            _ => {}
        }
    }
    all
}

fn settled(taken: &mut [Taken], reservation: u64, used: Amount) {
    // The last ones are those that are still open.
    let mut open = taken.iter_mut().rev();
    if let Some(taken) = open.find(|it| it.reservation == reservation) {
        taken.amount = used;
    }
}

/// The grant that a call of a model is taken from: the first that covers it.
fn account<'r>(rules: &'r Rules, model: &str) -> Option<&'r Rule> {
    match rules.decide(Effect::Model, None, model) {
        Decision::Granted(rule) => Some(rule),
        _ => None,
    }
}

/// The part of a step's name that all steps of its mission at this depth begin with.
fn inside(step: &str, depth: usize) -> &str {
    let ends = step.match_indices('/').map(|(at, _)| at + 1);
    let end = std::iter::once(0).chain(ends).nth(depth);
    &step[..end.unwrap_or(0)]
}

/// A step's name without the attempts of the calls that led to it, which share what is granted.
fn without_attempts(step: &str) -> String {
    let parts = step.split('/').map(|part| match part.rsplit_once('~') {
        Some((call, attempt)) if attempt.bytes().all(|it| it.is_ascii_digit()) => call,
        _ => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// `It may use 300 tokens, and of the 1000 that are granted 800 are spent: 500 by `a`, 300 by `b`.`
fn says(what: &'static str, limit: u64, most: Amount, bounded: &[&Taken]) -> String {
    let mut by: Vec<(&str, u64)> = Vec::new();
    for taken in bounded {
        let amount = taken.amount.get(what);
        match by.iter_mut().find(|(step, _)| *step == taken.step) {
            Some((_, sum)) => *sum += amount,
            None => by.push((&taken.step, amount)),
        }
    }
    by.retain(|(_, amount)| *amount > 0);
    by.sort_by_key(|(_, amount)| std::cmp::Reverse(*amount));
    let spent = by.iter().map(|(_, amount)| amount).sum();
    let mut steps: Vec<String> = by
        .iter()
        .take(NAMED)
        .map(|(step, amount)| format!("{} by `{step}`", amount::told(what, *amount)))
        .collect();
    if by.len() > NAMED {
        steps.push(format!("the rest by {} others", by.len() - NAMED));
    }
    let all = if steps.is_empty() { "" } else { ": " };
    format!(
        "It may use {}, and of the {} that the grant allows {} spent{all}{}.",
        amount::counted(what, most.get(what)),
        amount::counted(what, limit),
        match spent {
            0 => "nothing is".to_owned(),
            spent => format!("{} are", amount::told(what, spent)),
        },
        steps.join(", ")
    )
}

/// How many steps a message names.
const NAMED: usize = 5;
