//! A test's run, harmed at every place and gone on with: it must end the same, and nothing outside
//! may happen twice.

pub(crate) mod harm;

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use tau_interpreter::clock::Clock;
use tau_interpreter::control;
use tau_interpreter::journal::{Entry, Record, Resolution, State};
use tau_interpreter::outside::unsettled;
use tau_interpreter::person::Person;
use tau_interpreter::report::Report;
use tau_interpreter::run;
use tau_lang::expr::Context as Values;
use tau_lang::library::Repeat;
use tau_lang::plan::test::Test;

use self::harm::{Case, Harm};
use super::outcome::Harmed;
use super::outside::Outside;
use super::place::Place;
use super::script::{Script, Trouble};
use super::{Bench, Different, Outcome, expect};
use crate::git;

/// What must be the same, whatever was done to a run.
const SAME: [&str; 5] = ["outcome", "outputs", "changed", "diff", "commit"];
/// What must be the same when a run has failed on the way: its handlers may have left something.
const SAME_AFTER_A_FAILURE: [&str; 2] = ["outcome", "outputs"];

/// A run that has ended as its test expects.
pub(super) struct Whole<'a> {
    pub(super) test: &'a Test,
    pub(super) place: &'a Place,
    /// What it has done outside.
    pub(super) outside: &'a Outside,
    pub(super) report: &'a Report,
    pub(super) result: &'a Values,
}

/// Its journal.
struct Journal {
    path: PathBuf,
    records: Vec<Record>,
    text: String,
}

impl Bench {
    /// Does to a run everything that can be done to it, and goes on with it each time.
    pub(super) async fn crashes(&self, whole: &Whole<'_>) -> Result<Outcome, String> {
        let home = whole.place.home();
        let dir = home.find(&whole.report.run);
        let dir = dir.map_err(|error| error.to_string())?;
        let path = dir.journal();
        let journal = Journal {
            records: dir.load().map_err(|error| error.to_string())?.records,
            text: fs::read_to_string(&path).map_err(|error| unwritable(&path, &error))?,
            path,
        };
        let all = tau_stdlib::actions().into_iter();
        let all: HashMap<_, _> = all.map(|it| (it.name, it.performer.repeat())).collect();
        let kinds = |action: &str| all.get(action).copied().unwrap_or(Repeat::Unknown);
        let cases = harm::cases(&journal.records, &whole.test.plan, &kinds);
        let mut different = Vec::new();
        let mut harmed = Harmed::default();
        for case in &cases {
            if *self.cancel.borrow() > 0 {
                return Err("it was interrupted".to_owned());
            }
            match case.harm {
                Harm::Killed | Harm::Happened | Harm::Late => harmed.kills += 1,
                Harm::Lost | Harm::Dark => harmed.lost += 1,
            }
            different.extend(self.harmed(whole, &journal, case).await?);
        }
        Ok(match different.is_empty() {
            true => Outcome::Passed(harmed),
            false => Outcome::Differs(different),
        })
    }

