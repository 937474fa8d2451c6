//! Takes secrets out of what a record says in words: no name, no digest, nothing that a resume
//! counts on.

use std::sync::Arc;

use super::record::{Blocked, Entry, Finished};
use crate::action::{Failure, FailureKind};
use crate::secrets::Redactor;

impl Entry {
    /// The same without secrets.
    #[must_use]
    pub(crate) fn without_secrets(mut self, redactor: &Redactor) -> Entry {
        if !redactor.is_empty() {
            self.hide(redactor);
        }
        self
    }

    fn hide(&mut self, redactor: &Redactor) {
        let text = |text: &mut String| hide(text, redactor);
        match self {
            Entry::Started(started) => {
                started.inputs.values_mut().for_each(|value| {
                    redactor.json(value);
                });
            }
            Entry::Resumed { inputs, .. } => {
                inputs.values_mut().for_each(|value| {
                    redactor.json(value);
                });
            }
            Entry::AttemptFailed { failure, .. } => failure.hide(redactor),
            Entry::Intent { what, outside, .. } => {
                text(what);
                if let Some(outside) = outside {
                    redactor.json(&mut outside.detail);
                    outside.result.iter_mut().for_each(|result| {
                        redactor.json(result);
                    });
                }
            }
            Entry::Asked { question, .. } => {
                text(&mut question.text);
                question.choices.iter_mut().for_each(text);
            }
            Entry::Answered { answer, .. } => answer.text.iter_mut().for_each(text),
            Entry::Resolved { resolution, .. } => {
                resolution.why.iter_mut().for_each(text);
                resolution.result.iter_mut().for_each(|result| {
                    redactor.json(result);
                });
            }
            Entry::Again { why, .. } => why.iter_mut().for_each(text),
            Entry::Sent(sent) => {
                redactor.json(&mut sent.data);
            }
            Entry::StepFinished(finished) => {
                if finished.has_secrets(redactor) {
                    Arc::make_mut(finished).hide(redactor);
                }
            }
            Entry::Ended {
                reason,
                blocked,
                outputs,
                ..
            } => {
                reason.iter_mut().for_each(text);
                blocked.iter_mut().for_each(|it| it.hide(redactor));
                outputs.values_mut().for_each(|value| {
                    redactor.json(value);
                });
            }
            // Its bodies have none; see the broker.
            Entry::ModelAnswered(answered) => {
                redactor.json(&mut answered.facts);
                answered.headers.values_mut().for_each(text);
            }
            // What it told and changed has none; see the broker.
            Entry::PartDone(part) => {
                redactor.json(&mut part.args);
                part.missing
                    .iter_mut()
                    .for_each(|missing| text(&mut missing.scope));
            }
            Entry::SpendingSaid { said, .. } => text(&mut said.by),
            Entry::StepStarted { .. }
            | Entry::Waits { .. }
            | Entry::Reserved { .. }
            | Entry::Settled { .. }
            | Entry::Received { .. }
            | Entry::Boxed { .. } => {}
        }
    }
}

impl Finished {
    /// Most have none, and need no copy.
    fn has_secrets(&self, redactor: &Redactor) -> bool {
        let mut copy = (self.result.clone(), self.failure.clone());
        let in_result = redactor.json(&mut copy.0);
        copy.1.iter_mut().for_each(|failure| failure.hide(redactor));
        let mut effect = self.effect.clone();
        effect
            .iter_mut()
            .for_each(|effect| hide(&mut effect.what, redactor));
        in_result || copy.1 != self.failure || effect != self.effect
    }

    fn hide(&mut self, redactor: &Redactor) {
        redactor.json(&mut self.result);
        self.failure.iter_mut().for_each(|it| it.hide(redactor));
        self.effect
            .iter_mut()
            .for_each(|it| hide(&mut it.what, redactor));
    }
}

impl Blocked {
    fn hide(&mut self, redactor: &Redactor) {
        hide(&mut self.message, redactor);
        for item in &mut self.missing {
            hide(&mut item.scope, redactor);
            item.grant.iter_mut().for_each(|line| hide(line, redactor));
        }
    }
}

impl Failure {
    /// Takes the secrets out of all that it says.
    pub(crate) fn hide(&mut self, redactor: &Redactor) {
        if redactor.is_empty() {
            return;
        }
        hide(&mut self.message, redactor);
        self.help.iter_mut().for_each(|help| hide(help, redactor));
        redactor.json(&mut self.detail);
        match &mut self.kind {
            FailureKind::Blocked(missing) => {
                hide(&mut missing.scope, redactor);
                missing
                    .grant
                    .iter_mut()
                    .for_each(|line| hide(line, redactor));
            }
            FailureKind::Waiting(question) => {
                hide(&mut question.text, redactor);
                question
                    .choices
                    .iter_mut()
                    .for_each(|it| hide(it, redactor));
            }
            FailureKind::Failed | FailureKind::Uncertain | FailureKind::Until(_) => {}
        }
    }
}

fn hide(text: &mut String, redactor: &Redactor) {
    if let std::borrow::Cow::Owned(redacted) = redactor.text(text) {
        *text = redacted;
    }
}
