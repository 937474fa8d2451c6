//! What can be done is done, and is what was asked for.

use crate::place::{Place, mend};
use crate::programs::{DOCS, FLAG, JAVASCRIPT, PYTHON, Program, RUST};
use crate::row::{Row, told};

pub(crate) fn rows() -> Vec<Row> {
    let row = |name, needs, run| Row {
        name,
        needs,
        expected: "succeeded",
        run,
    };
    vec![
        row("documentation only", &[], docs),
        row("one file (Python)", &["python3"], one_file),
        row("a new flag (Python)", &["python3"], new_flag),
        row("several files (JavaScript)", &["node"], several_files),
        row("a failing test (Rust)", &[], failing_test),
    ]
}

fn solved(program: &Program, more: &[&str]) -> String {
    let place = Place::new(program, vec![mend(program)]);
    let result = place.fix(more);
    place.assert_mended(&result);
    assert_eq!(result["assurance"], "tested", "{result:#}");
    told(&result)
}

fn docs() -> String {
    // Nothing in the repository says what checks its texts.
    solved(&DOCS, &["--set", "check=sh tests/docs.sh"])
}

fn one_file() -> String {
    solved(&PYTHON, &[])
}

fn new_flag() -> String {
    solved(&FLAG, &[])
}

fn several_files() -> String {
    solved(&JAVASCRIPT, &[])
}

fn failing_test() -> String {
    solved(&RUST, &[])
}
