//! Missions that tau writes itself, to run a verifier again with what others have recorded.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value as Json;

/// Effects that a verifier's command may need beside its own start.
const PASSED_ON: [&str; 4] = ["read", "run", "env", "net"];

/// The lines of an `authority` block that let the commands of a recorded mission do what they were
/// granted, and let a change be made in the run's own tree. The files of that are named, as some are
/// [written only so](tau_lang::authority::guarded).
pub(crate) fn authority(grants: &Json, verifiers: &[&Json], change: Option<&str>) -> String {
    let mut lines = BTreeSet::new();
    for verifier in verifiers {
        let commands = [&verifier["run"], &verifier["heldout"]].into_iter();
        let commands = commands.filter_map(Json::as_str);
        lines.extend(commands.map(|run| format!("run {}", quoted(run))));
    }
    for grant in grants.as_array().into_iter().flatten() {
        let (Some(effect), Some(scope)) = (grant["effect"].as_str(), grant["scope"].as_str())
        else {
            continue;
        };
        if PASSED_ON.contains(&effect) && grant["deny"] != true {
            lines.insert(format!("{effect} {}", quoted(scope)));
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

/// A `verifier` block with these recorded parts.
///
/// # Errors
/// A clause: it has parts that this tau does not know.
pub(crate) fn verifier(name: &str, value: &Json) -> Result<String, String> {
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if !is_name(name) {
        return Err("its name is none".to_owned());
    }
    let mut text = format!("  verifier {name} {{\n");
    for (part, value) in value.as_object().into_iter().flatten() {
        match part.as_str() {
            // The last is what `run` and `heldout` say.
            "name" | "own" | "commands" => {}
            "run" => {
                let run = value.as_str().ok_or("it has no command")?;
                let _ = writeln!(text, "    run {}", quoted(run));
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
            "own": ["x"], "env": { "A": "é\n" }, "timeout": 60_000, "runs": 2, "later": null,
        });
        let text = format!(
            "mission m {{\n{}{}  step red = verify.red(t)\n}}\n",
            authority(
                &json!([{ "effect": "env", "scope": "HOME", "deny": false }]),
                &[&value],
                Some(
                    "diff --git a/Cargo.lock b/Cargo.lock\n--- a/Cargo.lock\n+++ b/Cargo.lock\n@@ -1 +1 @@\n-a\n+b\n"
                ),
            ),
            verifier("t", &value).unwrap()
        );
        assert!(text.contains("\n    write \"Cargo.lock\"\n"), "{text}");
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
        for part in ["run", "protect", "env", "timeout", "runs"] {
            assert_eq!(again[part], value[part], "{text}");
        }
        let wrong = verifier("t", &json!({ "run": "x", "moon": "full" }));
        assert_eq!(wrong.unwrap_err(), "this tau does not know its `moon`");
        assert!(verifier("a b", &value).is_err());
    }
}
