//! `tau schema [--type NAME [FILE]]`

use std::path::Path;
use tau_lang::diagnostic::{Diagnostic, Severity, nearest};
use tau_lang::schema;

use crate::args::Schema;
use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::language::Language;
use crate::libraries::Disk;
use crate::mission;
use crate::render::diagnostics::counted;
use crate::render::diagnostics::human::{self, Look};

/// Writes the JSON Schema of the YAML spelling, or of the values of a type.
pub(crate) fn run(args: &Schema, context: &mut Context) -> Outcome {
    let schema = match &args.type_name {
        Some(name) => value_of(name, args.file.as_deref(), context)?,
        None => schema::yaml(&Language::new().library),
    };
    context.print_raw(&format!("{schema:#}\n"));
    Ok(Exit::Succeeded)
}

fn value_of(
    name: &str,
    file: Option<&str>,
    context: &mut Context,
) -> Result<serde_json::Value, Failure> {
    let mut language = Language::new();
    let (tree, types, place) = match file {
        None => {
            let types = language.library.types.clone();
            (Default::default(), types, "the library".to_owned())
        }
        Some(file) => {
            let text = mission::text(file)?;
            let read = language.check_with(file, &text, &Disk::of(Path::new(file)));
            refuse(file, &read.checked.diagnostics, &language, context)?;
            (read.tree, read.checked.types, format!("`{file}`"))
        }
    };
    let found = schema::value_of(name, &types, &tree, &language.library);
    found.ok_or_else(|| {
        let failure = Failure::usage(format!("{place} has no type `{name}`"));
        match nearest(name, types.keys().map(String::as_str)) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("`type NAME = …` makes one"),
        }
    })
}

/// Shows what is wrong with a file.
fn refuse(
    file: &str,
    found: &[Diagnostic],
    language: &Language,
    context: &mut Context,
) -> Result<(), Failure> {
    let counts = |one: &&Diagnostic| one.severity() == Severity::Error && !one.kind.is_authority();
    let wrong: Vec<_> = found.iter().filter(counts).collect();
    for one in &wrong {
        let look = Look::of(context);
        context.error_block(&human::diagnostic(&language.sources, one, look));
    }
    match wrong.len() {
        0 => Ok(()),
        count => {
            let count = counted(count, "error");
            let message = format!("`{file}` has {count}, so its types are not known");
            Err(Failure::usage(message))
        }
    }
}
