//! What verifiers say to a tree: each time a mission of its own, in clean checkouts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Map, Value as Json, json};
use tau_interpreter::home::{Home, RunDir};
use tau_interpreter::report::Report;
use tau_lang::plan::needs::{grantings, verifier_value};
use tau_lang::policy::{PolicyFile, PolicyOf};

use super::recorded::Run;
use crate::context::Context;
use crate::evidence::text::{Recorded, authority, hidden, quoted, verifier};
use crate::exit::{Exit, Failure};
use crate::libraries;
use crate::mission::{self, Asked, Ground, Loaded};
use crate::runner;

/// Verifiers, with the values that they have, and where they are asked.
pub(crate) struct Gate {
    /// Where its runs are.
    home: Home,
    /// Their names.
    pub(crate) names: Vec<String>,
    /// `authority` and `verifier` blocks.
    head: String,
    /// A folder in the repository.
    repo: PathBuf,
    /// The revision that they are asked about, if one was asked for.
    rev: Option<String>,
    /// The policies of the command line.
    policies: Vec<PolicyFile>,
}

/// What they said to a tree.
pub(crate) struct Said {
    /// The verdict of each verifier, by its name.
    pub(crate) verdicts: BTreeMap<String, Json>,
    /// The run in which they said it.
    pub(crate) run: RunDir,
}

impl Said {
    /// Those that refused it.
    pub(crate) fn refused_by(&self) -> Vec<&str> {
        let refused = self.verdicts.iter().filter(|(_, it)| it["passed"] != true);
        refused.map(|(name, _)| name.as_str()).collect()
    }
}

/// One edit of the mission's tree.
pub(crate) enum Edit<'e> {
    /// A file has this text.
    Write(&'e str, &'e str),
    /// A file is gone.
    Remove(&'e str),
}

impl Gate {
    /// The verifiers of a mission, to be asked about a change.
    ///
    /// # Errors
    /// Usage: it has none, or not all of one is known before it runs.
    pub(crate) fn of_mission(loaded: &Loaded, change: &str, home: Home) -> Result<Gate, Failure> {
        let (plan, engine) = (&loaded.plan, &loaded.engine);
        let known = loaded.known();
        let mut values = Vec::new();
        for it in &plan.verifiers {
            let value = verifier_value(it, engine, &known).ok_or_else(|| {
                let message = format!("not all of verifier `{}` is known", it.name);
                Failure::usage(message).help("give the inputs that it uses with `--set`")
            })?;
            values.push((it.name.clone(), value));
        }
        if values.is_empty() {
            let message = format!("mission `{}` has no verifier of its own", plan.mission);
            return Err(Failure::usage(message).help("prove a run of it: `tau prove RUN`"));
        }
        let grants = grantings(plan, engine, &known)
            .into_iter()
            .map(|it| json!({ "deny": it.deny, "effect": it.effect.word(), "scope": it.scope }));
        let all = values.iter().map(|(name, value)| {
            let limits = &Json::Null;
            (name.clone(), Recorded { value, limits })
        });
        let files = loaded.policies.files().iter();
        let asked_for = files.filter(|it| it.of == PolicyOf::Command);
        Ok(Gate {
            repo: loaded.repo.clone(),
            rev: loaded.rev.clone(),
            policies: asked_for.cloned().collect(),
            ..Gate::new(all.collect(), &Json::from_iter(grants), change, home)?
        })
    }

