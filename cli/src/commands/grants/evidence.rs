//! What runs used, as their journals tell it.

use tau_interpreter::inputs;
use tau_interpreter::journal::{Entry, inputs_of};
use tau_interpreter::net::Refused;
use tau_interpreter::report::Report;
use tau_interpreter::sandbox::Tier;
use tau_interpreter::used::Uses;
use tau_lang::plan::least::{Run, Used};

use super::super::resume::read_again;
use crate::context::Context;
use crate::exit::Failure;
use crate::mission::Loaded;
use crate::runner::{self, Found};

/// The runs of one mission.
pub(super) struct Evidence {
    /// Its file as it is now.
    pub(super) loaded: Loaded,
    /// The ids of the runs.
    pub(super) names: Vec<String>,
    /// What they used.
    pub(super) runs: Vec<Run>,
    /// What of the network their steps were refused.
    pub(super) refused: Vec<Denied>,
}

/// Something that a step was refused.
pub(super) struct Denied {
    /// The run.
    pub(super) run: String,
    /// Its step.
    pub(super) step: String,
    /// What, and why.
    pub(super) what: Refused,
}

impl Evidence {
    /// Reads the journals of the runs with these names.
    ///
    /// # Errors
    /// Usage: they are not of one mission, its file has errors, or one of them did nothing.
    pub(super) fn of(names: &[String], context: &mut Context) -> Result<Evidence, Failure> {
        let found: Result<Vec<Found>, Failure> = names.iter().map(|it| runner::find(it)).collect();
        let mut found = found?;
        found.sort_by(|a, b| a.dir.id().cmp(b.dir.id()));
        found.dedup_by(|a, b| a.dir.id() == b.dir.id());
        let Some(last) = found.last() else {
            return Err(Failure::usage("say which runs"));
        };
        let loaded = read_again(last, false, context)?;
        let (mut runs, mut refused) = (Vec::new(), Vec::new());
        for one in &found {
            same_mission(one, last)?;
            runs.push(run(one, &loaded, context)?);
            refused.extend(denied(one));
        }
        Ok(Evidence {
            loaded,
            names: found.iter().map(|it| it.dir.id().to_owned()).collect(),
            runs,
            refused,
        })
    }
}

fn same_mission(one: &Found, other: &Found) -> Result<(), Failure> {
    let (a, b) = (one.started()?, other.started()?);
    let file = |path: &Option<String>, file: &str| path.clone().unwrap_or_else(|| file.to_owned());
    let same = a.mission == b.mission && file(&a.path, &a.file) == file(&b.path, &b.file);
    if same {
        return Ok(());
    }
    let told = |found: &Found, mission: &str, file: &str| {
        format!("run {} is of `{mission}` in `{file}`", found.dir.id())
    };
    Err(Failure::usage(format!(
        "the runs are not of one mission: {}, {}",
        told(one, &a.mission, &a.file),
        told(other, &b.mission, &b.file)
    )))
}

/// What the steps of a run were refused, each once.
fn denied(found: &Found) -> Vec<Denied> {
    let mut all: Vec<Denied> = Vec::new();
    for record in &found.records {
        let (step, refused) = match &record.entry {
            Entry::StepFinished(finished) => (&finished.step, &finished.refused),
            Entry::AttemptFailed { step, refused, .. } => (step, refused),
            _ => continue,
        };
        for what in refused {
            if !all.iter().any(|it| it.step == *step && it.what == *what) {
                all.push(Denied {
                    run: found.dir.id().to_owned(),
                    step: step.clone(),
                    what: what.clone(),
                });
            }
        }
    }
    all
}

fn run(found: &Found, loaded: &Loaded, context: &mut Context) -> Result<Run, Failure> {
    let id = found.dir.id();
    let given = inputs_of(&found.records);
    let known = inputs::bind(&loaded.plan, &given, &loaded.engine).map_err(|wrong| {
        let wrong = wrong.join("; ");
        Failure::usage(format!("the inputs of run {id} no longer fit: {wrong}"))
    })?;
    let mut used = Uses::default();
    let mut steps = 0;
    for record in &found.records {
        match &record.entry {
            Entry::StepFinished(finished) => {
                steps += 1;
                used.extend(&finished.used);
            }
            Entry::AttemptFailed { used: more, .. } => used.extend(more),
            Entry::PartDone(part) => used.extend(&part.used),
            _ => {}
        }
    }
    if steps == 0 {
        return Err(Failure::usage(format!(
            "run {id} did nothing, so it does not tell what it needs"
        )));
    }
    let Report { outcome, tier, .. } = found.report()?;
    if !matches!(outcome.as_str(), "succeeded" | "failed") {
        context.warn(&format!(
            "run {id} is {outcome}: it may need more than what it came to"
        ));
    }
    let used = used.iter().map(|it| Used {
        effect: it.effect,
        verb: it.verb.map(str::to_owned),
        scope: it.scope.to_owned(),
        is_listing: it.is_listing,
    });
    Ok(Run {
        known,
        used: used.collect(),
        // Without a box a command has a way to hosts that nobody watches.
        sees_hosts: tier != Some(Tier::None),
    })
}
