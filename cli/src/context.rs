//! The only place that writes to the user.
//!
//! Data goes to standard output, everything else to standard error. Once standard output is
//! closed by its reader (`tau runs | head`), what would be written is dropped: a run goes on to
//! its end and the exit code stays what it would have been.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;

use crate::args::{Color, Global};
use crate::exit::{Exit, Failure};
use crate::render::json;
use crate::render::sanitize::{one_line, sanitize};
use crate::render::style::{ERROR, HELP, WARNING, paint};

/// How much is said on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Volume {
    /// Errors only.
    Quiet,
    Normal,
    /// Also what was done on the way.
    Verbose,
}

/// In which form data is written to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Human,
    /// One JSON document.
    Json,
    /// One JSON document a line; the last is the result.
    JsonStream,
}

/// The user's end: both streams, and how they want to be written to.
pub(crate) struct Context {
    stdout: AutoStream<io::Stdout>,
    stderr: AutoStream<io::Stderr>,
    volume: Volume,
    form: Form,
    /// The first error of standard output; from then on nothing is written to it.
    lost: Option<io::Error>,
}

impl Context {
    /// The streams as the command line, the environment and the terminal ask for.
    pub(crate) fn new(global: &Global) -> Self {
        let choice = match global.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Context {
            stdout: AutoStream::new(io::stdout(), choice),
            stderr: AutoStream::new(io::stderr(), choice),
            volume: match (global.quiet, global.verbose) {
                (true, _) => Volume::Quiet,
                (_, true) => Volume::Verbose,
                _ => Volume::Normal,
            },
            form: match (global.json, global.json_stream) {
                (_, true) => Form::JsonStream,
                (true, _) => Form::Json,
                _ => Form::Human,
            },
            lost: None,
        }
    }

    /// The form that data is to be written in.
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// Whether standard output shows colours.
    pub(crate) fn color(&self) -> bool {
        self.stdout.current_choice() != ColorChoice::Never
    }

    /// How many columns a line on standard output may have: the terminal's, or 100 in a pipe.
    pub(crate) fn width(&self) -> usize {
        let terminal = io::stdout().is_terminal();
        let size = terminal.then(terminal_size::terminal_size).flatten();
        size.map_or(100, |(width, _)| usize::from(width.0).clamp(20, 120))
    }

    /// Data, as it is. Text from outside must have been sanitised.
    pub(crate) fn print(&mut self, data: &str) {
        if self.lost.is_none()
            && let Err(error) = self.stdout.write_all(data.as_bytes())
        {
            self.lost = Some(error);
        }
    }

    /// What was printed so far is there for whoever reads.
    pub(crate) fn flush(&mut self) {
        if self.lost.is_none()
            && let Err(error) = self.stdout.flush()
        {
            self.lost = Some(error);
        }
    }

    /// Data for programs: a document of its own, or with `--json-stream` one line.
    pub(crate) fn json(&mut self, value: &impl Serialize) {
        let text = match self.form {
            Form::JsonStream => json::line(value),
            Form::Json | Form::Human => json::document(value),
        };
        self.print(&text);
    }

    /// Data whose bytes are the user's own and go back unchanged, such as a formatted file.
    pub(crate) fn print_raw(&mut self, data: &str) {
        self.print_bytes(data.as_bytes());
    }

    /// Data that need not be text, such as a patch.
    pub(crate) fn print_bytes(&mut self, data: &[u8]) {
        let mut raw = self.stdout.as_inner();
        if self.lost.is_none()
            && let Err(error) = raw.write_all(data)
        {
            self.lost = Some(error);
        }
    }

    /// A question; what is typed stands behind it.
    pub(crate) fn prompt(&mut self, text: &str) {
        // Who cannot be asked does not answer.
        let _ = write!(self.stderr, "{text}");
    }

    /// Whether remarks for people are wanted.
    pub(crate) fn speaks(&self) -> bool {
        self.volume >= Volume::Normal
    }

    /// Does something of which people are told nothing but errors.
    pub(crate) fn hushed<T>(&mut self, work: impl FnOnce(&mut Context) -> T) -> T {
        let (volume, form) = (self.volume, self.form);
        self.volume = Volume::Quiet;
        // Nobody reads a stream of what is no part of the result.
        if form == Form::JsonStream {
            self.form = Form::Json;
        }
        let done = work(self);
        (self.volume, self.form) = (volume, form);
        done
    }

    /// A remark for people, unless they asked for quiet.
    pub(crate) fn note(&mut self, text: &str) {
        if self.volume >= Volume::Normal {
            self.say(text);
        }
    }

    /// What was done on the way, if they asked for it.
    pub(crate) fn detail(&mut self, text: &str) {
        if self.volume >= Volume::Verbose {
            self.say(text);
        }
    }

    /// Something that should be looked at, unless they asked for quiet.
    pub(crate) fn warn(&mut self, message: &str) {
        let text = format!("{} {}", paint(WARNING, "warning:"), sanitize(message));
        self.note(&text);
    }

    /// Something that went wrong while the command goes on with the rest.
    pub(crate) fn error(&mut self, message: &str) {
        self.say(&format!("{} {}", paint(ERROR, "error:"), sanitize(message)));
    }

    /// A finding that is not the command's data, already drawn.
    pub(crate) fn error_block(&mut self, drawn: &str) {
        self.say(drawn);
    }

    /// Why the command could not do what it was asked for: always said, on standard error in
    /// words and, when JSON was asked for, on standard output as `tau.error/1`.
    pub(crate) fn fail(&mut self, failure: &Failure) {
        if self.form != Form::Human {
            self.json(&serde_json::json!({
                "schema": "tau.error/1",
                "exit": failure.exit.code(),
                "message": failure.message,
                "help": failure.help,
            }));
        }
        self.error(&failure.message);
        if let Some(help) = &failure.help {
            self.say(&format!("{} {}", paint(HELP, "help:"), sanitize(help)));
        }
    }

    /// Flushes and gives the exit code. Output that was lost, but to a reader who went away, is
    /// said and turns success into failure.
    pub(crate) fn finish(mut self, exit: Exit) -> Exit {
        let flushed = self.stdout.flush();
        match self.lost.take().or(flushed.err()) {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let why = one_line(&error.to_string()).into_owned();
                self.say(&format!(
                    "{} cannot write to standard output: {why}",
                    paint(ERROR, "error:")
                ));
                if exit == Exit::Succeeded {
                    Exit::Failed
                } else {
                    exit
                }
            }
            _ => exit,
        }
    }

    fn say(&mut self, text: &str) {
        // Standard output first, so that both streams keep their order on one terminal.
        self.flush();
        // A standard error that cannot be written to leaves nobody to tell.
        let _ = writeln!(self.stderr, "{text}");
    }
}
