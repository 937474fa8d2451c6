//! `tau convert FILE --to tau|yaml`

use tau_lang::syntax::tree::Spelling;

use crate::args::{Convert, Target};
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::files::{Input, read};
use crate::language::{self, Language, Unconverted};
use crate::render::diagnostics::counted;
use crate::render::diagnostics::human::{self, Look};

/// Writes the file in the other spelling to standard output.
pub(crate) fn run(args: &Convert, context: &mut Context) -> Outcome {
    let input = match args.file.as_os_str() == "-" {
        true => Input::Stdin(args.stdin_filename.clone().unwrap_or("<stdin>".to_owned())),
        false => Input::File(args.file.clone()),
    };
    let name = input.name();
    let text = match tau_stdlib::mission_text(&name) {
        Some(text) => text.to_owned(),
        None => read(&input)
            .map_err(|file| Failure::usage(format!("cannot read `{name}`: {}", file.why)))?,
    };
    let to = match args.to {
        Target::Tau => Spelling::Tau,
        Target::Yaml => Spelling::Yaml,
    };
    let mut language = Language::new();
    match language::convert(&mut language, &name, &text, to) {
        Ok(text) if context.form() == Form::Human => context.print_raw(&text),
        Ok(text) => context.json(&serde_json::json!({
            "schema": "tau.convert/1",
            "file": name,
            "text": text,
        })),
        Err(Unconverted::Unfit(why)) => {
            return Err(Failure::usage(format!("cannot convert `{name}`: {why}")));
        }
        Err(Unconverted::Unreadable(found)) => {
            for one in &found {
                let look = Look::of(context);
                context.error_block(&human::diagnostic(&language.sources, one, look));
            }
            let errors = counted(found.len(), "error");
            return Err(Failure::usage(format!(
                "`{name}` has {errors}, so it stays as it is"
            )));
        }
    }
    Ok(Exit::Succeeded)
}
