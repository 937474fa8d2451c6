//! `tau authority FILE`

mod diff;

use serde::Serialize;
use std::path::Path;
use tau_lang::expr::Context as Values;
use tau_lang::plan::document::{self, Authority as Lines, FromOutside, Granted};
use tau_lang::policy::Policies;

use crate::args::{Authority, AuthorityCommand};
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::libraries::Disk;
use crate::mission;
use crate::render::style::{ERROR, FAINT, STRONG, paint};
use crate::render::table::{Cell, table};

/// The document `tau.authority/1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    file: String,
    missions: Vec<Mission>,
    /// The lines of a policy, which has no missions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policy: Vec<Granted>,
}

#[derive(Serialize)]
struct Mission {
    mission: String,
    #[serde(flatten)]
    authority: Lines,
    #[serde(flatten)]
    from_outside: FromOutside,
}

/// Shows what a file's missions may do, or compares two files.
pub(crate) fn run(args: &Authority, context: &mut Context) -> Outcome {
    match (&args.command, &args.file) {
        (Some(AuthorityCommand::Diff(args)), _) => diff::run(args, context),
        (None, Some(file)) => show(file, args.mission.as_deref(), context),
        // The command line asks for one of them.
        (None, None) => Err(Failure::usage("say which file")),
    }
}

fn show(file: &str, only: Option<&str>, context: &mut Context) -> Outcome {
    let text = mission::text(file)?;
    let uses = Disk::of(Path::new(file));
    let (language, checked, _) = mission::checked(file, &text, &uses, context)?;
    let mut missions = Vec::new();
    for plan in &checked.plans {
        if only.is_some_and(|name| name != plan.mission) {
            continue;
        }
        let engine = &language.library.engine;
        let document = document::document(
            plan,
            &Policies::default(),
            engine,
            &Values::new(),
            &language.sources,
        );
        missions.push(Mission {
            mission: document.mission,
            authority: document.authority,
            from_outside: document.from_outside,
        });
    }
    if let (Some(name), true) = (only, missions.is_empty()) {
        return Err(Failure::usage(format!("`{file}` has no mission `{name}`")));
    }
    let policy = checked.policy.map_or_else(Vec::new, |policy| {
        let grants = policy.grants.iter();
        let lines = grants.map(|grant| Granted::of(grant, &language.sources));
        lines.collect()
    });
    match context.form() {
        Form::Human => {
            let width = context.width();
            let mut pages: Vec<String> = missions.iter().map(|it| page(it, width)).collect();
            if !policy.is_empty() {
                pages.push(limits(&policy, width));
            }
            context.print(&pages.join("\n"));
        }
        Form::Json | Form::JsonStream => context.json(&Document {
            schema: "tau.authority/1",
            file: file.to_owned(),
            missions,
            policy,
        }),
    }
    Ok(Exit::Succeeded)
}

/// What a policy says.
fn limits(policy: &[Granted], width: usize) -> String {
    let mut page = table(&[vec![Cell::new(STRONG, "policy")]], width);
    let lines = policy.iter().map(|it| (it.line.clone(), it.at.clone()));
    section(&mut page, "leaves every mission", lines.collect(), width);
    page
}

fn page(mission: &Mission, width: usize) -> String {
    let authority = &mission.authority;
    let mut page = table(&[vec![Cell::new(STRONG, &mission.mission)]], width);
    let granted = authority
        .granted
        .iter()
        .map(|it| (it.line.clone(), it.at.clone()));
    section(&mut page, "grants", granted.collect(), width);
    let (mut needs, mut missing) = (Vec::new(), Vec::new());
    for need in &authority.needed {
        let row = (need.line(), format!("{} at {}", need.step, need.at));
        match need.status {
            "missing" => missing.push(row),
            "granted" => needs.push(row),
            _ => {}
        }
    }
    section(&mut page, "needs", needs, width);
    section(
        &mut page,
        &paint(ERROR, "needs, and does not grant"),
        missing,
        width,
    );
    let plain = |lines: &[String]| lines.iter().map(|it| (it.clone(), String::new())).collect();
    section(
        &mut page,
        "checked when it runs",
        plain(&authority.later),
        width,
    );
    section(&mut page, "never needed", plain(&authority.unused), width);
    section(
        &mut page,
        "from outside",
        mission.from_outside.lines(),
        width,
    );
    if authority.granted.is_empty() && authority.needed.is_empty() {
        page += "\nneeds nothing and grants nothing\n";
    }
    page
}

fn section(page: &mut String, title: &str, lines: Vec<(String, String)>, width: usize) {
    if lines.is_empty() {
        return;
    }
    let rows: Vec<_> = lines
        .iter()
        .map(|(line, at)| {
            vec![
                Cell::new(STRONG, &format!("  {line}")),
                Cell::new(FAINT, at),
            ]
        })
        .collect();
    *page += &format!("\n{title}\n{}", table(&rows, width));
}
