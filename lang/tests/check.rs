#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads its own files"
)]
//! Runs the Markdown files in `tests/check`: every block is a file, and `# error: [code]` or
//! `# warning: [code]` at a line's end says what is found on that line. What is not announced
//! may not be found, and what is announced must be.
//!
//! `# error: [code] "text"` also says which text is underlined, letter by letter, with `⏎` for the
//! end of a line. Several findings of a line stand one behind the other.

#[path = "support/blocks.rs"]
mod blocks;
#[path = "support/library.rs"]
mod library;

use std::fmt::Write as _;

use tau_lang::check::check;
use tau_lang::diagnostic::Severity;
use tau_lang::source::SourceMap;
use tau_lang::syntax::tau;

use self::blocks::{Block, blocks, check_text};
use self::library::library;

/// One finding, as announced or as found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    line: usize,
    /// `error: [code]`
    what: String,
    /// The underlined text, where the announcement says it.
    text: Option<String>,
    message: String,
}

/// What the block announces.
fn announced(text: &str) -> Vec<Found> {
    let mut all = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((_, comment)) = line.split_once("# ") else {
            continue;
        };
        let mut starts: Vec<usize> = ["error: [", "warning: ["]
            .into_iter()
            .flat_map(|word| comment.match_indices(word))
            .map(|(at, _)| at)
            .collect();
        starts.sort_unstable();
        for (at, start) in starts.iter().enumerate() {
            let end = starts.get(at + 1).copied().unwrap_or(comment.len());
            let (what, rest) = comment[*start..end].split_once(']').unwrap();
            let rest = rest.trim();
            all.push(Found {
                line: index + 1,
                what: format!("{what}]"),
                text: (!rest.is_empty()).then(|| unquoted(rest)),
                message: String::new(),
            });
        }
    }
    all.sort();
    all
}

/// The text between the quotes, which may itself hold some.
fn unquoted(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inner
        .unwrap_or_else(|| panic!("`{text}` is no text in quotes"))
        .to_owned()
}

/// Most blocks name values, ask for results and grant everything only to show something else, so
/// these need no announcement. Where one of them is announced, each must be.
const ORDINARY: [&str; 5] = [
    "warning: [authority-broad]",
    "warning: [let-unused]",
    "warning: [step-unused]",
    "warning: [verifier-trivial]",
    "warning: [verifier-unprotected]",
];

/// Takes out what needs no announcement in a block where it has none.
fn without_ordinary(found: &mut Vec<Found>, announced: &[Found]) {
    found.retain(|one| {
        !ORDINARY.contains(&&*one.what) || announced.iter().any(|it| it.what == one.what)
    });
}

/// Whether everything found is announced, and the other way round. A place that is not announced
/// may be any.
fn agree(found: &[Found], announced: &[Found]) -> bool {
    let mut left: Vec<&Found> = found.iter().collect();
    // What names its place is looked for first, so that it is not taken by one that does not.
    let named = announced.iter().filter(|one| one.text.is_some());
    let unnamed = announced.iter().filter(|one| one.text.is_none());
    named.chain(unnamed).all(|one| {
        let same = |it: &&Found| {
            it.line == one.line
                && it.what == one.what
                && (one.text.is_none() || one.text == it.text)
        };
        left.iter()
            .position(same)
            .map(|at| left.remove(at))
            .is_some()
    }) && left.is_empty()
}

/// What is found in a block and not announced, or the other way round.
fn run(block: &Block) -> String {
    let mut failures = String::new();
    let mut found = findings(block);
    let wanted = announced(&block.text);
    without_ordinary(&mut found, &wanted);
    if agree(&found, &wanted) {
        return failures;
    }
    writeln!(failures, "{}", block.place).unwrap();
    for (side, all) in [("announced", &wanted), ("found    ", &found)] {
        for one in all {
            let text = one.text.as_deref().unwrap_or("…");
            let Found {
                line,
                what,
                message,
                ..
            } = one;
            writeln!(failures, "  {side} {line}: {what} \"{text}\" {message}").unwrap();
        }
    }
    failures
}

