//! `tau prune`

use serde::Serialize;
use tau_interpreter::clock::Clock;
use tau_interpreter::jobs::Standing;
use tau_interpreter::jobs::prune::{self, Candidate, Plan, Pruned, Wish};
use tau_interpreter::journal::Blocked;
use tau_lang::syntax::literal;

use crate::args::Prune;
use crate::ask;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::render::sanitize::sanitize;
use crate::render::style::{FAINT, HELP, STRONG, paint};
use crate::render::table::{Cell, table};
use crate::runner;

/// How old runs get when nothing is said.
const OLD: &str = "30d";

/// How many runs are shown.
const SHOWN: usize = 20;

/// The document `tau.prune/1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    /// Whether it was only shown.
    dry_run: bool,
    /// Those that are, or would be, removed; the oldest first.
    runs: Vec<Line<'a>>,
    /// How many runs, blobs and bytes were removed.
    removed: Removed,
    /// How many bytes more there are than was wished, since they must be kept.
    over: u64,
    blocked: Option<Blocked>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    run: &'a str,
    mission: &'a str,
    outcome: &'static str,
    repo: &'a str,
    bytes: u64,
}

#[derive(Serialize)]
struct Removed {
    runs: u64,
    blobs: u64,
    bytes: u64,
}

/// Removes old runs.
pub(crate) fn run(args: &Prune, context: &mut Context) -> Outcome {
    let wish = wish(args)?;
    let home = runner::home()?;
    let now = Clock::system().now().as_millisecond();
    let plan = prune::plan(&home, wish, now)
        .map_err(|error| Failure::failed(format!("the runs cannot be looked through: {error}")))?;
    show(&plan, context);
    if args.dry_run || plan.runs.is_empty() && !home.root().exists() {
        print(&plan, Pruned::default(), args.dry_run, None, context);
        return Ok(Exit::Succeeded);
    }
    if !args.yes && !plan.runs.is_empty() {
        if !ask::is_possible() {
            return Ok(nobody_to_ask(&plan, context));
        }
        if !ask::confirmed("Remove them?", context) {
            return Err(Failure::new(Exit::Cancelled, "nothing was removed"));
        }
    }
    let pruned = prune::prune(&home, &plan)
        .map_err(|error| Failure::failed(format!("not all could be removed: {error}")))?;
    print(&plan, pruned, false, None, context);
    Ok(Exit::Succeeded)
}

fn wish(args: &Prune) -> Result<Wish, Failure> {
    let older_than = match (&args.older_than, &args.keep_bytes) {
        (Some(age), _) => Some(age.as_str()),
        (None, Some(_)) => None,
        (None, None) => Some(OLD),
    };
    let older_than = older_than.map(|age| {
        literal::duration(age).ok_or_else(|| {
            Failure::usage(format!("`{age}` is no duration")).help("for example `30d` or `12h`")
        })
    });
    let keep_bytes = args.keep_bytes.as_ref().map(|size| {
        literal::size(size).ok_or_else(|| {
            Failure::usage(format!("`{size}` is no size")).help("for example `10GB` or `500MB`")
        })
    });
    Ok(Wish {
        older_than: older_than.transpose()?,
        keep_bytes: keep_bytes.transpose()?,
    })
}

fn outcome(candidate: &Candidate) -> &'static str {
    match candidate.summary.standing {
        Standing::Ended(outcome) => outcome.word(),
        // No candidate is so.
        Standing::Queued | Standing::Begun => "",
    }
}

