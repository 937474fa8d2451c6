//! `tau lint [PATH…]`

mod fix;
mod select;
mod silence;
mod statistics;

use tau_lang::check::Checked;
use tau_lang::diagnostic::{Diagnostic, Kind};
use tau_lang::source::{SourceMap, Span};

use self::select::is_wanted;
use crate::args::{Format, Lint};
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::files::{Input, Unreadable, discover, read};
use crate::language::Language;
use crate::render::diagnostics::human::{self, Look};
use crate::render::diagnostics::{Findings, github, json, jsonl, junit, sarif};

/// Checks every file and writes what was found.
pub(crate) fn run(args: &Lint, context: &mut Context) -> Outcome {
    let format = format(args.format, context.form())?;
    if args.fix {
        let exit = fix::run(args, context)?;
        if args.diff {
            return Ok(exit);
        }
    }
    if !args.add_ignore.is_empty() {
        silence::run(args, context)?;
    }
    let mut findings = check_all(args, threads(), || {
        let mut language = Language::new();
        let sources = std::mem::take(&mut language.sources);
        let check = move |sources: &mut SourceMap, name: &str, text: &str| {
            std::mem::swap(sources, &mut language.sources);
            let checked = language.check(name, text);
            std::mem::swap(sources, &mut language.sources);
            checked
        };
        (sources, check)
    });
    findings.diagnostics.retain(|it| is_wanted(args, it));
    let suppressed = &mut findings.suppressed;
    suppressed.retain(|it| is_wanted(args, &it.diagnostic));
    context.print(&match format {
        Format::Human if args.statistics => statistics::render(&findings, context.width()),
        Format::Human => human::render(&findings, Look::of(context)),
        Format::Json => json::render(&findings),
        Format::Jsonl => jsonl::render(&findings),
        Format::Github => github::render(&findings),
        Format::Sarif => sarif::render(&findings),
        Format::Junit => junit::render(&findings, args.deny.is_some()),
    });
    if findings.files.is_empty() && findings.diagnostics.is_empty() {
        context.warn("there are no tau files here");
    } else {
        context.note(&findings.sentence());
    }
    Ok(exit(&findings, args.deny.is_some()))
}

/// `--format`, or what `--json` and `--json-stream` stand for.
fn format(asked: Option<Format>, form: Form) -> Result<Format, Failure> {
    let form = match form {
        Form::Human => return Ok(asked.unwrap_or(Format::Human)),
        Form::Json => Format::Json,
        Form::JsonStream => Format::Jsonl,
    };
    match asked {
        Some(asked) if asked != form => Err(Failure::usage(
            "`--format` and `--json` ask for different things; give one of them",
        )),
        _ => Ok(form),
    }
}

/// Fewer files than this are not worth another thread, which reads the library anew.
const FILES_A_THREAD: usize = 32;

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// What is found in all files, in their order whatever the number of threads. `start` gives the
/// texts that every check has, and a check: it adds a file of this name and text to the map and
/// says what is wrong.
fn check_all<C>(args: &Lint, threads: usize, start: impl Fn() -> (SourceMap, C) + Sync) -> Findings
where
    C: FnMut(&mut SourceMap, &str, &str) -> Checked,
{
    let (inputs, unreadable) = discover(&args.paths, args.stdin_filename.as_deref());
    let parts = threads.min(inputs.len() / FILES_A_THREAD).max(1);
    let mut parts = inputs.chunks(inputs.len().div_ceil(parts).max(1));
    let (first, start) = (parts.next().unwrap_or_default(), &start);
    let mut findings = std::thread::scope(|scope| {
        let others: Vec<_> = parts
            .map(|part| scope.spawn(move || check_part(part, &[], start)))
            .collect();
        let (mut findings, shared) = check_part(first, &unreadable, start);
        for other in others {
            match other.join() {
                Ok((other, _)) => findings.append(other, shared),
                // A fault of tau is one wherever it happens.
                Err(fault) => std::panic::resume_unwind(fault),
            }
        }
        findings
    });
    findings.sort();
    findings
}

/// What is found in some files, and how many texts every check has.
fn check_part<C>(
    inputs: &[Input],
    unreadable: &[Unreadable],
    start: &impl Fn() -> (SourceMap, C),
) -> (Findings, usize)
where
    C: FnMut(&mut SourceMap, &str, &str) -> Checked,
{
    let (sources, mut check) = start();
    let shared = sources.len();
    let mut findings = Findings {
        sources,
        ..Findings::default()
    };
    for file in unreadable {
        refuse(&mut findings, file.clone());
    }
    for input in inputs {
        match read(input) {
            Ok(text) => {
                findings.files.push(input.name());
                let checked = check(&mut findings.sources, &input.name(), &text);
                findings.diagnostics.extend(checked.diagnostics);
                findings.suppressed.extend(checked.suppressed);
            }
            Err(file) => refuse(&mut findings, file),
        }
    }
    (findings, shared)
}

