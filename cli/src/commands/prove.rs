//! `tau prove FILE`

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tau_interpreter::home::Home;
use tau_interpreter::inspect::{self, Changed};
use tau_lang::types::{Plain, Type};

use crate::args::{Mission, Prove};
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::mission::{self, Loaded};
use crate::prove::gate::{Edit, Gate, Said};
use crate::prove::mutations;
use crate::prove::recorded::Run;
use crate::render::sanitize::{self, one_line};
use crate::render::style::{ERROR, FAINT, GOOD, STRONG, WARNING, paint};
use crate::runner;

/// A tree that was shown to the verifiers, and what they said.
struct Tried {
    /// `empty`, `taken_back`, `mutation`.
    kind: &'static str,
    /// What it is, in words.
    what: String,
    refused_by: Vec<String>,
    verdicts: Json,
}

/// Shows that a mission's verifiers can fail.
pub(crate) fn run(args: &Prove, context: &mut Context) -> Outcome {
    let root = runner::home()?.root().to_owned();
    let made = std::fs::create_dir_all(&root);
    let made = made.and_then(|()| tempfile::Builder::new().prefix("prove-").tempdir_in(&root));
    let apart = made.map_err(|error| {
        let root = sanitize::path(&root);
        Failure::failed(format!("cannot make a folder in `{root}`: {error}"))
    })?;
    let home = Home::new(apart.path());
    let (mission, change, gate) = match Run::of(args)? {
        Some(run) => {
            let change = match given(args)? {
                Some(change) => change,
                None => run.change()?,
            };
            let gate = Gate::of_run(&run, &change, home)?;
            (run.mission, change, gate)
        }
        None => {
            let asked = Mission {
                file: args.what.clone(),
                given: args.given.clone(),
            };
            let loaded = mission::load(&asked, context)?;
            let change = match given(args)? {
                Some(change) => change,
                None => input(&loaded)?,
            };
            let gate = Gate::of_mission(&loaded, &change, home)?;
            (loaded.plan.mission.clone(), change, gate)
        }
    };

    let whole = gate.ask(Some(&change), &[], context)?;
    if let Some(name) = whole.refused_by().first() {
        let why = whole.verdicts[*name]["why"].as_str().unwrap_or_default();
        let message = format!("the change itself is refused by verifier `{name}`: {why}");
        return Err(Failure::failed(message).help("give a change that the verifiers accept"));
    }
    let records = whole
        .run
        .load()
        .map_err(|error| Failure::failed(error.to_string()))?;
    let files = inspect::files(&whole.run, &records.records).map_err(Failure::failed)?;
    let mut all = Vec::new();
    tried(
        &mut all,
        "empty",
        "no change at all",
        &gate.ask(None, &[], context)?,
        context,
    );
    if files.len() > 1 {
        for file in &files {
            if let Some(edit) = taken_back(file) {
                let what = format!("{} taken back", file.path);
                tried(
                    &mut all,
                    "taken_back",
                    &what,
                    &gate.ask(Some(&change), &[edit], context)?,
                    context,
                );
            }
        }
    }
    let texts: Vec<(&str, &str, &str)> = files
        .iter()
        .filter_map(|file| {
            let old = file.old.as_deref().unwrap_or_default();
            let new = std::str::from_utf8(file.new.as_deref()?).ok()?;
            Some((file.path.as_str(), std::str::from_utf8(old).ok()?, new))
        })
        .collect();
    for mutation in mutations(&texts, args.budget) {
        let edit = Edit::Write(&mutation.path, &mutation.text);
        let what = format!("{}:{} {}", mutation.path, mutation.line, mutation.what);
        tried(
            &mut all,
            "mutation",
            &what,
            &gate.ask(Some(&change), &[edit], context)?,
            context,
        );
    }
    Ok(tell(&mission, &gate.names, &all, context))
}

/// The change that `--change` names.
fn given(args: &Prove) -> Result<Option<String>, Failure> {
    let path = args.change.as_ref();
    let read = path.map(|path| mission::read_value("the change", &path.to_string_lossy()));
    read.transpose()
}

