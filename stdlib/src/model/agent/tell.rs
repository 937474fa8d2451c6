//! What tools give, as texts for a model.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tau_interpreter::action::{Failure, FailureKind};

use super::words;

/// What came of a call, as it is recorded and told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) text: String,
    /// It was not done: there is no such tool, its arguments are wrong, or it is not granted.
    #[serde(default)]
    pub(super) is_refused: bool,
    /// It was done and did not work.
    #[serde(default)]
    pub(super) has_failed: bool,
    /// There is no tool of this name.
    #[serde(default)]
    pub(super) is_unknown: bool,
    /// What it changed.
    #[serde(default)]
    pub(super) paths: Vec<String>,
}

impl Told {
    /// A call that was not even tried.
    pub(super) fn refused(text: String) -> Told {
        Told {
            text,
            is_refused: true,
            ..Told::default()
        }
    }

    pub(super) fn is_error(&self) -> bool {
        self.is_refused || self.has_failed
    }
}

/// What an action gave when it was called with these arguments, or why it failed, in at most so many bytes.
pub(super) fn told(
    (action, args): (&str, &Map<String, Value>),
    gave: &Result<Value, Failure>,
    most: usize,
) -> Told {
    let shown = |text: &str| match action {
        "fs.read" => whole_lines(text, args["first"].as_u64().unwrap_or(1), most),
        _ => bounded(text, most),
    };
    match gave {
        Ok(value) => Told {
            text: words::result(action, &shown(&text(value))),
            paths: texts(&value["paths"]),
            ..Told::default()
        },
        Err(failure) => {
            let is_refused = matches!(failure.kind, FailureKind::Blocked(_));
            Told {
                text: words::result(action, &bounded(&failed(failure), most)),
                is_refused,
                has_failed: !is_refused,
                ..Told::default()
            }
        }
    }
}

/// A value as a text: texts and lists of them as they are, lines that were found with their places, and
/// all else as JSON.
fn text(value: &Value) -> String {
    if let Some(items) = value
        .as_array()
        .filter(|items| items.iter().all(Value::is_string))
    {
        return match items.is_empty() {
            true => "(none)".to_owned(),
            false => texts(value).join("\n"),
        };
    }
    if let Some(found) = value["matches"].as_array() {
        return lines(found, value["complete"] == true);
    }
    // What a command wrote, and what a file holds.
    match (&value["exit"], &value["output"], &value["text"]) {
        (Value::Number(exit), Value::String(output), _) => format!("exit code {exit}\n{output}"),
        (_, _, Value::String(text)) if text.is_empty() => "(empty)".to_owned(),
        (_, _, Value::String(text)) => text.clone(),
        _ => value.to_string(),
    }
}

fn lines(found: &[Value], complete: bool) -> String {
    let lines = found.iter().map(|it| {
        let path = it["path"].as_str().unwrap_or_default();
        let text = it["text"].as_str().unwrap_or_default();
        format!("{path}:{}: {text}", it["line"])
    });
    let mut lines: Vec<String> = lines.collect();
    match (lines.is_empty(), complete) {
        (true, _) => lines.push("(none)".to_owned()),
        (false, false) => lines.push("(there are more)".to_owned()),
        (false, true) => {}
    }
    lines.join("\n")
}

/// Why it failed. What a person could do about it is left out: a model grants nothing.
fn failed(failure: &Failure) -> String {
    let mut out = failure.message.clone();
    if let (FailureKind::Failed, Some(help)) = (&failure.kind, &failure.help) {
        out.push('\n');
        out.push_str(help);
    }
    if let Some(output) = failure.detail["output"].as_str() {
        out.push_str("\n\nIts output:\n");
        out.push_str(output);
    }
    out
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect()
}

/// The beginning and the end of a text that is longer, with how much is left out between them.
fn bounded(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mut head = most / 2;
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    let mut tail = text.len() - (most - most / 2);
    while !text.is_char_boundary(tail) {
        tail += 1;
    }
    let left_out = tail - head;
    format!(
        "{}\n(… {left_out} bytes are left out here …)\n{}",
        &text[..head],
        &text[tail..]
    )
}

/// The first and the last lines of a file that is longer, with the numbers of those that are left out, so
/// that they can be asked for. `first` is the number of the text's first line.
fn whole_lines(text: &str, first: u64, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let fit = |lines: &mut dyn Iterator<Item = &&str>| {
        let mut room = most / 2;
        let fits = lines.take_while(|line| match room.checked_sub(line.len()) {
            Some(left) => {
                room = left;
                true
            }
            None => false,
        });
        fits.count()
    };
    let head = fit(&mut lines.iter());
    let tail = lines.len() - fit(&mut lines.iter().rev());
    // A line that is too long for all of them is no line to ask for.
    if head == 0 || tail == lines.len() {
        return bounded(text, most);
    }
    let (from, to) = (first + head as u64, first + tail as u64 - 1);
    format!(
        "{}(… the lines {from} to {to} are left out here: `first` and `last` ask for them …)\n{}",
        lines[..head].concat(),
        lines[tail..].concat()
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_told_as_texts() {
        let told = [
            json!(["a.rs", "b.rs"]),
            json!([]),
            json!({ "text": "x\n", "size": 2 }),
            json!({ "text": "", "size": 0 }),
            json!({ "matches": [{ "path": "a", "line": 3, "text": "x" }], "complete": false }),
            json!({ "matches": [], "complete": true }),
            json!({ "exit": 0, "output": "ok\n", "log_ref": "1", "seconds": 1.5 }),
            json!({ "paths": ["a"], "added": 1, "removed": 0 }),
            json!([{ "sha": "1" }]),
        ];
        insta::assert_snapshot!(told.map(|it| text(&it)).join("\n--\n"), @r#"
        a.rs
        b.rs
        --
        (none)
        --
        x

        --
        (empty)
        --
        a:3: x
        (there are more)
        --
        (none)
        --
        exit code 0
        ok

        --
        {"added":1,"paths":["a"],"removed":0}
        --
        [{"sha":"1"}]
        "#);
    }

    #[test]
    fn long_texts_keep_both_ends() {
        let long = format!("a{}z", "é".repeat(50_000));
        let short = bounded(&long, 1001);
        assert!(short.len() < 1100);
        assert!(short.starts_with("aéé") && short.ends_with("ééz"));
        assert!(short.contains("bytes are left out here"));
        assert_eq!(bounded("é", 2), "é");
    }

    #[test]
    fn of_a_long_file_the_missing_lines_are_named() {
        let file: String = (1..=100).map(|line| format!("line {line:03}\n")).collect();
        let told = whole_lines(&file, 1, 40);
        assert_eq!(
            told,
            "line 001\nline 002\n(… the lines 3 to 98 are left out here: `first` and `last` ask for them …)\nline 099\nline 100\n"
        );
        assert!(whole_lines(&file, 11, 40).contains("the lines 13 to 108 are"));
        assert_eq!(whole_lines(&file, 1, file.len()), file);
        // Minified: one line that is longer than all that is told.
        let long = format!("{}\n", "x".repeat(100));
        assert!(whole_lines(&long, 1, 40).contains("61 bytes are left out here"));
    }
}
