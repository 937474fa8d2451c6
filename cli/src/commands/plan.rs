//! `tau plan FILE`

use std::fs;
use std::path::Path;

use serde::Serialize;
use tau_interpreter::journal::Blocked;
use tau_interpreter::preflight::{self, Unset};
use tau_interpreter::repository::Repository;
use tau_lang::plan::document;
use tau_lang::policy::PolicyOf;

use crate::args::Plan;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::machine;
use crate::mission::{self, Loaded};
use crate::render::sanitize::{self, sanitize};
use crate::runner::{self, summary};
use crate::saved::Saved;

/// The plan's document, and what would block a run of it now.
#[derive(Serialize)]
struct Planned {
    #[serde(flatten)]
    document: document::Document,
    /// Secrets that block nothing before a run begins, and that it may ask for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unset: Vec<Unset>,
    blocked: Option<Blocked>,
}

/// Shows all that can be known before a run. Touches nothing.
pub(crate) fn run(args: &Plan, context: &mut Context) -> Outcome {
    let loaded = mission::load(&args.mission, context)?;
    let document = document::document(
        &loaded.plan,
        &loaded.policies,
        &loaded.engine,
        &loaded.given(),
        &loaded.sources,
    );
    let blocked = runner::would_block(&loaded, &loaded.known())
        .or_else(|| preflight::without_box(&loaded.plan, &loaded.sources));
    let unset = runner::unset(&loaded, &loaded.known());
    machine::warn_of_missing(&loaded, context);
    match context.form() {
        Form::Human => {
            context.print(&sanitize(&document::terminal(&document)));
            if !unset.is_empty() {
                context.print(&summary::unset(&unset));
            }
            if let Some(blocked) = &blocked {
                context.print(&summary::would_block(blocked));
            }
        }
        Form::Json | Form::JsonStream => context.json(&Planned {
            document,
            unset,
            blocked,
        }),
    }
    if let Some(out) = &args.out {
        save(&loaded, out)?;
        let out = sanitize::path(out);
        context.note(&format!(
            "saved; run exactly this plan with `tau apply {out}`"
        ));
    }
    Ok(Exit::Succeeded)
}

/// Saves the plan with the commit that the revision means now.
fn save(loaded: &Loaded, out: &Path) -> Result<(), Failure> {
    tau_interpreter::inputs::check(&loaded.plan, &loaded.all_inputs(), &loaded.engine).map_err(
        |wrong| Failure::usage(wrong.join("\n")).help("a saved plan has all its inputs"),
    )?;
    let base = Repository::discover(&loaded.repo)
        .and_then(|repository| repository.base(loaded.rev.as_deref()))
        .map_err(|error| Failure::new(Exit::Blocked, error.to_string()))?;
    let asked = loaded.policies.files().iter();
    let asked = asked.filter(|it| it.of == PolicyOf::Command);
    let saved = Saved {
        schema: Saved::SCHEMA.to_owned(),
        file: loaded.file.clone(),
        path: loaded.path.clone(),
        texts: loaded.texts.clone(),
        mission: loaded.plan.mission.clone(),
        inputs: loaded.inputs.clone(),
        repo: loaded.repo.clone(),
        base: base.commit.to_string(),
        policies: asked.cloned().collect(),
    };
    let text = serde_json::to_string_pretty(&saved)
        .map_err(|error| Failure::new(Exit::Fault, error.to_string()))?;
    fs::write(out, text + "\n").map_err(|error| {
        let out = sanitize::path(out);
        Failure::failed(format!("cannot write `{out}`: {error}"))
    })
}
