//! What is signed: in-toto statements.
//! <https://github.com/in-toto/attestation/tree/main/spec/v1>

use serde_json::{Map, Value as Json, json};

use crate::repository::Oid;

/// What each of them is.
pub const STATEMENT: &str = "https://in-toto.io/Statement/v1";

/// That a check was made of a tree, and what it showed.
pub const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// What has been verified, in a list.
pub const SUMMARY: &str = "https://in-toto.io/attestation/svr/v0.1";

/// What a run was and did. Its form is our own.
pub const RUN: &str = "urn:tau:run:v0.1";

/// What is said about what.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it is about, each by its digest.
    pub subject: Vec<Json>,
    /// What kind of thing is said.
    pub predicate_type: String,
    /// What is said.
    pub predicate: Json,
}

impl Statement {
    /// The bytes that are signed: canonical JSON, so that the same statement is always the same
    /// text.
    #[must_use]
    pub fn text(&self) -> String {
        canonical(&json!({
            "_type": STATEMENT,
            "subject": self.subject,
            "predicateType": self.predicate_type,
            "predicate": self.predicate,
        }))
    }

    /// What a payload says.
    ///
    /// # Errors
    /// A clause: it is no statement of this version.
    pub fn read(payload: &[u8]) -> Result<Statement, String> {
        let json: Json =
            serde_json::from_slice(payload).map_err(|why| format!("no JSON: {why}"))?;
        if json["_type"] != STATEMENT {
            return Err("no in-toto statement of version 1".to_owned());
        }
        let (Some(subject), Some(predicate_type)) =
            (json["subject"].as_array(), json["predicateType"].as_str())
        else {
            return Err(
                "a statement without a subject, or without the type of what it says".into(),
            );
        };
        Ok(Statement {
            subject: subject.clone(),
            predicate_type: predicate_type.to_owned(),
            predicate: json["predicate"].clone(),
        })
    }
}

/// A commit, a tree or both as a subject.
pub(super) fn git(name: &str, commit: Option<Oid>, tree: Option<Oid>) -> Json {
    let mut digest = Map::new();
    digest.extend(commit.map(|id| ("gitCommit".to_owned(), id.to_string().into())));
    digest.extend(tree.map(|id| ("gitTree".to_owned(), id.to_string().into())));
    json!({ "name": name, "digest": digest })
}

/// Anything with its SHA-256 as a subject.
pub(super) fn bytes(name: &str, sha256: &str) -> Json {
    json!({ "name": name, "digest": { "sha256": sha256 } })
}

/// JSON in the one form that it has: compact, and keys in the order of their bytes.
#[must_use]
pub fn canonical(value: &Json) -> String {
    match value {
        Json::Array(all) => {
            let all: Vec<_> = all.iter().map(canonical).collect();
            format!("[{}]", all.join(","))
        }
        Json::Object(all) => {
            let mut keys: Vec<_> = all.iter().collect();
            keys.sort_unstable_by_key(|(key, _)| key.as_bytes());
            let all: Vec<_> = keys
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Json::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", all.join(","))
        }
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_always_the_same_text() {
        let one = canonical(&json!({ "b": [1, { "z": null, "a\"": "é\n" }], "a": 0.5 }));
        assert_eq!(one, "{\"a\":0.5,\"b\":[1,{\"a\\\"\":\"é\\n\",\"z\":null}]}");
    }

    #[test]
    fn a_statement_is_read_as_it_is_written() {
        let statement = Statement {
            subject: vec![bytes("patch", &"0".repeat(64))],
            predicate_type: RUN.to_owned(),
            predicate: json!({ "outcome": "succeeded" }),
        };
        let text = statement.text();
        assert_eq!(Statement::read(text.as_bytes()), Ok(statement));
        let other = text.replace("Statement/v1", "Statement/v0.1");
        assert!(Statement::read(other.as_bytes()).is_err());
        assert!(Statement::read(b"{}").is_err());
        assert!(Statement::read(b"x").is_err());
    }
}
