//! `tau lint --add-ignore`: writes comments above findings that silence them.

use std::collections::BTreeMap;
use std::path::Path;

use tau_lang::check::Checked;
use tau_lang::suppress::place_above;

use crate::args::{Ignorable, Lint};
use crate::context::Context;
use crate::exit::Failure;
use crate::files::{Input, discover, read, replace};
use crate::language::Language;
use crate::libraries::Disk;
use crate::render::diagnostics::counted;

/// Writes the comments into every file that can be read, and says how many.
///
/// # Errors
/// Usage: a reason is missing, or standard input would have to be changed.
pub(super) fn run(args: &Lint, context: &mut Context) -> Result<(), Failure> {
    let reason = reason(args)?;
    let mut language = Language::new();
    let (mut comments, mut files) = (0, 0);
    // What cannot be read is a finding of the check that follows.
    let (inputs, _) = discover(&args.paths, None);
    for input in inputs {
        let Input::File(path) = &input else {
            let message = "`--add-ignore` changes files, not standard input";
            return Err(Failure::usage(message));
        };
        let Ok(text) = read(&input) else {
            continue;
        };
        let name = input.name();
        let (new, count) = silenced(&args.add_ignore, reason, &mut language, &name, &text);
        if count == 0 {
            continue;
        }
        match replace(path, new.as_bytes()) {
            Ok(()) => {
                comments += count;
                files += 1;
            }
            Err(error) => context.error(&format!("cannot write `{name}`: {error}")),
        }
    }
    context.note(&match comments {
        0 => "nothing to ignore".to_owned(),
        _ => format!(
            "wrote {} into {}",
            counted(comments, "comment"),
            counted(files, "file")
        ),
    });
    Ok(())
}

/// The reason, which codes of some families need.
fn reason(args: &Lint) -> Result<&str, Failure> {
    let reason = args.reason.as_deref().unwrap_or("").trim();
    if reason.contains(['\n', '\r', '#']) {
        return Err(Failure::usage("the reason must be one line without `#`"));
    }
    match args.add_ignore.iter().find(|it| it.0.needs_reason()) {
        Some(Ignorable(rule)) if reason.is_empty() => {
            let message = format!("ignoring `{}` needs a reason", rule.code);
            Err(Failure::usage(message).help("say why with `--reason TEXT`"))
        }
        _ => Ok(reason),
    }
}

/// The text with its comments, and how many these are.
fn silenced(
    asked: &[Ignorable],
    reason: &str,
    language: &mut Language,
    name: &str,
    text: &str,
) -> (String, usize) {
    let is_asked = |code: &str| asked.iter().any(|it| it.0.code == code);
    let count = |checked: &Checked| {
        let found = checked.diagnostics.iter();
        found.filter(|one| is_asked(one.code())).count()
    };
    let uses = Disk::of(Path::new(name));
    let read = language.check_with(name, text, &uses);
    let (tree, before) = (read.tree, read.checked);
    // Line by line, so that findings of one line share a comment.
    let mut lines: BTreeMap<usize, (String, Vec<&str>)> = BTreeMap::new();
    for one in before.diagnostics.iter().filter(|it| is_asked(it.code())) {
        let Some(source) = language.sources.file(one.span.file) else {
            continue;
        };
        if source.name == name {
            let (at, indent) = place_above(one.span, &tree, source);
            let (_, codes) = lines
                .entry(at)
                .or_insert_with(|| (indent.to_owned(), Vec::new()));
            if !codes.contains(&one.code()) {
                codes.push(one.code());
            }
        }
    }
    let mut new = text.to_owned();
    for (at, (indent, codes)) in lines.iter().rev() {
        let comment = format!("{indent}# tau: ignore[{}] {reason}", codes.join(", "));
        new.insert_str(*at, &format!("{}\n", comment.trim_end()));
    }
    // A comment that silences nothing where it had to be put is not left behind.
    let after = language.check(name, &new);
    let worse = after.diagnostics.len() >= before.diagnostics.len();
    if lines.is_empty() || worse || count(&after) >= count(&before) {
        return (text.to_owned(), 0);
    }
    (new, lines.len())
}
