//! How long parsing and checking take, for files of 100, 1,000, 10,000 and 20,000 steps.
//!
//! `cargo bench -p tau-lang` measures; without `--bench`, as `cargo test` runs it, each
//! size is done once and only has to be right.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark needs a clock and says what it found"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use tau_lang::check::check;
use tau_lang::library::{Library, Texts};
use tau_lang::source::{SourceId, SourceMap};
use tau_lang::syntax::tau;

const FS: &str = include_str!("../../stdlib/src/fs/fs.tau");
const TIME: &str = include_str!("../../stdlib/src/time/time.tau");

/// A mission of `count` steps that each do the same kind of thing.
type Shape = fn(usize) -> String;

/// Steps that touch nothing and use nothing.
fn independent(count: usize) -> String {
    mission(count, |text, step| {
        let _ = writeln!(text, "  step s{step} = time.sleep(1ms)");
    })
}

/// Steps that each use the result of the one before.
fn chained(count: usize) -> String {
    mission(count, |text, step| {
        let before = match step {
            0 => "\"x\"".to_owned(),
            _ => format!("s{}.text", step - 1),
        };
        let _ = match step % 2 {
            0 => writeln!(text, "  step s{step} = fs.read(\"a/f{step}\")"),
            _ => writeln!(
                text,
                "  step s{step} = fs.search({before})\n  let t{step} = {before}"
            ),
        };
    })
}

/// Steps that write files of their own, so that no two meet.
fn writes(count: usize) -> String {
    mission(count, |text, step| {
        let _ = writeln!(text, "  step s{step} = fs.write(\"out/f{step}\", \"x\")");
    })
}

/// Steps that write ten files in turn, so that each meets many.
fn meeting(count: usize) -> String {
    mission(count, |text, step| {
        let _ = writeln!(
            text,
            "  step s{step} = fs.write(\"out/f{}\", \"x\")",
            step % 10
        );
    })
}

fn mission(count: usize, step: impl Fn(&mut String, usize)) -> String {
    let mut text =
        String::from("mission m {\n  authority {\n    read  \"**\"\n    write \"out/**\"\n  }\n");
    for number in 0..count {
        step(&mut text, number);
    }
    text.push_str("}\n");
    text
}

fn library() -> Library {
    let texts = Texts {
        groups: &[("fs", FS), ("time", TIME)],
        filters: &[("patch_paths", |_| Ok(Vec::new()))],
        ..Texts::default()
    };
    Library::load(&mut SourceMap::default(), &texts).0
}

/// The least of some runs, which is the one that was disturbed least.
fn least(runs: usize, mut work: impl FnMut()) -> Duration {
    let mut least = Duration::MAX;
    for _ in 0..runs {
        let start = Instant::now();
        work();
        least = least.min(start.elapsed());
    }
    least
}

fn main() {
    let measuring = std::env::args().any(|arg| arg == "--bench");
    let sizes: &[usize] = match measuring {
        true => &[100, 1_000, 10_000, 20_000],
        false => &[100],
    };
    let shapes: [(&str, Shape); 4] = [
        ("independent", independent),
        ("chained", chained),
        ("writes", writes),
        ("meeting", meeting),
    ];
    let library = library();
    println!("{:<14}{:>8}{:>12}{:>12}", "", "steps", "parse", "check");
    for (name, shape) in shapes {
        for count in sizes {
            let text = shape(*count);
            let runs = if measuring {
                (20_000 / count).clamp(1, 20)
            } else {
                1
            };
            let (tree, found) = tau::parse(&text, SourceId(0));
            assert!(found.is_empty(), "{found:?}");
            let checked = check(&tree, &library);
            assert!(!checked.has_errors(), "{:?}", checked.diagnostics);
            let parse = least(runs, || {
                black_box(tau::parse(black_box(&text), SourceId(0)));
            });
            let check = least(runs, || {
                black_box(check(black_box(&tree), &library));
            });
            println!(
                "{name:<14}{count:>8}{:>9.2} ms{:>9.2} ms",
                parse.as_secs_f64() * 1_000.0,
                check.as_secs_f64() * 1_000.0
            );
        }
    }
}
