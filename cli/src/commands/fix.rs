//! `tau fix ISSUE`

use std::path::Path;

use serde_json::Value as Json;
use tau_stdlib::{issue_api, issue_repository};

use super::apply;
use crate::args::{Fix, Mission, Setting};
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::mission;
use crate::render::sanitize::one_line;

/// The input that names the repository at GitHub, and the one that names where its host is asked.
const REPOSITORY: &str = "repo";
const API: &str = "api";

/// Applies the mission that takes an issue to a merge.
pub(crate) fn run(args: &Fix, context: &mut Context) -> Outcome {
    let mut given = args.given.clone();
    given.set.push(Setting {
        name: "issue".to_owned(),
        value: of_command_line(&args.issue)?,
    });
    let asked = Mission {
        file: args.file.clone(),
        given,
    };
    let mut loaded = mission::load(&asked, context)?;
    // Who types the issue has said which repository it is of, and of which host if it is an address;
    // nothing that stands in it has.
    let said = [
        (REPOSITORY, issue_repository(&args.issue)),
        (API, issue_api(&args.issue)),
    ];
    for (name, value) in said {
        let asks = loaded.plan.inputs.iter().any(|it| it.name == name);
        if asks && let Some(value) = value {
            let inputs = &mut loaded.inputs;
            inputs.entry(name.to_owned()).or_insert(Json::String(value));
        }
    }
    apply::start(loaded, &args.running, context)
}

/// An issue as `--set` takes it: a file that is there, and standard input, by their names.
///
/// # Errors
/// Usage: it is the name of a file that is not there, which would be a strange text of an issue.
fn of_command_line(issue: &str) -> Result<String, Failure> {
    if issue == "-" || Path::new(issue).is_file() {
        return Ok(format!("@{issue}"));
    }
    let is_name = !issue.contains("://") && !issue.contains(char::is_whitespace);
    let ends = Path::new(issue).extension();
    if is_name && ends.is_some_and(|it| it == "md" || it == "txt") {
        let message = format!("there is no file `{}`", one_line(issue));
        return Err(Failure::usage(message).help("give the issue's file, its address or its text"));
    }
    Ok(issue.to_owned())
}

#[cfg(test)]
mod tests {
    use super::of_command_line;

    #[test]
    fn a_file_that_is_not_there_is_no_text() {
        for issue in ["acme/app#7", "https://x/a.md", "Mend notes.md", "-"] {
            assert!(of_command_line(issue).is_ok(), "{issue}");
        }
        for issue in ["isue.md", "docs/isue.txt"] {
            assert!(of_command_line(issue).is_err(), "{issue}");
        }
    }
}
