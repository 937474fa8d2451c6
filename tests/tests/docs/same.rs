//! Whether output is what a page shows.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

/// What differs from run to run, and what stands for it.
static VOLATILE: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let pairs = [
        // Before the hashes: seven digits behind a point look like one.
        (r#""(seconds|ms)": ?[\d.]+"#, "<span>"),
        // A run's id.
        (r"\b01[0-9a-hjkmnp-tv-z]{24}\b", "<run>"),
        // Hashes: of commits, short and long, and of blobs.
        (
            r"\b([0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{10}|[0-9a-f]{7})\b",
            "<hash>",
        ),
        (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+Z)?", "<time>"),
        (r"\b\d+(\.\d+)? ?(ms|s)\b", "<span>"),
        (r"\b(process |worker |pid=)\d+\b", "${1}<process>"),
        // What a run takes depends on the file system.
        (r"\b\d+(\.\d+)? kB\b", "<size>"),
        // The version of another program.
        (r"\b\d+\.\d+\.\d+\b", "<version>"),
        // Columns move with the widths of what is in them.
        (r"  +", "  "),
        (r"[ \t]+\n", "\n"),
    ];
    let compiled = |(pattern, name)| (Regex::new(pattern).unwrap(), name);
    pairs.into_iter().map(compiled).collect()
});

/// `text` without what differs from run to run.
fn settled(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, name) in VOLATILE.iter() {
        text = pattern.replace_all(&text, *name).into_owned();
    }
    text
}

/// What the command wrote, as a page shows it: the folder of the test is left out.
pub(crate) fn shown(output: &str, folder: &Path) -> String {
    output.replace(&format!("{}", folder.display()), "/…")
}

/// Whether `actual` is what the page shows. In the page, a line that is only `…` stands for any
/// lines, and `…` within a line for any part of it.
pub(crate) fn matches(expected: &str, actual: &str) -> bool {
    let (expected, actual) = (settled(expected), settled(actual));
    let mut pattern = String::from("(?s)^");
    for line in expected.lines() {
        if line.trim() == "…" {
            pattern.push_str("(?:[^\n]*\n)*?");
            continue;
        }
        let parts: Vec<String> = line.split('…').map(regex::escape).collect();
        pattern.push_str(&parts.join("[^\n]*"));
        pattern.push('\n');
    }
    pattern.push('$');
    let mut actual = actual;
    if !actual.is_empty() && !actual.ends_with('\n') {
        actual.push('\n');
    }
    Regex::new(&pattern).unwrap().is_match(&actual)
}

#[test]
fn what_differs_from_run_to_run_does_not_matter() {
    let page = "run 01m81vcb7jxs79h571asfchvhp on f9d088c194\n  ✓ red    fails 0.2 s\n";
    let output = "run 01m81vebkn7gf3k2pc9nwyt6kb on 47fa528c59\n  ✓ red  fails 12.0 s\n";
    assert!(matches(page, output));
    assert!(!matches(page, &output.replace("red", "green")));
    assert!(!matches(page, &format!("{output}more\n")));
    assert!(matches(
        "\"seconds\": 0.011832069",
        "\"seconds\": 0.2824079"
    ));
}

#[test]
fn an_ellipsis_stands_for_lines_or_a_part_of_one() {
    assert!(matches("a\n…\nd …\n", "a\nb\nc\nd e\n"));
    assert!(matches("a\n…\nd …\n", "a\nd e\n"));
    assert!(!matches("a\n…\nd …\n", "a\nb\nc e\n"));
    assert!(!matches("a …\n", "a b\nc\n"));
}
