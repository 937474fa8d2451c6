//! What a command did.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Output;

use serde_json::Value;

/// What a command did.
#[derive(Clone, Debug)]
pub struct Done {
    /// Its exit code; minus the signal's number if a signal ended it.
    pub code: i32,
    /// Its standard output. Bytes that are not UTF-8 are replaced.
    pub out: String,
    /// Its standard error. Bytes that are not UTF-8 are replaced.
    pub err: String,
}

impl Done {
    /// This, if it ended with `code`; otherwise the test fails and shows both streams.
    #[track_caller]
    #[allow(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "asserting is a use"
    )]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "ended with {} instead of {code}\n--- standard output\n{}--- standard error\n{}",
            self.code, self.out, self.err
        );
        self
    }

    /// Standard output as one JSON document.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("standard output is not JSON: {error}\n{self:?}"))
    }

    /// Standard output as one JSON document a line.
    #[track_caller]
    #[must_use]
    pub fn json_lines(&self) -> Vec<Value> {
        let line = |line: &str| {
            serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("not JSON: {error}\n{line}\n{self:?}"))
        };
        self.out.lines().map(line).collect()
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Done {
            code: output
                .status
                .code()
                .unwrap_or_else(|| -output.status.signal().unwrap_or_default()),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}
