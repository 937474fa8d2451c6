//! The pages that are made from something else: the actions' faces, the program's help and its
//! explanations. With `UPDATE=1` in the environment they are written anew.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use tau_tests::{Sandbox, workspace_root};

use crate::faces::page_of;

/// Compares the page `name` of the book with what it should be.
#[track_caller]
fn assert_page(name: &str, expected: &str) {
    let path = workspace_root().join("docs/src/reference").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let actual = fs::read_to_string(&path).unwrap_or_default();
    let differ = actual
        .lines()
        .zip(expected.lines())
        .position(|(actual, expected)| actual != expected);
    assert!(
        actual == expected,
        "docs/src/reference/{name} is out of date (from line {}): UPDATE=1 cargo test -p tau-tests writes it anew",
        differ.unwrap_or_else(|| actual.lines().count()) + 1
    );
}

#[test]
fn the_actions_are_those_of_the_library() {
    let mut page = String::from(
        "# Actions\n\n\
         <!-- Made from the faces in stdlib/src by a test. -->\n\n\
         What a step can do. Each action says what it needs, in terms of its parameters, and how \
         it may be repeated after a crash:\n\n\
         | kind | after a crash |\n| --- | --- |\n\
         | `pure` | computed again |\n\
         | `observe` | the recorded answer is used; what was not recorded is asked again |\n\
         | `replace` | done again, to the same result |\n\
         | `external` | looked up, then done or adopted; what cannot be known is \
         [for a person to say](../howto/uncertain.md) |\n\
         | `unknown` | not repeated, unless the step says with `retry` that it may be |\n",
    );
    for face in faces() {
        let group = face.file_stem().unwrap().to_str().unwrap().to_owned();
        page.push_str(&page_of(&group, &fs::read_to_string(face).unwrap()));
    }
    assert_page("actions.md", &page);
}

/// The faces of all groups, in the order of their names.
fn faces() -> Vec<PathBuf> {
    let groups = fs::read_dir(workspace_root().join("stdlib/src")).unwrap();
    let mut faces: Vec<PathBuf> = groups
        .map(|group| group.unwrap().path())
        .map(|group| group.join(group.file_name().unwrap()).with_extension("tau"))
        .filter(|face| face.is_file())
        .collect();
    faces.sort();
    assert!(faces.len() >= 5, "{faces:?}");
    faces
}

#[test]
fn the_command_line_is_that_of_the_help() {
    let sandbox = Sandbox::new();
    let top = sandbox.tau(&["--help"]).ends(0).out;
    let mut page = format!(
        "# Command line\n\n\
         <!-- Made from `tau --help` by a test. -->\n\n\
         ```text\n{}```\n",
        trimmed(&top)
    );
    for name in commands(&top) {
        page.push_str(&section(&sandbox, &[name]));
    }
    assert_page("cli.md", &page);
}

/// The help of a command, and of those below it.
fn section(sandbox: &Sandbox, words: &[&str]) -> String {
    let help = sandbox.tau(&[words, &["--help"]].concat()).ends(0).out;
    // The flags that every command has stand above.
    let own = help.split("Everywhere:").next().unwrap();
    let examples = help.split_once("\nExamples:").map(|(_, it)| it);
    let mut section = String::new();
    let name = words.join(" ");
    write!(section, "\n## tau {name}\n\n```text\n{}", trimmed(own)).unwrap();
    if let Some(examples) = examples {
        write!(section, "\nExamples:{}", trimmed(examples)).unwrap();
    }
    section.push_str("```\n");
    for name in commands(&help) {
        section.push_str(&self::section(sandbox, &[words, &[name]].concat()));
    }
    section
}

/// The commands that a help lists.
fn commands(help: &str) -> impl Iterator<Item = &str> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
}

/// Without white space at the ends of lines, and with one newline at its end.
fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[test]
fn the_findings_are_those_that_are_explained() {
    let sandbox = Sandbox::new();
    let list = sandbox.tau(&["explain", "--json"]).ends(0).json();
    let mut page = String::from(
        "# Findings\n\n\
         <!-- Made from `tau explain` by a test. -->\n\n\
         What `tau lint` can find, by family. `tau explain CODE` shows the same. `--fix` makes the \
         changes that are safe, `--unsafe-fixes` the others too.\n\n\
         | code | family | is | fix |\n| --- | --- | --- | --- |\n",
    );
    for rule in list["codes"].as_array().unwrap() {
        let text = |key: &str| rule[key].as_str().unwrap();
        let fix = Some(text("fix")).filter(|it| *it != "none").unwrap_or("");
        let (code, family, severity) = (text("code"), text("family"), text("severity"));
        writeln!(page, "| `{code}` | {family} | {severity} | {fix} |").unwrap();
    }
    let mut family = "";
    for rule in list["codes"].as_array().unwrap() {
        if rule["family"] != family {
            family = rule["family"].as_str().unwrap();
            write!(page, "\n## Family {family}\n").unwrap();
        }
        let text = sandbox
            .tau(&["explain", rule["code"].as_str().unwrap()])
            .ends(0)
            .out;
        let mut in_block = false;
        page.push('\n');
        for line in text.trim_end().lines() {
            let fence = line.starts_with("```");
            in_block ^= fence;
            let title = line.starts_with('#') && !in_block;
            let part = fence && in_block;
            // The parts of a page are no titles of the book.
            match line.strip_prefix("## ").filter(|_| title) {
                Some(name) => write!(page, "**{name}**").unwrap(),
                None if title => write!(page, "##{line}").unwrap(),
                None => page.push_str(line),
            }
            page.push_str(if part { ",part\n" } else { "\n" });
        }
    }
    assert_page("diagnostics.md", &page);
}
