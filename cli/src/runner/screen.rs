//! A run while it goes on: a live list on a terminal, a line a step elsewhere.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::{Value as Json, json};
use tau_interpreter::events::Event;
use tau_interpreter::journal::{Finished, State};

use super::Shows;
use super::summary::{remark, seconds};
use crate::context::{Context, Form};
use crate::render::sanitize::one_line;
use crate::render::style::{ERROR, FAINT, GOOD, STRONG, WARNING, paint};

/// Shows events.
pub(crate) struct Screen {
    form: Form,
    /// The live list, on a terminal.
    live: Option<Live>,
}

struct Live {
    all: MultiProgress,
    steps: HashMap<String, ProgressBar>,
}

impl Screen {
    /// A screen for standard error.
    pub(crate) fn new(context: &Context) -> Screen {
        let terminal = std::io::stderr().is_terminal() && context.speaks();
        let live = (terminal && context.form() == Form::Human).then(|| Live {
            all: MultiProgress::new(),
            steps: HashMap::new(),
        });
        Screen {
            form: context.form(),
            live,
        }
    }

    fn line(&self, line: &str, context: &mut Context) {
        match &self.live {
            Some(live) => live.all.suspend(|| context.note(line)),
            None => context.note(line),
        }
    }
}

impl Shows for Screen {
    fn show(&mut self, event: Event, context: &mut Context) {
        if self.form == Form::JsonStream {
            stream(&event, context);
        }
        match event {
            Event::Began { started, reused } => {
                let on = started
                    .base
                    .map(|base| short(&base.to_string()))
                    .unwrap_or_default();
                let mut line = format!(
                    "run {} of {} on {on}",
                    paint(STRONG, &started.run),
                    paint(STRONG, one_line(&started.mission))
                );
                if reused > 0 {
                    line.push_str(&format!(", going on behind {reused} finished steps"));
                }
                self.line(&line, context);
            }
            Event::StepStarted { step, action, .. } => {
                if let Some(live) = &mut self.live {
                    live.start(&step, &action);
                }
            }
            Event::Retrying {
                step,
                why,
                pause_ms,
            } => {
                let pause = match pause_ms {
                    0 => String::new(),
                    millis => format!(
                        " (in {})",
                        seconds(Duration::from_millis(millis).as_secs_f64())
                    ),
                };
                let line = format!(
                    "  {} {}{pause}: {}",
                    paint(WARNING, "again"),
                    one_line(&step),
                    one_line(&why)
                );
                self.line(&line, context);
            }
            Event::StepFinished { finished, reused } => {
                if let Some(live) = &mut self.live {
                    live.finish(&finished.step);
                }
                self.line(&step_line(&finished, reused), context);
            }
            Event::PartStarted { action, args, .. } => {
                let line = format!("    {} {}", paint(FAINT, "·"), part(&action, &args));
                self.line(&line, context);
            }
            Event::PartFinished { action, failed, .. } => {
                if let Some(code) = failed {
                    let what = format!("    {} {action}: {}", paint(WARNING, "!"), one_line(&code));
                    self.line(&what, context);
                }
            }
            // What a model says is in the step's result, and streamed where it is asked for.
            Event::Said { .. } => {}
            Event::Asked { step, text } => {
                if let Some(live) = &mut self.live {
                    live.finish(&step);
                }
                let line = format!(
                    "  {} {}: {}",
                    paint(WARNING, "waits"),
                    one_line(&step),
                    one_line(&text)
                );
                self.line(&line, context);
            }
            Event::Again { step, why } => {
                let line = format!(
                    "  {} {}: {}",
                    paint(WARNING, "redone"),
                    one_line(&step),
                    one_line(&why.join(", "))
                );
                self.line(&line, context);
            }
            Event::Waits { step, wait } => {
                if let Some(live) = &mut self.live {
                    live.finish(&step);
                }
                let line = format!(
                    "  {} {}: {}",
                    paint(WARNING, "waits"),
                    one_line(&step),
                    one_line(&wait.to_string())
                );
                self.line(&line, context);
            }
            Event::Ended(_) => {}
        }
    }

