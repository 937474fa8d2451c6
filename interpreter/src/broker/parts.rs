//! Parts of a step: calls of other actions under the step's own authority.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{Broker, Done, not_kept, repository};
use crate::action::{Call, Failure, FailureKind, Keep, Part, Performer};
use crate::blobs::sha256;
use crate::content::Contents;
use crate::events::Event;
use crate::journal::{Entry, PartDone};
use crate::used::Uses;

impl Broker {
    /// Does a part, or finds it done.
    pub(super) async fn part_done(&self, part: Part<'_>) -> Result<Value, Failure> {
        let key = self.key_of(&part)?;
        let known = self.world.parts.next(&self.step, &key);
        // A policy may have become narrower since. Then it is asked for again, and refused.
        let known = known.filter(|part| part.used.refused(&self.rules).is_none());
        if let Some(known) = known {
            return self.adopted(known);
        }
        self.tell_part(part.action.name, &part.args, None);
        let began = self.world.clock.instant();
        let hands = self.within();
        let call = Call {
            step: self.step.clone(),
            args: part.args.clone(),
            result: part.result.clone(),
        };
        let gave = match &part.action.performer {
            Performer::Pure(it) => it.compute(&call),
            Performer::Observe(it) => it.observe(&call, &hands).await,
            Performer::Replace(it) => it.replace(&call, &hands).await,
            Performer::External(_) | Performer::Unknown(_) => {
                let message = format!("`{}` changes what is outside.", part.action.name);
                Err(Failure::new("part-outside", message))
            }
        };
        let gave = self.checked_part(&part, gave)?;
        let done = hands.done();
        let mut record = PartDone {
            step: self.step.clone(),
            action: part.action.name.to_owned(),
            args: Value::Object(part.args.clone()),
            key,
            told: String::new(),
            failed: gave.as_ref().err().map(|failure| failure.code.clone()),
            missing: match gave.as_ref().err().map(|failure| &failure.kind) {
                Some(FailureKind::Blocked(missing)) => Some(missing.clone()),
                _ => None,
            },
            seconds: self.world.clock.since(began).as_secs_f64(),
            edits: Vec::new(),
            logs: Vec::new(),
            used: done.used.clone(),
            refused: done.refused.clone(),
            contents: Contents::default(),
        };
        let before = self.done();
        if gave.is_ok() {
            record.edits = done.edits[before.edits.len()..].to_vec();
        }
        record.logs = done.logs[before.logs.len()..].to_vec();
        let blobs = record.edits.iter().filter_map(|edit| edit.to);
        let mut named: Vec<String> = blobs.map(|(_, blob)| blob.to_string()).collect();
        named.extend(record.logs.iter().cloned());
        record.contents = done.contents.clone().only(&named);
        let mut told = (part.tell)(&gave);
        self.redactor().json(&mut told);
        self.take_in(&record, done.contents);
        self.tell_part(part.action.name, &part.args, Some(record.failed.clone()));
        self.note_part(record, &told, part.keep).await?;
        Ok(told)
    }

    /// What a part rests on. Nobody who goes on with the run uses its record when that has changed.
    fn key_of(&self, part: &Part<'_>) -> Result<String, Failure> {
        let tree = self.staged_tree()?.to_string();
        let rests = json!([part.action.name, part.args, tree]);
        Ok(sha256(rests.to_string().as_bytes()))
    }

    /// The same hands, which see what the attempt has staged so far and add to it only in a copy.
    fn within(&self) -> Broker {
        let mut done = self.done();
        done.used = Uses::default();
        done.refused.clear();
        Broker {
            is_part: true,
            done: Arc::new(Mutex::new(done)),
            ..self.clone()
        }
    }

    /// What a part gave, as its face says it, or a failure that says nothing secret.
    ///
    /// # Errors
    /// It waits, or may have done something outside: that is for the step to say.
    fn checked_part(
        &self,
        part: &Part<'_>,
        gave: Result<Value, Failure>,
    ) -> Result<Result<Value, Failure>, Failure> {
        let redactor = self.redactor();
        match gave {
            Ok(mut value) => {
                redactor.json(&mut value);
                let value = part.result.given(value).map_err(|why| {
                    let message = format!(
                        "`{}` gave what its face does not say: {why}.",
                        part.action.name
                    );
                    Failure::new("result-invalid", message)
                })?;
                Ok(Ok(value))
            }
            Err(mut failure) => {
                failure.hide(redactor);
                match failure.kind {
                    FailureKind::Failed | FailureKind::Blocked(_) => Ok(Err(failure)),
                    _ => Err(failure),
                }
            }
        }
    }

    /// What a part has done is done by the attempt. What one that failed has staged is not.
    fn take_in(&self, part: &PartDone, contents: Contents) {
        self.with_done(|done: &mut Done| {
            done.edits.extend(part.edits.iter().cloned());
            done.logs.extend(part.logs.iter().cloned());
            done.used.extend(&part.used);
            done.refused.extend(part.refused.iter().cloned());
            done.contents = contents;
        });
    }

    /// Uses the record of a part.
    fn adopted(&self, part: PartDone) -> Result<Value, Failure> {
        let world = &self.world;
        let told = part.contents.get(&part.told);
        let bytes = told.map(|told| told.bytes(&world.blobs)).transpose();
        let bytes = bytes.map_err(not_kept)?.unwrap_or_default();
        let told = serde_json::from_slice(&bytes).map_err(|error| not_kept(error.into()))?;
        let remembered = world
            .workspace
            .remember(&part.edits, &part.contents, &world.blobs);
        remembered.map_err(repository)?;
        let mut contents = self.done().contents;
        contents.extend(&part.contents);
        self.take_in(&part, contents);
        Ok(told)
    }

    /// Records a part. It is durable when this returns.
    async fn note_part(&self, part: PartDone, told: &Value, keep: Keep) -> Result<(), Failure> {
        if keep != Keep::Full {
            return Ok(());
        }
        let mut part = part;
        let bytes = told.to_string();
        part.told = sha256(bytes.as_bytes());
        if !part.contents.take_in(&part.told, bytes.as_bytes()) {
            let kept = self.world.blobs.put(bytes.as_bytes()).map_err(not_kept)?;
            part.contents.in_blob(&part.told, kept);
        }
        let entry = Entry::PartDone(Box::new(part));
        let written = self.world.journal.write(entry).await;
        written.map_err(|why| Failure::new("journal-failed", why))
    }

    /// Tells who watches what is done, and then how it ended.
    fn tell_part(
        &self,
        action: &str,
        args: &serde_json::Map<String, Value>,
        ended: Option<Option<String>>,
    ) {
        let mut args = Value::Object(args.clone());
        self.redactor().json(&mut args);
        let step = self.step.clone();
        let action = action.to_owned();
        // Who shows the run may be gone.
        let _ = self.world.events.send(match ended {
            None => Event::PartStarted { step, action, args },
            Some(failed) => Event::PartFinished {
                step,
                action,
                failed,
            },
        });
    }
}
