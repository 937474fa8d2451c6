//! `tau demo [DIR]`

use crate::args::{Demo, Given, Mission, Setting};
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::render::sanitize;
use crate::render::style::{STRONG, paint};
use crate::{demo, mission, runner};

/// Makes a repository with a bug and has it fixed and proven.
pub(crate) fn run(args: &Demo, context: &mut Context) -> Outcome {
    let missing = demo::missing_programs();
    if !missing.is_empty() {
        let message = format!(
            "the demo needs `{}`, and it is not in PATH",
            missing.join("` and `")
        );
        return Err(Failure::failed(message).help("`tau doctor` says more"));
    }
    let folder = demo::folder(args.directory.as_deref()).map_err(Failure::failed)?;
    let made = demo::prepare(&folder).map_err(Failure::failed)?;
    context.note(&format!(
        "made {}, a repository with a bug that its tests show, and {} that fixes it\n",
        paint(STRONG, sanitize::path(&made.repo)),
        paint(STRONG, sanitize::path(&made.patch)),
    ));
    context.note(&format!("$ {}\n", command(&made)));
    let mission = Mission {
        file: "std/prove-patch".to_owned(),
        given: Given {
            set: vec![
                setting("patch", format!("@{}", made.patch.display())),
                setting("check", made.check.clone()),
            ],
            repo: Some(made.repo.clone()),
            ..Given::default()
        },
    };
    let loaded = mission::load(&mission, context)?;
    let report = runner::apply(&loaded, context)?;
    runner::print(&report, context);
    Ok(runner::exit(&report))
}

fn setting(name: &str, value: String) -> Setting {
    Setting {
        name: name.to_owned(),
        value,
    }
}

/// The command that does the same.
fn command(made: &demo::Demo) -> String {
    let words = [
        "tau".to_owned(),
        "apply".to_owned(),
        "std/prove-patch".to_owned(),
        "--repo".to_owned(),
        made.repo.to_string_lossy().into_owned(),
        "--set".to_owned(),
        format!("patch=@{}", made.patch.display()),
        "--set".to_owned(),
        format!("check={}", made.check),
        "--yes".to_owned(),
    ];
    tau_lang::syntax::command::join(&words)
}