    /// Takes the live list away.
    fn end(&mut self) {
        if let Some(live) = &mut self.live {
            // A terminal that cannot be cleared keeps the last lines.
            let _ = live.all.clear();
        }
    }
}

impl Live {
    fn start(&mut self, step: &str, action: &str) {
        let bar = self.all.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {prefix:<12} {msg} {elapsed}")
        {
            bar.set_style(style);
        }
        bar.set_prefix(one_line(step).into_owned());
        bar.set_message(one_line(action).into_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        if let Some(before) = self.steps.insert(step.to_owned(), bar) {
            before.finish_and_clear();
        }
    }

    fn finish(&mut self, step: &str) {
        if let Some(bar) = self.steps.remove(step) {
            bar.finish_and_clear();
        }
    }
}

/// `  ✓ red          failed as it must (exit 101)   0.4 s`
fn step_line(finished: &Finished, reused: bool) -> String {
    let mark = match finished.state {
        State::Succeeded => paint(GOOD, "✓"),
        State::Failed | State::Blocked => paint(ERROR, "✗"),
        State::Uncertain => paint(WARNING, "?"),
        _ => paint(FAINT, "–"),
    };
    let time = if reused {
        paint(FAINT, "done before")
    } else {
        paint(FAINT, seconds(finished.seconds))
    };
    let remark = remark(finished);
    format!(
        "  {mark} {:<12} {} {time}",
        one_line(&finished.step),
        one_line(&remark)
    )
}

/// One line of `--json-stream`.
pub(super) fn stream(event: &Event, context: &mut Context) {
    let schema = "tau.event/1";
    let line = match event {
        Event::Began { started, reused } => json!({
            "schema": schema, "event": "began", "run": started.run, "mission": started.mission,
            "base": started.base, "reused": reused,
        }),
        Event::StepStarted { step, action, .. } => json!({
            "schema": schema, "event": "step_started", "step": step, "action": action,
        }),
        Event::Retrying {
            step,
            why,
            pause_ms,
        } => json!({
            "schema": schema, "event": "retrying", "step": step, "why": why,
            "pause_ms": pause_ms,
        }),
        Event::PartStarted { step, action, args } => json!({
            "schema": schema, "event": "part_started", "step": step, "action": action, "args": args,
        }),
        Event::PartFinished {
            step,
            action,
            failed,
        } => json!({
            "schema": schema, "event": "part_finished", "step": step, "action": action,
            "failed": failed,
        }),
        Event::Said { step, text } => json!({
            "schema": schema, "event": "said", "step": step, "text": text,
        }),
        Event::Asked { step, text } => json!({
            "schema": schema, "event": "asked", "step": step, "text": text,
        }),
        Event::Again { step, why } => json!({
            "schema": schema, "event": "redone", "step": step, "why": why,
        }),
        Event::Waits { step, wait } => json!({
            "schema": schema, "event": "waits", "step": step, "for": wait.event,
            "until": wait.until,
        }),
        Event::StepFinished { finished, reused } => json!({
            "schema": schema, "event": "step_finished", "step": finished.step,
            "action": finished.action, "state": finished.state, "attempts": finished.attempts,
            "seconds": finished.seconds, "result": finished.result, "reused": reused,
        }),
        Event::Ended(outcome) => json!({
            "schema": schema, "event": "ended", "outcome": outcome,
        }),
    };
    context.json(&line);
}

/// A call of an action by a step, in one short line: `fs.read src/a.rs`.
pub(super) fn part(action: &str, args: &Json) -> String {
    let named = ["command", "path", "from", "pattern", "text"];
    let mut named = named.iter().filter_map(|name| args[*name].as_str());
    let on: String = named.next().unwrap_or_default().chars().take(ON).collect();
    format!("{action} {}", one_line(&on)).trim_end().to_owned()
}

/// How many characters of what an action is called with are shown.
const ON: usize = 80;

/// The beginning of an object id.
fn short(id: &str) -> String {
    id.chars().take(10).collect()
}
