//! A report that any command leaves in the tree, at the path that the verifier declares.

use tau_interpreter::action::{Checkout, Failure, Shelf};

use super::{Attached, Command, Runner, junit, tap};
use crate::verify::report::Read;

/// What to do about a report that cannot be read.
pub(super) const BY_HAND: &str =
    "Run the command on the base by hand and look at what it writes there.";

/// Any command that leaves a report at this path: TAP where it ends so, else JUnit XML.
pub(in crate::verify) struct Left {
    pub(in crate::verify) path: String,
}

impl Left {
    fn is_tap(&self) -> bool {
        self.path.ends_with(".tap")
    }
}

impl Runner for Left {
    fn name(&self) -> &'static str {
        match self.is_tap() {
            true => "TAP",
            false => "JUnit XML",
        }
    }

    fn is_started_by(&self, _: &[String]) -> bool {
        true
    }

    fn attach(&self, to: &Command<'_>, checkout: &dyn Checkout) -> Result<Attached, Failure> {
        if checkout.take(Shelf::Files, &self.path)?.is_some() {
            return Err(Failure::new(
                "report-in-tree",
                format!(
                    "`{}` is in the tree, so nobody could tell whether the command wrote it.",
                    self.path
                ),
            )
            .help("Remove it from the tree, or let the command write its report elsewhere."));
        }
        Ok(Attached::to(to, checkout))
    }

    fn read(&self, _: &Attached, checkout: &dyn Checkout, code: i32) -> Result<Read, Failure> {
        let text = checkout.take(Shelf::Files, &self.path)?;
        Ok(match self.is_tap() {
            true => tap::read(text.as_deref(), &self.path, code),
            false => junit::read(text.as_deref(), &self.path, code),
        })
    }
}