fn findings(block: &Block) -> Vec<Found> {
    let mut map = SourceMap::default();
    let library = library(&mut map);
    let checked = check_text(block.name, &block.text, &block.files, &library, &mut map);
    let mut all: Vec<_> = checked
        .diagnostics
        .iter()
        .map(|one| {
            let word = match one.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let line = map
                .file(one.span.file)
                .unwrap()
                .position(one.span.start)
                .line;
            Found {
                line,
                what: format!("{word}: [{}]", one.code()),
                text: Some(map.text(one.span).replace('\n', "⏎")),
                message: one.kind.to_string(),
            }
        })
        .collect();
    all.sort();
    all
}

#[test]
fn every_block_finds_what_it_announces() {
    let failures: String = blocks().iter().map(run).collect();
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn the_library_has_nothing_to_find() {
    let mut map = SourceMap::default();
    let library = library(&mut map);
    for name in library.missions.keys() {
        let checked = tau_lang::check::library_mission(name, &library).unwrap();
        assert!(
            checked.diagnostics.is_empty(),
            "{name}: {:?}",
            checked.diagnostics
        );
        assert_eq!(checked.plans.len(), 1);
    }
}

/// The codes of the errors that a text's check finds.
fn codes(text: &str) -> Vec<&'static str> {
    let mut map = SourceMap::default();
    let library = library(&mut map);
    let id = map.add("test", text);
    let (tree, mut found) = tau::parse(text, id);
    found.extend(check(&tree, &library).diagnostics);
    let mut codes: Vec<_> = found
        .iter()
        .filter(|one| one.severity() == Severity::Error)
        .map(tau_lang::diagnostic::Diagnostic::code)
        .collect();
    codes.dedup();
    codes
}

#[test]
fn thousands_of_types_in_a_row_or_in_a_circle_end() {
    let chain = |count: usize, last: &str| -> String {
        let types = (0..count).map(|n| {
            let next = if n + 1 == count {
                last.to_owned()
            } else {
                format!("T{}", n + 1)
            };
            format!("type T{n} = {{ a: {next} }}\n")
        });
        types.collect::<String>() + "mission m {\n  input t : T0\n  output t = t\n}\n"
    };
    assert_eq!(codes(&chain(30, "int")), [""; 0]);
    assert_eq!(codes(&chain(20_000, "int")), ["type-too-large"]);
    assert_eq!(codes(&chain(20_000, "T0")), ["type-recursive"]);
}

/// `count` missions, each calling the next `times` times.
fn chain(count: usize, times: usize) -> String {
    (0..count)
        .map(|index| {
            let calls = (0..times).map(|call| format!("  step s{call} = m{}()\n", index + 1));
            format!("mission m{index} {{\n{}}}\n", calls.collect::<String>())
        })
        .chain([format!("mission m{count} {{\n  output a = 1\n}}\n")])
        .collect()
}

#[test]
fn plans_have_a_bound() {
    assert_eq!(codes(&chain(20, 1)), [] as [&str; 0]);
    // Deep, wide by doubling, long, and dense.
    assert_eq!(codes(&chain(3000, 1)), ["mission-too-large"]);
    assert_eq!(codes(&chain(30, 2)), ["mission-too-large"]);
    let lets: String = (0..50_001).map(|n| format!("  let a{n} = 1\n")).collect();
    assert_eq!(
        codes(&format!("mission m {{\n{lets}}}\n")),
        ["mission-too-large"]
    );
    let globs: String = (0..600)
        .map(|n| format!("  step g{n} = fs.glob(\"**\")\n"))
        .collect();
    let writes: String = (0..600)
        .map(|n| format!("  step w{n} = fs.write(\"f{n}\", text: \"\")\n"))
        .collect();
    let authority = "  authority {\n    read \"**\"\n    write \"**\"\n  }\n";
    assert_eq!(
        codes(&format!("mission m {{\n{authority}{globs}{writes}}}\n")),
        ["mission-too-large"]
    );
}