/// The change that is the one file among the inputs.
fn input(loaded: &Loaded) -> Result<String, Failure> {
    let given = loaded.plan.inputs.iter().filter(|input| {
        matches!(input.ty.bare(), Type::Plain(Plain::File))
            && loaded.inputs.contains_key(&input.name)
    });
    let values: Vec<&str> = given
        .filter_map(|it| loaded.inputs[&it.name].as_str())
        .collect();
    match values.as_slice() {
        [change] => Ok((*change).to_owned()),
        _ => Err(
            Failure::usage("it is not known which change the verifiers should accept")
                .help("give one that they do with `--change PATCH`"),
        ),
    }
}

/// The edit that takes a file of the change back.
fn taken_back(file: &Changed) -> Option<Edit<'_>> {
    match &file.old {
        Some(old) => Some(Edit::Write(&file.path, std::str::from_utf8(old).ok()?)),
        None => Some(Edit::Remove(&file.path)),
    }
}

fn tried(all: &mut Vec<Tried>, kind: &'static str, what: &str, said: &Said, context: &mut Context) {
    let refused_by: Vec<String> = said.refused_by().into_iter().map(str::to_owned).collect();
    let mark = match (refused_by.is_empty(), kind) {
        (false, _) => paint(GOOD, "✓"),
        (true, "empty") => paint(ERROR, "✗"),
        (true, _) => paint(WARNING, "✗"),
    };
    let end = match refused_by.is_empty() {
        true => "accepted".to_owned(),
        false => format!("refused by {}", refused_by.join(", ")),
    };
    context.note(&format!(
        "  {mark} {}  {}",
        one_line(what),
        paint(FAINT, end)
    ));
    let verdicts = said.verdicts.iter();
    let verdicts = verdicts.map(|(name, it)| {
        (
            name.clone(),
            json!({ "verdict": it["verdict"], "why": it["why"] }),
        )
    });
    all.push(Tried {
        kind,
        what: what.to_owned(),
        refused_by,
        verdicts: Json::Object(verdicts.collect()),
    });
}

/// Shows what was found; gives the exit code.
fn tell(mission: &str, names: &[String], all: &[Tried], context: &mut Context) -> Exit {
    let refusing: BTreeSet<&str> = all
        .iter()
        .flat_map(|it| it.refused_by.iter().map(String::as_str))
        .collect();
    let idle: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| !refusing.contains(name))
        .collect();
    let accepts_nothing_done = all
        .iter()
        .any(|it| it.kind == "empty" && it.refused_by.is_empty());
    let count = |kind: &str, refused: bool| {
        let all = all.iter().filter(|it| it.kind == kind);
        all.filter(|it| !refused || !it.refused_by.is_empty())
            .count()
    };
    let (refused, mutations) = (count("mutation", true), count("mutation", false));
    let can_fail = idle.is_empty() && !accepts_nothing_done;
    if context.form() != Form::Human {
        let tried = all.iter().map(|it| {
            json!({
                "kind": it.kind, "what": it.what, "refused": !it.refused_by.is_empty(),
                "refused_by": it.refused_by, "verdicts": it.verdicts,
            })
        });
        context.json(&json!({
            "schema": "tau.prove/1",
            "mission": mission,
            "can_fail": can_fail,
            "accepts_no_change": accepts_nothing_done,
            "accept_everything": idle,
            "mutations": mutations,
            "refused": refused,
            "tried": tried.collect::<Vec<_>>(),
        }));
    } else {
        let mut lines = Vec::new();
        if accepts_nothing_done {
            lines.push(
                "the verifiers accept the base without any change: they show no failure".to_owned(),
            );
        }
        lines.extend(
            idle.iter()
                .map(|name| format!("verifier `{name}` accepts everything that was tried")),
        );
        let gate = match can_fail {
            true => paint(GOOD, "can fail"),
            false => paint(ERROR, "cannot be trusted to fail"),
        };
        let mission = paint(STRONG, one_line(mission));
        lines.push(format!(
            "{mission} {gate}; {refused} of {mutations} mutations refused"
        ));
        for line in lines {
            context.print(&format!("{line}\n"));
        }
    }
    match can_fail {
        true => Exit::Succeeded,
        false => Exit::Failed,
    }
}
