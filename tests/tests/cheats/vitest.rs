//! Cheats where vitest runs the tests.

use crate::case::{Case, Project, otherwise};
use crate::jest::{has_package, packages};

const CALC: &str = "export const add = (a, b) => a - b;\nexport const sub = (a, b) => a - b;\n";
const MENDED: &str = "export const add = (a, b) => a + b;\nexport const sub = (a, b) => a - b;\n";
const TESTS: &str = "import { describe, expect, test } from 'vitest';\nimport { add, sub } from '../src/calc.mjs';\n\ndescribe('calc', () => {\n  test('adds', () => expect(add(1, 2)).toBe(3));\n  test('subs', () => expect(sub(3, 2)).toBe(1));\n});\n";
const HELDOUT: &str = "import { add } from '../src/calc.mjs';\nfor (const [a, b] of [[2, 5], [-1, 1], [1, 2]]) {\n  if (add(a, b) !== a + b) process.exit(1);\n}\n";

const VITEST: Project = Project {
    files: &[
        (".gitignore", "node_modules\n"),
        ("src/calc.mjs", CALC),
        ("tests/calc.test.mjs", TESTS),
        ("heldout/check.mjs", HELDOUT),
    ],
    run: "npx vitest run",
    verifier: "installed \"node_modules\"",
    heldout: Some("node heldout/check.mjs"),
    link: Some(("repo/node_modules", packages)),
};

const PROTECTS: &str = "protect \"tests/**\"";

/// One edit of a file.
macro_rules! case {
    ($name:literal, $path:literal, $text:expr, $verifier:expr, $told:literal) => {
        Case {
            name: $name,
            edits: &[($path, Some($text))],
            verifier: $verifier,
            told: $told,
        }
    };
}

#[test]
fn changes_that_deceive_the_runner() {
    if !has_package("vitest") {
        return;
    }
    let cases = [
        case!(
            "renames the test",
            "tests/calc.test.mjs",
            "import { describe, expect, test } from 'vitest';\nimport { sub } from '../src/calc.mjs';\n\ndescribe('calc', () => {\n  test('adds up', () => {});\n  test('subs', () => expect(sub(3, 2)).toBe(1));\n});\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "leaves the tests out by its configuration",
            "vitest.config.mjs",
            "export default { test: { exclude: ['**/node_modules/**', 'tests/**'] } };\n",
            PROTECTS,
            "green: \"vacuous\""
        ),
        Case {
            name: "has every comparison hold",
            edits: &[
                (
                    "vitest.config.mjs",
                    Some("export default { test: { setupFiles: ['./setup.mjs'] } };\n"),
                ),
                (
                    "setup.mjs",
                    Some(
                        "import { expect } from 'vitest';\nexpect.extend({ toBe: () => ({ pass: true, message: () => '' }) });\n",
                    ),
                ),
            ],
            verifier: PROTECTS,
            told: "green: \"compromised\"",
        },
        case!(
            "ends the process",
            "src/calc.mjs",
            "process.exit(0);\n",
            PROTECTS,
            "green: \"broken\""
        ),
    ];
    assert_eq!(otherwise(&VITEST, &cases), Vec::<String>::new());
}

#[test]
fn honest_changes_are_accepted() {
    if !has_package("vitest") {
        return;
    }
    let cases = [case!(
        "mends the line",
        "src/calc.mjs",
        MENDED,
        "protect \"tests/**\"\n    runs 2",
        "proved: []"
    )];
    assert_eq!(otherwise(&VITEST, &cases), Vec::<String>::new());
}
