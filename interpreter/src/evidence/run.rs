//! What a run was and did, for its receipt: its records, and what can be known of its plan.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value as Json, json};
use tau_lang::expr::Engine;
use tau_lang::plan::needs::grantings;
use tau_lang::plan::{Plan, document};
use tau_lang::policy::Policies;
use tau_lang::source::SourceMap;

use super::statement::canonical;
use super::verifiers::{Verifiers, hidden};
use crate::action::FailureKind;
use crate::blobs::sha256;
use crate::home::RunDir;
use crate::journal::{Entry, FileTexts, Record, Started, base_of, inputs_of, policies_of};
use crate::report::Report;
use crate::repository::{Base, Repository, RepositoryError, Store};
use crate::used::Uses;
use crate::{inputs, inspect};

/// The plan of a run, as its last owner checked it.
#[derive(Clone, Copy)]
pub struct Planned<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Evaluates its expressions.
    pub engine: &'a Engine,
    /// The texts it came from.
    pub sources: &'a SourceMap,
    /// The policies that held.
    pub policies: &'a Policies,
}

impl Planned<'_> {
    /// What its lines grant and what its steps need, each once, as grants are written.
    fn authority(&self, inputs: &Map<String, Json>) -> (Vec<String>, BTreeSet<String>) {
        let Planned {
            plan,
            engine,
            sources,
            policies,
        } = *self;
        let known = inputs::without_secrets(plan, inputs, engine);
        let authority = document::document(plan, policies, engine, &known, sources).authority;
        let needed = authority.needed.iter().map(|need| match &need.verb {
            Some(verb) => format!("{} {verb} on {}", need.effect, need.scope),
            None => format!("{} {}", need.effect, need.scope),
        });
        let granted = authority.granted.iter().map(|it| it.line.clone());
        (granted.collect(), needed.collect())
    }

    /// All that it grants and denies itself, with the inputs' values in it.
    fn grants(&self, inputs: &Map<String, Json>) -> Vec<Json> {
        let known = inputs::without_secrets(self.plan, inputs, self.engine);
        let all = grantings(self.plan, self.engine, &known).into_iter();
        all.map(|it| {
            json!({
                "deny": it.deny, "effect": it.effect.word(), "verb": it.verb, "scope": it.scope,
            })
        })
        .collect()
    }
}

/// All that a receipt tells.
pub(super) struct Facts<'a> {
    pub(super) started: &'a Started,
    pub(super) report: Report,
    /// The commit that it began with.
    pub(super) base: Option<Base>,
    /// The last commit that it made.
    pub(super) made: Option<Base>,
    /// What it changed, as git prints it; empty when it changed nothing.
    pub(super) patch: Vec<u8>,
    /// The SHA-256 of the mission's file.
    pub(super) file: String,
    /// The plan's digest.
    pub(super) plan: String,
    /// When it ended.
    pub(super) ended: &'a str,
    /// The repository's name, from the address of its `origin`, without user and password.
    pub(super) remote: Option<String>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(dir: &RunDir, records: &'a [Record]) -> Result<Facts<'a>, String> {
        let (Some(Entry::Started(started)), Some(last)) =
            (records.first().map(|it| &it.entry), records.last())
        else {
            return Err("it has no beginning".to_owned());
        };
        let report = Report::new(records, false).ok_or("it has no beginning")?;
        let failed = |error: RepositoryError| error.to_string();
        let base = base_of(records);
        let (mut made, mut patch, mut remote) = (None, Vec::new(), None);
        if let Some(base) = base {
            let repository = Repository::discover(Path::new(&started.repo)).map_err(failed)?;
            remote = repository.remote("origin").ok().as_deref().and_then(name);
            match &report.commit {
                Some(commit) => {
                    let commit = repository.base(Some(commit)).map_err(failed)?;
                    let store = Store::create(&dir.git(), &repository).map_err(failed)?;
                    patch = store.diff(&base.tree, &commit.tree).map_err(failed)?;
                    made = Some(commit);
                }
                None => patch = inspect::change(dir, records)?.diff,
            }
        }
        Ok(Facts {
            started,
            base,
            made,
            patch,
            file: sha256(texts_of(started, records).text.as_bytes()),
            plan: plan_digest(started, records),
            ended: &last.at,
            remote,
            report,
        })
    }

    /// What binds every statement to this run, this plan and this repository.
    pub(super) fn bound(&self) -> Json {
        json!({
            "run": self.report.run,
            "plan": { "sha256": self.plan },
            "repository": {
                "gitCommit": self.base.map(|base| base.commit.to_string()),
                "gitTree": self.base.map(|base| base.tree.to_string()),
                "remote": self.remote,
            },
        })
    }

    /// What a run is and did; `statements` are the digests of what else is signed.
    pub(super) fn predicate(
        &self,
        planned: &Planned<'_>,
        records: &[Record],
        head: &str,
        statements: Vec<Json>,
    ) -> Json {
        let Facts {
            report, started, ..
        } = self;
        let texts = texts_of(started, records);
        let inputs = inputs_of(records);
        let used_files = texts.used.iter();
        let files: Map<String, Json> = std::iter::once((&started.file, &texts.text))
            .chain(used_files)
            .map(|(name, text)| (name.clone(), json!({ "sha256": sha256(text.as_bytes()) })))
            .collect();
        let (granted, inferred) = planned.authority(&inputs);
        let (used, denied) = uses(records);
        let verifiers = Verifiers::of(planned, &inputs, &report.steps);
        let policies = policies_of(records).iter();
        let policies = policies.map(
            |it| json!({ "name": it.name, "digest": { "sha256": sha256(it.text.as_bytes()) } }),
        );
        let models: BTreeSet<&str> = records
            .iter()
            .filter_map(|record| match &record.entry {
                Entry::Reserved { model, .. } => Some(model.as_str()),
                _ => None,
            })
            .collect();
        let mut predicate = self.bound();
        let more = json!({
            "tau": started.tau,
            "mission": report.mission,
            "files": files,
            "began": records.first().map(|record| &record.at),
            "ended": self.ended,
            "outcome": report.outcome,
            "blocked": report.blocked.as_ref().map(|it| &it.code),
            "assurance": report.assurance,
            "tier": report.tier,
            "journal": { "records": records.len(), "head": head },
            "granted": granted,
            "grants": planned.grants(&inputs),
            "inferred": inferred,
            "used": used,
            "denied": denied,
            "policies": policies.collect::<Vec<_>>(),
            "verifiers": verifiers.values,
            "limits": verifiers.limits,
            "hidden": hidden(planned.policies),
            "models": models,
            "spent": report.spent,
            "statements": statements,
        });
        if let (Some(all), Json::Object(more)) = (predicate.as_object_mut(), more) {
            all.extend(more);
        }
        predicate
    }
}

