//! `tau logs RUN [STEP]`

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use tau_interpreter::blobs::Blobs;
use tau_interpreter::jobs::{Standing, Status, standing};
use tau_interpreter::journal::Entry;
use tau_interpreter::process::without_colors;

use crate::args::Logs;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::render::sanitize::{one_line, sanitize};
use crate::render::style::{STRONG, paint};
use crate::runner::summary::refusal;
use crate::runner::{self, Found};

/// How often a growing log is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Shows what the steps of a run printed.
pub(crate) fn run(args: &Logs, context: &mut Context) -> Outcome {
    let blobs = Blobs::new(runner::home()?.blobs());
    let mut shown = Shown::default();
    let mut found = runner::find(&args.run)?;
    let mut known = false;
    loop {
        known |= shown.finished(&found, args.step.as_deref(), &blobs, context)?;
        known |= shown.running(&found, args.step.as_deref(), context);
        if !args.follow || !goes_on(&found)? {
            break;
        }
        std::thread::sleep(LOOK_AGAIN);
        found = runner::find(found.dir.id())?;
    }
    match &args.step {
        Some(step) if !known => Err(no_step(step, &found)),
        _ => Ok(Exit::Succeeded),
    }
}

/// Whether somebody runs it, or will in a moment.
fn goes_on(found: &Found) -> Result<bool, Failure> {
    let queued = standing(&found.records) == Standing::Queued;
    Ok(found.is_running() || queued && Status::workers(&runner::home()?) > 0)
}

fn no_step(step: &str, found: &Found) -> Failure {
    let report = found.report();
    let names: Vec<String> = report.map_or(Vec::new(), |report| {
        report.steps.into_iter().map(|step| step.name).collect()
    });
    let near = tau_lang::diagnostic::nearest(step, names.iter().map(String::as_str));
    let failure = Failure::usage(format!("this run has no step `{step}`"));
    match near {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help(format!("it has {}", names.join(", "))),
    }
}

/// What has been printed already.
#[derive(Default)]
struct Shown {
    /// How many records.
    records: usize,
    /// The log that is being printed while its step runs, and how much of it.
    live: Option<(PathBuf, u64)>,
}

impl Shown {
    /// Prints the logs of steps that have ended since the last look. True when the asked step is
    /// among them.
    fn finished(
        &mut self,
        found: &Found,
        only: Option<&str>,
        blobs: &Blobs,
        context: &mut Context,
    ) -> Result<bool, Failure> {
        let mut known = false;
        for record in found.records.iter().skip(self.records) {
            let Entry::StepFinished(finished) = &record.entry else {
                continue;
            };
            if !asked(only, &finished.step) {
                continue;
            }
            known = true;
            let log = found.dir.log(&finished.step);
            // What was printed while it ran is not printed again.
            let skip = match self.live.take() {
                Some((path, printed)) if path == log => printed,
                other => {
                    self.live = other;
                    0
                }
            };
            for (index, blob) in finished.logs.iter().enumerate() {
                let bytes = match finished.contents.get(blob) {
                    Some(content) => content.bytes(blobs),
                    None => blobs.read(blob),
                };
                let bytes = bytes.map_err(|error| {
                    Failure::failed(format!(
                        "the output of `{}` is lost: {error}",
                        finished.step
                    ))
                })?;
                let from = if index == 0 {
                    usize::try_from(skip).unwrap_or(0).min(bytes.len())
                } else {
                    0
                };
                print(&finished.step, &bytes[from..], from == 0, context);
            }
            for refused in &finished.refused {
                let (step, refused) = (one_line(&finished.step), refusal(refused));
                context.warn(&format!("`{step}` was refused: {refused}"));
            }
        }
        self.records = found.records.len();
        Ok(known)
    }

    /// Prints what the step that runs now has printed since the last look.
    fn running(&mut self, found: &Found, only: Option<&str>, context: &mut Context) -> bool {
        let Ok(report) = found.report() else {
            return false;
        };
        let running = report.steps.iter().find(|step| {
            step.state == tau_interpreter::journal::State::Running && asked(only, &step.name)
        });
        let Some(step) = running.filter(|_| found.is_running()) else {
            return false;
        };
        let path = found.dir.log(&step.name);
        let from = match &self.live {
            Some((live, printed)) if *live == path => *printed,
            _ => 0,
        };
        let mut bytes = Vec::new();
        let read = File::open(&path).and_then(|mut file| {
            file.seek(SeekFrom::Start(from))?;
            file.read_to_end(&mut bytes)
        });
        if read.is_ok() && !bytes.is_empty() {
            print(&step.name, &bytes, from == 0, context);
            self.live = Some((path, from + bytes.len() as u64));
        }
        true
    }
}

fn asked(only: Option<&str>, step: &str) -> bool {
    only.is_none_or(|only| step == only || step.split('#').next() == Some(only))
}

fn print(step: &str, bytes: &[u8], head: bool, context: &mut Context) {
    let text = String::from_utf8_lossy(bytes);
    if context.form() != Form::Human {
        context.json(&serde_json::json!({
            "schema": "tau.log/1", "step": step, "text": text,
        }));
        return;
    }
    if head {
        context.print(&format!(
            "{}\n",
            paint(STRONG, format!("── {}", one_line(step)))
        ));
    }
    context.print(&sanitize(&without_colors(&text)));
    if !text.ends_with('\n') && head {
        context.print("\n");
    }
}
