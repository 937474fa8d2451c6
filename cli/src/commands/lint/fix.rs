//! `tau lint --fix`: makes the changes that findings offer, until none is left.

use tau_lang::diagnostic::Diagnostic;
use tau_lang::source::Span;

use crate::args::Lint;
use crate::context::Context;
use crate::exit::Failure;
use crate::files::{Input, discover, read, replace};
use crate::language::{self, Language};
use crate::render::diagnostics::counted;

/// How often a file is checked again: one change may make room for another.
const MAX_ROUNDS: usize = 10;

/// Mends every file that can be read, and says how much was done.
///
/// # Errors
/// Usage: standard input cannot be changed.
pub(super) fn run(args: &Lint, context: &mut Context) -> Result<(), Failure> {
    let mut language = Language::new();
    let (mut fixes, mut files) = (0, 0);
    // What cannot be read is a finding of the check that follows.
    let (inputs, _) = discover(&args.paths, None);
    for input in inputs {
        let Input::File(path) = &input else {
            return Err(Failure::usage("`--fix` changes files, not standard input"));
        };
        let Ok(text) = read(&input) else {
            continue;
        };
        let name = input.name();
        let (mended, count) = mend(&mut language, &name, &text, args.unsafe_fixes);
        if count == 0 {
            continue;
        }
        match replace(path, mended.as_bytes()) {
            Ok(()) => {
                fixes += count;
                files += 1;
            }
            Err(error) => context.error(&format!("cannot write `{name}`: {error}")),
        }
    }
    context.note(&match fixes {
        0 => "nothing to fix".to_owned(),
        _ => format!(
            "mended {} in {}",
            counted(fixes, "finding"),
            counted(files, "file")
        ),
    });
    Ok(())
}

/// The text with its fixes made, and how many these were.
fn mend(language: &mut Language, name: &str, text: &str, all: bool) -> (String, usize) {
    let mut text = text.to_owned();
    let mut count = 0;
    let mut found = language.check(name, &text).diagnostics;
    for _ in 0..MAX_ROUNDS {
        let own = |span: Span| {
            let file = language.sources.file(span.file);
            file.is_some_and(|file| file.name == name)
        };
        let (edits, made) = chosen(&found, all, own);
        let Some(mended) = apply(&text, &edits).filter(|_| made > 0) else {
            break;
        };
        // No change may make a file harder to read.
        if language::unreadable(name, &mended) > language::unreadable(name, &text) {
            break;
        }
        found = language.check(name, &mended).diagnostics;
        text = mended;
        count += made;
    }
    (text, count)
}

/// The edits of fixes that can be made together, in the order of the text, and of how many
/// findings.
fn chosen(
    found: &[Diagnostic],
    all: bool,
    own: impl Fn(Span) -> bool,
) -> (Vec<(Span, String)>, usize) {
    let mut edits: Vec<(Span, String)> = Vec::new();
    let mut count = 0;
    for one in found {
        let Some(fix) = one.fixes.iter().find(|fix| fix.safe || all) else {
            continue;
        };
        let is_new = |edit: &&(Span, String)| !edits.contains(edit);
        let new: Vec<_> = fix.edits.iter().filter(is_new).cloned().collect();
        let meets = |a: Span, b: Span| a.start < b.end && b.start < a.end;
        let free = new
            .iter()
            .all(|(span, _)| own(*span) && !edits.iter().any(|(other, _)| meets(*span, *other)));
        if free {
            edits.extend(new);
            count += 1;
        }
    }
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    (edits, count)
}

/// The text with these edits made; `None` when one is not of this text.
fn apply(text: &str, edits: &[(Span, String)]) -> Option<String> {
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for (span, replacement) in edits {
        result.push_str(text.get(at..span.start as usize)?);
        result.push_str(replacement);
        at = span.end as usize;
    }
    result.push_str(text.get(at..)?);
    Some(result)
}
