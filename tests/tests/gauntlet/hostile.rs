//! Models that answer badly, models that mean ill, and checks that do not hold still.

use tau_tests::step;

use crate::place::{Place, block, mend};
use crate::programs::{PYTHON, Program};
use crate::provider::{Answer, stream_of};
use crate::row::{Row, python as row, told};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("a model that talks first", "succeeded", talk),
        row("a model that mistakes the file", "succeeded", mistaken),
        row("a provider that breaks off once", "succeeded", broken_off),
        row(
            "a provider that never ends",
            "failed model-too-large",
            endless,
        ),
        row(
            "a model that changes what CI runs",
            "blocked edit-protected",
            changes_ci,
        ),
        row(
            "a model that leaves the tree",
            "blocked progress-exhausted",
            leaves,
        ),
        row("a model that mends nothing", "failed", mends_nothing),
        row(
            "code that knows its tests",
            "failed verify-heldout",
            knows_its_tests,
        ),
        row("a check that is flaky", "failed verify-flaky", flaky_check),
        row("a change that works sometimes", "succeeded", flaky_change),
    ]
}

/// It ends well, and the program is mended.
fn mended(answers: Vec<Answer>) -> String {
    let place = Place::new(&PYTHON, answers);
    let result = place.fix(&[]);
    place.assert_mended(&result);
    told(&result)
}

/// It ends, and nothing was touched.
fn came_to_nothing(answers: Vec<Answer>) -> String {
    let place = Place::new(&PYTHON, answers);
    let result = place.fix(&[]);
    place.assert_untouched();
    assert!(result["commit"].is_null(), "{result:#}");
    told(&result)
}

fn talk() -> String {
    mended(vec![
        Answer::says("I would split at all white space."),
        mend(&PYTHON),
    ])
}

fn mistaken() -> String {
    let wrong = block(
        "src/tally/count.py",
        "    return count(text)",
        "    return 0",
    );
    mended(vec![Answer::says(wrong), mend(&PYTHON)])
}

fn broken_off() -> String {
    let whole = stream_of("Let me", "stop");
    let half = whole[..whole.len() / 2].to_owned();
    mended(vec![Answer::Raw(half), mend(&PYTHON)])
}

fn endless() -> String {
    came_to_nothing((0..4).map(|_| Answer::Endless).collect())
}

/// The same file twice, with other words each time.
fn twice(path: &str) -> Vec<Answer> {
    let once = |text: &str| Answer::says(block(path, "", text));
    vec![once("one"), once("two")]
}

fn changes_ci() -> String {
    came_to_nothing(twice(".github/workflows/ci.yml"))
}

fn leaves() -> String {
    let outside = || Answer::says(block("../outside", "", "x"));
    came_to_nothing(vec![outside(), outside()])
}

fn mends_nothing() -> String {
    let comment = |from: &str, to: &str| Answer::says(block("src/tally/count.py", from, to));
    let first = "\"\"\"Counts what is in a text.\"\"\"";
    came_to_nothing(vec![
        comment(first, "# 1"),
        comment("# 1", "# 2"),
        comment("# 2", "# 3"),
    ])
}

/// The test passes, and nothing else does. Only what no step has seen can tell.
fn knows_its_tests() -> String {
    let cheat = "    if text == \"a  b\":\n        return 2\n    return len(text.split(\" \"))";
    let (path, find, _) = PYTHON.mends[0];
    let files = [
        PYTHON.files,
        &[(
            "heldout/words.py",
            "from tally.count import words\n\nassert words(\" a \") == 1\n",
        )],
    ]
    .concat();
    let program = Program {
        files: files.leak(),
        ..PYTHON
    };
    let place = Place::new(&program, vec![Answer::says(block(path, find, cheat))]);
    let mission = place.library_mission();
    let run = "\"python3 heldout/words.py\"";
    let mission = mission
        .replace(
            "    runs      2",
            &format!("    runs      2\n    heldout   {run}"),
        )
        .replace("    run   check\n", &format!("    run   check, {run}\n"))
        .replace("    run    check\n", &format!("    run    check, {run}\n"));
    place.sandbox.write("../ours.tau", mission);
    let result = place.fix(&["--file", "../ours.tau"]);
    place.assert_untouched();
    told(&result)
}

/// A test that fails in one of two runs: the second has a time zone of its own.
fn flaky_check() -> String {
    let flaky = "import os\nimport unittest\n\n\nclass Flaky(unittest.TestCase):\n    def test_once(self):\n        self.assertNotIn(\"GMT\", os.environ.get(\"TZ\", \"\"))\n";
    let files: Vec<(&str, &str)> = PYTHON
        .files
        .iter()
        .map(|(name, text)| match name.starts_with("tests/") {
            true => (*name, flaky),
            false => (*name, *text),
        })
        .collect();
    let program = Program {
        files: files.leak(),
        ..PYTHON
    };
    let place = Place::new(&program, vec![mend(&program)]);
    let result = place.fix(&[]);
    place.assert_untouched();
    assert!(place.provider.asked().is_empty());
    told(&result)
}

/// The first change passes in the first run only, which is no green; the second is one.
fn flaky_change() -> String {
    let (path, find, good) = PYTHON.mends[0];
    let sometimes = "    import os\n    return len(text.split(\" \" if \"GMT\" in os.environ.get(\"TZ\", \"\") else None))";
    let place = Place::new(
        &PYTHON,
        vec![
            Answer::says(block(path, find, sometimes)),
            Answer::says(block(path, sometimes, good)),
        ],
    );
    let result = place.fix(&[]);
    place.assert_mended(&result);
    let first = &step(&result, "work/green#1")["result"];
    assert_eq!(first["verdict"], "flaky", "{first:#}");
    told(&result)
}
