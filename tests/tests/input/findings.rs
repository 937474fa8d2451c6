//! Files with more findings than anybody reads.

use tau_tests::Sandbox;

use super::{bounded, tau, yaml};

const MANY: usize = 5000;
/// The bound of the errors of a file, and the one that says that there are more.
const SHOWN: usize = 1001;

fn many(line: impl Fn(usize) -> String) -> String {
    (0..MANY).map(line).collect()
}

#[test]
fn the_first_thousand_are_shown_in_every_format_and_the_exit_code_stays() {
    for (name, text) in [
        ("a.tau", many(|_| "x\n".to_owned())),
        ("a.tau", "}\n".repeat(MANY)),
        ("a.tau", "\u{202e}".repeat(MANY)),
        ("a.tau", tau(&many(|n| format!("  let a{n} = nobody{n}\n")))),
        ("a.tau", tau(&many(|_| "  step a = b.c()\n".to_owned()))),
        (
            "a.tau",
            tau(&many(|n| {
                format!("  step a{n} = fs.read(after: 1) after b{n}\n")
            })),
        ),
        ("a.tau", tau(&many(|n| format!("  input a{n} : strin\n")))),
        ("a.yaml", yaml(&many(|n| format!("k{n}: 1\n")))),
        ("a.yaml", yaml(&many(|_| "  - a: b.c\n".to_owned()))),
        (
            "a.yaml",
            yaml(&many(|n| {
                format!("  - a{n}: fs.read\n    with: {{ pth: a }}\n")
            })),
        ),
        (
            "a.yaml",
            yaml(&format!("outputs:\n{}", many(|_| "  a: 1\n".to_owned()))),
        ),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write(name, &text);
        let start: String = text.chars().skip(80).take(60).collect();
        let done = bounded(&sandbox, &["lint", name, "--format", "json"]).ends(1);
        let document = done.json();
        let found = document["diagnostics"].as_array().unwrap();
        assert_eq!(document["summary"]["errors"], SHOWN, "{name}: {start}");
        let cut = found
            .iter()
            .find(|it| it["code"] == "findings-cut")
            .unwrap();
        assert_eq!(
            cut["message"],
            "this file has more than 1000 errors, and the rest is not shown"
        );
        for format in ["human", "jsonl", "github", "sarif", "junit"] {
            let done = bounded(&sandbox, &["lint", name, "--format", format]).ends(1);
            assert!(
                done.out.contains("more than 1000"),
                "{name}: {format}: {start}"
            );
            assert!(done.out.len() < 8_000_000, "{format}: {}", done.out.len());
        }
        let _ = bounded(&sandbox, &["plan", name]).ends(2);
    }
}

#[test]
fn hundreds_are_all_shown() {
    let lines: String = (0..400).map(|n| format!("  let a{n} = nobody\n")).collect();
    let sandbox = Sandbox::new();
    sandbox.write("a.tau", tau(&lines));
    let done = bounded(&sandbox, &["lint", "a.tau", "--format", "json"]).ends(1);
    assert_eq!(done.json()["summary"]["errors"], 400);
    assert!(!done.out.contains("findings-cut"));
}

#[test]
fn thousands_of_warnings_stop_nothing() {
    let lines: String = (0..3000).map(|n| format!("  let a{n} = 1\n")).collect();
    let sandbox = Sandbox::repository(&[("a.md", "a\n")]);
    sandbox.write("a.tau", tau(&lines));
    let done = bounded(&sandbox, &["lint", "a.tau", "--format", "json"]).ends(0);
    let document = done.json();
    assert_eq!(document["summary"]["errors"], 0);
    assert_eq!(document["summary"]["warnings"], SHOWN);
    assert!(done.out.contains("warnings-cut"));
    let _ = bounded(&sandbox, &["apply", "a.tau", "--yes"]).ends(0);
}
