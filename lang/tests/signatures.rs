#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads the page that it compares"
)]
//! The tables of filters, tests and functions are minijinja's: a name that is missing in one of
//! them is found, and so is one that minijinja does not have.

use std::fmt::Write as _;

use minijinja::Environment;
use tau_lang::expr::signatures::{By, FILTERS, FUNCTIONS, Gives, Signature, TESTS, Takes};

/// Names that minijinja lists in its sources as built in, with the features that are built.
fn has(kind: &str, name: &str) -> bool {
    let mut environment = Environment::new();
    environment.add_global("name", name);
    let source = format!("name is {kind}");
    let expression = environment.compile_expression(&source).unwrap();
    expression.eval(()).unwrap().is_true()
}

#[test]
fn tables_are_in_the_order_of_the_alphabet() {
    for table in [FILTERS, TESTS, FUNCTIONS] {
        assert!(table.is_sorted_by_key(|it| it.name));
    }
}

#[test]
fn every_name_of_the_tables_is_minijinjas() {
    for filter in FILTERS {
        assert!(has("filter", filter.name), "{}", filter.name);
    }
    for test in TESTS {
        assert!(has("test", test.name), "{}", test.name);
    }
    for function in FUNCTIONS {
        let called = Environment::new()
            .compile_expression(&format!("{} is undefined", function.name))
            .unwrap()
            .eval(())
            .unwrap();
        assert!(!called.is_true(), "{}", function.name);
    }
}

#[test]
fn every_name_of_minijinja_is_in_the_tables() {
    // minijinja does not list its names, but its own debug output does.
    let environment = Environment::new();
    let shown = format!("{environment:#?}");
    let listed = |key: &str| -> Vec<String> {
        let (_, rest) = shown.split_once(&format!("\n    {key}: [\n")).unwrap();
        let (block, _) = rest.split_once("\n    ]").unwrap();
        block
            .lines()
            .filter_map(|line| line.strip_prefix("        \""))
            .filter_map(|line| line.split_once('"'))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    let in_table = |table: &[Signature], name: &str| table.iter().any(|it| it.name == name);
    let filters = listed("filters");
    assert!(filters.len() > 30, "{shown}");
    for name in filters {
        assert!(in_table(FILTERS, &name), "filter {name}");
    }
    for name in listed("tests")
        .iter()
        .filter(|it| it.starts_with(char::is_alphabetic))
    {
        assert!(in_table(TESTS, name), "test {name}");
    }
    for (name, _) in environment.globals() {
        assert!(in_table(FUNCTIONS, name), "function {name}");
    }
}

/// An argument that fits.
fn example(takes: Takes) -> &'static str {
    match takes {
        Takes::Any | Takes::Scalar | Takes::Text => "'a'",
        Takes::Attribute => "'f'",
        Takes::Bool => "true",
        Takes::Filter => "'list'",
        Takes::Int => "2",
        Takes::List => "[{'f': 1}]",
        Takes::Map => "{'f': 1}",
        Takes::Nothing => "",
        Takes::Number => "3",
        Takes::Several => "[1]",
        Takes::Test => "'defined'",
    }
}

/// Whether minijinja evaluates an expression.
fn runs(source: &str) -> Result<(), String> {
    let environment = Environment::new();
    let compiled = environment.compile_expression(source);
    let value = compiled.and_then(|it| it.eval(()));
    // What is lazy fails only when its items are asked for.
    let value = value.map_err(|error| format!("{source}: {error:#}"))?;
    match serde_json::to_value(&value) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{source}: {error}")),
    }
}

/// The arguments of a call in which every parameter is given in one way.
fn arguments(signature: &Signature, by: By) -> String {
    let given = signature.params.iter().map(|param| match (param.by, by) {
        (By::Place, _) | (By::Either, By::Place) => example_of(signature, param.name, param.takes),
        _ => format!(
            "{}={}",
            param.name,
            example_of(signature, param.name, param.takes)
        ),
    });
    given.collect::<Vec<_>>().join(", ")
}

