//! `secret-suspected`: a value in the file under a name that a credential has.

use super::secret_literal::shape;
use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::syntax::tree::{Item, StatementKind, Value};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut look = |name: &str, value: &Value| {
        let Some(text) = walk::literal(value) else {
            return;
        };
        // One of a known shape is a finding of its own.
        if is_credential(name) && is_value(text) && shape(text).is_none() {
            let name = name.to_owned();
            found.push(Diagnostic::new(Kind::SecretSuspected { name }, value.at.0));
        }
    };
    for item in &subject.file.items {
        let Item::Mission(mission) = item else {
            continue;
        };
        for input in &mission.inputs {
            if let Some(value) = &input.default {
                look(&input.name.text, value);
            }
        }
        for (name, value) in mission.verifiers.iter().flat_map(|it| &it.env) {
            look(&name.text, value);
        }
    }
    for statement in walk::statements(subject.file) {
        match &statement.kind {
            StatementKind::Let { name, value } => look(&name.text, value),
            StatementKind::Step(step) => {
                for arg in &step.args {
                    if let Some(name) = &arg.name {
                        look(&name.text, &arg.value);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether a name is one that credentials have.
fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> = name.split(['_', '-']).collect();
    let has = |word: &str| words.contains(&word);
    [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "apikey",
        "credential",
    ]
    .iter()
    .any(|word| has(word))
        || has("key")
            && ["api", "access", "private", "secret", "auth"]
                .iter()
                .any(|it| has(it))
}

/// Whether a text can be a credential at all, rather than a name of one or a word for none.
fn is_value(text: &str) -> bool {
    let placeholder = [
        "", "none", "changeme", "example", "test", "dummy", "xxx", "…", "...",
    ];
    text.len() >= 8
        && !text.contains(char::is_whitespace)
        && !text.contains("${")
        && !placeholder.contains(&&*text.to_ascii_lowercase())
        && text.contains(|c: char| c.is_ascii_digit())
        && text.contains(|c: char| c.is_ascii_alphabetic())
}
