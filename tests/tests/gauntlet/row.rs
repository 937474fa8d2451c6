//! Rows of the table, and what became of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use tau_tests::is_installed;

/// How many rows are run at once.
const AT_ONCE: usize = 2;

/// Something that a mission meets.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    /// What, in a few words.
    pub(crate) name: &'static str,
    /// The programs that it needs beside git and Rust.
    pub(crate) needs: &'static [&'static str],
    /// How it must end, as [`told`] says it.
    pub(crate) expected: &'static str,
    /// Runs it, and says how it has ended. What else must hold it asserts.
    pub(crate) run: fn() -> String,
}

/// A row about a program in Python.
pub(crate) fn python(name: &'static str, expected: &'static str, run: fn() -> String) -> Row {
    Row {
        name,
        needs: &["python3"],
        expected,
        run,
    }
}

/// How a run has ended, in a few words: `succeeded`, or `blocked issue-unsafe`.
pub(crate) fn told(result: &serde_json::Value) -> String {
    let outcome = result["outcome"].as_str().unwrap_or("nothing");
    let code = match outcome {
        "blocked" => result["blocked"]["code"].as_str(),
        "failed" => {
            let steps = result["steps"].as_array().into_iter().flatten();
            let mut codes = steps.filter_map(|step| step["failure"]["code"].as_str());
            codes.next_back()
        }
        _ => None,
    };
    match code {
        Some(code) => format!("{outcome} {code}"),
        None => outcome.to_owned(),
    }
}

/// Runs the rows, prints the table, and says whether all of it is as expected.
pub(crate) fn run(rows: &[Row]) -> bool {
    let began = Instant::now();
    let next = Mutex::new(rows.iter().enumerate());
    let ended = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((at, row)) = take(&next) {
                    let line = line(row);
                    ended.lock().unwrap().push((at, line));
                }
            });
        }
    });
    let mut ended = ended.into_inner().unwrap();
    ended.sort_by_key(|(at, _)| *at);
    println!("\n{:<40} {:<38} {:>7}", "the gauntlet", "ends", "s");
    let mut wrong = 0;
    for (_, (line, as_expected)) in &ended {
        println!("{line}");
        wrong += usize::from(!as_expected);
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "\n{} rows, {wrong} not as expected, in {seconds:.1} s\n",
        rows.len()
    );
    wrong == 0
}

/// The next of them. The lock is gone when it is there.
fn take<T>(next: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    next.lock().unwrap().next()
}

/// Runs a row; its line, and whether it is as expected.
fn line(row: &Row) -> (String, bool) {
    let missing = row.needs.iter().find(|program| !is_installed(program));
    if let Some(program) = missing {
        let skipped = format!("skipped: needs `{program}`, which is not installed");
        return (format!("{:<40} {skipped}", row.name), true);
    }
    let began = Instant::now();
    let ended = catch_unwind(AssertUnwindSafe(row.run));
    let seconds = began.elapsed().as_secs_f64();
    let ended = ended.unwrap_or_else(|_| "what is told above".to_owned());
    let as_expected = ended == row.expected;
    let tail = match as_expected {
        true => String::new(),
        false => format!("  NOT AS EXPECTED: {}", row.expected),
    };
    let line = format!("{:<40} {ended:<38} {seconds:>7.1}{tail}", row.name);
    (line, as_expected)
}
