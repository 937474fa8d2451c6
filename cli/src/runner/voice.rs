//! A run whose model talks with somebody: what it says, as it comes, and what it looks at.

use std::io::IsTerminal as _;

use tau_interpreter::events::Event;

use super::Shows;
use super::screen::{part, stream};
use crate::context::{Context, Form};
use crate::render::sanitize::{one_line, sanitize};
use crate::render::style::{FAINT, WARNING, paint};

/// Shows what a model says.
pub(crate) struct Voice {
    form: Form,
    /// Standard output is a terminal, on which text appears as it comes.
    is_live: bool,
    /// What was shown since the model last did something else.
    heard: String,
}

impl Voice {
    /// A voice on standard output.
    pub(crate) fn new(context: &Context) -> Voice {
        Voice {
            form: context.form(),
            is_live: std::io::stdout().is_terminal() && context.form() == Form::Human,
            heard: String::new(),
        }
    }

    /// Shows an answer, or the rest of it.
    pub(crate) fn answer(&mut self, text: &str, context: &mut Context) {
        if self.form != Form::Human {
            return;
        }
        let text = text.trim_end();
        let heard = std::mem::take(&mut self.heard);
        match heard.trim_end() == text {
            true if heard.ends_with('\n') => {}
            true => context.print("\n"),
            false => {
                if !heard.is_empty() && !heard.ends_with('\n') {
                    context.print("\n");
                }
                context.print(&format!("{}\n", sanitize(text)));
            }
        }
        context.flush();
    }

    /// Something else is told than what the model says.
    fn note(&mut self, line: &str, context: &mut Context) {
        if !self.heard.is_empty() && !self.heard.ends_with('\n') {
            context.print("\n");
        }
        self.heard.clear();
        context.note(line);
    }
}

impl Shows for Voice {
    fn show(&mut self, event: Event, context: &mut Context) {
        if self.form == Form::JsonStream {
            stream(&event, context);
        }
        match event {
            Event::Said { text, .. } if self.is_live => {
                context.print(&sanitize(&text));
                context.flush();
                self.heard.push_str(&text);
            }
            Event::PartStarted { action, args, .. } => {
                let line = paint(FAINT, format!("· {}", part(&action, &args)));
                self.note(&line.to_string(), context);
            }
            Event::Retrying { step, why, .. } => {
                let line = format!(
                    "{} {}: {}",
                    paint(WARNING, "again"),
                    one_line(&step),
                    one_line(&why)
                );
                self.note(&line, context);
            }
            _ => {}
        }
    }

    fn end(&mut self) {}
}
