//! `tau show RUN`

mod prompt;

use tau_interpreter::journal::State;
use tau_interpreter::report::Report;

use crate::args::Show;
use crate::context::{Context, Form};
use crate::exit::{Exit, Outcome};
use crate::render::sanitize::one_line;
use crate::render::style::{ERROR, FAINT, GOOD, STRONG, WARNING};
use crate::render::table::{Cell, table};
use crate::runner::summary::refusal;
use crate::runner::{self, summary};

/// Shows one run.
pub(crate) fn run(args: &Show, context: &mut Context) -> Outcome {
    let found = runner::find(&args.run)?;
    found.warn_of_torn_end(context);
    if let (true, Some(step)) = (args.prompt, &args.step) {
        return prompt::show(&found, step, context);
    }
    let report = found.report()?;
    if context.form() == Form::Human {
        let rows: Vec<Vec<Cell>> = report
            .steps
            .iter()
            .map(|step| {
                let style = match step.state {
                    State::Succeeded => GOOD,
                    State::Failed | State::Blocked => ERROR,
                    State::Uncertain => WARNING,
                    _ => FAINT,
                };
                vec![
                    Cell::new(STRONG, &format!("  {}", step.name)),
                    Cell::new(FAINT, &step.action),
                    Cell::new(style, step.state.word()),
                    Cell::new(FAINT, &summary::seconds(step.seconds)),
                ]
            })
            .collect();
        let text = table(&rows, context.width());
        let (again, refused) = (again(&report), refused(&report));
        context.print(&format!("{text}\n{again}{refused}"));
    }
    runner::print(&report, context);
    Ok(Exit::Succeeded)
}

/// What of the network steps were refused.
fn refused(report: &Report) -> String {
    let steps = report.steps.iter();
    let all = steps.flat_map(|step| step.refused.iter().map(move |it| (step, it)));
    let lines: Vec<String> = all
        .map(|(step, it)| format!("  refused {}: {}\n", one_line(&step.name), refusal(it)))
        .collect();
    match lines.is_empty() {
        true => String::new(),
        false => format!("{}\n", lines.concat()),
    }
}

/// Which steps whoever went on with the run last did again, and why.
fn again(report: &Report) -> String {
    let again = report.steps.iter().filter(|step| !step.again.is_empty());
    let lines: Vec<String> = again
        .map(|step| {
            let why = step.again.join(", ");
            format!("  redone {}: {}\n", one_line(&step.name), one_line(&why))
        })
        .collect();
    match lines.is_empty() {
        true => String::new(),
        false => format!("{}\n", lines.concat()),
    }
}
