//! What others do with a run: tell the process that runs it to end, write the end of one that
//! nobody runs, and answer what it asks.

use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Map;

use crate::clock::Clock;
use crate::home::RunDir;
use crate::journal::{
    Blocked, Entry, Holder, Journal, OpenError, Opened, Outcome, Record, Resolution,
};
use crate::mail::{self, Mail};
use crate::outside::{Unsettled, unsettled};
use crate::person::{Answer, Open};
use crate::process::kill_left_over;
use crate::report;
use crate::wait::Sent;

/// Tells the process that runs a run to end it, as an interrupt at its terminal would. Whether
/// there is one; it ends the run in its own time.
#[must_use]
pub fn ask_to_end(holder: &Holder) -> bool {
    let owner = Pid::from_raw(holder.process);
    owner.is_some_and(|pid| kill_process(pid, Signal::TERM).is_ok())
}

/// Writes that a run has ended which nobody runs, and ends what whoever ran it has left behind.
///
/// # Errors
/// Somebody runs it, it has succeeded meanwhile, or its journal cannot be written: a sentence
/// without its full stop.
pub fn end(
    run: &RunDir,
    outcome: Outcome,
    reason: String,
    blocked: Option<Blocked>,
) -> Result<(), String> {
    let ended = Entry::Ended {
        outcome,
        reason: Some(reason),
        blocked: blocked.map(Box::new),
        outputs: Map::new(),
        left_out: Vec::new(),
    };
    write(run, ended, |records| match records.last() {
        Some(Record {
            entry:
                Entry::Ended {
                    outcome: Outcome::Succeeded,
                    ..
                },
            ..
        }) => Err("it has succeeded meanwhile".to_owned()),
        // Who cancels a run must not hide what it may have done.
        _ if outcome == Outcome::Cancelled && !unsettled(records).is_empty() => {
            let steps = unsettled(records).into_iter().map(|it| it.step);
            let steps: Vec<String> = steps.collect();
            Err(format!(
                "it is not known whether step `{}` has happened; say so first, with `tau resolve`",
                steps.join("`, `")
            ))
        }
        _ => {
            kill_left_over(&run.processes(), run.path());
            Ok(())
        }
    })
}

/// Writes what a person answered to a question of a run that waits.
///
/// # Errors
/// Somebody runs it, it does not ask this any more, or its journal cannot be written: a sentence
/// without its full stop.
pub fn answer(run: &RunDir, open: &Open, answer: Answer) -> Result<(), String> {
    let answered = Entry::Answered {
        step: open.step.clone(),
        key: open.key.clone(),
        answer,
    };
    write(run, answered, |records| {
        if report::open(records).contains(open) {
            return Ok(());
        }
        Err(format!("step `{}` does not ask that any more", open.step))
    })
}

/// Writes what a person said about an outside effect of a run.
///
/// # Errors
/// Somebody runs it, the effect is not open any more, or its journal cannot be written: a sentence
/// without its full stop.
pub fn resolve(run: &RunDir, open: &Unsettled, resolution: Resolution) -> Result<(), String> {
    let resolved = Entry::Resolved {
        step: open.step.clone(),
        marker: open.marker.clone(),
        resolution,
    };
    write(run, resolved, |records| {
        if unsettled(records).contains(open) {
            return Ok(());
        }
        Err(format!("step `{}` is settled meanwhile", open.step))
    })
}

/// Sends an event to a run: it is durable when this returns, and goes into the journal as soon as
/// nobody else writes it.
///
/// # Errors
/// It cannot be kept: a sentence without its full stop.
pub fn send(run: &RunDir, sent: &Sent) -> Result<(), String> {
    mail::put(run, sent).map_err(|error| format!("the event cannot be kept: {error}"))?;
    // Whoever runs the run takes it in when a step wants it.
    take_in(run).map(|_| ())
}

/// Writes into the journal of a run that nobody runs what was sent to it since. Whether nobody
/// does.
///
/// # Errors
/// Its journal cannot be read or written: a sentence without its full stop.
pub fn take_in(run: &RunDir) -> Result<bool, String> {
    let opened = Journal::open(run.store().clone(), run.id(), &Clock::system());
    let Opened {
        journal,
        writer,
        loaded,
        ..
    } = match opened {
        Ok(opened) => opened,
        Err(OpenError::Busy) => return Ok(false),
        Err(error) => return Err(error.to_string()),
    };
    let taken = Mail::of(&loaded.records).take_in(run, &journal);
    drop(journal);
    writer.join().and(taken).map(|()| true)
}

/// When a run that waits can go on, with what was sent to it and is not in its journal yet. See
/// [`report::wake`].
#[must_use]
pub fn wake(run: &RunDir, records: &[Record]) -> Option<Timestamp> {
    let names = report::waits(records).into_iter();
    let names: Vec<String> = names.filter_map(|it| it.wait.event).collect();
    let arrived = mail::arrived(run).into_iter();
    let came = arrived.filter(|sent| names.contains(&sent.name));
    came.map(|sent| sent.at).chain(report::wake(records)).min()
}

/// Writes a record, if it still `fits` behind those that are there when nobody else can write any.
fn write(
    run: &RunDir,
    entry: Entry,
    fits: impl FnOnce(&[Record]) -> Result<(), String>,
) -> Result<(), String> {
    let opened = Journal::open(run.store().clone(), run.id(), &Clock::system());
    let Opened {
        journal,
        writer,
        loaded,
        ..
    } = opened.map_err(|error| error.to_string())?;
    let written = fits(&loaded.records).and_then(|()| journal.write_blocking(entry));
    drop(journal);
    written.and(writer.join())
}

/// How many outside effects the records of a run tell of.
#[must_use]
pub fn mutations(records: &[Record]) -> u32 {
    let effects = records.iter().map(|record| match &record.entry {
        Entry::StepFinished(finished) => finished.effects(),
        _ => 0,
    });
    effects.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::Home;
    use crate::person::{Person, Question};

    fn run() -> (tempfile::TempDir, RunDir) {
        let dir = tempfile::tempdir().unwrap();
        let run = Home::new(dir.path()).create_run("r1").unwrap();
        (dir, run)
    }

    fn said(approved: bool) -> Answer {
        let name = "ann".to_owned();
        Answer {
            approved,
            text: None,
            by: Person { uid: 1, name },
            at: "now".to_owned(),
        }
    }

    #[test]
    fn of_two_who_answer_at_once_the_first_counts() {
        let (_dir, run) = run();
        let question = Question {
            text: "ship it".to_owned(),
            wants_text: false,
            choices: Vec::new(),
            by_another: false,
        };
        let asked = Open {
            step: "gate".to_owned(),
            key: "k".to_owned(),
            question: question.clone(),
        };
        let entry = Entry::Asked {
            step: asked.step.clone(),
            action: "human.approve".to_owned(),
            key: asked.key.clone(),
            question,
        };
        write(&run, entry, |_| Ok(())).unwrap();
        // Both have seen the same question.
        answer(&run, &asked, said(false)).unwrap();
        let late = answer(&run, &asked, said(true)).unwrap_err();
        assert_eq!(late, "step `gate` does not ask that any more");
    }

    #[test]
    fn what_has_succeeded_meanwhile_keeps_its_end() {
        let (_dir, run) = run();
        end(&run, Outcome::Succeeded, String::new(), None).unwrap();
        let late = end(&run, Outcome::Cancelled, String::new(), None).unwrap_err();
        assert_eq!(late, "it has succeeded meanwhile");
    }
}
