//! Missions that tau writes itself, to run a verifier again with what others have recorded.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value as Json;
use tau_lang::policy::{PolicyFile, PolicyOf};
use tau_lang::syntax::tree::LimitKind;

/// Effects that a verifier's command may need beside its own start.
const PASSED_ON: [&str; 3] = ["read", "env", "net"];

/// A recorded verifier.
#[derive(Clone, Copy)]
pub(crate) struct Recorded<'r> {
    /// What it is.
    pub(crate) value: &'r Json,
    /// What its commands may use, by the words of the limits; nothing where nobody has said so.
    pub(crate) limits: &'r Json,
}

impl Recorded<'_> {
    /// The lines that let its commands be started, each with what it may use.
    fn runs(&self) -> impl Iterator<Item = String> {
        // What the further commands of several may use is not recorded.
        let also = self.value["also"].as_array().into_iter().flatten();
        let also = also.filter_map(|run| Some(format!("run {}", quoted(run.as_str()?))));
        let parts = ["run", "heldout"].into_iter().filter_map(|part| {
            let run = quoted(self.value[part].as_str()?);
            let limits: Vec<String> = LimitKind::ALL
                .into_iter()
                .filter_map(|kind| limit(kind, self.limits[part][kind.word()].as_u64()?))
                .collect();
            Some(match limits.is_empty() {
                true => format!("run {run}"),
                false => format!("run {run} up to {}", limits.join(", ")),
            })
        });
        parts.chain(also)
    }
}

/// A limit as it is written; none of a kind that no command has.
fn limit(kind: LimitKind, amount: u64) -> Option<String> {
    use LimitKind as K;
    let amount = match kind {
        K::Cpu | K::Time => format!("{amount}ms"),
        K::FileSize | K::Memory | K::Output | K::Scratch => format!("{amount}B"),
        K::OpenFiles | K::Processes => amount.to_string(),
        K::Calls | K::Cost | K::Tokens => return None,
    };
    Some(match kind.is_told() {
        true => format!("{amount} {}", kind.word()),
        false => amount,
    })
}

