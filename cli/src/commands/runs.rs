//! `tau runs`

use serde::Serialize;
use tau_interpreter::report::Report;

use crate::args::Runs;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::render::style::{ERROR, FAINT, GOOD, STRONG, WARNING};
use crate::render::table::{Cell, table};
use crate::runner::{self, summary::seconds};

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    runs: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    run: String,
    mission: String,
    outcome: String,
    began: String,
    seconds: f64,
    repo: String,
    commit: Option<String>,
    reason: Option<String>,
    next: Option<String>,
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
    let dirs = runner::home()?
        .runs()
        .map_err(|error| Failure::failed(format!("the folder of runs cannot be read: {error}")))?;
    let mut runs = Vec::new();
    for dir in dirs {
        if runs.len() == args.limit {
            break;
        }
        let found = match runner::open(dir) {
            Ok(found) => found,
            Err(failure) => {
                context.warn(&failure.message);
                continue;
            }
        };
        let Ok(report) = found.report() else { continue };
        let mine = args.all || here.as_ref() == Some(&report.repo);
        let asked = args
            .outcome
            .is_none_or(|outcome| outcome.word() == report.outcome);
        if mine && asked {
            let began = found.records.first().map(|record| record.at.clone());
            runs.push(line(report, began.unwrap_or_default()));
        }
    }
    match context.form() {
        Form::Human if runs.is_empty() => context.note("there are no such runs"),
        Form::Human => {
            let rows: Vec<Vec<Cell>> = runs.iter().map(row).collect();
            let text = table(&rows, context.width());
            context.print(&text);
        }
        Form::Json | Form::JsonStream => context.json(&Document {
            schema: "tau.runs/1",
            runs,
        }),
    }
    Ok(Exit::Succeeded)
}

fn line(report: Report, began: String) -> Line {
    Line {
        run: report.run,
        mission: report.mission,
        outcome: report.outcome,
        began,
        seconds: report.spent.seconds,
        repo: report.repo,
        commit: report.commit,
        reason: report.reason,
        next: report.next,
    }
}

fn row(line: &Line) -> Vec<Cell> {
    let style = match line.outcome.as_str() {
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
        Cell::new(style, &line.outcome),
        Cell::new(STRONG, &line.mission),
        Cell::new(FAINT, &began),
        Cell::new(FAINT, &seconds(line.seconds)),
        Cell::new(FAINT, last),
    ]
}
