//! `tau lint --fix`: what each change makes of a file.

use super::support::Place;

/// What most rows have beside what they are about: a value or a step that nothing uses.
const ASIDE: &[&str] = &["--ignore", "let-unused,step-unused,use-unused"];

/// The codes of what is found in a file.
fn codes(place: &Place, file: &str) -> Vec<String> {
    let document = place
        .tau(&[&["lint", file, "--json"], ASIDE].concat())
        .json();
    let found = document["diagnostics"].as_array().unwrap();
    let code = |one: &serde_json::Value| one["code"].as_str().unwrap().to_owned();
    found.iter().map(code).collect()
}

/// Each row is mended: `wrong`, which is found as `code`, becomes `right`, and nothing is found.
fn mended(file: &str, rows: &[(&str, &str, &str)], whole: impl Fn(&str) -> String) {
    for (code, wrong, right) in rows {
        let place = Place::with(&[(file, &whole(wrong))]);
        let before = codes(&place, file);
        assert!(before.iter().any(|it| it == code), "{before:?} {wrong}");
        let done = place.tau(&[&["lint", "--fix", file], ASIDE].concat());
        assert_eq!(place.read(file), whole(right), "{done:?}");
        assert_eq!(codes(&place, file), [""; 0], "{right}");
    }
}

/// Each row is found as `code` and left as it is.
fn left(file: &str, rows: &[(&str, &str)], whole: impl Fn(&str) -> String) {
    for (code, wrong) in rows {
        let place = Place::with(&[(file, &whole(wrong))]);
        let before = codes(&place, file);
        assert!(before.iter().any(|it| it == code), "{before:?} {wrong}");
        place.tau(&[&["lint", "--fix", file], ASIDE].concat());
        assert_eq!(place.read(file), whole(wrong));
    }
}

fn tau_steps(lines: &str) -> String {
    format!(
        "use std.fs\n\nmission a {{\n  input tests : string\n  input count : int\n  \
         authority {{\n    read \"**\"\n  }}\n  step page = fs.read(tests)\n{lines}\n  \
         output sum = [count, page.text]\n}}\n"
    )
}

#[test]
fn what_an_expression_says_wrongly_is_said_rightly() {
    let whole = |line: &str| {
        format!(
            "mission a {{\n  input kind : \"small\" or \"large\"\n  input count : int\n  \
             authority {{\n    read \"**\"\n  }}\n  step page = fs.read(\"a\") may fail\n{line}\n  \
             output all = [kind, count, page]\n}}\n"
        )
    };
    let rows = [
        (
            "comparison-impossible",
            "  output b = kind == \"smal\"",
            "  output b = kind == \"small\"",
        ),
        (
            "comparison-impossible",
            "  output b = \"{{ kind in ['smal', 'large'] }}\"",
            "  output b = \"{{ kind in ['small', 'large'] }}\"",
        ),
        (
            "operand-mismatch",
            "  output b = \"a: \" + count",
            "  output b = \"a: \" ~ count",
        ),
        (
            "method-unknown",
            "  output b = (kind ~ \"x\").upper()",
            "  output b = (kind ~ \"x\") | upper",
        ),
        (
            "default-useless",
            "  output b = (count + 1) | default(3)",
            "  output b = (count + 1)",
        ),
        (
            "none-compared",
            "  output b = page.text == none",
            "  output b = page.text is none",
        ),
        (
            "none-compared",
            "  output b = 1 if none != page.text else 2",
            "  output b = 1 if page.text is not none else 2",
        ),
    ];
    mended("a.tau", &rows, whole);
    let rows = [
        (
            "condition-constant",
            "  step b = fs.read(\"a\") when \"false\"",
        ),
        ("comparison-impossible", "  output b = kind == 3"),
        ("operand-mismatch", "  output b = [1] + count"),
        ("method-unknown", "  output b = kind.replace(\"a\", \"b\")"),
    ];
    left("a.tau", &rows, whole);
}

#[test]
fn a_misspelled_word_of_the_tau_spelling_is_replaced_and_nothing_else() {
    let rows = [
        ("name-unknown", "  let b = tsets", "  let b = tests"),
        (
            "name-unknown",
            "  let b = \"ä {{ tsets }}\"",
            "  let b = \"ä {{ tests }}\"",
        ),
        (
            "filter-unknown",
            "  let b = tests | uper",
            "  let b = tests | upper",
        ),
        (
            "filter-unknown",
            "  let b = [tests] | map(\"uper\")",
            "  let b = [tests] | map(\"upper\")",
        ),
        (
            "test-unknown",
            "  let b = count is evn",
            "  let b = count is even",
        ),
        (
            "function-unknown",
            "  let b = rnge(3)",
            "  let b = range(3)",
        ),
        (
            "property-unknown",
            "  let b = [page] | map(attribute=\"txet\")",
            "  let b = [page] | map(attribute=\"text\")",
        ),
        (
            "property-unknown",
            "  let b = page.txet ~ \"txet\"",
            "  let b = page.text ~ \"txet\"",
        ),
        (
            "property-unknown",
            "  let b = \"\\n{{ page.txet }}\"",
            "  let b = \"\\n{{ page.text }}\"",
        ),
        (
            "action-unknown",
            "  step b = fs.reed(tests)",
            "  step b = fs.read(tests)",
        ),
        (
            "argument-unknown",
            "  step b = fs.read(paht: tests)",
            "  step b = fs.read(path: tests)",
        ),
    ];
    mended("a.tau", &rows, tau_steps);
    let rows = [
        (
            "use-unknown",
            "use std.{fs, verfiy}",
            "use std.{fs, verify}",
        ),
        ("use-unknown", "use sdt.fs", "use std.fs"),
    ];
    mended("a.tau", &rows, |line| {
        format!("{line}\n\nmission a {{\n  output b = 1\n}}\n")
    });
    let rows = [
        ("type-unknown", "[stirng]", "[string]"),
        ("type-unknown", "stirng", "string"),
    ];
    mended("a.tau", &rows, |ty| {
        format!("mission a {{\n  input b : {ty}\n  output c = b\n}}\n")
    });
}

