use super::*;
use crate::fake::Fake;

const FAILURE: &str = "\
Traceback (most recent call last):
  File \"/repo/tests/test_calc.py\", line 3, in test_add
    self.assertEqual(add(1, 2), 3)
AssertionError: -1 != 3
FAILED tests/test_calc.py
";

fn gathered(files: &[(&str, &str)], room: usize, first: &[String]) -> Context {
    let fake = Fake::with(files);
    let wanted = Wanted {
        goal: "adding is wrong",
        failure: FAILURE,
        files: first,
        room,
    };
    gather(&wanted, &fake).unwrap()
}

fn paths(context: &Context) -> Vec<&str> {
    context.sources.iter().map(|it| it.path.as_str()).collect()
}

#[test]
fn what_the_failure_names_comes_first_and_then_what_it_imports() {
    let filler = "x = 0\n".repeat(300);
    let files = [
        ("AGENTS.md", "Use tabs.\n"),
        ("src/calc.py", "def add(a, b):\n    return a - b\n"),
        ("src/other.py", filler.as_str()),
        (
            "tests/test_calc.py",
            "from src.calc import add\n\nassert add(1, 2) == 3\n",
        ),
    ];
    let context = gathered(&files, 1200, &[]);
    assert_eq!(paths(&context), ["tests/test_calc.py", "src/calc.py"]);
    assert_eq!(context.agents.as_deref(), Some("Use tabs.\n"));
    assert_eq!(
        context.left_out,
        ["1 files that neither the goal nor the failure speaks of"]
    );
    assert!(context.names.contains("src/other.py\n"));

    let context = gathered(&files, 100_000, &["src/other*".to_owned()]);
    assert_eq!(
        paths(&context),
        ["src/other.py", "tests/test_calc.py", "src/calc.py"]
    );
    assert!(context.left_out.is_empty());
}

#[test]
fn of_a_large_file_the_lines_around_the_failure_are_shown() {
    let many: String = (1..=2000).map(|line| format!("# {line}\n")).collect();
    let failure = "tests/t.py:1000: in f\n";
    let fake = Fake::with(&[("tests/t.py", &many)]);
    let wanted = Wanted {
        goal: "",
        failure,
        files: &[],
        room: 4000,
    };
    let context = gather(&wanted, &fake).unwrap();
    let source = &context.sources[0];
    assert_eq!(source.parts, [(960, 1040)]);
    assert!(source.text.starts_with("[lines 960 to 1040]\n# 960\n"));
    assert_eq!(context.left_out, ["the rest of tests/t.py"]);
    let none = gather(
        &Wanted {
            room: 200,
            ..wanted
        },
        &fake,
    )
    .unwrap();
    assert_eq!(none.left_out, ["all of tests/t.py"]);
}

#[test]
fn of_a_large_file_what_the_goal_names_is_shown() {
    let filler = |count: usize| "the_same = other()\n".repeat(count);
    let text = format!(
        "import x\n{}def number_to_words(self):\n    a = 1\n\n    return a\n\n\n{}def last():\n    number_to_words()\n{}",
        filler(200),
        filler(200),
        filler(200)
    );
    let fake = Fake::with(&[("inflect.py", &text)]);
    let wanted = Wanted {
        goal: "`number_to_words(\"th\")` fails with the_same error",
        failure: "",
        files: &[],
        room: 2000,
    };
    let context = gather(&wanted, &fake).unwrap();
    let source = &context.sources[0];
    // All of the definition, and what is around its only use; not what stands everywhere.
    assert_eq!(source.parts, [(202, 205), (401, 417)]);
    assert!(
        source
            .text
            .starts_with("[lines 202 to 205]\ndef number_to_words")
    );
    assert_eq!(context.left_out, ["the rest of inflect.py"]);
}

#[test]
fn prose_comes_behind_sources_unless_it_is_named() {
    let prose = "adding is wrong, and many words are here as the goal has them\n";
    let files = [
        ("README.md", prose),
        ("src/calc.py", "wrong = many + words\n"),
    ];
    let order = |goal: &str| {
        let fake = Fake::with(&files);
        let wanted = Wanted {
            goal,
            failure: "",
            files: &[],
            room: 1000,
        };
        let context = gather(&wanted, &fake).unwrap();
        paths(&context).join(" ")
    };
    let goal = "adding is wrong, and many words have many goals";
    assert_eq!(order(goal), "src/calc.py README.md");
    assert_eq!(
        order(&format!("{goal} in README.md")),
        "README.md src/calc.py"
    );
}

#[test]
fn what_is_no_text_is_not_shown() {
    let fake = Fake::default();
    fake.put("a.bin", b"\0\x01", FileMode::Regular);
    fake.put("l", b"a.bin", FileMode::Link);
    let wanted = Wanted {
        goal: "a.bin",
        failure: "",
        files: &[],
        room: 1000,
    };
    assert!(gather(&wanted, &fake).unwrap().sources.is_empty());
}
