//! `tau verify RECEIPT`, `tau verify RUN`

use std::path::{Path, PathBuf};

use serde_json::json;
use tau_interpreter::evidence::papers::{self, Check, Papers, Part, State, Trusted};
use tau_interpreter::evidence::receipt::Receipt;
use tau_interpreter::home::RunDir;
use tau_interpreter::repository::Repository;
use tau_lang::policy::Policies;

use crate::args::{Level, Verify};
use crate::context::{Context, Form};
use crate::evidence::{again, trust};
use crate::exit::{Exit, Failure, Outcome};
use crate::files::contents;
use crate::language::Language;
use crate::render::sanitize::{self, one_line};
use crate::render::style::{ERROR, FAINT, GOOD, STRONG, WARNING, paint};
use crate::{policies, runner};

/// The largest receipt that is read.
const MAX_RECEIPT_BYTES: u64 = 64 * 1024 * 1024;

/// Judges a receipt that is a file, or that of a run.
pub(crate) fn run(args: &Verify, context: &mut Context) -> Outcome {
    let (path, mut first) = match Path::new(&args.what).is_file() {
        true => (PathBuf::from(&args.what), None),
        false => {
            let dir = runner::find_dir(&args.what)?;
            (dir.receipt(), Some(chain(&dir)))
        }
    };
    if first.is_some() && !path.is_file() {
        let why = "the run has no receipt; `tau receipt` makes it once the run has ended";
        let checks = first
            .into_iter()
            .chain([Check::unchecked(Part::Signature, why)]);
        return Ok(tell(None, &checks.collect::<Vec<_>>(), args, context));
    }
    // A whole chain is told with the head that was signed.
    first.take_if(|it| it.state == State::Holds);
    let name = sanitize::path(&path).to_string();
    let bytes = contents(&path, MAX_RECEIPT_BYTES)
        .map_err(|why| Failure::usage(format!("cannot read `{name}`: {why}")))?;
    let trusted = trust::keys(&args.key)?;
    let text = String::from_utf8_lossy(&bytes);
    let receipt = match Receipt::read(&text) {
        Ok(receipt) => receipt,
        Err(why) => {
            let checks = vec![Check::wrong(Part::Format, format!("`{name}`: {why}"))];
            return Ok(tell(None, &checks, args, context));
        }
    };
    let (papers, mut checks) = papers::read(&receipt, &trusted);
    if papers.is_none() {
        checks.extend(first);
    }
    if let Some(papers) = &papers {
        bound(papers, args, &trusted, &mut checks, context)?;
    }
    Ok(tell(papers.as_ref(), &checks, args, context))
}

/// Whether every record of a run's journal continues the one before it.
fn chain(dir: &RunDir) -> Check {
    match dir.load() {
        Ok(loaded) => {
            let count = loaded.records.len();
            let why = format!("{count} records, each of which continues the one before it");
            Check::holds(Part::Journal, why)
        }
        Err(error) => Check::wrong(Part::Journal, error.to_string()),
    }
}

/// Everything that a receipt, which trusted keys have signed, says about something else.
fn bound(
    papers: &Papers,
    args: &Verify,
    trusted: &[Trusted],
    checks: &mut Vec<Check>,
    context: &mut Context,
) -> Result<(), Failure> {
    let repo = args.repo.clone().unwrap_or_else(|| PathBuf::from("."));
    let repo = std::fs::canonicalize(&repo).unwrap_or(repo);
    let repository =
        Repository::discover(&repo).map_err(|error| Failure::usage(error.to_string()))?;
    let scratch = tempfile::tempdir()
        .map_err(|error| Failure::failed(format!("cannot make a folder: {error}")))?;
    let (found, all) = papers::find(papers, &repository, scratch.path());
    checks.extend(all);
    let asked = policies::asked(&args.policy)?;
    checks.extend(papers::authority(
        papers,
        &policies_here(&asked, papers, &repo, context)?,
    ));
    if let Some(level) = args.level {
        checks.push(is_at_least(level, papers));
    }
    let run = runner::home()?.run(papers.text("run"));
    checks.push(papers::journal(papers, run.as_ref()));
    let noted = found.as_ref();
    checks.extend(noted.and_then(|it| papers::note(papers, it, &repository, trusted)));
    if args.no_run {
        checks.push(Check::unchecked(
            Part::Verifier,
            "not run again, as `--no-run` asks",
        ));
    } else if checks.iter().any(|it| it.state == State::Wrong) {
        let why = "not run again, as something else is wrong";
        checks.push(Check::unchecked(Part::Verifier, why));
    } else if let Some(found) = found {
        checks.push(again::again(papers, &found, &repo, &asked, context)?);
    } else {
        checks.push(Check::unchecked(
            Part::Verifier,
            "there is nothing to run it on",
        ));
    }
    Ok(())
}

