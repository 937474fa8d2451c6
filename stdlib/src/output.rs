//! How a command ended, and the last of its output, in messages.

use std::borrow::Cow;

use tau_interpreter::action::{Exit, Finished};
use tau_interpreter::sandbox::Exceeded;

use crate::shown::shown;

/// What a record keeps of an output, in bytes. All of it is in the log's blob.
const KEPT: usize = 16 * 1024;

/// What a message shows of an output.
const LINES: usize = 20;
const LINE: usize = 200;

/// The last part of an output as a record keeps it, from the beginning of a line where one begins.
pub(crate) fn kept(output: &str) -> &str {
    let Some(mut start) = output.len().checked_sub(KEPT) else {
        return output;
    };
    while !output.is_char_boundary(start) {
        start += 1;
    }
    match output[start..].split_once('\n') {
        Some((_, lines)) if !lines.is_empty() => lines,
        _ => &output[start..],
    }
}

/// A sentence with the last lines of an output under it, for the end of a message.
pub(crate) fn ending(output: &str) -> String {
    let lines: Vec<&str> = output.lines().map(str::trim_end).collect();
    let last = lines.iter().rposition(|line| !line.is_empty());
    let Some(last) = last else {
        return "It wrote nothing.".to_owned();
    };
    let lines = &lines[(last + 1).saturating_sub(LINES)..=last];
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
    let lines = lines[first..].iter().map(|line| match shown(line, LINE) {
        line if line.is_empty() => "\n".to_owned(),
        line => format!("\n  {line}"),
    });
    format!("Its last lines:{}", lines.collect::<String>())
}

/// How a command ended, as a clause about it: `it ended with exit code 1`.
pub(crate) fn told(finished: &Finished) -> String {
    match finished.exit {
        Exit::Code(code) => format!("it ended with exit code {code}"),
        Exit::Signal(signal) => format!("{} ended it", signal_name(signal)),
        Exit::TimedOut => format!(
            "it was not done after {} and was killed",
            duration(finished.seconds)
        ),
        Exit::TooMuchOutput => "it wrote more than a command may and was killed".to_owned(),
        Exit::Over(limit) => format!("it {} and was killed", over(limit)),
    }
}

/// What a command did that was killed for it.
fn over(limit: Exceeded) -> &'static str {
    match limit {
        Exceeded::Cpu => "took more processor time than a command may",
        Exceeded::Memory => "took more memory than a command may",
        Exceeded::Processes => "started more processes than a command may",
        Exceeded::FileSize => "wrote a larger file than a command may",
    }
}

/// What can be done about it.
pub(crate) fn help_with(limit: Exceeded) -> &'static str {
    match limit {
        Exceeded::Cpu => {
            "Make the command do less, or grant more, as in `run \"…\" up to 20h cpu`."
        }
        Exceeded::Memory => {
            "Let the command do less at once, or grant more, as in `run \"…\" up to 16GB memory`."
        }
        Exceeded::Processes => {
            "Let the command do less at once, or grant more, as in `run \"…\" up to 9000 processes`."
        }
        Exceeded::FileSize => {
            "Let the command write smaller files, or grant larger ones, as in `run \"…\" up to 20GB file_size`."
        }
    }
}

fn signal_name(signal: i32) -> Cow<'static, str> {
    let name = match signal {
        2 => "SIGINT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        _ => return format!("signal {signal}").into(),
    };
    format!("signal {signal} ({name})").into()
}

fn duration(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let (minutes, seconds) = ((seconds / 60.0).floor(), seconds % 60.0);
    format!("{minutes:.0} min {:.0} s", seconds.floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_keeps_whole_lines_where_it_can() {
        assert_eq!(kept("short"), "short");
        let lines = "é23456789\n".repeat(2000);
        assert!(kept(&lines).len() <= KEPT);
        assert!(kept(&lines).starts_with("é23"));
        let one = "é".repeat(KEPT);
        assert_eq!(kept(&one).len(), KEPT);
        assert_eq!(kept(&format!("x{one}")).len(), KEPT);
    }

    #[test]
    fn a_message_shows_the_last_lines() {
        assert_eq!(ending(" \n\n"), "It wrote nothing.");
        assert_eq!(
            ending("\n\na  \r\n\n b\n\n"),
            "Its last lines:\n  a\n\n   b"
        );
        let many: String = (0..100).map(|line| format!("{line}\n")).collect();
        let shown = ending(&many);
        assert!(
            shown.starts_with("Its last lines:\n  80\n  81\n"),
            "{shown}"
        );
        assert!(shown.ends_with("\n  99"), "{shown}");
        assert!(ending(&"x".repeat(100_000)).len() < 300);
    }

    #[test]
    fn endings_are_told() {
        let end = |exit, seconds| {
            told(&Finished {
                exit,
                tail: String::new(),
                log: String::new(),
                seconds,
            })
        };
        let all = [
            end(Exit::Code(3), 1.0),
            end(Exit::Signal(11), 1.0),
            end(Exit::Signal(64), 1.0),
            end(Exit::TimedOut, 59.94),
            end(Exit::TimedOut, 600.04),
            end(Exit::TooMuchOutput, 1.0),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        it ended with exit code 3
        signal 11 (SIGSEGV) ended it
        signal 64 ended it
        it was not done after 59.9 s and was killed
        it was not done after 10 min 0 s and was killed
        it wrote more than a command may and was killed
        ");
    }
}