/// A file that cannot be read is a finding like any other.
fn refuse(findings: &mut Findings, file: Unreadable) {
    let id = findings.sources.add(file.name.clone(), "");
    findings.files.push(file.name.clone());
    let kind = Kind::FileUnreadable {
        name: file.name,
        why: file.why,
    };
    findings
        .diagnostics
        .push(Diagnostic::new(kind, Span::new(id, 0, 0)));
}

fn exit(findings: &Findings, deny_warnings: bool) -> Exit {
    let summary = findings.summary();
    if summary.errors > 0 || deny_warnings && summary.warnings > 0 {
        Exit::Failed
    } else {
        Exit::Succeeded
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::Path;

    use clap::Parser;

    use super::*;
    use crate::args::{Cli, Command};

    /// Finds fault with every `?` and remarks on every `!`.
    fn check(sources: &mut SourceMap, name: &str, text: &str) -> Checked {
        let id = sources.add(name, text);
        let found = |(at, c): (usize, char)| {
            let kind = match c {
                '?' => Kind::TemplateEmpty,
                '!' => Kind::InputUnused {
                    name: "x".to_owned(),
                },
                _ => return None,
            };
            Some(Diagnostic::new(kind, Span::new(id, at, at + 1)))
        };
        Checked {
            diagnostics: text.char_indices().filter_map(found).collect(),
            ..Checked::default()
        }
    }

    fn args(path: &Path) -> Lint {
        let Ok(cli) = Cli::try_parse_from([OsStr::new("tau"), "lint".as_ref(), path.as_ref()])
        else {
            panic!("`lint` takes a path");
        };
        match cli.command {
            Command::Lint(lint) => lint,
            other => panic!("{other:?}"),
        }
    }

    fn lint(texts: &[&[u8]]) -> Findings {
        let root = tempfile::tempdir().unwrap();
        for (number, text) in texts.iter().enumerate() {
            std::fs::write(root.path().join(format!("{number}.tau")), text).unwrap();
        }
        check_all(&args(root.path()), 1, || (SourceMap::default(), check))
    }

    #[test]
    fn errors_fail_and_warnings_fail_only_when_denied() {
        assert_eq!(exit(&lint(&[b"ok"]), true), Exit::Succeeded);
        assert_eq!(exit(&lint(&[b"!"]), false), Exit::Succeeded);
        assert_eq!(exit(&lint(&[b"!"]), true), Exit::Failed);
        assert_eq!(exit(&lint(&[b"?"]), false), Exit::Failed);
    }

    #[test]
    fn threads_change_nothing() {
        let root = tempfile::tempdir().unwrap();
        for number in 0..200 {
            let text = "?!".repeat(number % 5);
            std::fs::write(root.path().join(format!("{number}.tau")), text).unwrap();
        }
        let found = |threads| {
            let findings = check_all(&args(root.path()), threads, || {
                let mut sources = SourceMap::default();
                sources.add("of every check", "");
                (sources, check)
            });
            let places = findings.diagnostics.iter().map(|found| {
                let place = findings.sources.location(found.span);
                format!("{place} {}", found.code())
            });
            (places.collect::<Vec<_>>(), findings.files)
        };
        let one = found(1);
        assert_eq!(one.0.len(), 800);
        assert_eq!(one, found(3));
        assert_eq!(one, found(50));
    }

    #[test]
    fn a_bad_file_costs_only_itself() {
        let findings = lint(&[b"?", b"\xff\xfea", b"a?!"]);
        let codes: Vec<_> = findings.diagnostics.iter().map(Diagnostic::code).collect();
        let expected = [
            "template-empty",
            "file-unreadable",
            "template-empty",
            "input-unused",
        ];
        assert_eq!(codes, expected);
        assert_eq!(findings.files.len(), 3);
    }

    #[test]
    fn a_missing_path_is_an_error() {
        let findings = check_all(&args(Path::new("/nowhere/at/all")), 1, || {
            (SourceMap::default(), check)
        });
        assert_eq!(exit(&findings, false), Exit::Failed);
        assert_eq!(findings.sentence(), "1 error in 1 file");
    }

    #[test]
    fn json_flags_and_the_format_must_agree() {
        assert_eq!(format(None, Form::Json), Ok(Format::Json));
        assert_eq!(
            format(Some(Format::Jsonl), Form::JsonStream),
            Ok(Format::Jsonl)
        );
        assert_eq!(
            format(Some(Format::Github), Form::Human),
            Ok(Format::Github)
        );
        let failure = format(Some(Format::Human), Form::Json).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
    }
}
