//! Whether a model comes nearer to an end.

use std::collections::{HashMap, HashSet};

use tau_interpreter::blobs::sha256;

use super::tell::Told;
use crate::model::wire::ToolCall;
use crate::shown::shown;

/// How often the same call may have the same result, and how often tools may be named that there are
/// not.
const TIMES: u32 = 3;

/// How many answers after each other may bring nothing new.
const IDLE: u32 = 4;

/// Why it is no use to go on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stuck {
    pub(super) code: &'static str,
    pub(super) why: String,
}

/// What a model has called so far, and what came of it.
#[derive(Default)]
pub(super) struct Watch {
    /// Calls with their results, since something was changed.
    repeated: HashMap<String, u32>,
    /// All results that were worth something.
    known: HashSet<String>,
    /// How often it named a tool that there is not.
    unknown: u32,
    /// Whether the answer at hand has brought anything new.
    is_new: bool,
    idle: u32,
}

impl Watch {
    /// Notes a call with its result.
    pub(super) fn saw(&mut self, call: &ToolCall, told: &Told) -> Result<(), Stuck> {
        if told.is_unknown {
            self.unknown += 1;
            if self.unknown >= TIMES {
                let why = format!(
                    "The model has named tools {TIMES} times that there are not, at last `{}`.",
                    shown(&call.name, 60)
                );
                return Err(Stuck {
                    code: "tool-unknown",
                    why,
                });
            }
        }
        if !told.paths.is_empty() {
            // After a change the same call is another one.
            self.repeated.clear();
        }
        // As it was read, so that white space makes no difference.
        let arguments = match call.arguments() {
            Ok(arguments) => serde_json::Value::Object(arguments).to_string(),
            Err(_) => call.arguments.clone(),
        };
        let pair = format!("{}\n{arguments}\n{}", call.name, told.text);
        let pair = sha256(pair.as_bytes());
        let times = self.repeated.entry(pair.clone()).or_default();
        *times += 1;
        if *times >= TIMES {
            let why = format!(
                "The model has called `{}` with the same arguments {TIMES} times, and got the same.",
                shown(&call.name, 60)
            );
            return Err(Stuck {
                code: "tool-loop",
                why,
            });
        }
        if !told.is_refused && self.known.insert(pair) {
            self.is_new = true;
        }
        Ok(())
    }

    /// All calls of an answer have been seen, if it had any.
    pub(super) fn turn_ends(&mut self) -> Result<(), Stuck> {
        self.idle = match std::mem::take(&mut self.is_new) {
            true => 0,
            false => self.idle + 1,
        };
        if self.idle < IDLE {
            return Ok(());
        }
        let why = format!(
            "{IDLE} answers of the model after each other have brought nothing new: its calls were refused, \
             or had been made before."
        );
        Err(Stuck {
            code: "progress-exhausted",
            why,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, arguments: &str) -> ToolCall {
        ToolCall {
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            ..ToolCall::default()
        }
    }

    fn told(text: &str) -> Told {
        Told {
            text: text.to_owned(),
            ..Told::default()
        }
    }

    #[test]
    fn the_same_call_with_the_same_result_is_a_loop() {
        let mut watch = Watch::default();
        let read = call("fs_read", "{\"path\": \"a\"}");
        assert_eq!(watch.saw(&read, &told("x")), Ok(()));
        assert_eq!(watch.saw(&read, &told("y")), Ok(()));
        assert_eq!(watch.saw(&read, &told("x")), Ok(()));
        let stuck = watch.saw(&call("fs_read", "{\"path\":\"a\"}"), &told("x"));
        assert_eq!(stuck.unwrap_err().code, "tool-loop");
    }

    #[test]
    fn after_a_change_the_same_call_is_another() {
        let mut watch = Watch::default();
        let test = call("process_run", "{}");
        for _ in 0..2 {
            watch.saw(&test, &told("red")).unwrap();
        }
        let edited = Told {
            paths: vec!["a".to_owned()],
            ..told("done")
        };
        watch.saw(&call("fs_edit", "{}"), &edited).unwrap();
        watch.saw(&test, &told("red")).unwrap();
        watch.saw(&test, &told("red")).unwrap();
        assert_eq!(
            watch.saw(&test, &told("red")).unwrap_err().code,
            "tool-loop"
        );
    }

    #[test]
    fn tools_that_there_are_not_end_it() {
        let mut watch = Watch::default();
        let unknown = Told {
            is_unknown: true,
            ..Told::refused("no".to_owned())
        };
        for name in ["bash", "sh"] {
            watch.saw(&call(name, ""), &unknown).unwrap();
        }
        let stuck = watch.saw(&call("zsh", ""), &unknown).unwrap_err();
        assert_eq!(stuck.code, "tool-unknown");
    }

    #[test]
    fn answers_that_bring_nothing_new_end_it() {
        let mut watch = Watch::default();
        let refused = |watch: &mut Watch, path: &str| {
            let no = Told::refused("not granted".to_owned());
            watch.saw(&call("fs_read", path), &no).unwrap();
            watch.turn_ends()
        };
        for path in ["1", "2", "3"] {
            refused(&mut watch, path).unwrap();
        }
        watch.saw(&call("fs_read", "4"), &told("new")).unwrap();
        watch.turn_ends().unwrap();
        for path in ["5", "6", "7"] {
            refused(&mut watch, path).unwrap();
        }
        // It says nothing.
        assert_eq!(watch.turn_ends().unwrap_err().code, "progress-exhausted");
    }
}
