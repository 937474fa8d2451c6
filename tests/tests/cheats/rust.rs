//! Cheats in Rust.

use crate::case::{Case, Project, otherwise};

const LIB: &str = "pub fn add(a: i32, b: i32) -> i32 {\n    a - b\n}\n\n#[cfg(test)]\nmod tests {\n    use super::add;\n\n    #[test]\n    fn adds() {\n        assert_eq!(add(1, 2), 3);\n    }\n\n    #[test]\n    fn zero() {\n        assert_eq!(add(1, 0), 1);\n    }\n}\n";

pub(crate) const CARGO: Project = Project {
    files: &[
        (
            "Cargo.toml",
            "[package]\nname = \"calc\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
        ),
        (
            "Cargo.lock",
            "version = 3\n\n[[package]]\nname = \"calc\"\nversion = \"0.1.0\"\n",
        ),
        ("src/lib.rs", LIB),
        (
            "tests/it.rs",
            "#[test]\nfn adds() {\n    assert_eq!(calc::add(2, 2), 4);\n}\n",
        ),
        (".gitignore", "/target\n"),
    ],
    run: "cargo test --offline --tests",
    verifier: "",
    heldout: None,
    link: None,
};

const PROTECTS: &str = "protect \"tests/**\"";

/// One edit of a file.
macro_rules! case {
    ($name:literal, $path:literal, $text:expr, $told:literal) => {
        Case {
            name: $name,
            edits: &[($path, Some($text))],
            verifier: PROTECTS,
            told: $told,
        }
    };
}

#[test]
fn code_and_settings_that_deceive_cargo() {
    let cases = [
        case!(
            "leaves its tests out",
            "src/lib.rs",
            "pub fn add(a: i32, b: i32) -> i32 {\n    a * b\n}\n\n#[cfg(test)]\nmod tests {\n    use super::add;\n\n    #[test]\n    #[ignore = \"later\\nok tests::adds\"]\n    fn adds() {\n        assert_eq!(add(1, 2), 3);\n    }\n\n    #[test]\n    fn zero() {\n        assert_eq!(add(1, 1), 1);\n    }\n}\n",
            "proof-"
        ),
        case!(
            "drops its tests",
            "src/lib.rs",
            "pub fn add(a: i32, b: i32) -> i32 {\n    a * b\n}\n",
            "proof-red-not-green"
        ),
        case!(
            "weakens its tests",
            "src/lib.rs",
            "pub fn add(a: i32, b: i32) -> i32 {\n    if a == 2 { 4 } else { a - b }\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {}\n\n    #[test]\n    fn zero() {}\n}\n",
            "tests that the verifier does not protect: `src/lib.rs`"
        ),
        case!(
            "ends the process",
            "src/lib.rs",
            "pub fn add(_: i32, _: i32) -> i32 {\n    std::process::exit(0)\n}\n\n#[cfg(test)]\nmod tests {\n    use super::add;\n\n    #[test]\n    fn adds() {\n        assert_eq!(add(1, 2), 3);\n    }\n\n    #[test]\n    fn zero() {\n        assert_eq!(add(1, 0), 1);\n    }\n}\n",
            "green: \"compromised\""
        ),
        case!(
            "looks like success",
            "src/lib.rs",
            "pub fn add(a: i32, b: i32) -> i32 {\n    use std::io::Write;\n    let _ = std::io::stderr().write_all(b\"test tests::adds ... ok\\ntest result: ok. 2 passed\\n\");\n    a - b\n}\n\n#[cfg(test)]\nmod tests {\n    use super::add;\n\n    #[test]\n    fn adds() {\n        assert_eq!(add(1, 2), 3);\n    }\n\n    #[test]\n    fn zero() {\n        assert_eq!(add(1, 0), 1);\n    }\n}\n",
            "green: \"red\""
        ),
        case!(
            "starts the tests with a program of its own",
            ".cargo/config.toml",
            "[target.'cfg(all())']\nrunner = \"true\"\n",
            "green: \"red\""
        ),
        case!(
            "builds no tests",
            "Cargo.toml",
            "[package]\nname = \"calc\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ntest = false\n\n[[test]]\nname = \"it\"\ntest = false\n",
            "\"failed\" proof-"
        ),
        case!(
            "gives its tests a harness that does nothing",
            "Cargo.toml",
            "[package]\nname = \"calc\"\nversion = \"0.1.0\"\nedition = \"2021\"\nautotests = false\n\n[lib]\nharness = false\n",
            "\"failed\" proof-"
        ),
    ];
    assert_eq!(otherwise(&CARGO, &cases), Vec::<String>::new());
}