#[test]
fn a_word_that_may_mean_something_else_is_left() {
    let rows = [
        // Too short to be known for a slip, another number, as near to two names.
        ("name-unknown", "  let b = 1\n  let d = e"),
        ("name-unknown", "  let step1 = 1\n  let d = step2"),
        (
            "name-unknown",
            "  let tesla = 1\n  let testa = 1\n  let d = tesxa",
        ),
        // The near parameter is given already.
        (
            "argument-unknown",
            "  step b = fs.read(path: tests, paht: tests)",
        ),
        ("argument-unknown", "  step b = fs.read(tests, paht: tests)"),
        // Written with an escape.
        ("name-unknown", "  let b = \"{{ ts\\u{65}ts }}\""),
    ];
    left("a.tau", &rows, tau_steps);
}

#[test]
fn a_habit_of_another_language_is_put_in_tau() {
    let rows = [
        (
            "likely-mistake",
            "  let b = tests && page",
            "  let b = tests and page",
        ),
        (
            "likely-mistake",
            "  let b = tests||page",
            "  let b = tests or page",
        ),
        ("likely-mistake", "  let b := tests", "  let b = tests"),
        ("likely-mistake", "  let b = tests;", "  let b = tests"),
        ("likely-mistake", "  // let b = tests", "  # let b = tests"),
        (
            "likely-mistake",
            "  let b = \"{{ count === 1 }}\"",
            "  let b = \"{{ count == 1 }}\"",
        ),
    ];
    mended("a.tau", &rows, tau_steps);
    let rows = [
        ("likely-mistake", "  let b = tests; let c = page"),
        ("likely-mistake", "  return tests"),
    ];
    left("a.tau", &rows, tau_steps);
}

#[test]
fn an_unused_grant_goes_with_its_line_or_stays() {
    let whole = |grants: &str| {
        format!(
            "mission a {{\n  authority {{\n{grants}    read \"b\"\n  }}\n  \
             step c = fs.read(\"b\")\n}}\n"
        )
    };
    let rows = [("authority-unused", "    write \"src/**\"\n", "")];
    mended("a.tau", &rows, whole);
    let rows = [
        (
            "authority-unused",
            "    write \"src/**\"  # for the next step\n",
        ),
        (
            "authority-unused",
            "    # for the next step\n    write \"src/**\"\n",
        ),
    ];
    left("a.tau", &rows, whole);
    let yaml = |grant: &str| {
        format!(
            "tau: 1\nmission: a\nauthority:\n{grant}  read: [b]\nsteps:\n  - c: fs.read\n    \
             with: {{ path: b }}\n"
        )
    };
    mended(
        "a.yaml",
        &[("authority-unused", "  write: [\"src/**\"]\n", "")],
        yaml,
    );
}

#[test]
fn a_misspelled_word_of_the_yaml_spelling_is_replaced_and_nothing_else() {
    let whole = |line: &str| {
        format!(
            "tau: 1\nmission: a\ninputs:\n  tests: string\nauthority:\n  read: [\"**\"]\nsteps:\n  \
             - page: fs.read\n    with: {{ path: \"{{{{ tests }}}}\" }}\n{line}\n"
        )
    };
    let rows = [
        ("key-unknown", "    tiemout: 3s", "    timeout: 3s"),
        ("key-unknown", "    \"tiemout\": 3s", "    \"timeout\": 3s"),
        ("key-unknown", "outptus: { b: 1 }", "outputs: { b: 1 }"),
        (
            "name-unknown",
            "    when: tsets == \"a\"",
            "    when: tests == \"a\"",
        ),
        (
            "property-unknown",
            "outputs: { b: \"\\t{{ page.txet }}\" }",
            "outputs: { b: \"\\t{{ page.text }}\" }",
        ),
        (
            "likely-mistake",
            "    when: tests&&tests",
            "    when: tests and tests",
        ),
    ];
    mended("a.yaml", &rows, whole);
    let rows = [
        ("key-unknown", "    timeout: 3s\n    tiemout: 3s"),
        ("name-unknown", "outputs: { b: \"{{ ts\\x65ts }}\" }"),
    ];
    left("a.yaml", &rows, whole);
}