    /// The verifiers of a run, to be asked about a change of what it began with.
    ///
    /// # Errors
    /// Usage: it has none, or one that this tau does not know.
    pub(crate) fn of_run(run: &Run, change: &str, home: Home) -> Result<Gate, Failure> {
        let predicate = &run.predicate;
        let mut all: Vec<(String, Recorded<'_>)> = Vec::new();
        for (key, value) in predicate["verifiers"].as_object().into_iter().flatten() {
            let name = key.rsplit('/').next().unwrap_or(key);
            // Several of one name have numbers.
            let names = (1..).map(|number| match number {
                1 => name.to_owned(),
                number => format!("{name}_{number}"),
            });
            let mut free = names.filter(|name| all.iter().all(|it| it.0 != *name));
            let limits = &predicate["limits"][key.as_str()];
            all.extend(free.next().map(|name| (name, Recorded { value, limits })));
        }
        if all.is_empty() {
            return Err(Failure::usage(format!("run {} has no verifier", run.id)));
        }
        let policies = run.policies.iter().cloned().chain(hidden(predicate));
        Ok(Gate {
            repo: run.repo.clone(),
            rev: Some(run.base.clone()),
            policies: policies.collect(),
            ..Gate::new(all, &predicate["grants"], change, home)?
        })
    }

    fn new(
        all: Vec<(String, Recorded<'_>)>,
        grants: &Json,
        change: &str,
        home: Home,
    ) -> Result<Gate, Failure> {
        let recorded: Vec<Recorded<'_>> = all.iter().map(|it| it.1).collect();
        let mut head = authority(grants, &recorded, Some(change));
        for (name, it) in &all {
            let block = verifier(name, it.value);
            head.push_str(
                &block.map_err(|why| Failure::usage(format!("verifier `{name}`: {why}")))?,
            );
        }
        Ok(Gate {
            home,
            names: all.into_iter().map(|it| it.0).collect(),
            head,
            repo: PathBuf::from("."),
            rev: None,
            policies: Vec::new(),
        })
    }

    /// What they say to the base with a change and further edits.
    ///
    /// # Errors
    /// It could not be run: why.
    pub(crate) fn ask(
        &self,
        patch: Option<&str>,
        edits: &[Edit<'_>],
        context: &mut Context,
    ) -> Result<Said, Failure> {
        let (mut declared, mut body, mut inputs) = (String::new(), String::new(), Map::new());
        if let Some(patch) = patch {
            declared.push_str("  input change : file\n");
            body.push_str("  step patched = fs.patch(change)\n");
            inputs.insert("change".to_owned(), patch.into());
        }
        for (at, edit) in edits.iter().enumerate() {
            let _ = match edit {
                Edit::Write(path, text) => {
                    let _ = writeln!(declared, "  input text_{at} : file");
                    inputs.insert(format!("text_{at}"), (*text).into());
                    let path = quoted(path);
                    writeln!(
                        body,
                        "  step edit_{at} = fs.write(path: {path}, text: text_{at})"
                    )
                }
                Edit::Remove(path) => {
                    writeln!(body, "  step edit_{at} = fs.remove({})", quoted(path))
                }
            };
        }
        for name in &self.names {
            let _ = writeln!(body, "  step says_{name} = verify.check({name})");
        }
        let head = &self.head;
        let text =
            format!("use std.{{fs, verify}}\n\nmission prove_gate {{\n{declared}{head}{body}}}\n");
        let report = self.run(text, inputs, context)?;
        if report.outcome != "succeeded" {
            let reason = report.reason.unwrap_or_default();
            let exit = if report.outcome == "failed" {
                Exit::Failed
            } else {
                Exit::Blocked
            };
            return Err(Failure::new(
                exit,
                format!("a verifier could not be asked: {reason}"),
            ));
        }
        let verdict = |name: &String| {
            let mut steps = report.steps.iter();
            let step = steps.find(|step| step.name == format!("says_{name}"))?;
            Some((name.clone(), step.result.clone()))
        };
        let run = self.home.run(&report.run);
        Ok(Said {
            verdicts: self.names.iter().filter_map(verdict).collect(),
            run: run.ok_or_else(|| Failure::failed("the run is gone"))?,
        })
    }

    fn run(
        &self,
        text: String,
        inputs: Map<String, Json>,
        context: &mut Context,
    ) -> Result<Report, Failure> {
        let nothing = BTreeMap::new();
        let asked = Asked {
            file: "prove-gate.tau",
            text,
            uses: &libraries::Recorded {
                texts: &nothing,
                now: None,
            },
            mission: None,
        };
        let ground = Ground {
            inputs,
            repo: self.repo.clone(),
            rev: self.rev.clone(),
            base: None,
            policies: self.policies.clone(),
        };
        let loaded = mission::check(asked, context, ground)?;
        context.hushed(|context| runner::apply_apart(&loaded, self.home.clone(), context))
    }
}
