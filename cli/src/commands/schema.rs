//! `tau schema`

use crate::context::Context;
use crate::exit::{Exit, Outcome};
use crate::language::Language;

/// Writes the JSON Schema of the YAML spelling.
pub(crate) fn run(context: &mut Context) -> Outcome {
    let schema = tau_lang::schema::yaml(&Language::new().library);
    context.print_raw(&format!("{schema:#}\n"));
    Ok(Exit::Succeeded)
}
