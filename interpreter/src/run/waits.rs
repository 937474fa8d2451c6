//! Steps that wait for a person, a date or an event: they are recorded, and the run ends as
//! `waiting` once nothing else is left to do.

use tau_lang::plan::Node;

use super::scheduler::{Runner, Stop, stop};
use crate::action::Failure;
use crate::events::Event;
use crate::journal::{Entry, Finished};
use crate::person::Question;
use crate::wait::Wait;

impl Runner {
    /// Records that a step has asked a person. It has done nothing else.
    pub(super) async fn asks(&self, node: &Node, finished: Finished, question: Question) -> Stop {
        let (step, text) = (finished.step, question.text.clone());
        let asked = Entry::Asked {
            step: step.clone(),
            action: finished.action,
            key: finished.key,
            question,
        };
        let event = Event::Asked {
            step: step.clone(),
            text: text.clone(),
        };
        let why = format!("for a person: {text}");
        self.waiting(node, step, why, asked, event).await
    }

    /// Records that a step, or a call (with no `action`), waits for a date or an event.
    pub(super) async fn waits(
        &self,
        node: &Node,
        step: &str,
        action: &str,
        key: &str,
        wait: Wait,
    ) -> Stop {
        let why = wait.to_string();
        let event = Event::Waits {
            step: step.to_owned(),
            wait: wait.clone(),
        };
        let waits = Entry::Waits {
            step: step.to_owned(),
            action: action.to_owned(),
            key: key.to_owned(),
            wait,
        };
        self.waiting(node, step.to_owned(), why, waits, event).await
    }

    async fn waiting(
        &self,
        node: &Node,
        step: String,
        why: String,
        entry: Entry,
        event: Event,
    ) -> Stop {
        match self.world.journal.write(entry).await {
            Ok(()) => {
                // Who shows the run may be gone.
                let _ = self.events.send(event);
                Stop::Waiting { step, why }
            }
            Err(why) => stop(node, Failure::new("journal-failed", why)),
        }
    }
}