fn example_of(signature: &Signature, name: &str, takes: Takes) -> String {
    match (signature.name, name) {
        ("round", "method") => "'ceil'".to_owned(),
        ("sum", "start") => "1".to_owned(),
        ("int", "default") | ("float", "default") => "0".to_owned(),
        ("dict" | "namespace", _) => "{}".to_owned(),
        ("attr", _) => "'f'".to_owned(),
        _ => example(takes).to_owned(),
    }
}

#[test]
fn minijinja_takes_what_the_tables_say() {
    for signature in FILTERS {
        let input = match signature.name {
            "int" | "float" => "'3'",
            "attr" => "{'f': 1}",
            _ => example(signature.input),
        };
        for by in [By::Place, By::Name] {
            let arguments = match signature.gives {
                Gives::Mapped => "attribute='f', default=1".to_owned(),
                _ => arguments(signature, by),
            };
            runs(&format!("{input} | {}({arguments})", signature.name)).unwrap();
        }
    }
    for signature in TESTS {
        let input = match signature.name {
            "in" => "1",
            _ => example(signature.input),
        };
        let arguments = arguments(signature, By::Place);
        runs(&format!("{input} is {}({arguments})", signature.name)).unwrap();
    }
    for signature in FUNCTIONS {
        runs(&format!(
            "{}({})",
            signature.name,
            arguments(signature, By::Place)
        ))
        .unwrap();
    }
}

#[test]
fn minijinja_refuses_what_the_tables_do_not_have() {
    for signature in FILTERS.iter().filter(|it| !it.rest) {
        let input = example(signature.input);
        let required = signature.params.iter().filter(|it| it.default.is_none());
        let required: Vec<_> = required.map(|it| example(it.takes)).collect();
        if !required.is_empty() && signature.name != "groupby" {
            assert!(
                runs(&format!("{input} | {}()", signature.name)).is_err(),
                "{}",
                signature.name
            );
        }
        let call = [required, vec!["no_such=1"]].concat().join(", ");
        assert!(
            runs(&format!("{input} | {}({call})", signature.name)).is_err(),
            "{}",
            signature.name
        );
        let many = vec!["2"; signature.placed().count() + 1].join(", ");
        assert!(
            runs(&format!("{input} | {}({many})", signature.name)).is_err(),
            "{}",
            signature.name
        );
    }
}

/// The tables of the reference page.
fn tables() -> String {
    let mut text = String::new();
    let mut table = |title: &str, head: &str, signatures: &[Signature], gives: bool| {
        write!(text, "## {title}\n\n{head}\n").unwrap();
        for it in signatures {
            let takes = it.input.words();
            // An absent input is said only where that is not plain from what it takes.
            let absent = match it.absent && it.input == Takes::List {
                true => ", or nothing",
                false => "",
            };
            let usage = it.usage();
            let about = it.about;
            let row = match (it.input, gives) {
                (Takes::Nothing, _) => format!("| `{usage}` | {} | {about} |", it.gives.words()),
                (_, true) => format!(
                    "| `{usage}` | {takes}{absent} | {} | {about} |",
                    it.gives.words()
                ),
                (_, false) => format!("| `{usage}` | {takes} | {about} |"),
            };
            writeln!(text, "{row}").unwrap();
        }
        text.push('\n');
    };
    table(
        "Filters",
        "In square brackets and behind `=` stands what counts when the argument is not given. What is\n\
         written `name=` may be given by its name; what stands in square brackets only by its place.\n\n\
         | filter | takes | gives | |\n| --- | --- | --- | --- |",
        FILTERS,
        true,
    );
    table(
        "Tests",
        "They stand behind `is` or `is not` and give a `bool`.\n\n| test | of | holds for |\n| --- | --- | --- |",
        TESTS,
        false,
    );
    table(
        "Functions",
        "| function | gives | |\n| --- | --- | --- |",
        FUNCTIONS,
        true,
    );
    text.trim_end().to_owned() + "\n"
}

#[test]
fn the_page_has_these_tables() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/src/reference/expressions.md"
    );
    let page = std::fs::read_to_string(path).unwrap();
    let (before, shown) = page.split_once("## Filters\n").unwrap();
    let wanted = tables();
    if format!("## Filters\n{shown}") == wanted {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, format!("{before}{wanted}")).unwrap();
        return;
    }
    panic!("the tables of {path} differ; UPDATE=1 writes them anew");
}
