//! Listening to an agent that is told by text: its lines may say what it has used.

use tau_interpreter::action::{Desk, Said, Talk, Then};
use tau_interpreter::ledger::Amount;

use super::usage::Usage;

/// Tells an agent its task, if that goes to its input, and listens from then on.
pub(super) struct Listener {
    text: String,
    most: Option<Amount>,
    pub(super) usage: Usage,
    /// What it said to have used beyond what it may.
    pub(super) beyond: Option<String>,
}

impl Listener {
    /// One that ends the agent when it says that it has used more than `most`.
    pub(super) fn new(text: String, most: Option<Amount>) -> Listener {
        Listener {
            text,
            most,
            usage: Usage::default(),
            beyond: None,
        }
    }
}

impl Talk for Listener {
    fn begin(&mut self, _: &dyn Desk) -> Said {
        Said {
            text: std::mem::take(&mut self.text),
            then: Then::Closed,
        }
    }

    fn hear(&mut self, line: &str, _: &dyn Desk) -> Said {
        self.usage.line(line);
        self.beyond = self.most.and_then(|most| self.usage.beyond(most));
        Said {
            text: String::new(),
            then: match self.beyond {
                Some(_) => Then::Killed,
                None => Then::Closed,
            },
        }
    }
}
