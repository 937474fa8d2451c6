//! A test's run, killed behind every record of its journal and gone on with: it must end the same.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tau_interpreter::journal::{Entry, Record};
use tau_interpreter::report::Report;
use tau_interpreter::run;
use tau_lang::expr::Context as Values;
use tau_lang::plan::test::Test;

use super::outside::Outside;
use super::place::Place;
use super::script::Script;
use super::{Bench, Different, Outcome, expect};
use crate::git;

/// What must be the same, however often a run was killed.
const SAME: [&str; 5] = ["outcome", "outputs", "changed", "diff", "commit"];

impl Bench {
    /// Kills a run that has ended in `result` at every place, and goes on with it.
    pub(super) async fn crashes(
        &self,
        test: &Test,
        place: &Place,
        outside: &Arc<Outside>,
        report: &Report,
        result: &Values,
    ) -> Result<Outcome, String> {
        let home = place.home();
        let dir = home.find(&report.run).map_err(|error| error.to_string())?;
        let path = dir.journal();
        let records = dir.load().map_err(|error| error.to_string())?.records;
        let text = fs::read_to_string(&path).map_err(|error| unwritable(&path, &error))?;
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut different = Vec::new();
        // Behind its last record a run has ended.
        for kept in 1..lines.len() {
            if *self.cancel.borrow() > 0 {
                return Err("it was interrupted".to_owned());
            }
            let before = &records[..kept.min(records.len())];
            fs::write(&path, lines[..kept].concat()).map_err(|error| unwritable(&path, &error))?;
            take_back(report, before, &place.repo())?;
            let script = Arc::new(Script::new(test, &self.engine, outside)?);
            script.skip(before);
            let home = place.home();
            let dir = home.find(&report.run).map_err(|error| error.to_string())?;
            let again = run::resume(self.setup(test, place, &script), dir, None)
                .await
                .map_err(|error| error.to_string())?;
            let again = expect::result(&again, &test.plan, &home)?;
            let differs = SAME
                .iter()
                .filter(|name| again.get(**name) != result.get(**name));
            different.extend(differs.map(|name| Different {
                behind: place_of(before),
                what: (*name).to_owned(),
                was: expect::shown(&result[*name]),
                is: expect::shown(&again[*name]),
            }));
        }
        Ok(match different.is_empty() {
            true => Outcome::Passed {
                kills: lines.len() - 1,
            },
            false => Outcome::Differs(different),
        })
    }
}

/// Takes the run's branch out of the repository if it had not been made then.
fn take_back(report: &Report, before: &[Record], repo: &Path) -> Result<(), String> {
    let committed = |record: &Record| match &record.entry {
        Entry::StepFinished(finished) => finished.commit.is_some(),
        _ => false,
    };
    let Some(branch) = report.branch.as_deref() else {
        return Ok(());
    };
    if before.iter().any(committed) {
        return Ok(());
    }
    let mut command = git::git(repo)?;
    command.args(["update-ref", "-d", &format!("refs/heads/{branch}")]);
    git::output(command).map(|_| ())
}

/// The place of a kill, in words.
fn place_of(before: &[Record]) -> String {
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

fn unwritable(path: &Path, error: &std::io::Error) -> String {
    format!("cannot use its journal `{}`: {error}", path.display())
}