/// The policies that hold for a run that begins with the receipt's base.
fn policies_here(
    asked: &[tau_lang::policy::PolicyFile],
    papers: &Papers,
    repo: &Path,
    context: &mut Context,
) -> Result<Policies, Failure> {
    let mut files = policies::of_machine()?;
    let base = papers.run.predicate["repository"]["gitCommit"].as_str();
    files.extend(policies::of_repository(repo, base)?);
    files.extend_from_slice(asked);
    policies::check(files, &mut Language::new(), context)
}

fn is_at_least(wanted: Level, papers: &Papers) -> Check {
    let stated = papers.summary.predicate["properties"].as_array();
    let stated = stated.into_iter().flatten().filter_map(|it| it.as_str());
    let levels = stated.filter_map(|it| it.strip_prefix("TAU_LEVEL_"));
    let best = levels.filter_map(Level::parse).max();
    let word = best.map_or("no level", Level::word);
    match best >= Some(wanted) {
        true => Check::holds(Part::Level, format!("it is {word}")),
        false => {
            let why = format!("it is {word}, and {} was asked for", wanted.word());
            Check::wrong(Part::Level, why)
        }
    }
}

/// Shows what was found; gives the exit code.
fn tell(papers: Option<&Papers>, checks: &[Check], args: &Verify, context: &mut Context) -> Exit {
    let is = |state: State| checks.iter().any(|it| it.state == state);
    let verifier = checks.iter().find(|it| it.part == Part::Verifier);
    let ran = verifier.is_some_and(|it| it.state != State::Unchecked);
    let (verdict, exit) = match (is(State::Wrong), ran) {
        (true, _) => ("refused", Exit::Failed),
        (false, true) => ("confirmed", Exit::Succeeded),
        // What was asked for could not be done, and believing is not what was asked for.
        (false, false) if !args.no_run && papers.is_some_and(|it| !it.tests.is_empty()) => {
            ("papers", Exit::Blocked)
        }
        (false, false) => ("papers", Exit::Succeeded),
    };
    let text = |name: &str| papers.map(|it| it.text(name).to_owned());
    if context.form() != Form::Human {
        context.json(&json!({
            "schema": "tau.verify/1",
            "verdict": verdict,
            "run": text("run"),
            "mission": text("mission"),
            "outcome": text("outcome"),
            "ran": ran,
            "checks": checks,
        }));
        return exit;
    }
    if let Some(papers) = papers {
        context.print(&format!(
            "receipt of run {} of {}, which {}\n\n",
            one_line(papers.text("run")),
            paint(STRONG, one_line(papers.text("mission"))),
            ended(papers.text("outcome")),
        ));
    }
    for check in checks {
        let mark = match check.state {
            State::Holds => paint(GOOD, "✓"),
            State::Wrong => paint(ERROR, "✗"),
            State::Unchecked => paint(FAINT, "–"),
        };
        let word = paint(STRONG, format!("{:<10}", check.part.word()));
        context.print(&format!("  {mark} {word} {}\n", one_line(&check.why)));
    }
    let last = match verdict {
        "refused" => paint(ERROR, "refused"),
        "confirmed" => paint(
            GOOD,
            "confirmed: the verifiers were run again and say the same",
        ),
        _ => paint(
            WARNING,
            "the papers hold; no verifier was run again, so what they say is believed",
        ),
    };
    context.print(&format!("\n{last}\n"));
    exit
}

/// How a run ended, as the end of a sentence.
fn ended(outcome: &str) -> String {
    match outcome {
        "blocked" | "cancelled" => format!("was {outcome}"),
        "uncertain" => "ended uncertain".to_owned(),
        other => one_line(other).into_owned(),
    }
}
