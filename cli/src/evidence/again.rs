//! The verifiers of a receipt, run again: as a mission of their own, like any other.

mod missions;
mod said;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value as Json, json};
use tau_interpreter::evidence::papers::{Check, Found, Papers, Part};
use tau_interpreter::home::Home;
use tau_interpreter::report::Report;
use tau_lang::policy::PolicyFile;
use tau_stdlib::verifier_digest;

use self::missions::{CHANGE, FROZEN, Steps, WHOLE, Writer};
use self::said::{Frozen, Said, said};
use super::text::{Recorded, as_text, hidden, verifier};
use crate::context::Context;
use crate::exit::Failure;
use crate::libraries;
use crate::mission::{self, Asked, Ground};
use crate::render::sanitize;
use crate::runner;

/// A verifier that is run again.
struct Verifying<'r> {
    /// What the run calls it.
    name: &'r str,
    /// The digest of its verdicts.
    digest: &'r str,
    /// What it is called here.
    id: String,
    said: Said,
    recorded: Recorded<'r>,
    /// Its `verifier` block.
    block: String,
}

/// Runs the verifiers of a receipt on what it is about.
///
/// # Errors
/// The runs could not even begin.
pub(crate) fn again(
    papers: &Papers,
    found: &Found,
    repo: &Path,
    policies: &[PolicyFile],
    context: &mut Context,
) -> Result<Check, Failure> {
    let frozen = Frozen::of(papers, found);
    let all = said(papers, found, frozen.as_ref());
    // What was frozen is written before the change is: without one of both there is nothing to tell apart.
    let any = |is: fn(&Said) -> bool| all.values().any(is);
    let is_between = found.made.is_some()
        && any(|it| it.made.is_some())
        && any(|it| it.base.or(it.frozen).is_some());
    let frozen = frozen.filter(|_| is_between);
    if all.is_empty() {
        let why = "no verdict of the run is about its base or its commit";
        return Ok(Check::unchecked(Part::Verifier, why));
    }
    let predicate = &papers.run.predicate;
    let mut verifiers = Vec::new();
    for ((name, digest), said) in &all {
        let Some((key, value)) = held(papers, name, digest) else {
            let why = format!("the receipt does not hold verifier `{name}`");
            return Ok(Check::unchecked(Part::Verifier, why));
        };
        // Several of one name have numbers.
        let known = verifiers
            .iter()
            .filter(|it: &&Verifying<'_>| it.name == *name);
        let id = match known.count() {
            0 => name.clone(),
            others => format!("{name}_{}", others + 1),
        };
        let block = match verifier(&id, value) {
            Ok(block) => block,
            Err(why) => {
                let why = format!("verifier `{name}` cannot be run again: {why}");
                return Ok(Check::unchecked(Part::Verifier, why));
            }
        };
        verifiers.push(Verifying {
            name,
            digest,
            id,
            said: *said,
            recorded: Recorded {
                value,
                limits: &predicate["limits"][key],
            },
            block,
        });
    }
    let policies: Vec<PolicyFile> = policies.iter().cloned().chain(hidden(predicate)).collect();
    let writer = Writer {
        grants: &predicate["grants"],
        verifiers: &verifiers,
    };
    let mut run = |text: String, rev: &str, inputs: &[(&str, &str)]| {
        let inputs = inputs
            .iter()
            .map(|(name, patch)| ((*name).to_owned(), json!(patch)));
        start(
            text,
            inputs.collect(),
            repo,
            rev.to_owned(),
            &policies,
            context,
        )
    };
    let base = found.base.commit.to_string();
    let steps = Steps::of(&verifiers, frozen.is_some());
    let mut reports = Vec::new();
    match (&found.made, as_text(&found.patch), &frozen) {
        // Without a verdict of the base nothing rests on how the commit came about: it is checked out.
        (Some(_), Some(patch), frozen) if !steps.made.is_empty() && steps.rests_on_base() => {
            reports.push(match frozen {
                None => run(writer.with_change(&steps, patch), &base, &[(CHANGE, patch)])?,
                Some(frozen) => {
                    let text = writer.with_frozen(&steps, patch, frozen);
                    let inputs = [
                        (CHANGE, frozen.rest.as_str()),
                        (FROZEN, frozen.files.as_str()),
                    ];
                    run(text, &base, &inputs)?
                }
            });
        }
        (made, ..) => {
            // What is no text cannot be given to a step: each side is checked out as it is.
            if !steps.base.is_empty() {
                reports.push(run(writer.as_it_is(&steps.base), &base, &[])?);
            }
            if let (Some(made), false) = (made, steps.made.is_empty()) {
                let made = made.commit.to_string();
                reports.push(run(writer.as_it_is(&steps.made), &made, &[])?);
            }
        }
    }
    Ok(judge(&reports, papers, found, frozen.as_ref(), &verifiers))
}

/// The recorded verifier that has given the verdicts with this digest. Another version of tau may
/// make another digest of the same verifier: then there must be only one of the name.
fn held<'p>(papers: &'p Papers, name: &str, digest: &str) -> Option<(&'p str, &'p Json)> {
    let all = papers.run.predicate["verifiers"].as_object()?;
    let is_named = |key: &str| key.rsplit('/').next() == Some(name);
    let mut named = all.iter().filter(|(key, _)| is_named(key));
    let exact = named
        .clone()
        .find(|(_, value)| verifier_digest(value).as_deref() == Some(digest));
    let found = match exact {
        None if !is_same_tau(papers) => named.next().filter(|_| named.next().is_none()),
        exact => exact,
    };
    found.map(|(key, value)| (key.as_str(), value))
}

