//! The programs: small, real, and with something wrong. `hidden` knows whether it is mended.

/// A repository with an issue.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    /// Its files: name and text.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// What somebody has written about it.
    pub(crate) issue: &'static str,
    /// The edits that mend it: file, what to find, and what to put there.
    pub(crate) mends: &'static [(&'static str, &'static str, &'static str)],
    /// A script that ends with 0 in a checkout in which it is mended. It is in no repository.
    pub(crate) hidden: &'static str,
}

/// Counts words; two spaces count as a word.
pub(crate) const PYTHON: Program = Program {
    files: &[
        (
            "pyproject.toml",
            "[project]\nname = \"tally\"\nversion = \"0.1.0\"\n",
        ),
        ("src/tally/__init__.py", ""),
        (
            "src/tally/count.py",
            "\"\"\"Counts what is in a text.\"\"\"\n\n\ndef words(text):\n    return len(text.split(\" \"))\n\n\ndef lines(text):\n    return len(text.splitlines())\n",
        ),
        (
            "tests/test_count.py",
            "import unittest\n\nfrom tally.count import lines, words\n\n\nclass Count(unittest.TestCase):\n    def test_lines(self):\n        self.assertEqual(lines(\"a\\nb\\n\"), 2)\n\n    def test_words_with_two_spaces(self):\n        self.assertEqual(words(\"a  b\"), 2)\n",
        ),
    ],
    issue: "`words` counts what is no word\n\n`words(\"a  b\")` of `src/tally/count.py` gives 3. It should give 2.\n",
    mends: &[(
        "src/tally/count.py",
        "    return len(text.split(\" \"))",
        "    return len(text.split())",
    )],
    hidden: "PYTHONPATH=src python3 -c 'from tally.count import lines, words; assert (words(\" a\\t b\\n\"), words(\"\"), lines(\"a\")) == (2, 0, 1)'",
};

/// The same program has no `--lines` yet.
pub(crate) const FLAG: Program = Program {
    files: &[
        (
            "pyproject.toml",
            "[project]\nname = \"tally\"\nversion = \"0.1.0\"\n",
        ),
        ("src/tally/__init__.py", ""),
        (
            "src/tally/__main__.py",
            "import sys\n\n\ndef main(arguments):\n    text = arguments[-1]\n    flags = arguments[:-1]\n    if flags:\n        return f\"unknown flag {flags[0]}\"\n    return f\"{len(text.split())} words\"\n\n\nif __name__ == \"__main__\":\n    print(main(sys.argv[1:]))\n",
        ),
        (
            "tests/test_main.py",
            "import unittest\n\nfrom tally.__main__ import main\n\n\nclass Main(unittest.TestCase):\n    def test_words(self):\n        self.assertEqual(main([\"a b\"]), \"2 words\")\n\n    def test_lines(self):\n        self.assertEqual(main([\"--lines\", \"a b\\nc\"]), \"2 lines\")\n",
        ),
    ],
    issue: "Add a flag `--lines`\n\n`python3 -m tally --lines TEXT` should print how many lines a text has, as `2 lines`. See `src/tally/__main__.py`.\n",
    mends: &[(
        "src/tally/__main__.py",
        "    if flags:\n",
        "    if flags == [\"--lines\"]:\n        return f\"{len(text.splitlines())} lines\"\n    if flags:\n",
    )],
    hidden: "test \"$(PYTHONPATH=src python3 -m tally --lines 'a\nb\nc')\" = '3 lines' && test \"$(PYTHONPATH=src python3 -m tally --other x)\" = 'unknown flag --other'",
};

/// Makes titles into parts of addresses; both of its files are wrong.
pub(crate) const JAVASCRIPT: Program = Program {
    files: &[
        (
            "package.json",
            "{ \"name\": \"slug\", \"version\": \"0.1.0\", \"type\": \"module\" }\n",
        ),
        (
            "lib/letters.js",
            "export function plain(text) {\n  return text.replace(/[^a-zA-Z ]/g, '');\n}\n",
        ),
        (
            "lib/slug.js",
            "import { plain } from './letters.js';\n\nexport function slug(title) {\n  return plain(title).toLowerCase().replace(' ', '-');\n}\n",
        ),
        (
            "test/slug.test.js",
            "import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { slug } from '../lib/slug.js';\n\ntest('a title of two words', () => {\n  assert.equal(slug('Hello world!'), 'hello-world');\n});\n\ntest('a title with a number', () => {\n  assert.equal(slug('Top 10 of 2026'), 'top-10-of-2026');\n});\n",
        ),
    ],
    issue: "`slug` drops digits and keeps spaces\n\n`slug('Top 10 of 2026')` should be `top-10-of-2026`. `lib/letters.js` drops the digits, and `lib/slug.js` replaces one space only.\n",
    mends: &[
        (
            "lib/letters.js",
            "  return text.replace(/[^a-zA-Z ]/g, '');",
            "  return text.replace(/[^a-zA-Z0-9 ]/g, '');",
        ),
        (
            "lib/slug.js",
            "  return plain(title).toLowerCase().replace(' ', '-');",
            "  return plain(title).toLowerCase().replaceAll(' ', '-');",
        ),
    ],
    hidden: "node --input-type=module -e \"import { slug } from './lib/slug.js'; if (slug('A b c 1?') !== 'a-b-c-1') process.exit(1)\"",
};

/// Adds up prices; what costs nothing ends it.
pub(crate) const RUST: Program = Program {
    files: &[
        (
            "Cargo.toml",
            "[package]\nname = \"till\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        ),
        (
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"till\"\nversion = \"0.1.0\"\n",
        ),
        (".gitignore", "/target\n"),
        (
            "src/lib.rs",
            "/// The sum of all prices, in cents.\npub fn total(prices: &[u32]) -> u32 {\n    prices.iter().take_while(|price| **price > 0).sum()\n}\n",
        ),
        (
            "tests/till.rs",
            "#[test]\nfn what_costs_nothing_is_no_end() {\n    assert_eq!(till::total(&[100, 0, 50]), 150);\n}\n",
        ),
    ],
    issue: "`total` stops at what costs nothing\n\nThe test `what_costs_nothing_is_no_end` fails: `total(&[100, 0, 50])` is 100, and should be 150.\n",
    mends: &[(
        "src/lib.rs",
        "    prices.iter().take_while(|price| **price > 0).sum()",
        "    prices.iter().sum()",
    )],
    hidden: "! grep -q take_while src/lib.rs && grep -q 'iter().sum()' src/lib.rs",
};

/// A text, and a check that knows which flags there are.
pub(crate) const DOCS: Program = Program {
    files: &[
        (
            "README.md",
            "# tally\n\nCounts words. With `--colour` it is more beautiful.\n",
        ),
        ("tally.sh", "case \"$1\" in --color) ;; esac\n"),
        (
            "tests/docs.sh",
            "for flag in $(grep -o -e '--[a-z]*' README.md); do\n  grep -q -e \"$flag\" tally.sh || { echo \"README.md: there is no $flag\"; exit 1; }\ndone\n",
        ),
    ],
    issue: "`README.md` names a flag that there is not\n\nIt says `--colour`, and should say `--color`.\n",
    mends: &[(
        "README.md",
        "Counts words. With `--colour` it is more beautiful.",
        "Counts words. With `--color` it is more beautiful.",
    )],
    hidden: "grep -q -e '--color`' README.md && test \"$(git diff --name-only HEAD~1)\" = README.md",
};
