//! `tau doctor`

mod machine;
mod project;
mod secrets;

use std::path::Path;

use serde::Serialize;

use crate::args::Doctor;
use crate::context::{Context, Form};
use crate::exit::{Exit, Outcome};
use crate::render::sanitize::one_line;
use crate::render::style::{ERROR, FAINT, GOOD, HELP, WARNING, paint};

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    level: Level,
    /// What was found.
    found: String,
    /// What to do, unless it is as it should be.
    #[serde(rename = "do")]
    todo: Option<String>,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// As it should be.
    Ok,
    /// Runs are possible, but this deserves a look.
    Warn,
    /// Without it there are no runs here.
    Missing,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    ready: bool,
    checks: &'a [Check],
}

impl Check {
    fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Check {
            name,
            level: Level::Ok,
            found: found.into(),
            todo: None,
        }
    }

    fn warn(name: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        let todo = Some(todo.into());
        Check {
            name,
            level: Level::Warn,
            found: found.into(),
            todo,
        }
    }

    fn missing(name: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        let todo = Some(todo.into());
        Check {
            name,
            level: Level::Missing,
            found: found.into(),
            todo,
        }
    }
}

/// Looks at the machine and at the repository at hand, and changes nothing.
pub(crate) fn run(_: &Doctor, context: &mut Context) -> Outcome {
    let here = Path::new(".");
    let git = machine::git();
    let has_git = git.level == Level::Ok;
    let mut checks = vec![machine::tau(), git, machine::home(), machine::sandbox()];
    checks.extend(secrets::apps());
    if has_git {
        checks.push(project::repository(here));
    }
    checks.extend(project::verifiers(here));
    let ready = checks.iter().all(|check| check.level != Level::Missing);
    if context.form() == Form::Human {
        let lines: String = checks.iter().map(line).collect();
        context.print(&lines);
        context.note(if ready {
            "ready"
        } else {
            "not ready: see what is missing above"
        });
    } else {
        context.json(&Document {
            schema: "tau.doctor/1",
            ready,
            checks: &checks,
        });
    }
    Ok(if ready { Exit::Succeeded } else { Exit::Failed })
}

fn line(check: &Check) -> String {
    let (style, word) = match check.level {
        Level::Ok => (GOOD, "ok"),
        Level::Warn => (WARNING, "warn"),
        Level::Missing => (ERROR, "missing"),
    };
    let mut text = format!(
        "{style}{word:<8}{style:#} {name:<11} {found}\n",
        name = check.name,
        found = one_line(&check.found),
    );
    if let Some(todo) = &check.todo {
        let (arrow, todo) = (paint(FAINT, "→"), paint(HELP, one_line(todo)));
        text += &format!("{:21}{arrow} {todo}\n", "");
    }
    text
}