fn is_same_tau(papers: &Papers) -> bool {
    papers.text("tau") == env!("CARGO_PKG_VERSION")
}

/// Runs a mission that nobody has written.
fn start(
    text: String,
    inputs: Map<String, Json>,
    repo: &Path,
    rev: String,
    policies: &[PolicyFile],
    context: &mut Context,
) -> Result<Report, Failure> {
    let nothing = BTreeMap::new();
    let asked = Asked {
        file: "verify-receipt.tau",
        text,
        uses: &libraries::Recorded {
            texts: &nothing,
            now: None,
        },
        mission: Some(WHOLE),
    };
    let ground = Ground {
        inputs,
        repo: repo.to_owned(),
        rev: Some(rev),
        base: None,
        policies: policies.to_vec(),
    };
    // It is no file of anybody.
    let loaded = mission::Loaded {
        path: None,
        ..mission::check(asked, context, ground)?
    };
    let root = runner::home()?.root().to_owned();
    let made = std::fs::create_dir_all(&root);
    let made = made.and_then(|()| tempfile::Builder::new().prefix("verify-").tempdir_in(&root));
    let apart = made.map_err(|error| {
        let root = sanitize::path(&root);
        Failure::failed(format!("cannot make a folder in `{root}`: {error}"))
    })?;
    runner::apply_apart(&loaded, Home::new(apart.path()), context)
}

/// Compares what the runs showed with what is said.
fn judge(
    reports: &[Report],
    papers: &Papers,
    found: &Found,
    frozen: Option<&Frozen>,
    verifiers: &[Verifying<'_>],
) -> Check {
    let wrong = |why: String| Check::wrong(Part::Verifier, why);
    for report in reports {
        let reason = report
            .reason
            .as_deref()
            .unwrap_or_default()
            .trim_end_matches('.');
        match report.outcome.as_str() {
            "succeeded" => {}
            "failed" => return wrong(format!("run again, it does not hold: {reason}")),
            _ => {
                let why = format!("it could not be run again: {reason}");
                return Check::unchecked(Part::Verifier, why);
            }
        }
    }
    let step = |name: &str| {
        let mut steps = reports.iter().flat_map(|report| &report.steps);
        steps
            .find(|step| step.name.rsplit('/').next() == Some(name))
            .map(|step| &step.result)
    };
    if frozen.is_some_and(|it| step("frozen").is_none_or(|now| now["tree"] != it.tree)) {
        return wrong("the files that were frozen are not those of the commit".to_owned());
    }
    let mut told = Vec::new();
    for it in verifiers {
        let Verifying { name, id, said, .. } = it;
        let mut one = Vec::new();
        for (side, passed, place) in [
            ("base", said.base, "the base"),
            (
                "frozen",
                said.frozen.filter(|_| frozen.is_some()),
                "the base with what was frozen",
            ),
            ("made", said.made, "the commit"),
        ] {
            let Some(passed) = passed else { continue };
            let Some(now) = step(&format!("{side}_{id}")) else {
                return wrong(format!("verifier `{name}` gave no verdict of {place}"));
            };
            if now["passed"] != passed {
                let why = now["why"].as_str().unwrap_or_default();
                return wrong(format!("verifier `{name}` now says of {place}: {why}"));
            }
            let word = if passed { "passes" } else { "fails" };
            one.push(format!("{word} on {place}"));
        }
        if said.made.is_some() {
            let now = step(&format!("made_{id}")).unwrap_or(&Json::Null);
            if found
                .made
                .is_none_or(|it| now["tree"] != it.tree.to_string())
            {
                return wrong(format!(
                    "the files that verifier `{name}` judged are not those of the commit"
                ));
            }
            if is_same_tau(papers) && now["digest"] != it.digest {
                return wrong(format!(
                    "verifier `{name}` of the receipt is not the one that gave its verdicts"
                ));
            }
        }
        if step(&format!("proof_{id}")).is_some() {
            one.push("fails with the change taken back".to_owned());
        }
        told.push(format!("`{name}` {}", one.join(", ")));
    }
    Check::holds(Part::Verifier, format!("run again, {}", told.join("; ")))
}
