//! Whether what a receipt is about is there, and agrees.

use std::path::Path;

use serde_json::Value as Json;
use tau_lang::authority::{Pattern, Rule, Rules};
use tau_lang::policy::Policies;
use tau_lang::source::Span;
use tau_lang::syntax::tree::Effect;

use super::{Check, Papers, Part};
use crate::blobs::sha256;
use crate::home::RunDir;
use crate::journal;
use crate::repository::{Base, Repository, RepositoryError, Store};
use crate::used::Uses;

/// How many commits a run may have made.
const COMMITS: usize = 1000;

/// What a receipt is about, in a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What the run began with.
    pub base: Base,
    /// What it made, if it made a commit.
    pub made: Option<Base>,
    /// What that changes.
    pub patch: Vec<u8>,
}

/// Looks for what a receipt is about; `scratch` is an empty folder for objects.
#[must_use]
pub fn find(
    papers: &Papers,
    repository: &Repository,
    scratch: &Path,
) -> (Option<Found>, Vec<Check>) {
    let mut checks = Vec::new();
    let found = look(papers, repository, scratch, &mut checks);
    match found {
        Ok(found) => (found, checks),
        Err(wrong) => {
            checks.push(wrong);
            (None, checks)
        }
    }
}

fn look(
    papers: &Papers,
    repository: &Repository,
    scratch: &Path,
    checks: &mut Vec<Check>,
) -> Result<Option<Found>, Check> {
    let stated = &papers.run.predicate["repository"];
    let Some(base) = stated["gitCommit"].as_str() else {
        checks.push(Check::unchecked(
            Part::Repository,
            "the run found no commit to begin with",
        ));
        return Ok(None);
    };
    let short = base.get(..10).unwrap_or(base);
    let base = here(repository, base).ok_or_else(|| {
        let why = format!("the commit `{short}` that the run began with is not here");
        Check::wrong(Part::Repository, why)
    })?;
    if stated["gitTree"] != base.tree.to_string() {
        let why = format!("the commit `{short}` that the run began with has another tree");
        return Err(Check::wrong(Part::Repository, why));
    }
    let of = stated["remote"].as_str();
    let of = of.map_or(String::new(), |name| format!(" in a clone of `{name}`"));
    checks.push(Check::holds(
        Part::Repository,
        format!("`{short}`, with which the run began{of}, is here"),
    ));
    let wrong = |why: String| Check::wrong(Part::Subject, why);
    let made = match papers.subject("commit") {
        Some(digest) => Some(commit(digest, base, repository).map_err(wrong)?),
        None => None,
    };
    let mut patch = Vec::new();
    if let Some(made) = made {
        let failed = |error: RepositoryError| wrong(error.to_string());
        let store = Store::create(scratch, repository).map_err(failed)?;
        patch = store.diff(&base.tree, &made.tree).map_err(failed)?;
        let stated = papers.subject("patch").map(|it| &it["sha256"]);
        let is_stated = match stated {
            Some(stated) => *stated == sha256(&patch),
            None => patch.is_empty(),
        };
        if !is_stated {
            return Err(wrong(
                "the commit changes something else than the patch".to_owned(),
            ));
        }
    }
    for (at, test) in papers.tests.iter().enumerate() {
        tested(&test.subject, base, made)
            .map_err(|why| wrong(format!("statement {}: {why}", at + 1)))?;
    }
    let file = papers.subject("mission").map(|it| &it["sha256"]);
    let files = papers.run.predicate["files"].as_object();
    let mut files = files.into_iter().flatten();
    if file.is_none() || !files.any(|(_, it)| Some(&it["sha256"]) == file) {
        return Err(wrong(
            "the mission's file is none of the files of the run".to_owned(),
        ));
    }
    checks.push(Check::holds(
        Part::Subject,
        match made {
            Some(made) => {
                let id = made.commit.to_string();
                format!(
                    "the commit `{}` is here, and its tree and patch are those that were signed",
                    &id[..10]
                )
            }
            None => "the run made no commit".to_owned(),
        },
    ));
    Ok(Some(Found { base, made, patch }))
}

/// The commit of this id. Nothing else that git would take for one counts.
fn here(repository: &Repository, id: &str) -> Option<Base> {
    let found = repository.base(Some(id)).ok()?;
    (found.commit.to_string() == id).then_some(found)
}

