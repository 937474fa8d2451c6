//! Lines that a person types, one after the other.

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use tokio::sync::oneshot;

use crate::context::Context;
use crate::runner::EndSignals;

/// The most bytes of a line. What is longer comes as several.
const MAX: u64 = 1 << 20;

/// What was typed.
pub(crate) enum Typed {
    /// A line, without its end.
    Line(String),
    /// There is no more.
    End,
    /// A signal asks this program to end.
    Interrupted,
}

/// The next line of standard input; `prompt` is shown where somebody types it.
pub(crate) fn next(prompt: &str, context: &mut Context) -> Typed {
    let is_typed = std::io::stdin().is_terminal();
    if is_typed {
        context.prompt(prompt);
    }
    let typed = read();
    if is_typed && !matches!(typed, Typed::Line(_)) {
        // What is said next begins a line.
        context.prompt("\n");
    }
    typed
}

fn read() -> Typed {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return Typed::End;
    };
    runtime.block_on(async {
        let Ok(mut signals) = EndSignals::new() else {
            return Typed::End;
        };
        let (typed, line) = oneshot::channel();
        // Nobody can take back a read that waits; after a signal it ends with this program.
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let mut input = std::io::stdin().lock().take(MAX);
            let read = input.read_until(b'\n', &mut bytes);
            // Whoever asked may be gone.
            let _ = typed.send(read.map(|_| bytes));
        });
        tokio::select! {
            () = signals.next() => Typed::Interrupted,
            read = line => match read {
                Ok(Ok(bytes)) if !bytes.is_empty() => {
                    let text = String::from_utf8_lossy(&bytes);
                    Typed::Line(text.trim_end_matches(['\r', '\n']).to_owned())
                }
                _ => Typed::End,
            },
        }
    })
}
