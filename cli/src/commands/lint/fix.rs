//! `tau lint --fix`: makes the changes that findings offer, until none is left.

use tau_lang::mend::{Mended, mend};

use super::select::is_wanted;
use crate::args::Lint;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::files::{Input, discover, read, replace};
use crate::language::Language;
use crate::render::diagnostics::counted;
use crate::render::diff::unified;

/// Mends every file that can be read, and says how much was done. With `--diff` nothing is
/// written, and the exit code says whether something would be.
///
/// # Errors
/// Usage: standard input cannot be changed.
pub(super) fn run(args: &Lint, context: &mut Context) -> Result<Exit, Failure> {
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
        let Mended { text: new, count } = mended(args, &mut language, &name, &text);
        if count == 0 {
            continue;
        }
        if args.diff {
            context.print(&unified(&name, &text, &new));
        } else if let Err(error) = replace(path, new.as_bytes()) {
            context.error(&format!("cannot write `{name}`: {error}"));
            continue;
        }
        fixes += count;
        files += 1;
    }
    let verb = if args.diff { "to mend" } else { "mended" };
    context.note(&match fixes {
        0 => "nothing to fix".to_owned(),
        _ => format!(
            "{verb} {} in {}",
            counted(fixes, "finding"),
            counted(files, "file")
        ),
    });
    Ok(if args.diff && fixes > 0 {
        Exit::Failed
    } else {
        Exit::Succeeded
    })
}

fn mended(args: &Lint, language: &mut Language, name: &str, text: &str) -> Mended {
    mend(
        text,
        |found, fix| (fix.safe || args.unsafe_fixes) && is_wanted(args, found),
        |text| {
            let mut found = language.check(name, text).diagnostics;
            for one in &mut found {
                one.fixes.retain(|fix| {
                    fix.edits.iter().all(|(span, _)| {
                        let file = language.sources.file(span.file);
                        file.is_some_and(|file| file.name == name)
                    })
                });
            }
            found
        },
    )
}
