//! The name of a git object.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A git object id (SHA-1), written as 40 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Oid(pub(super) git2::Oid);

/// A text that is not 40 lower-case hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnOid(String);

impl FromStr for Oid {
    type Err = NotAnOid;

    fn from_str(text: &str) -> Result<Self, NotAnOid> {
        // libgit2 would take a shorter text and fill it up with zeros.
        let whole = text.len() == 40
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        match git2::Oid::from_str(text) {
            Ok(id) if whole => Ok(Oid(id)),
            _ => Err(NotAnOid(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Oid {
    type Error = NotAnOid;

    fn try_from(text: String) -> Result<Self, NotAnOid> {
        text.parse()
    }
}

impl From<Oid> for String {
    fn from(id: Oid) -> String {
        id.to_string()
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for NotAnOid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a git object id of 40 hex digits.", self.0)
    }
}

impl std::error::Error for NotAnOid {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_forty_hex_digits_and_nothing_else() {
        let text = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let id: Oid = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
        assert_eq!(
            serde_json::from_str::<Oid>(&format!("\"{text}\"")).unwrap(),
            id
        );
        for wrong in [
            "",
            "4b82",
            &text.to_uppercase(),
            &format!("{text}0"),
            "../../etc/passwd",
        ] {
            assert!(wrong.parse::<Oid>().is_err(), "{wrong}");
        }
    }
}
