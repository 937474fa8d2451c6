//! The least authority under which runs that have been would be again, and what of it they never
//! needed. What is proposed covers all that they used and nothing that is not granted now.

mod narrow;
mod rewrite;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use self::narrow::narrowed;
pub use self::rewrite::rewrite;
use super::needs::{Status, granted_texts, known_at, needed};
use super::{Grant, Plan};
use crate::authority::Pattern;
use crate::expr::{Context, Engine};
use crate::policy::{Policies, literal};
use crate::syntax::tree::Effect;

/// One thing that a run used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Used {
    /// What it is about.
    pub effect: Effect,
    /// For git: `commit`, `push`.
    pub verb: Option<String>,
    /// A path, command, ref, host or name; of a listing the pattern that was asked for.
    pub scope: String,
    /// The files of a pattern were looked for: those of them that the grants let it see.
    pub is_listing: bool,
}

/// One run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The values of its inputs.
    pub known: Context,
    /// What it used.
    pub used: Vec<Used>,
    /// Whether that names all hosts that its commands have reached.
    pub sees_hosts: bool,
}

/// What becomes of one scope of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is.
    Kept,
    /// Nothing needs it.
    Dropped,
    /// These are enough.
    Narrowed(Vec<String>),
}

/// What becomes of a plan's grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Least {
    /// By the plan's grants, and their scopes.
    pub fates: Vec<Vec<Fate>>,
    /// What the runs used and no grant covers any more.
    pub uncovered: BTreeSet<Used>,
}

impl Least {
    /// Whether anything becomes less.
    #[must_use]
    pub fn is_less(&self) -> bool {
        self.fates.iter().flatten().any(|fate| *fate != Fate::Kept)
    }

    /// Leaves what is granted of an effect as it is.
    pub fn keep(&mut self, plan: &Plan, effect: Effect, verb: Option<&str>) {
        for (grant, fates) in plan.grants.iter().zip(&mut self.fates) {
            if grant.effect == effect && grant.verb.as_deref() == verb {
                fates.fill(Fate::Kept);
            }
        }
    }
}

/// What `runs` of a mission need of its grants. With `narrow` a scope of which they need only a part
/// becomes that part; else only what they do not need at all is dropped.
///
/// What the text of the mission asks for is needed too, also where no run came to it: without it a
/// run is blocked before it begins.
#[must_use]
pub fn least(plan: &Plan, engine: &Engine, runs: &[Run], narrow: bool) -> Least {
    let mut marks: Vec<Vec<Mark>> = plan.grants.iter().map(marks_of).collect();
    let mut uncovered = BTreeSet::new();
    let mut open = BTreeSet::new();
    for run in runs {
        let known = known_at(plan, engine, &run.known);
        for used in &run.used {
            let covered = mark(plan, engine, &known, used, &mut marks);
            if !covered {
                uncovered.insert(used.clone());
            }
        }
        // Also of branches that this run's inputs leave out: another's do not, and the file is one.
        let nothing = Context::new();
        let known_or_not = [&run.known, &nothing].into_iter();
        let needs =
            known_or_not.flat_map(|known| needed(plan, &Policies::default(), engine, known));
        for need in needs {
            if !need.is_known {
                open.insert((need.effect, need.verb));
                continue;
            }
            // What is not sure yet is a pattern of which a part is granted.
            let is_listing = need.status == Status::Later;
            if !matches!(need.status, Status::Missing { .. }) {
                let used = Used {
                    effect: need.effect,
                    verb: need.verb,
                    scope: need.scope,
                    is_listing,
                };
                mark(plan, engine, &known, &used, &mut marks);
            }
        }
    }
    let unseen = Unseen::of(plan, runs, &marks);
    let mut least = Least {
        fates: plan
            .grants
            .iter()
            .zip(&marks)
            .map(|(grant, marks)| {
                let scopes = grant.scopes.iter().zip(marks);
                scopes
                    .map(|(scope, mark)| match literal(scope) {
                        _ if grant.deny || grant.effect == Effect::Time => Fate::Kept,
                        _ if grant.effect == Effect::Net && unseen.hosts => Fate::Kept,
                        _ if !mark.is_used() && unseen.may_use(grant.effect) => Fate::Kept,
                        _ if !mark.is_used() => Fate::Dropped,
                        Some(text) if narrow && !mark.whole => {
                            narrowed(grant.effect, text, &mark.parts)
                        }
                        _ => Fate::Kept,
                    })
                    .collect()
            })
            .collect(),
        uncovered,
    };
    // A step whose scope shows only when it runs needs some grant of its effect before.
    for (effect, verb) in open {
        let about = |grant: &&Grant| !grant.deny && grant.effect == effect && grant.verb == verb;
        let grants = plan.grants.iter().zip(&least.fates);
        let mut left = grants.filter(|(grant, _)| about(grant));
        if !left.any(|(_, fates)| fates.iter().any(|fate| *fate != Fate::Dropped)) {
            least.keep(plan, effect, verb.as_deref());
        }
    }
    least
}

