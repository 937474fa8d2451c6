//! `tau lib fetch`

use serde::Serialize;

use super::NOTHING;
use super::load::locked;
use crate::context::{Context, Form};
use crate::exit::{Exit, Outcome};
use crate::libraries::{Project, Store};
use crate::render::sanitize::one_line;

/// The document `tau.lib.fetch/1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    libraries: Vec<Library>,
}

#[derive(Serialize)]
struct Library {
    from: String,
    version: String,
    /// `here`, `fetched` or `failed`.
    state: &'static str,
    /// Why it could not be had.
    problem: Option<String>,
}

/// Brings what is locked and not here.
pub(crate) fn run(project: &Project, context: &mut Context) -> Outcome {
    let store = Store::here();
    let mut libraries = Vec::new();
    for (pin, known) in &project.lock.libraries {
        let (state, problem) = match store.read(project, pin, known) {
            Ok(_) => ("here", None),
            Err(_) => {
                let brought = locked(project, pin, known, context);
                match brought.and_then(|it| store.keep(&it.content)) {
                    Ok(()) => ("fetched", None),
                    Err(why) => ("failed", Some(why)),
                }
            }
        };
        libraries.push(Library {
            from: pin.from.clone(),
            version: pin.version.clone(),
            state,
            problem,
        });
    }
    let problems: Vec<String> = libraries
        .iter()
        .filter_map(|it| it.problem.clone())
        .collect();
    if context.form() == Form::Human {
        let lines = libraries.iter().map(|it| {
            let pin = format!("{}@{}", it.from, it.version);
            format!("{:<8} {}\n", it.state, one_line(&pin))
        });
        let lines: String = lines.collect();
        context.print(if lines.is_empty() { NOTHING } else { &lines });
    } else {
        context.json(&Document {
            schema: "tau.lib.fetch/1",
            libraries,
        });
    }
    for problem in &problems {
        context.error(problem);
    }
    Ok(match problems.is_empty() {
        true => Exit::Succeeded,
        false => Exit::Failed,
    })
}
