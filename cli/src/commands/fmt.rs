//! `tau fmt [PATH…]`

use serde::Serialize;
use tau_lang::diagnostic::Diagnostic;
use tau_lang::source::SourceMap;

use crate::args::Fmt;
use crate::context::{Context, Form};
use crate::exit::{Exit, Outcome};
use crate::files::{Input, discover, read, replace};
use crate::language;
use crate::render::diagnostics::counted;
use crate::render::diagnostics::human::{self, Look};
use crate::render::diff::unified;
use crate::render::sanitize::one_line;

/// How a file is formatted: its new text, or why it cannot be read.
type Format = fn(&mut SourceMap, &str, &str) -> Result<String, Vec<Diagnostic>>;

/// What became of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// It was as it should be.
    Unchanged,
    /// It was, or would be, changed.
    Changed,
    /// It could not be read, formatted or written.
    Failed,
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    written: bool,
    files: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    file: String,
    state: State,
}

/// Formats every file, or says which ones would change.
pub(crate) fn run(args: &Fmt, context: &mut Context) -> Outcome {
    let (inputs, unreadable) = discover(&args.paths, args.stdin_filename.as_deref());
    let mut files = Vec::new();
    for file in unreadable {
        fail(
            context,
            &format!("cannot read `{}`: {}", file.name, file.why),
        );
        files.push(Line {
            file: file.name,
            state: State::Failed,
        });
    }
    for input in inputs {
        let state = one(args, &input, language::format, context);
        files.push(Line {
            file: input.name(),
            state,
        });
    }
    Ok(finish(args, files, context))
}

fn one(args: &Fmt, input: &Input, format: Format, context: &mut Context) -> State {
    let text = match read(input) {
        Ok(text) => text,
        Err(file) => {
            return fail(
                context,
                &format!("cannot read `{}`: {}", file.name, file.why),
            );
        }
    };
    let name = input.name();
    let mut sources = SourceMap::default();
    let formatted = match format(&mut sources, &name, &text) {
        Ok(formatted) => formatted,
        Err(found) => {
            for found in &found {
                context.error_block(&human::diagnostic(&sources, found, Look::of(context)));
            }
            return State::Failed;
        }
    };
    let state = if formatted == text {
        State::Unchanged
    } else {
        State::Changed
    };
    if args.diff && context.form() == Form::Human {
        context.print(&unified(&name, &text, &formatted));
    }
    if !is_writing(args) {
        return state;
    }
    match input {
        Input::Stdin(_) if context.form() == Form::Human => context.print_raw(&formatted),
        Input::File(path) if state == State::Changed => {
            if let Err(error) = replace(path, formatted.as_bytes()) {
                return fail(context, &format!("cannot write `{name}`: {error}"));
            }
        }
        _ => {}
    }
    state
}

fn is_writing(args: &Fmt) -> bool {
    !args.check && !args.diff
}

fn fail(context: &mut Context, message: &str) -> State {
    context.error(message);
    State::Failed
}

/// Says what became of the files.
fn finish(args: &Fmt, files: Vec<Line>, context: &mut Context) -> Exit {
    let exit = exit(args, &files);
    let writing = is_writing(args);
    if files.is_empty() {
        context.warn("there are no tau files here");
    } else {
        let verb = if writing { "formatted" } else { "to format" };
        let changed = counted(count(&files, State::Changed), "file");
        let rest = count(&files, State::Unchanged);
        context.note(&format!("{changed} {verb}, {rest} unchanged"));
    }
    if context.form() != Form::Human {
        context.json(&Document {
            schema: "tau.fmt/1",
            written: writing,
            files,
        });
    } else if args.check && !args.diff {
        let changed = files.iter().filter(|file| file.state == State::Changed);
        let names: String = changed
            .map(|file| format!("{}\n", one_line(&file.file)))
            .collect();
        context.print(&names);
    }
    exit
}

/// A file that would change is a failure only for those who asked whether one would.
fn exit(args: &Fmt, files: &[Line]) -> Exit {
    let failed = count(files, State::Failed) > 0;
    let unformatted = count(files, State::Changed) > 0 && !is_writing(args);
    if failed || unformatted {
        Exit::Failed
    } else {
        Exit::Succeeded
    }
}

fn count(files: &[Line], state: State) -> usize {
    files.iter().filter(|file| file.state == state).count()
}

#[cfg(test)]
mod tests;
