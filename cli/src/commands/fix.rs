//! `tau fix ISSUE`

use std::path::Path;

use serde_json::Value as Json;
use tau_stdlib::issue_repository;

use super::apply;
use crate::args::{Fix, Mission, Setting};
use crate::context::Context;
use crate::exit::Outcome;
use crate::mission;

/// The input that names the repository at GitHub.
const REPOSITORY: &str = "repo";

/// Applies the mission that takes an issue to a merge.
pub(crate) fn run(args: &Fix, context: &mut Context) -> Outcome {
    let mut given = args.given.clone();
    given.set.push(Setting {
        name: "issue".to_owned(),
        value: of_command_line(&args.issue),
    });
    let asked = Mission {
        file: args.file.clone(),
        given,
    };
    let mut loaded = mission::load(&asked, context)?;
    // Who types the issue has said which repository it is of; nothing that stands in it has.
    let asks = loaded.plan.inputs.iter().any(|it| it.name == REPOSITORY);
    if asks && let Some(repo) = issue_repository(&args.issue) {
        let inputs = &mut loaded.inputs;
        inputs
            .entry(REPOSITORY.to_owned())
            .or_insert(Json::String(repo));
    }
    apply::start(loaded, &args.running, context)
}

/// An issue as `--set` takes it: a file that is there, and standard input, by their names.
fn of_command_line(issue: &str) -> String {
    let is_file = issue == "-" || Path::new(issue).is_file();
    match is_file {
        true => format!("@{issue}"),
        false => issue.to_owned(),
    }
}
