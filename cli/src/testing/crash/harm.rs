//! What is done to a run, and where.

use std::collections::BTreeMap;

use serde::Serialize;
use tau_interpreter::journal::{Entry, Record, State};
use tau_lang::library::Repeat;
use tau_lang::plan::{Block, Modifiers, NodeKind, Plan};

/// What is done to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Harm {
    /// It is killed, and nothing of what it was about to do has happened.
    Killed,
    /// It is killed, and what it was about to do outside has happened all the same.
    Happened,
    /// The same, and who goes on with the run does not see it yet.
    Late,
    /// The answer of a step is lost, or comes when nobody waits for it any more.
    Lost,
    /// The same, and nobody can look whether it has happened.
    Dark,
}

/// A harm, the records that there are before it, and the step that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) harm: Harm,
    pub(super) kept: usize,
    pub(super) step: Option<String>,
}

/// Everything that is done to a run with these records. `repeats` says what kind an action is.
pub(super) fn cases(
    records: &[Record],
    plan: &Plan,
    repeats: &dyn Fn(&str) -> Repeat,
) -> Vec<Case> {
    let paused = paused(plan);
    let succeeded = |step: &str| {
        records.iter().any(|record| match &record.entry {
            Entry::StepFinished(it) => it.step == step && it.state == State::Succeeded,
            _ => false,
        })
    };
    let mut cases = Vec::new();
    let mut add = |harm, kept, step: Option<&str>| {
        let step = step.map(str::to_owned);
        cases.push(Case { harm, kept, step });
    };
    // Behind its last record a run has ended.
    for kept in 1..records.len() {
        add(Harm::Killed, kept, None);
        for (step, is_outside) in in_flight(&records[..kept]) {
            add(Harm::Happened, kept, Some(step));
            if is_outside {
                add(Harm::Late, kept, Some(step));
            }
        }
        match &records[kept].entry {
            Entry::Intent {
                step,
                outside: Some(it),
                ..
            } if repeats(&it.action) == Repeat::External && succeeded(step) => {
                add(Harm::Lost, kept, Some(step));
                add(Harm::Dark, kept, Some(step));
            }
            Entry::StepStarted {
                step,
                action,
                attempt: 1,
            } if matches!(repeats(action), Repeat::Observe | Repeat::Replace)
                && succeeded(step)
                // Nobody wants to wait as long as a mission does between its attempts.
                && !paused.contains(&name_of(step)) =>
            {
                add(Harm::Lost, kept, Some(step));
            }
            _ => {}
        }
    }
    cases
}

/// The steps that have said what they were about to do outside, or to commit, and no more; whether
/// it is about the outside.
pub(super) fn in_flight(records: &[Record]) -> Vec<(&str, bool)> {
    let mut open = BTreeMap::new();
    for record in records {
        match &record.entry {
            Entry::Intent { step, outside, .. } => {
                open.insert(step.as_str(), outside.is_some());
            }
            Entry::StepFinished(finished) => {
                open.remove(finished.step.as_str());
            }
            Entry::AttemptFailed { step, .. } => {
                open.remove(step.as_str());
            }
            _ => {}
        }
    }
    open.into_iter().collect()
}

/// The names of the steps that wait between their attempts, or whose missions do.
fn paused(plan: &Plan) -> Vec<&str> {
    fn walk<'p>(block: &'p Block, around: bool, names: &mut Vec<&'p str>) {
        for node in &block.nodes {
            let waits = |modifiers: &Modifiers| {
                let retry = modifiers.retry.as_ref();
                around || retry.is_some_and(|retry| retry.every.is_some())
            };
            match &node.kind {
                NodeKind::Step(step) if waits(&step.modifiers) => names.push(&node.name),
                NodeKind::Call(call) => {
                    let waits = waits(&call.modifiers);
                    let blocks = call.plan.blocks();
                    blocks.for_each(|block| walk(block, waits, names));
                }
                kind => {
                    let blocks = kind.blocks();
                    blocks
                        .into_iter()
                        .for_each(|block| walk(block, around, names));
                }
            }
        }
    }
    let mut names = Vec::new();
    plan.blocks()
        .for_each(|block| walk(block, false, &mut names));
    names
}

/// A step's name in its mission: `edit` of `call~2/edit#3`.
fn name_of(step: &str) -> &str {
    let name = step.rsplit('/').next().unwrap_or(step);
    name.split('#').next().unwrap_or(name)
}

/// The place of a harm, in words.
pub(super) fn place(before: &[Record]) -> String {
    let number = before.len();
    let last = match before.last().map(|record| &record.entry) {
        Some(Entry::StepStarted { step, .. }) => format!("step `{step}` had begun"),
        Some(Entry::AttemptFailed { step, .. }) => format!("an attempt of `{step}` had failed"),
        Some(Entry::Intent { step, what, .. }) => format!("step `{step}` was about to {what}"),
        Some(Entry::StepFinished(finished)) => format!("step `{}` had ended", finished.step),
        _ => "the run had begun".to_owned(),
    };
    format!("record {number}, when {last}")
}

impl Case {
    /// What was done, in words for its reader.
    pub(super) fn told(&self, before: &[Record]) -> String {
        let place = place(before);
        let step = self.step.as_deref().unwrap_or_default();
        match self.harm {
            Harm::Killed => format!("killed behind {place}"),
            Harm::Happened => format!("killed behind {place}, and it happened all the same"),
            Harm::Late => {
                format!("killed behind {place}, and it happened, which was seen only later")
            }
            Harm::Lost => format!("the answer of step `{step}` lost, behind {place}"),
            Harm::Dark => {
                format!("the answer of step `{step}` lost, and nobody could look, behind {place}")
            }
        }
    }
}