/// What is needed of one scope.
#[derive(Clone, Debug, Default)]
struct Mark {
    /// All of it.
    whole: bool,
    /// These: paths, commands, names and patterns.
    parts: BTreeSet<String>,
}

impl Mark {
    fn is_used(&self) -> bool {
        self.whole || !self.parts.is_empty()
    }
}

fn marks_of(grant: &Grant) -> Vec<Mark> {
    vec![Mark::default(); grant.scopes.len()]
}

/// What was used that may use more, without anybody seeing it.
struct Unseen {
    /// Commands were started.
    runs: bool,
    /// Hosts may have been reached by them.
    hosts: bool,
    /// Hosts were reached.
    reaches: bool,
    /// Models were asked.
    asks: bool,
}

impl Unseen {
    fn of(plan: &Plan, runs: &[Run], marks: &[Vec<Mark>]) -> Unseen {
        let any = |effect: Effect| {
            let mut grants = plan.grants.iter().zip(marks);
            grants.any(|(grant, marks)| grant.effect == effect && marks.iter().any(Mark::is_used))
        };
        Unseen {
            runs: any(Effect::Run),
            hosts: any(Effect::Run) && !runs.iter().all(|run| run.sees_hosts),
            reaches: any(Effect::Net),
            asks: any(Effect::Model),
        }
    }

    /// Whether what a grant gives may have been used: a variable or a secret by a command or a
    /// request.
    fn may_use(&self, effect: Effect) -> bool {
        match effect {
            Effect::Env => self.runs,
            Effect::Secret => self.runs || self.reaches || self.asks,
            _ => false,
        }
    }
}

/// Marks the scopes that something rests on. Whether there is one.
fn mark(
    plan: &Plan,
    engine: &Engine,
    known: &Context,
    used: &Used,
    marks: &mut [Vec<Mark>],
) -> bool {
    let mut unsure = Vec::new();
    let mut met = Vec::new();
    for (grant, marks) in plan.grants.iter().zip(marks.iter_mut()) {
        if grant.deny || grant.effect != used.effect || grant.verb != used.verb {
            continue;
        }
        for (scope, mark) in grant.scopes.iter().zip(marks) {
            let Some(texts) = granted_texts(engine, grant.effect, scope, known) else {
                unsure.push(mark);
                continue;
            };
            let patterns = texts
                .iter()
                .filter_map(|text| Pattern::new(grant.effect, text).ok());
            let patterns: Vec<Pattern> = patterns.collect();
            if patterns
                .iter()
                .any(|it| it.grants(grant.effect, &used.scope))
            {
                // The first one is the one that it is granted by.
                mark.parts.insert(used.scope.clone());
                return true;
            }
            if used.is_listing && patterns.iter().any(|pattern| pattern.meets(&used.scope)) {
                met.push(mark);
            }
        }
    }
    let found = !unsure.is_empty() || !met.is_empty();
    for mark in unsure.into_iter().chain(met) {
        mark.whole = true;
    }
    found
}