/// Shows what would be removed.
fn show(plan: &Plan, context: &mut Context) {
    if context.form() != Form::Human || plan.runs.is_empty() {
        return;
    }
    let row = |it: &Candidate| {
        let began = it.summary.began.get(..19).unwrap_or_default();
        vec![
            Cell::new(STRONG, &it.summary.run),
            Cell::new(FAINT, outcome(it)),
            Cell::new(STRONG, &it.summary.mission),
            Cell::new(FAINT, &began.replace('T', " ")),
            Cell::new(FAINT, &bytes(it.bytes)),
        ]
    };
    let rows: Vec<Vec<Cell>> = plan.runs.iter().take(SHOWN).map(row).collect();
    let mut text = table(&rows, context.width());
    if let Some(more) = plan.runs.len().checked_sub(SHOWN).filter(|it| *it > 0) {
        text += &format!("and {more} more\n");
    }
    context.print(&text);
    context.note(&format!(
        "{}, with what only they name: {} of {}",
        runs(plan.runs.len() as u64),
        bytes(plan.freed),
        bytes(plan.bytes)
    ));
}

fn print(
    plan: &Plan,
    pruned: Pruned,
    dry_run: bool,
    blocked: Option<(Blocked, String)>,
    context: &mut Context,
) {
    if context.form() != Form::Human {
        let line = |it| line(it);
        let (blocked, next) = blocked.unzip();
        context.json(&Document {
            schema: "tau.prune/1",
            dry_run,
            runs: plan.runs.iter().map(line).collect(),
            removed: Removed {
                runs: pruned.runs,
                blobs: pruned.blobs,
                bytes: pruned.bytes,
            },
            over: plan.over,
            blocked,
            next,
        });
        return;
    }
    if plan.runs.is_empty() && pruned == Pruned::default() {
        context.note("there is nothing to remove");
    } else if !dry_run {
        context.note(&format!(
            "removed {} and {}: {}",
            runs(pruned.runs),
            match pruned.blobs {
                1 => "1 blob".to_owned(),
                blobs => format!("{blobs} blobs"),
            },
            bytes(pruned.bytes)
        ));
    }
    if plan.over > 0 {
        context.note(&format!(
            "{} more than was wished are kept: runs that have not ended, or that somebody holds",
            bytes(plan.over)
        ));
    }
}

fn line(candidate: &Candidate) -> Line<'_> {
    Line {
        run: &candidate.summary.run,
        mission: &candidate.summary.mission,
        outcome: outcome(candidate),
        repo: &candidate.summary.repo,
        bytes: candidate.bytes,
    }
}

/// Without a terminal nobody can answer, and that blocks.
fn nobody_to_ask(plan: &Plan, context: &mut Context) -> Exit {
    let next = ask::next();
    let message = "Nothing was removed: there is no terminal to ask on. Read what would be, then give `--yes`.";
    if context.form() == Form::Human {
        context.error(message);
        context.note(&format!("\n  go on      {}", paint(HELP, sanitize(&next))));
    } else {
        let blocked = Blocked {
            kind: "approval".to_owned(),
            code: "not-confirmed".to_owned(),
            message: message.to_owned(),
            mutations: 0,
            missing: Vec::new(),
            inputs: Vec::new(),
        };
        print(
            plan,
            Pruned::default(),
            true,
            Some((blocked, next)),
            context,
        );
    }
    Exit::Blocked
}

fn runs(count: u64) -> String {
    match count {
        1 => "1 run".to_owned(),
        count => format!("{count} runs"),
    }
}

/// `512 B`, `12 kB`, `1.2 GB`: as file managers do, with powers of ten.
fn bytes(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut rest = bytes;
    let mut unit = 0;
    while rest >= 1_000_000 && unit + 1 < units.len() {
        rest /= 1000;
        unit += 1;
    }
    match rest {
        0..10_000 => format!("{}.{} {}", rest / 1000, rest % 1000 / 100, units[unit]),
        _ => format!("{} {}", rest / 1000, units[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn bytes_are_told_with_few_digits() {
        let all = [
            0,
            999,
            1000,
            9_999,
            12_345,
            1_234_567,
            999_999_999,
            12_000_000_000,
        ];
        let told = all.map(bytes);
        assert_eq!(
            told,
            [
                "0 B", "999 B", "1.0 kB", "9.9 kB", "12 kB", "1.2 MB", "999 MB", "12 GB"
            ]
        );
    }
}
