//! `tau demo [DIR]`

use serde::Serialize;

use crate::args::Demo;
use crate::context::{Context, Form};
use crate::demo;
use crate::exit::{Exit, Failure, Outcome};
use crate::render::sanitize;
use crate::render::style::{STRONG, paint};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    repo: String,
    patch: String,
    check: &'a str,
}

/// Makes a repository with a bug, and says how to have it fixed and proven.
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
    let (repo, patch) = (sanitize::path(&made.repo), sanitize::path(&made.patch));
    if context.form() != Form::Human {
        context.json(&Document {
            schema: "tau.demo/1",
            repo,
            patch,
            check: &made.check,
        });
        return Ok(Exit::Succeeded);
    }
    context.print(&format!(
        "made {} with a bug that its tests show, and {} that fixes it\n\nnext:\n  \
           tau apply std/prove-patch --repo {repo} --set patch=@{patch} --set check=\"{}\"\n",
        paint(STRONG, &repo),
        paint(STRONG, &patch),
        made.check,
    ));
    Ok(Exit::Succeeded)
}
