//! Runners whose structured result tau reads, one file each.
//!
//! A runner is known by the words of the verifier's command. What is started is the same command
//! with tau's own part in it: a plugin, a reporter, a program that starts others. That part tells
//! which tests there were and how each ended. Nothing that a test prints is read.
//!
//! Where it can, tau's part also adds two tests with names that nobody can know before, one that
//! passes and one that fails. A runner that does not report both as such is not believed.

mod cargo;
mod go;
mod junit;
mod left;
mod lines;
mod nextest;
mod node;
mod pytest;
mod script;
mod tap;
mod unittest;

use std::path::Path;

use tau_interpreter::action::{Checkout, Failure, Shelf};

use super::report::Read;

pub(super) use cargo::DOC_TESTS;
pub(super) use left::Left;

/// A program that runs tests, and how tau learns what came of them.
pub(super) trait Runner: Send + Sync {
    /// Its name in verdicts.
    fn name(&self) -> &'static str;

    /// Whether a command with these words starts it.
    fn is_started_by(&self, argv: &[String]) -> bool;

    /// Puts tau's part into the checkout and into the command.
    fn attach(&self, to: &Command<'_>, checkout: &dyn Checkout) -> Result<Attached, Failure>;

    /// What it reported, now that the command has ended with this code: without more, the lines
    /// that tau's part of it has written with the key.
    fn read(
        &self,
        attached: &Attached,
        checkout: &dyn Checkout,
        code: i32,
    ) -> Result<Read, Failure> {
        lines::read(self.name(), attached, checkout, code)
    }
}

/// The command that is about to run.
pub(super) struct Command<'a> {
    /// Its words.
    pub(super) argv: &'a [String],
    /// Its variables.
    pub(super) env: &'a [(String, String)],
    /// Which run of several this is, from 0. Those after the first run the tests in other orders.
    pub(super) round: u64,
    /// Only these tests, where the runner can select them.
    pub(super) only: Option<&'a [String]>,
}

/// What is started in the place of a command.
pub(super) struct Attached {
    /// Its words.
    pub(super) argv: Vec<String>,
    /// Variables, instead of those of the command.
    pub(super) env: Vec<(String, String)>,
    /// The name that begins those of the sentinels; none where there are no sentinels.
    pub(super) sentinels: Option<String>,
    /// What is known only to tau and to its part in the runner.
    pub(super) key: String,
    /// What was put on the shelf of tools, to see that it is still the same.
    pub(super) tools: Vec<(String, Vec<u8>)>,
    /// The code with which the runner ends when tests failed, as the sentinel makes it.
    pub(super) ends_with: Option<i32>,
    /// That the runner may not find the sentinels, by what the project says of its tests. Then
    /// nothing is known of it by them.
    pub(super) may_miss: bool,
}

impl Attached {
    /// One that changes nothing yet.
    fn to(command: &Command<'_>, checkout: &dyn Checkout) -> Attached {
        Attached {
            argv: command.argv.to_vec(),
            env: command.env.to_vec(),
            sentinels: None,
            key: checkout.nonce(),
            tools: Vec::new(),
            ends_with: None,
            may_miss: false,
        }
    }

    /// Gives the command a file that it should not change.
    fn tool(
        &mut self,
        checkout: &dyn Checkout,
        name: &str,
        text: String,
        starts: bool,
    ) -> Result<(), Failure> {
        checkout.put(Shelf::Tools, name, text.as_bytes(), starts)?;
        self.tools.push((name.to_owned(), text.into_bytes()));
        Ok(())
    }

    /// Leaves the key where tau's part finds it, which removes it.
    fn leave_key(&self, checkout: &dyn Checkout) -> Result<(), Failure> {
        checkout.put(Shelf::Reports, "key", self.key.as_bytes(), false)
    }

    /// Sets a variable.
    fn set(&mut self, name: &str, value: String) {
        self.env.retain(|(it, _)| it != name);
        self.env.push((name.to_owned(), value));
    }

