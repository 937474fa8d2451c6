//! What stands inside of each other, or behind each other, more often than any stack is deep.

use super::{every_command, lint, tau, yaml};

const DEEP: usize = 10_000;

fn around(open: &str, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(DEEP), close.repeat(DEEP))
}

fn chain(first: &str, link: &str) -> String {
    format!("{first}{}", link.repeat(DEEP))
}

/// Expressions that go deep, each in its own way.
fn expressions() -> Vec<String> {
    vec![
        around("(", "1", ")"),
        around("[", "1", "]"),
        around("{'a':", "1", "}"),
        around("range(", "1", ")"),
        around("a[", "0", "]"),
        around("a|default(", "1", ")"),
        around("(", "1", ",)"),
        "(".repeat(DEEP),
        "[".repeat(DEEP),
        "not ".repeat(DEEP) + "true",
        "-".repeat(DEEP) + "1",
        "- not ".repeat(DEEP) + "1",
        "1 if 1 else ".repeat(DEEP) + "1",
        "1 if ".repeat(DEEP) + "1" + &" else 1".repeat(DEEP),
        chain("a", ".a"),
        chain("a", "[0]"),
        chain("a", "[0:1]"),
        chain("a", "()"),
        chain("a", "|list"),
        chain("a", " is defined"),
        chain("a", " is not defined"),
        chain("a", " not in a"),
        chain("a", " or a"),
        chain("1", "+1"),
        chain("1", "~1"),
        chain("1", "**1"),
        chain("1", "<1"),
        "'a'".repeat(DEEP),
    ]
}

#[test]
fn expressions_that_go_deep_are_read_or_refused() {
    let sources = expressions();
    // Some nine hundred programs are started, which takes longer than what they do.
    let hands = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for some in sources.chunks(sources.len().div_ceil(hands)) {
            scope.spawn(|| some.iter().for_each(|source| read_or_refused(source)));
        }
    });
}

fn read_or_refused(source: &str) {
    for text in [
        tau(&format!("  let x = {source}")),
        tau(&format!("  let x = \"b {{{{ {source} }}}}\"")),
        tau(&format!("  if {source} {{\n  }}")),
    ] {
        every_command("a.tau", text);
    }
    every_command(
        "a.yaml",
        yaml(&format!("outputs:\n  x: \"{{{{ {source} }}}}\"")),
    );
}

#[test]
fn the_bound_is_named_and_what_is_merely_long_is_not_refused() {
    let expression = |source: &str| tau(&format!("  let x = {source}\n  output y = x"));
    for source in ["not ".repeat(DEEP) + "true", chain("1", "+1")] {
        let (code, found) = lint("a.tau", expression(&source));
        assert_eq!((code, found), (1, vec!["expression-invalid".to_owned()]));
    }
    let list = format!("({})", "a.size, ".repeat(DEEP));
    let text = tau(&format!(
        "  let b = {{ size: 1 }}\n  output y = {}",
        list.replace("a.", "b.")
    ));
    assert_eq!(lint("a.tau", text), (0, vec![]));
}

#[test]
fn blocks_brackets_types_and_patterns() {
    let blocks = |head: &str| format!("mission m {{\n{}\n}}\n", around(head, "", "}\n"));
    for text in [
        blocks("if true {\n"),
        blocks("repeat up to 2 {\n"),
        blocks("for x in [1] {\n"),
        format!(
            "mission m {{\nif true {{\n{}}}\n}}\n",
            "} else if true {\n".repeat(DEEP)
        ),
        "{".repeat(DEEP),
        "}".repeat(DEEP),
        around("{", "", "}"),
        around("[", "", "]"),
        around("(", "", ")"),
        format!("mission m {}", "{".repeat(DEEP)),
        format!("action a({}", "(".repeat(DEEP)),
        tau(&format!("  let x = {}", around("{ a: ", "1", "}"))),
        tau(&format!("  step x = fs.read({})", around("[", "1", "]"))),
        tau(&format!(
            "  step x = fs.read({})",
            around("fs.read(", "1", ")")
        )),
        format!("type A = {}\n", around("[", "int", "]")),
        format!("type A = {}\n", around("{a:", "int", "}")),
        format!("type A = int{}\n", "?".repeat(DEEP)),
        format!("type A = {}int\n", "untrusted ".repeat(DEEP)),
        format!("type A = {}\n", vec!["\"a\""; DEEP].join(" or ")),
        tau(&format!(
            "  step x = fs.glob(\"{}\")",
            around("{a,", "b", "}")
        )),
        tau(&format!("  step x = fs.glob(\"{}\")", "**/".repeat(DEEP))),
        tau(&format!(
            "  step x = process.run(\"{}\")",
            "'a' ".repeat(DEEP)
        )),
        tau("").replace("\"**\"", &format!("\"{}\"", around("{a,", "b", "}"))),
    ] {
        let start: String = text.chars().take(60).collect();
        assert_eq!(lint("a.tau", &text).0, 1, "{start}");
        every_command("a.tau", text);
    }
}

#[test]
fn yaml_of_every_style() {
    let indented = |line: &str| -> String {
        (0..1000)
            .map(|depth| format!("{}{line}\n", " ".repeat(depth)))
            .collect()
    };
    for text in [
        format!("tau: 1\nmission: {}\n", around("[", "", "]")),
        format!("tau: 1\nmission: {}\n", around("{a: ", "b", "}")),
        format!("tau: 1\nmission: {}\n", "[".repeat(DEEP)),
        format!("tau: 1\nmission: {}\n", "{".repeat(DEEP)),
        format!("tau: 1\nmission:\n {}a\n", "- ".repeat(DEEP)),
        format!("{}a\n", "? ".repeat(DEEP)),
        indented("a:"),
        indented("- a:"),
        yaml(&format!(
            "inputs:\n  a: {{ type: '{}' }}",
            around("[", "int", "]")
        )),
        yaml(&format!(
            "inputs:\n  a: {{ type: 'int{}' }}",
            "?".repeat(DEEP)
        )),
        yaml(&format!("outputs:\n  a: {}", around("[", "", "]"))),
        yaml(&format!("outputs:\n  a: {}", "[".repeat(DEEP))),
    ] {
        let start: String = text.chars().take(60).collect();
        assert_eq!(lint("a.yaml", &text).0, 1, "{start}");
        every_command("a.yaml", text);
    }
}
