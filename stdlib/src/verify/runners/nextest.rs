//! `cargo nextest run`, with the report that it can write.
//!
//! Nextest runs each test in a process of its own, and writes the report from another.

use tau_interpreter::action::{Checkout, Failure, Shelf};

use super::cargo::subcommand;
use super::{Attached, Command, Runner, junit, literal};
use crate::verify::report::Read;

/// `cargo nextest run …`.
pub(super) struct Nextest;

impl Runner for Nextest {
    fn name(&self) -> &'static str {
        "cargo nextest"
    }

    fn is_started_by(&self, argv: &[String]) -> bool {
        place(argv).is_some()
    }

    fn attach(&self, to: &Command<'_>, checkout: &dyn Checkout) -> Result<Attached, Failure> {
        let mut attached = Attached::to(to, checkout);
        let report = checkout.path(Shelf::Reports).join("junit.xml");
        // Other profiles inherit from this one.
        let text = format!(
            "[profile.default.junit]\npath = {}\nreport-name = \"tau\"\n",
            literal(&report.display().to_string())
        );
        attached.tool(checkout, "nextest.toml", text, false)?;
        if let Some(at) = place(to.argv) {
            let config = checkout.path(Shelf::Tools).join("nextest.toml");
            let more = [
                "--tool-config-file".to_owned(),
                format!("tau:{}", config.display()),
            ];
            attached.argv.splice(at + 1..at + 1, more);
        }
        Ok(attached)
    }

    fn read(&self, _: &Attached, checkout: &dyn Checkout, code: i32) -> Result<Read, Failure> {
        let text = checkout.take(Shelf::Reports, "junit.xml")?;
        Ok(match (text, code) {
            // Nextest: `NextestExitCode::NO_TESTS_RUN`.
            (None, 4) => Read::Report(crate::verify::report::Report::default()),
            (None, _) => Read::Broken {
                why: format!("nextest ran no test (exit code {code}): they may not compile"),
                help: "Run the command on the base by hand and repair what it tells.",
            },
            (Some(text), _) => junit::read(Some(&text), "junit.xml", code),
        })
    }
}

/// Where `run` stands behind `nextest`.
fn place(argv: &[String]) -> Option<usize> {
    (subcommand(argv)? == "nextest").then_some(())?;
    let at = argv.iter().position(|word| word == "nextest")?;
    (argv.get(at + 1)? == "run").then_some(at + 1)
}
