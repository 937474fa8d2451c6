//! The parts of YAML that a mission may not use. Each is refused where it stands.

use tau_tests::Sandbox;

use super::{bounded, every_command, lint, yaml};

/// The messages of what `tau lint` finds, each with its line.
#[track_caller]
fn messages(text: &str) -> Vec<String> {
    let sandbox = Sandbox::new();
    sandbox.write("a.yaml", text);
    let done = bounded(&sandbox, &["lint", "a.yaml", "--format", "json"]).ends(1);
    let document = done.json();
    let found = document["diagnostics"].as_array().unwrap();
    found
        .iter()
        .map(|it| format!("{}: {}", it["line"], it["message"].as_str().unwrap()))
        .collect()
}

#[test]
fn aliases_of_aliases_are_never_followed() {
    let mut bomb = "tau: 1\na: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (before, letter) in ('a'..='y').zip('b'..='z') {
        let aliases = vec![format!("*{before}"); 9].join(", ");
        bomb += &format!("{letter}: &{letter} [{aliases}]\n");
    }
    let (code, found) = lint("a.yaml", &bomb);
    assert_eq!(code, 1);
    assert!(found.contains(&"yaml-invalid".to_owned()), "{found:?}");
    every_command("a.yaml", bomb);
    every_command("a.yaml", "tau: 1\na: &a [*a, *a]\n");
    every_command("a.yaml", "tau: 1\na: *gone\n");
}

#[test]
fn anchors_and_merge_keys_grant_nothing() {
    let text = yaml("").replace("  read: [\"**\"]", "  <<: &all { read: [\"**\"] }");
    let found = messages(&text);
    assert!(
        found
            .iter()
            .any(|it| it.starts_with("4: ") && it.contains("`<<` merges nothing")),
        "{found:#?}"
    );
    let sandbox = Sandbox::new();
    sandbox.write("a.yaml", &text);
    for command in [&["apply", "a.yaml", "--yes"][..], &["plan", "a.yaml"]] {
        let _ = bounded(&sandbox, command).ends(2);
    }
    let text = yaml("more: *all").replace("authority:", "authority: &all");
    let found = messages(&text);
    assert!(
        found.iter().any(|it| it.contains("an anchor such as")),
        "{found:#?}"
    );
    assert!(
        found.iter().any(|it| it.contains("an alias such as")),
        "{found:#?}"
    );
}

#[test]
fn what_has_no_meaning_here_is_said_where_it_stands() {
    for (text, line, wanted) in [
        (
            yaml("mission: other"),
            9,
            "the key `mission` stands here twice",
        ),
        (yaml("---\ntau: 1"), 9, "a second begins"),
        (format!("%YAML 1.2\n---\n{}", yaml("")), 1, "directive"),
        (
            format!("%TAG ! tag:x,2000:\n---\n{}", yaml("")),
            1,
            "directive",
        ),
        (
            yaml("outputs:\n  x: !!python/object/apply:os.system [id]"),
            10,
            "a tag such as",
        ),
        (yaml("outputs:\n  x: !!str 1"), 10, "a tag such as"),
        (yaml("? [a, b]\n: 1"), 9, "a key must be a name"),
        (yaml("outputs: ["), 10, ""),
        (yaml("outputs: \"a"), 9, ""),
        (yaml("outputs: 'a"), 9, ""),
        (yaml("@: 1"), 9, ""),
    ] {
        let found = messages(&text);
        assert!(
            found.iter().any(|it| it.contains(wanted)),
            "`{wanted}` in {found:#?} of\n{text}"
        );
        if !wanted.is_empty() {
            assert!(
                found.iter().any(|it| it.starts_with(&format!("{line}: "))),
                "line {line} in {found:#?} of\n{text}"
            );
        }
        every_command("a.yaml", text);
    }
}

#[test]
fn words_that_other_readers_take_for_something_else_stay_words() {
    // The Norway problem, octal numbers, dates, and numbers no machine holds.
    for word in [
        "no",
        "on",
        "0o17",
        "0x1f",
        "1e999",
        "2001-01-01",
        "~",
        "null",
        ".nan",
        "-.inf",
    ] {
        every_command("a.yaml", yaml(&format!("outputs:\n  x: {word}")));
        every_command("a.yaml", yaml(&format!("{word}: 1")));
    }
}
