//! The verifiers of a receipt, run again: as a mission of their own, like any other.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value as Json, json};
use tau_interpreter::evidence::papers::{Check, Found, Papers, Part};
use tau_interpreter::home::Home;
use tau_interpreter::report::Report;
use tau_lang::policy::PolicyFile;
use tau_stdlib::verifier_digest;

use super::text::{Recorded, as_text, authority, hidden, verifier};
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

/// What a verifier is said to have shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Said {
    /// On the base: whether it passed.
    base: Option<bool>,
    /// On the commit: whether it passed.
    made: Option<bool>,
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
    let all = said(papers, found);
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
    let mut run = |body: &str, rev: String, inputs: Map<String, Json>| {
        let recorded: Vec<Recorded<'_>> = verifiers.iter().map(|it| it.recorded).collect();
        let blocks: Vec<&str> = verifiers.iter().map(|it| it.block.as_str()).collect();
        let (input, change) = match inputs.is_empty() {
            true => ("", None),
            false => ("  input patch : file\n", as_text(&found.patch)),
        };
        let text = format!(
            "use std.{{fs, verify}}\n\n## Run the verifiers of a receipt again.\nmission verify_receipt {{\n{input}{}{}{body}}}\n",
            authority(&predicate["grants"], &recorded, change),
            blocks.concat(),
        );
        start(text, inputs, repo, rev, &policies, context)
    };
    let base = found.base.commit.to_string();
    let (mut red, mut green, mut proof) = (String::new(), String::new(), String::new());
    for Verifying { id: name, said, .. } in &verifiers {
        if said.base == Some(false) {
            let _ = writeln!(red, "  step red_{name} = verify.red({name})");
        }
        if said.made.is_some() {
            let _ = writeln!(green, "  step green_{name} = verify.check({name})");
        }
        if *said
            == (Said {
                base: Some(false),
                made: Some(true),
            })
        {
            let _ = writeln!(
                proof,
                "  step proof_{name} = verify.prove({name}, red: red_{name}, green: green_{name})"
            );
        }
    }
    let mut reports = Vec::new();
    match (&found.made, as_text(&found.patch)) {
        // Without a failure on the base nothing rests on how the commit came about: it is checked out.
        (Some(_), Some(patch)) if !green.is_empty() && !red.is_empty() => {
            let body = format!("{red}  step change = fs.patch(patch)\n{green}{proof}");
            let inputs = Map::from_iter([("patch".to_owned(), json!(patch))]);
            reports.push(run(&body, base, inputs)?);
        }
        (made, _) => {
            // What is no text cannot be given to a step: each side is checked out as it is.
            if !red.is_empty() {
                reports.push(run(&red, base, Map::new())?);
            }
            if let (Some(made), false) = (made, green.is_empty()) {
                reports.push(run(&green, made.commit.to_string(), Map::new())?);
            }
        }
    }
    Ok(judge(&reports, papers, found, &verifiers))
}

/// What each verifier, by name and digest, is said to have shown of the base and of the commit.
fn said(papers: &Papers, found: &Found) -> BTreeMap<(String, String), Said> {
    let (base, made) = (found.base.tree, found.made.map(|it| it.tree));
    let mut all: BTreeMap<(String, String), Said> = BTreeMap::new();
    for test in &papers.tests {
        let configuration = &test.predicate["configuration"][0];
        let name = configuration["name"].as_str();
        let digest = configuration["digest"]["sha256"].as_str();
        let tree = test
            .subject
            .first()
            .and_then(|it| it["digest"]["gitTree"].as_str());
        let (Some(name), Some(digest), Some(tree)) = (name, digest, tree) else {
            continue;
        };
        let passed = test.predicate["result"] == "PASSED";
        let key = (name.to_owned(), digest.to_owned());
        if tree == base.to_string() {
            all.entry(key).or_default().base = Some(passed);
        } else if made.is_some_and(|made| tree == made.to_string()) {
            all.entry(key).or_default().made = Some(passed);
        }
    }
    all
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
        mission: None,
    };
    let ground = Ground {
        inputs,
        repo: repo.to_owned(),
        rev: Some(rev),
        base: None,
        policies: policies.to_vec(),
    };
    let loaded = mission::check(asked, context, ground)?;
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
fn judge(reports: &[Report], papers: &Papers, found: &Found, verifiers: &[Verifying<'_>]) -> Check {
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
            .find(|step| step.name == name)
            .map(|step| &step.result)
    };
    let mut told = Vec::new();
    for it in verifiers {
        let Verifying { name, id, said, .. } = it;
        if let Some(made) = said.made {
            let Some(green) = step(&format!("green_{id}")) else {
                return wrong(format!("verifier `{name}` gave no verdict"));
            };
            if green["passed"] != made {
                let why = green["why"].as_str().unwrap_or_default();
                return wrong(format!("verifier `{name}` now says of the commit: {why}"));
            }
            if found
                .made
                .is_none_or(|it| green["tree"] != it.tree.to_string())
            {
                return wrong(format!(
                    "the files that verifier `{name}` judged are not those of the commit"
                ));
            }
            if is_same_tau(papers) && green["digest"] != it.digest {
                return wrong(format!(
                    "verifier `{name}` of the receipt is not the one that gave its verdicts"
                ));
            }
        }
        let word = |passed| if passed { "passes" } else { "fails" };
        let mut one = Vec::new();
        one.extend(said.base.map(|it| format!("{} on the base", word(it))));
        one.extend(said.made.map(|it| format!("{} on the commit", word(it))));
        if step(&format!("proof_{id}")).is_some() {
            one.push("fails with the change taken back".to_owned());
        }
        told.push(format!("`{name}` {}", one.join(", ")));
    }
    Check::holds(Part::Verifier, format!("run again, {}", told.join("; ")))
}
