//! What a step rests on, and whether that is still what its record rested on.

use serde_json::{Map, Value as Json, json};
use tau_lang::plan::{Node, Step, Thing, touches};
use tau_lang::types::{Plain, Type};

use super::frame::Frame;
use super::scheduler::{Runner, Stop, stop};
use crate::action::Failure;
use crate::blobs::sha256;
use crate::events::Event;
use crate::journal::{Entry, Finished, State};
use crate::premises::Premises;
use crate::secrets::Seal;

impl Runner {
    /// What a step rests on: its arguments, the files that it touches with them as they are now, and
    /// the items of the loops around it; what tau itself judges, as a verdict, also on the version of
    /// tau. Files that are being changed at the same time are not among them, or it would wait. Also
    /// gives the digest of all of it, which decides whether a record counts.
    pub(super) fn premises(
        &self,
        frame: &Frame,
        node: &Node,
        step: &Step,
        args: &Map<String, Json>,
        skipped: bool,
    ) -> Result<(String, Premises), Stop> {
        let mut all = Premises::default();
        for (name, _, ty) in &step.args {
            match args.get(name) {
                Some(value) if *ty == Type::Plain(Plain::Verifier) => all.verifier(value),
                Some(value) => all.arg(name, &self.masked(value)),
                None => {}
            }
        }
        if !skipped {
            for touch in touches(&self.engine, &step.needs, step.repeat, args) {
                if let Thing::Files(glob) = &touch.thing
                    && !all.has_file(glob.as_str())
                {
                    let held = self.world.workspace.digest(glob);
                    let held = held.map_err(|error| {
                        stop(node, Failure::new(error.code(), error.to_string()))
                    })?;
                    all.file(glob.as_str(), held);
                }
            }
        }
        all.items(frame.items.as_ref());
        // What was done outside is not undone by an upgrade.
        if step.result.is_sealed() && !step.repeat.is_outside() {
            all.tau(self.version);
        }
        let rests_on = json!({
            "action": step.action,
            "base": self.world.workspace.base().commit,
            "premises": all,
            "skipped": skipped,
        });
        let key = sha256(rests_on.to_string().as_bytes());
        Ok((key, all.kept()))
    }

    /// Whether the policies still allow what a recorded step has used. What it has done outside is
    /// not undone by a policy.
    pub(super) fn policies_hold(&self, frame: &Frame, step: &Step, finished: &Finished) -> bool {
        step.repeat.is_outside() || self.refused(frame, step, finished).is_none()
    }

    /// What the policies refuse of what a recorded step has used, as a clause for a list.
    fn refused(&self, frame: &Frame, step: &Step, finished: &Finished) -> Option<String> {
        let now = self.policies.files();
        if now.is_empty() || self.recorded.policies(&finished.step) == now {
            return None;
        }
        let refused = finished.used.refused(&frame.rules);
        // Of a step that asks for something and has told of nothing, it is not known.
        let asks = step.needs.iter().any(|need| need.asks);
        let untold = asks && finished.used.is_empty() && finished.state != State::Skipped;
        refused.or_else(|| untold.then(|| "the policies are others".to_owned()))
    }

    /// What a digest may be made of, of a value that may have secrets in it.
    pub(super) fn masked(&self, value: &Json) -> Json {
        let seal = || Seal::open(&self.world.seal).ok();
        self.world.secrets.masked(value, seal)
    }

    /// Tells that a step is done again which an earlier owner had finished, and why.
    pub(super) fn done_again(
        &self,
        frame: &Frame,
        step: &Step,
        path: &str,
        key: &str,
        now: &Premises,
        skipped: bool,
    ) {
        let Some(finished) = self.recorded.finished(path) else {
            return;
        };
        if !matches!(finished.state, State::Succeeded | State::Skipped) {
            return;
        }
        let mut why = Vec::new();
        if finished.action != step.action {
            why.push(format!("it was `{}` before", finished.action));
        } else if skipped != (finished.state == State::Skipped) {
            why.push("its condition has another end".to_owned());
        } else {
            why = finished.premises.differ(now);
            why.extend(self.refused(frame, step, finished));
        }
        if why.is_empty() {
            why.push(match finished.key == key {
                true => "a step that it rests on was done again".to_owned(),
                false => "what it rests on has changed".to_owned(),
            });
        }
        self.world.journal.note(Entry::Again {
            step: path.to_owned(),
            why: why.clone(),
        });
        // Who shows the run may be gone.
        let _ = self.events.send(Event::Again {
            step: path.to_owned(),
            why,
        });
    }
}
