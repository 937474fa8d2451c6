//! `tau runs`

mod blocked;

use std::ops::ControlFlow;

use serde::Serialize;
use tau_interpreter::jobs::{Index, Summary};
use tau_interpreter::report::STALE;

use crate::args::Runs;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::render::sanitize::one_line;
use crate::render::style::{ERROR, FAINT, GOOD, HELP, STRONG, WARNING, paint};
use crate::render::table::{Cell, table};
use crate::runner::{self, summary::seconds};

/// Of how many stale runs it is said how to go on.
const TOLD: usize = 3;

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    runs: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    run: String,
    mission: String,
    outcome: &'static str,
    began: String,
    seconds: f64,
    repo: String,
    commit: Option<String>,
    reason: Option<String>,
    next: Option<String>,
    /// Of a list of runs that wait for somebody: for what.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<String>,
}

/// Lists runs, the latest first.
pub(crate) fn run(args: &Runs, context: &mut Context) -> Outcome {
    let here = if args.all {
        None
    } else {
        runner::repository_here()?
    };
    if here.is_none() && !args.all {
        return Err(Failure::usage("there is no git repository here")
            .help("`tau runs --all` lists every run"));
    }
    let mut runs = Vec::new();
    let mut warnings = Vec::new();
    let mut index = Index::open(&runner::home()?);
    let listed = index.newest(|listed| {
        if runs.len() == args.limit {
            return ControlFlow::Break(());
        }
        let running = listed.is_running();
        let waits_for = match args.blocked {
            true if running => return ControlFlow::Continue(()),
            true => match blocked::waits_for(&listed) {
                Some(what) => Some(what),
                None => return ControlFlow::Continue(()),
            },
            false => None,
        };
        match listed.summary {
            Ok(Some(summary)) => {
                let outcome = summary.outcome(running);
                let mine = args.all || here.as_ref() == Some(&summary.repo);
                let asked = args.outcome.is_none_or(|asked| asked.word() == outcome);
                if mine && asked {
                    let line = line(summary, outcome, running);
                    runs.push(Line { waits_for, ..line });
                }
            }
            Ok(None) => {}
            Err(error) => warnings.push(format!("run {}: {error}", listed.dir.id())),
        }
        ControlFlow::Continue(())
    });
    index
        .news()
        .iter()
        .chain(&warnings)
        .for_each(|it| context.warn(it));
    listed
        .map_err(|error| Failure::failed(format!("the folder of runs cannot be read: {error}")))?;
    match context.form() {
        Form::Human if runs.is_empty() => context.note("there are no such runs"),
        Form::Human => {
            let rows: Vec<Vec<Cell>> = runs.iter().map(row).collect();
            let text = table(&rows, context.width());
            context.print(&text);
            // In the table it would be cut.
            let stale = |it: &&Line| it.outcome == STALE || it.waits_for.is_some();
            let told = if args.blocked { args.limit } else { TOLD };
            for line in runs.iter().filter(stale).take(told) {
                let next = line.next.as_deref().unwrap_or_default();
                context.note(&format!("  go on      {}", paint(HELP, one_line(next))));
            }
        }
        Form::Json | Form::JsonStream => context.json(&Document {
            schema: "tau.runs/1",
            runs,
        }),
    }
    Ok(Exit::Succeeded)
}

fn line(summary: Summary, outcome: &'static str, running: bool) -> Line {
    Line {
        run: summary.run,
        mission: summary.mission,
        outcome,
        began: summary.began,
        seconds: summary.seconds,
        repo: summary.repo,
        commit: summary.commit,
        reason: summary.reason,
        next: summary.next.filter(|_| !running),
        waits_for: None,
    }
}

fn row(line: &Line) -> Vec<Cell> {
    let style = match line.outcome {
        "succeeded" => GOOD,
        "failed" => ERROR,
        _ => WARNING,
    };
    let last = line.commit.as_deref().and_then(|commit| commit.get(..10));
    let last = last.or(line.reason.as_deref()).unwrap_or("");
    // To the second is enough for a person.
    let began = line
        .began
        .get(..19)
        .unwrap_or(&line.began)
        .replace('T', " ");
    vec![
        Cell::new(STRONG, &line.run),
        Cell::new(style, line.waits_for.as_deref().unwrap_or(line.outcome)),
        Cell::new(STRONG, &line.mission),
        Cell::new(FAINT, &began),
        Cell::new(FAINT, &seconds(line.seconds)),
        Cell::new(FAINT, last),
    ]
}