    /// Puts a folder before those that a variable names already.
    fn put_first(&mut self, name: &str, folder: &Path) {
        let found = self.env.iter().find(|(it, _)| it == name);
        let folder = folder.display();
        let value = match found {
            Some((_, rest)) if !rest.is_empty() => format!("{folder}:{rest}"),
            _ => folder.to_string(),
        };
        self.set(name, value);
    }

    /// A tool that is not what tau has given, by name.
    pub(super) fn altered(&self, checkout: &dyn Checkout) -> Option<&str> {
        let differs = |name: &str, bytes: &[u8]| {
            let now = checkout.take(Shelf::Tools, name);
            !matches!(now, Ok(Some(now)) if now == bytes)
        };
        let mut tools = self.tools.iter();
        let found = tools.find(|(name, bytes)| differs(name, bytes));
        found.map(|(name, _)| name.as_str())
    }
}

/// The runner that a command starts, if it is one of those known here.
pub(super) fn started_by(argv: &[String]) -> Option<Box<dyn Runner>> {
    let all: [Box<dyn Runner>; 9] = [
        Box::new(pytest::Pytest),
        Box::new(unittest::Unittest),
        Box::new(node::Node),
        Box::new(script::Script::Jest),
        Box::new(script::Script::Vitest),
        Box::new(script::Script::Package),
        Box::new(nextest::Nextest),
        Box::new(cargo::Cargo),
        Box::new(go::Go),
    ];
    all.into_iter().find(|runner| runner.is_started_by(argv))
}

/// The last part of a path.
fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// Whether a word names an interpreter of Python: `python`, `python3`, `python3.12`.
fn is_python(word: &str) -> bool {
    let rest = base_name(word).strip_prefix("python");
    rest.is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// Where `-m MODULE` stands in the command of an interpreter of Python: the place of `MODULE`.
fn module_of_python(argv: &[String], module: &str) -> Option<usize> {
    let at = argv.iter().position(|word| is_python(word))?;
    let rest = &argv[at + 1..];
    let options = rest.iter().take_while(|word| word.starts_with('-'));
    let at_m = options.clone().position(|word| word == "-m")?;
    (rest.get(at_m + 1)? == module).then_some(at + at_m + 2)
}

/// A text as a literal of Python and of JavaScript.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A path as a literal of Python and of JavaScript.
fn path_literal(path: &Path) -> String {
    literal(&path.display().to_string())
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runners_are_known_by_the_words_of_the_command() {
        let name = |command: &str| {
            let argv = tau_lang::syntax::command::words(command).unwrap();
            started_by(&argv).map_or("none", |runner| runner.name())
        };
        for (command, runner) in [
            ("pytest -q", "pytest"),
            ("/usr/bin/pytest tests", "pytest"),
            ("python3 -m pytest tests", "pytest"),
            ("python3.12 -B -m pytest", "pytest"),
            ("uv run pytest", "pytest"),
            ("uv run python -m pytest", "pytest"),
            ("python3 -m unittest", "unittest"),
            ("python -m unittest discover -s tests", "unittest"),
            ("node --test", "node:test"),
            ("node --enable-source-maps --test test/", "node:test"),
            ("node test.js --test", "none"),
            ("cargo test", "cargo test"),
            ("cargo +stable test --lib", "cargo test"),
            ("cargo -q test", "cargo test"),
            ("cargo build", "none"),
            ("cargo run test", "none"),
            ("cargo nextest run", "cargo nextest"),
            ("npx jest tests", "jest"),
            ("node_modules/.bin/vitest run", "vitest"),
            ("node node_modules/jest/bin/jest.js", "jest"),
            ("npm test", "npm test"),
            ("pnpm run test", "npm test"),
            ("npm run build", "none"),
            ("npx eslint jest", "none"),
            ("go test", "go test"),
            ("/usr/local/go/bin/go test -run X ./...", "go test"),
            ("go test -c ./a", "none"),
            ("go test ./a -args -c", "go test"),
            ("go test -exec=sudo ./a", "none"),
            ("go vet ./...", "none"),
            ("sh -c 'pytest'", "none"),
            ("make test", "none"),
            ("python3 tests/pytest.py", "none"),
            ("grep pytest README", "none"),
        ] {
            assert_eq!(name(command), runner, "{command}");
        }
    }
}