/// The lines of an `authority` block that let the commands of a recorded mission do what they were
/// granted, and let a change be made in the run's own tree. The files of that are named, as some are
/// [written only so](tau_lang::authority::guarded).
pub(crate) fn authority(grants: &Json, verifiers: &[Recorded<'_>], change: Option<&str>) -> String {
    let mut lines: BTreeSet<String> = verifiers.iter().flat_map(Recorded::runs).collect();
    for grant in grants.as_array().into_iter().flatten() {
        let (Some(effect), Some(scope)) = (grant["effect"].as_str(), grant["scope"].as_str())
        else {
            continue;
        };
        if PASSED_ON.contains(&effect) {
            let deny = if grant["deny"] == true { "deny " } else { "" };
            lines.insert(format!("{deny}{effect} {}", quoted(scope)));
        }
    }
    let paths = change.map(tau_stdlib::fs::patch_paths);
    let paths = paths.into_iter().flatten().flatten();
    let plain = paths.filter(|path| !path.contains(['*', '?', '[', ']', '{', '}', '\\']));
    lines.extend(plain.map(|path| format!("write {}", quoted(&path))));
    lines.extend(["read \"**\"".to_owned(), "write \"**\"".to_owned()]);
    let lines: Vec<String> = lines.iter().map(|line| format!("    {line}\n")).collect();
    format!("  authority {{\n{}  }}\n", lines.concat())
}

/// A policy that hides what no verifier of the run saw.
pub(crate) fn hidden(predicate: &Json) -> Option<PolicyFile> {
    let patterns = predicate["hidden"].as_array()?.iter();
    let lines: Vec<String> = patterns
        .filter_map(|it| Some(format!("  deny read {}\n", quoted(it.as_str()?))))
        .collect();
    (!lines.is_empty()).then(|| PolicyFile {
        name: "the receipt".to_owned(),
        path: None,
        of: PolicyOf::Command,
        text: format!("policy {{\n{}}}\n", lines.concat()),
    })
}

/// A patch that a step can be given.
pub(crate) fn as_text(patch: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(patch)
        .ok()
        .filter(|it| !it.is_empty())?;
    (!text.contains("\nGIT binary patch\n")).then_some(text)
}

/// A `verifier` block with these recorded parts.
///
/// # Errors
/// A clause: it has parts that this tau does not know.
pub(crate) fn verifier(name: &str, whole: &Json) -> Result<String, String> {
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if !is_name(name) {
        return Err("its name is none".to_owned());
    }
    let mut text = format!("  verifier {name} {{\n");
    for (part, value) in whole.as_object().into_iter().flatten() {
        match part.as_str() {
            // The last four are what `run`, `also`, `runs` and `heldout` say; `also` stands with `run`.
            "name" | "own" | "also" | "checks" | "commands" | "count" | "starts" => {}
            "run" => {
                let run = value.as_str().ok_or("it has no command")?;
                let also = whole["also"].as_array().into_iter().flatten();
                let also = also.filter_map(Json::as_str);
                let all: Vec<String> = std::iter::once(run).chain(also).map(quoted).collect();
                let _ = writeln!(text, "    run {}", all.join(", "));
            }
            "heldout" | "report" if !value.is_null() => {
                let one = value.as_str().ok_or("a part of it is no text")?;
                let _ = writeln!(text, "    {part} {}", quoted(one));
            }
            "red" if !value.is_null() => {
                let _ = writeln!(text, "    red {}", red(value));
            }
            "protect" | "loses" | "hides" | "needs" | "installed" => {
                let all = value.as_array().into_iter().flatten();
                let all: Vec<String> = all.filter_map(|it| Some(quoted(it.as_str()?))).collect();
                if !all.is_empty() {
                    let _ = writeln!(text, "    {part} {}", all.join(", "));
                }
            }
            "env" => {
                let mut all = Vec::new();
                for (name, value) in value.as_object().into_iter().flatten() {
                    let value = value.as_str().ok_or("a variable of it is no text")?;
                    all.push(format!("{}: {}", quoted(name), quoted(value)));
                }
                if !all.is_empty() {
                    let _ = writeln!(text, "    env {{ {} }}", all.join(", "));
                }
            }
            "timeout" => {
                let millis = value.as_u64().ok_or("its timeout is none")?;
                let _ = writeln!(text, "    timeout {millis}ms");
            }
            "runs" => {
                let runs = value.as_u64().ok_or("its number of runs is none")?;
                let _ = writeln!(text, "    runs {runs}");
            }
            _ if is_nothing(value) => {}
            other => return Err(format!("this tau does not know its `{other}`")),
        }
    }
    text.push_str("  }\n");
    Ok(text)
}

/// What a verifier announces of its failure, as a map.
fn red(value: &Json) -> String {
    let mut parts = Vec::new();
    if let Some(tests) = value["tests"].as_array() {
        let tests: Vec<String> = tests
            .iter()
            .filter_map(|it| Some(quoted(it.as_str()?)))
            .collect();
        parts.push(format!("tests: [{}]", tests.join(", ")));
    }
    for key in ["kind", "shows"] {
        parts.extend(
            value[key]
                .as_str()
                .map(|it| format!("{key}: {}", quoted(it))),
        );
    }
    format!("{{ {} }}", parts.join(", "))
}

/// Whether a part says as much as if it were not there.
fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(all) => all.is_empty(),
        Json::Object(all) => all.is_empty(),
        Json::String(text) => text.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// A text as tau writes it, in which nothing is an expression.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            // An escape would be read before expressions are looked for.
            '{' => quoted.push_str("{{ '{' }}"),
            ' '..='~' if !matches!(letter, '"' | '\\') => quoted.push(letter),
            other => {
                let _ = write!(quoted, "\\u{{{:x}}}", u32::from(other));
            }
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_recorded_verifier_is_written_as_it_was() {
        let value = json!({
            "name": "t", "run": "make 'a \"b\"' {{ x }}", "protect": ["tests/**", "a\\b"],
            "own": ["x"], "also": ["make b"], "env": { "A": "é\n" }, "timeout": 60_000, "runs": 2, "later": null,
        });
        let limits = json!({ "run": { "memory": 1_000_000, "open_files": 77, "time": 5000 } });
        let text = format!(
            "mission m {{\n{}{}  step red = verify.red(t)\n}}\n",
            authority(
                &json!([
                    { "effect": "env", "scope": "HOME", "deny": false },
                    { "effect": "read", "scope": "secrets/**", "deny": true },
                    { "effect": "run", "scope": "*", "deny": false },
                ]),
                &[Recorded {
                    value: &value,
                    limits: &limits
                }],
                Some(
                    "diff --git a/Cargo.lock b/Cargo.lock\n--- a/Cargo.lock\n+++ b/Cargo.lock\n@@ -1 +1 @@\n-a\n+b\n"
                ),
            ),
            verifier("t", &value).unwrap()
        );
        for line in [
            "write \"Cargo.lock\"",
            "deny read \"secrets/**\"",
            "run \"make 'a \\u{22}b\\u{22}' {{ '{' }}{{ '{' }} x }}\" up to 1000000B memory, 77 open_files, 5000ms",
        ] {
            assert!(text.contains(&format!("\n    {line}\n")), "{text}");
        }
        assert!(!text.contains("run \"*\""), "{text}");
        let mut language = crate::language::Language::new();
        let nothing = crate::libraries::Recorded {
            texts: &std::collections::BTreeMap::new(),
            now: None,
        };
        let text = format!("use std.verify\n\n{text}");
        let checked = language.check_with("m.tau", &text, &nothing).checked;
        let plan = checked.plans.first().unwrap_or_else(|| panic!("{text}"));
        let known = tau_lang::expr::Context::new();
        let engine = &language.library.engine;
        let verifiers = &plan.verifiers;
        let again = tau_lang::plan::needs::verifier_value(&verifiers[0], engine, &known).unwrap();
        for part in ["run", "also", "protect", "env", "timeout", "runs"] {
            assert_eq!(again[part], value[part], "{text}");
        }
        let wrong = verifier("t", &json!({ "run": "x", "moon": "full" }));
        assert_eq!(wrong.unwrap_err(), "this tau does not know its `moon`");
        assert!(verifier("a b", &value).is_err());
    }
}