    /// What differs when this is done to a run.
    async fn harmed(
        &self,
        whole: &Whole<'_>,
        journal: &Journal,
        case: &Case,
    ) -> Result<Vec<Different>, String> {
        let before = &journal.records[..case.kept];
        let lines = journal.text.split_inclusive('\n').take(case.kept);
        fs::write(&journal.path, lines.collect::<String>())
            .map_err(|error| unwritable(&journal.path, &error))?;
        let in_flight = matches!(case.harm, Harm::Happened | Harm::Late);
        put_branch(whole, before, in_flight)?;
        let outside = Arc::new(whole.outside.as_of(before, in_flight));
        let trouble = match case.harm {
            Harm::Killed | Harm::Happened => None,
            Harm::Late => Some(Trouble::Late),
            Harm::Lost => Some(Trouble::Lost),
            Harm::Dark => Some(Trouble::Dark),
        };
        let trouble = case.step.as_deref().zip(trouble);
        let mut report = self.resumed(whole, before, &outside, None, trouble).await?;
        let mut same = &SAME[..];
        let mut all = Vec::new();
        let mut tell = |what: &str, was: String, is: String| {
            all.push(Different {
                harm: case.harm,
                behind: harm::place(before),
                told: case.told(before),
                what: what.to_owned(),
                was,
                is,
            });
        };
        match (case.harm, case.step.as_deref()) {
            (Harm::Dark, Some(step)) => {
                if report.outcome != "uncertain" {
                    tell("outcome", "uncertain".to_owned(), report.outcome);
                    return Ok(all);
                }
                self.settled(whole, step)?;
                let records = self.records(whole)?;
                report = self.resumed(whole, &records, &outside, None, None).await?;
            }
            (Harm::Lost, Some(step)) => match state(&report, step) {
                // Its mission goes on without it, as it says, and may end in another way.
                Some(State::Failed) if report.outcome == whole.report.outcome => same = &[],
                Some(State::Failed) => {
                    let records = self.records(whole)?;
                    let lost = Some(step);
                    report = self.resumed(whole, &records, &outside, lost, None).await?;
                    same = &SAME_AFTER_A_FAILURE;
                }
                _ => {}
            },
            _ => {}
        }
        let result = expect::result(&report, &whole.test.plan, &whole.place.home())?;
        for name in same {
            let (was, is) = (&whole.result[*name], &result[*name]);
            if was != is {
                tell(name, expect::shown(was), expect::shown(is));
            }
        }
        // Of what was not seen yet the outside is told twice, under one mark.
        let most = if case.harm == Harm::Late { 2 } else { 1 };
        if !same.is_empty()
            && let Some((was, is)) = outside.differs_from(whole.outside, most)
        {
            tell("outside", was, is);
        }
        Ok(all)
    }

    /// Goes on with a run.
    async fn resumed(
        &self,
        whole: &Whole<'_>,
        before: &[Record],
        outside: &Arc<Outside>,
        lost: Option<&str>,
        trouble: Option<(&str, Trouble)>,
    ) -> Result<Report, String> {
        let script = Arc::new(Script::new(whole.test, &self.engine, outside)?);
        script.skip(before, lost);
        if let Some((step, trouble)) = trouble {
            script.troubles(step, trouble);
        }
        let home = whole.place.home();
        let dir = home.find(&whole.report.run);
        let dir = dir.map_err(|error| error.to_string())?;
        let setup = self.setup(whole.test, whole.place, &script);
        let resumed = run::resume(setup, dir, None).await;
        resumed.map_err(|error| error.to_string())
    }

    /// A person says that a step has happened.
    fn settled(&self, whole: &Whole<'_>, step: &str) -> Result<(), String> {
        let records = self.records(whole)?;
        let open = unsettled(&records).into_iter().find(|it| it.step == step);
        let open = open.ok_or_else(|| format!("step `{step}` has nothing to settle"))?;
        let resolution = Resolution {
            happened: true,
            result: open.result.clone(),
            why: None,
            by: Person::here(),
            at: Clock::system().now().to_string(),
        };
        let home = whole.place.home();
        let dir = home.find(&whole.report.run);
        control::resolve(&dir.map_err(|error| error.to_string())?, &open, resolution)
    }

    fn records(&self, whole: &Whole<'_>) -> Result<Vec<Record>, String> {
        let home = whole.place.home();
        let dir = home.find(&whole.report.run);
        let dir = dir.map_err(|error| error.to_string())?;
        Ok(dir.load().map_err(|error| error.to_string())?.records)
    }
}

fn state(report: &Report, step: &str) -> Option<State> {
    let step = report.steps.iter().find(|it| it.name == step)?;
    Some(step.state)
}

/// Puts the run's branch where it was then: at the last commit that was made, or at the one that
/// was about to be made if it has been.
fn put_branch(whole: &Whole<'_>, before: &[Record], in_flight: bool) -> Result<(), String> {
    let Some(branch) = whole.report.branch.as_deref() else {
        return Ok(());
    };
    let mut at = None;
    for record in before {
        match &record.entry {
            Entry::StepFinished(finished) => at = finished.commit.or(at),
            Entry::Intent { commit, .. } if in_flight => at = commit.or(at),
            _ => {}
        }
    }
    let refname = format!("refs/heads/{branch}");
    let mut command = git::git(&whole.place.repo())?;
    match at {
        Some(commit) => command.args(["update-ref", &refname, &commit.to_string()]),
        None => command.args(["update-ref", "-d", &refname]),
    };
    git::output(command).map(|_| ())
}

fn unwritable(path: &std::path::Path, error: &std::io::Error) -> String {
    format!("cannot use its journal `{}`: {error}", path.display())
}
