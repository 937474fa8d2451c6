//! What a user sees when tau itself is broken: what happened, where, and how to report it.

use std::io::Write;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::thread;

use tau_interpreter::secrets::Redactor;

use crate::exit::Exit;
use crate::render::sanitize::sanitize;

/// Does `work`; a panic in it ends as [`Exit::Fault`]. One in another thread is reported here
/// and ends where its thread is waited for.
pub(crate) fn guard(work: impl FnOnce() -> Exit) -> Exit {
    install();
    // Nothing of `work` is looked at after a panic.
    settle(panic::catch_unwind(AssertUnwindSafe(work)))
}

fn settle(end: thread::Result<Exit>) -> Exit {
    end.unwrap_or(Exit::Fault)
}

/// Replaces the panic message for developers with one for users.
fn install() {
    panic::set_hook(Box::new(|info| {
        // Nothing is left to do when even this cannot be written.
        let _ = std::io::stderr().write_all(report(info).as_bytes());
    }));
}

fn report(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let what = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let place = info
        .location()
        .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let arguments: Vec<String> = std::env::args_os()
        .map(|argument| without_value(&argument.to_string_lossy()))
        .collect();
    text(what, &place, &arguments)
}

/// `NAME=VALUE` without its value, which may be nobody else's business.
fn without_value(argument: &str) -> String {
    match argument.split_once('=') {
        Some((name, _)) => format!("{name}=…"),
        None => argument.to_owned(),
    }
}

fn text(what: &str, place: &str, arguments: &[String]) -> String {
    format!(
        "error: a fault in tau itself, not in your file: {}\n  \
           at: {place}\n  \
           version: {} ({} {})\n  \
           command: {}\n\
         help: please report it with these lines and, if you can, the file. A run that was under \
         way can be continued with `tau resume @`.\n",
        sanitize(&Redactor::of_process().text(what)),
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        sanitize(&arguments.join(" ")),
    )
}

#[cfg(test)]
mod tests {
    use std::panic::{self, AssertUnwindSafe};

    use super::{settle, text, without_value};
    use crate::exit::Exit;

    #[test]
    fn a_panic_ends_as_a_fault_and_nothing_else_does() {
        // Without the hook, which all tests of this process would share.
        let ends = |work: fn() -> Exit| settle(panic::catch_unwind(AssertUnwindSafe(work)));
        assert_eq!(ends(|| panic!("on purpose")), Exit::Fault);
        assert_eq!(ends(|| Exit::Blocked), Exit::Blocked);
        assert_eq!(Exit::Fault.code(), 70);
    }

    #[test]
    fn a_report_keeps_the_values_of_inputs_to_itself() {
        assert_eq!(without_value("token=abc=d"), "token=…");
        assert_eq!(without_value("--yes"), "--yes");
    }

    #[test]
    fn a_report_says_what_where_and_what_to_do() {
        let report = text(
            "index out\u{1b}[2J of bounds",
            "plan.rs:12:5",
            &["tau".into(), "plan".into()],
        );
        let version = env!("CARGO_PKG_VERSION");
        assert!(report.contains("index out\\u{1b}[2J of bounds\n  at: plan.rs:12:5\n"));
        assert!(report.contains(&format!("version: {version} ")));
        assert!(report.contains("command: tau plan\n"));
        assert!(report.contains("please report it"));
    }
}
