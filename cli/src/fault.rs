//! What a user sees when tau itself is broken: what happened, where, and how to report it.

use std::io::Write;
use std::panic::{self, PanicHookInfo};

use crate::render::sanitize::sanitize;

/// Replaces the panic message for developers with one for users.
pub(crate) fn install() {
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
    text(what, &place, &std::env::args().collect::<Vec<_>>())
}

fn text(what: &str, place: &str, arguments: &[String]) -> String {
    format!(
        "error: a fault in tau itself, not in your file: {}\n  \
           at: {place}\n  \
           version: {} ({} {})\n  \
           command: {}\n\
         help: please report it with these lines and, if you can, the file. A run that was under \
         way can be continued with `tau resume @`.\n",
        sanitize(what),
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        sanitize(&arguments.join(" ")),
    )
}

#[cfg(test)]
mod tests {
    use super::text;

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