fn commit(digest: &Json, base: Base, repository: &Repository) -> Result<Base, String> {
    let id = digest["gitCommit"].as_str().unwrap_or_default();
    let short = id.get(..10).unwrap_or(id);
    let made = here(repository, id).ok_or_else(|| format!("the commit `{short}` is not here"))?;
    if digest["gitTree"] != made.tree.to_string() {
        return Err(format!("the commit `{short}` has another tree"));
    }
    let leads = repository.log(&made.commit, COMMITS);
    let leads = leads.map_err(|error| error.to_string())?;
    if !leads.iter().any(|it| it.commit == base.commit) {
        return Err(format!(
            "the commit `{short}` does not follow the one that the run began with"
        ));
    }
    Ok(made)
}

/// Whether what was tested is the base or the commit, or is not said to be either.
fn tested(subject: &[Json], base: Base, made: Option<Base>) -> Result<(), String> {
    let [subject] = subject else {
        return Err("it is not about one tree".to_owned());
    };
    let digest = &subject["digest"];
    let Some(commit) = digest["gitCommit"].as_str() else {
        return Ok(());
    };
    let mut known = [Some(base), made].into_iter().flatten();
    match known.find(|it| it.commit.to_string() == commit) {
        Some(it) if digest["gitTree"] == it.tree.to_string() => Ok(()),
        Some(_) => Err("the commit that was tested has another tree".to_owned()),
        None => Err("a commit was tested that the run neither began with nor made".to_owned()),
    }
}

/// Whether what the run used was granted, and whether the policies that hold here allow it.
#[must_use]
pub fn authority(papers: &Papers, policies: &Policies) -> Vec<Check> {
    let predicate = &papers.run.predicate;
    let used: Result<Uses, _> = serde_json::from_value(predicate["used"].clone());
    let Ok(used) = used else {
        let why = "what the run used cannot be read";
        return vec![Check::wrong(Part::Authority, why)];
    };
    let grants = predicate["grants"].as_array();
    let grants = Rules::new(grants.into_iter().flatten().filter_map(rule).collect());
    let beyond = used
        .iter()
        .find(|it| !it.is_listing && !grants.covers(it.effect, it.verb, it.scope));
    let granted = match beyond {
        Some(it) => {
            let verb = it
                .verb
                .map(|verb| format!(" {verb} on"))
                .unwrap_or_default();
            let what = format!("`{}{verb} {}`", it.effect, it.scope);
            Check::wrong(Part::Authority, format!("{what} was used and not granted"))
        }
        None => Check::holds(Part::Authority, "what was used was granted"),
    };
    let allowed = match used.refused(policies.rules()) {
        Some(why) => Check::wrong(Part::Policy, why),
        None if policies.is_empty() => Check::unchecked(Part::Policy, "there is none here"),
        None => Check::holds(Part::Policy, "it allows what was used"),
    };
    vec![granted, allowed]
}

/// A grant or denial as a receipt holds it.
pub(in crate::evidence) fn rule(json: &Json) -> Option<Rule> {
    let effect = Effect::parse(json["effect"].as_str()?)?;
    Some(Rule {
        deny: json["deny"] == true,
        effect,
        verb: json["verb"].as_str().map(str::to_owned),
        pattern: Pattern::new(effect, json["scope"].as_str()?).ok()?,
        says: String::new(),
        is_else: false,
        limits: Default::default(),
        at: Span::default(),
        place: None,
    })
}

/// Whether a run's journal still is the one whose head was signed.
#[must_use]
pub fn journal(papers: &Papers, run: Option<&RunDir>) -> Check {
    let Some(run) = run else {
        return Check::unchecked(Part::Journal, "it is not on this machine");
    };
    let wrong = |why: String| Check::wrong(Part::Journal, why);
    let stated = &papers.run.predicate["journal"];
    let (Some(records), Some(head)) = (stated["records"].as_u64(), stated["head"].as_str()) else {
        return wrong("the receipt does not say what its head is".to_owned());
    };
    let bytes = match std::fs::read(run.journal()) {
        Ok(bytes) => bytes,
        Err(error) => return wrong(format!("it cannot be read: {error}")),
    };
    match journal::head_at(&bytes, records) {
        Err(damage) => wrong(damage.to_string()),
        Ok(Some(found)) if found == head => Check::holds(
            Part::Journal,
            format!("{records} records, with the head that was signed"),
        ),
        Ok(Some(_)) => wrong(format!(
            "after {records} records it has another head than was signed"
        )),
        Ok(None) => wrong(format!(
            "it has fewer than the {records} records that were signed"
        )),
    }
}
