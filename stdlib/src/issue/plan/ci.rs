//! The commands that a repository's CI tests it with.

use std::collections::BTreeSet;

use super::repository::Repository;

/// How the command begins with which a project is tested.
const BEGINNINGS: &[&str] = &[
    "./gradlew test",
    "./mvnw test",
    "bazel test",
    "bun test",
    "bundle exec rake test",
    "bundle exec rspec",
    "cabal test",
    "cargo nextest run",
    "cargo test",
    "composer test",
    "ctest",
    "deno test",
    "dotnet test",
    "go test",
    "gradle test",
    "just test",
    "make check",
    "make test",
    "mix test",
    "mvn test",
    "node --test",
    "nox",
    "npm run test",
    "npm test",
    "phpunit",
    "pnpm run test",
    "pnpm test",
    "poetry run pytest",
    "pytest",
    "python -m pytest",
    "python -m unittest",
    "python3 -m pytest",
    "python3 -m unittest",
    "rake test",
    "sbt test",
    "stack test",
    "swift test",
    "tox",
    "uv run pytest",
    "vendor/bin/phpunit",
    "yarn test",
    "zig build test",
];

/// What only a shell, or the CI itself, understands.
const SHELL: &[char] = &[
    '$', '|', '&', ';', '>', '<', '`', '(', ')', '{', '}', '*', '\\', '"', '\'', '#', '~', '!',
];

/// Each such command with the file that has it.
pub(super) fn commands(repository: &Repository<'_>) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (path, text) in repository.ci() {
        for line in text.lines() {
            let Some(command) = command(line) else {
                continue;
            };
            if seen.insert(command.to_owned()) {
                found.push((command.to_owned(), path.to_owned()));
            }
        }
    }
    found
}

/// The command of a line, if it is one that tests and that needs no shell.
fn command(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches("- ").trim();
    let line = line.strip_prefix("run:").unwrap_or(line).trim();
    let is_simple = line.len() < 200 && !line.contains(SHELL);
    let begins = |it: &&&str| {
        line.strip_prefix(**it)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':']))
    };
    let decides = ![
        "--no-run",
        "--list",
        "--collect-only",
        "--version",
        "--help",
        "--passWithNoTests",
    ]
    .iter()
    .any(|flag| line.split(' ').any(|word| word == *flag));
    (is_simple && decides && BEGINNINGS.iter().any(|it| begins(&it))).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn a_command_is_told_from_what_a_shell_must_read() {
        for (line, is) in [
            (
                "      - run: cargo test --workspace",
                Some("cargo test --workspace"),
            ),
            ("        npm run test:unit", Some("npm run test:unit")),
            ("- pytest -q", Some("pytest -q")),
            ("run: cargo test --target ${{ matrix.target }}", None),
            ("run: cargo test | tee log", None),
            ("run: cargo tests", None),
            ("run: cargo test --no-run", None),
            ("run: jest --passWithNoTests", None),
            ("run: toxic", None),
            ("# run: cargo test", None),
        ] {
            assert_eq!(command(line), is, "{line}");
        }
    }
}