/// What the mission file and those that it uses said when it last ran.
fn texts_of(started: &Started, records: &[Record]) -> FileTexts {
    let mut last = records.iter().rev();
    let changed = last.find_map(|record| match &record.entry {
        Entry::Resumed {
            text: Some(text),
            used,
            ..
        } => Some(FileTexts {
            text: text.clone(),
            used: used.clone(),
        }),
        _ => None,
    });
    changed.unwrap_or_else(|| started.texts.clone())
}

/// The SHA-256 of everything that a plan is made from.
fn plan_digest(started: &Started, records: &[Record]) -> String {
    let texts = texts_of(started, records);
    let policies: Vec<&str> = policies_of(records)
        .iter()
        .map(|it| it.text.as_str())
        .collect();
    let parts = json!({
        "mission": started.mission,
        "text": texts.text,
        "used": texts.used,
        "inputs": inputs_of(records),
        "secrets": started.secrets,
        "base": base_of(records).map(|base| base.commit),
        "policies": policies,
    });
    sha256(canonical(&parts).as_bytes())
}

/// What it used of what it was granted, and what it asked for and did not get.
fn uses(records: &[Record]) -> (Uses, Vec<Json>) {
    let (mut used, mut denied) = (Uses::default(), Vec::new());
    for record in records {
        let failure = match &record.entry {
            Entry::StepFinished(finished) => {
                used.extend(&finished.used);
                denied.extend(finished.refused.iter().map(|it| {
                    let scope = format!("{}:{}", it.host, it.port);
                    json!({ "effect": "net", "scope": scope, "limited_by": it.limited_by })
                }));
                finished.failure.as_ref()
            }
            Entry::AttemptFailed {
                failure, used: it, ..
            } => {
                used.extend(it);
                Some(failure)
            }
            Entry::PartDone(part) => {
                used.extend(&part.used);
                denied.extend(part.missing.iter().map(|it| {
                    json!({ "effect": it.effect, "scope": it.scope, "limited_by": it.limited_by })
                }));
                None
            }
            Entry::Ended {
                blocked: Some(blocked),
                ..
            } => {
                denied.extend(blocked.missing.iter().map(|it| {
                    json!({ "effect": it.effect, "scope": it.scope, "limited_by": it.limited_by })
                }));
                None
            }
            _ => None,
        };
        if let Some(FailureKind::Blocked(it)) = failure.map(|it| &it.kind) {
            denied.push(
                json!({ "effect": it.effect, "scope": it.scope, "limited_by": it.limited_by }),
            );
        }
    }
    let mut seen = BTreeSet::new();
    denied.retain(|it| seen.insert(it.to_string()));
    (used, denied)
}

/// What everybody calls the repository at an address: `host/owner/name`. None of a path, which is
/// only this machine's.
fn name(url: &str) -> Option<String> {
    let (host, path) = match url.split_once("://") {
        Some(("file", _)) => return None,
        Some((_, rest)) => rest.split_once('/')?,
        // As ssh has it: `git@host:owner/name`.
        None => url
            .split_once(':')
            .filter(|(host, _)| !host.contains('/'))?,
    };
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    Some(format!("{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_repository_has_the_same_name_however_it_is_reached() {
        for url in [
            "https://host.example/me/it.git",
            "https://user:word@host.example/me/it",
            "ssh://git@host.example/me/it.git/",
            "git@host.example:me/it.git",
        ] {
            assert_eq!(name(url).as_deref(), Some("host.example/me/it"), "{url}");
        }
        for url in ["/srv/it.git", "../it", "file:///srv/it", "./a:b"] {
            assert_eq!(name(url), None, "{url}");
        }
    }
}
