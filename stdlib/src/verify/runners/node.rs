//! Node's own test runner, with a reporter of tau's own.
//!
//! The reporter is in the runner's process; each test file is in another.

use tau_interpreter::action::{Checkout, Failure, Shelf};

use super::{Attached, Command, Runner, base_name, script};

/// `node --test …`.
pub(super) struct Node;

impl Runner for Node {
    fn name(&self) -> &'static str {
        "node:test"
    }

    fn is_started_by(&self, argv: &[String]) -> bool {
        place(argv).is_some()
    }

    fn attach(&self, to: &Command<'_>, checkout: &dyn Checkout) -> Result<Attached, Failure> {
        let mut attached = Attached::to(to, checkout);
        let name = format!("tau_{}", checkout.nonce());
        let part = include_str!("script/node.mjs");
        let reporter = script::reporter(part, &name, &mut attached, checkout)?;
        let sentinel = include_str!("script/sentinel.node.mjs").replace("@NAME@", &name);
        let file = format!("{name}.test.mjs");
        let tools = checkout.path(Shelf::Tools);
        let Some(at) = place(to.argv) else {
            return Ok(attached);
        };
        if names_files(&to.argv[at + 1..]) {
            attached.tool(checkout, &file, sentinel, false)?;
            attached.argv.push(tools.join(&file).display().to_string());
        } else {
            // It looks for tests itself, and finds this one too.
            checkout.put(Shelf::Files, &file, sentinel.as_bytes(), false)?;
        }
        let report = [
            format!("--test-reporter={reporter}"),
            "--test-reporter-destination=stdout".to_owned(),
        ];
        attached.argv.splice(at + 1..at + 1, report);
        attached.leave_key(checkout)?;
        attached.sentinels = Some(name);
        attached.ends_with = Some(1);
        Ok(attached)
    }
}

/// Where `--test` stands among the options of `node`.
fn place(argv: &[String]) -> Option<usize> {
    let is_node = matches!(base_name(argv.first()?), "node" | "nodejs");
    let options = argv.iter().skip(1).take_while(|word| word.starts_with('-'));
    let at = options.clone().position(|word| word == "--test")?;
    is_node.then_some(at + 1)
}

/// Whether what follows names files. An option whose value is a word of its own counts as one that
/// does, and then the tests that tau adds are named as well.
fn names_files(rest: &[String]) -> bool {
    rest.iter().any(|word| !word.starts_with('-'))
}
