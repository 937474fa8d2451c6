//! `tau test [PATH…]`

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tau_lang::check::Checked;
use tau_lang::diagnostic::Severity;
use tokio::sync::watch;

use crate::args::Test;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::files::{discover, read};
use crate::language::{Language, Read};
use crate::libraries::Disk;
use crate::policies;
use crate::render::diagnostics::human::{self, Look};
use crate::render::sanitize::one_line;
use crate::runner;
use crate::testing::{Bench, Tested, show};

/// Runs every test of every file, one after the other.
pub(crate) fn run(args: &Test, context: &mut Context) -> Outcome {
    let (inputs, unreadable) = discover(&args.paths, None);
    let mut unusable = unreadable.len();
    for file in &unreadable {
        context.error(&format!("cannot read `{}`: {}", file.name, file.why));
    }
    let runtime = runner::runtime()?;
    let (cancel, cancelled) = watch::channel(0);
    runtime.spawn(runner::cancel_when_asked(cancel));
    let mut tests: Vec<Tested> = Vec::new();
    for input in inputs {
        let text = match read(&input) {
            Ok(text) => text,
            Err(file) => {
                unusable += 1;
                context.error(&format!("cannot read `{}`: {}", file.name, file.why));
                continue;
            }
        };
        let name = input.name();
        let mut language = Language::new();
        let Read { checked, texts, .. } =
            language.check_with(&name, &text, &Disk::of(Path::new(&name)));
        if show_errors(&language, &checked, context) {
            unusable += 1;
            continue;
        }
        let files = policies::of_machine()?;
        let policies = policies::check(files, &mut language, context)?;
        let bench = Bench {
            tier: args.tier,
            engine: language.library.engine.clone(),
            sources: Arc::new(language.sources),
            file: name,
            texts,
            policies: Arc::new(policies),
            cancel: cancelled.clone(),
        };
        let wanted = |name: &str| args.filter.as_ref().is_none_or(|part| name.contains(part));
        let mut first = true;
        for test in checked.tests.iter().filter(|test| wanted(&test.name)) {
            if *cancelled.borrow() > 0 {
                return Err(Failure::new(Exit::Cancelled, "the tests were interrupted"));
            }
            if first && context.form() == Form::Human {
                context.print(&format!("{}\n", one_line(&bench.file)));
            }
            first = false;
            let tested = runtime.block_on(bench.run(test, args.crash));
            match context.form() {
                Form::Human => context.print(&show::tested(&tested)),
                Form::JsonStream => context.json(&tested),
                Form::Json => {}
            }
            tests.push(tested);
        }
    }
    end(&tests, unusable, context)
}

/// Errors other than missing authority, which a test may be about. Whether there are any.
fn show_errors(language: &Language, checked: &Checked, context: &mut Context) -> bool {
    let wrong = checked
        .diagnostics
        .iter()
        .filter(|one| one.severity() == Severity::Error && !one.kind.is_authority());
    let mut any = false;
    for one in wrong {
        any = true;
        let drawn = human::diagnostic(&language.sources, one, Look::of(context));
        context.error_block(&drawn);
    }
    any
}

fn end(tests: &[Tested], unusable: usize, context: &mut Context) -> Outcome {
    let passed = tests.iter().filter(|test| test.passed()).count();
    let failed = tests.len() - passed;
    match context.form() {
        Form::Human if tests.is_empty() => {}
        Form::Human => context.print(&format!("\n{}\n", show::total(tests))),
        Form::Json => context.json(&json!({
            "schema": "tau.test/1", "passed": passed, "failed": failed, "tests": tests,
        })),
        Form::JsonStream => context.json(&json!({
            "schema": "tau.test/1", "passed": passed, "failed": failed,
        })),
    }
    if unusable > 0 {
        let files = if unusable == 1 { "file" } else { "files" };
        return Err(Failure::usage(format!(
            "{unusable} {files} could not be used, so not every test was run"
        )));
    }
    if tests.is_empty() {
        return Err(
            Failure::usage("there is no test here").help("a file holds `test \"…\" { … }` items")
        );
    }
    Ok(match failed {
        0 => Exit::Succeeded,
        _ => Exit::Failed,
    })
}
