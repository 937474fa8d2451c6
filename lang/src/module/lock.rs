//! `tau.lock`: which commit each library is, and what it holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Pin;

/// The version of the lock file that this program writes, and the only one it reads.
const VERSION: u32 = 1;

/// What a lock file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The libraries. A pin with the path of a repository has it from the lock file's folder.
    pub libraries: BTreeMap<Pin, Locked>,
}

/// What a library is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// The commit that the version meant when it was added: 40 or 64 hexadecimal digits.
    pub commit: String,
    /// [`Content::digest`](super::Content::digest) of its files.
    pub content: String,
}

/// Why a text is no lock file, as a sentence without its full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockError(pub String);

/// The file as TOML has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default, rename = "library", skip_serializing_if = "Vec::is_empty")]
    libraries: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    from: String,
    version: String,
    commit: String,
    content: String,
}

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    /// It is not one, or one of another version, or it says two things of one library.
    pub fn parse(text: &str) -> Result<Lock, LockError> {
        let wrong = |why: String| Err(LockError(why));
        let document: Document = match toml::from_str(text) {
            Ok(document) => document,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let before = text.get(..at).unwrap_or(text);
                let line = before.matches('\n').count() + 1;
                return wrong(format!("line {line}: {}", error.message()));
            }
        };
        if document.version != VERSION {
            return wrong(format!(
                "it is of version {}, and this tau reads version {VERSION}",
                document.version
            ));
        }
        let mut lock = Lock::default();
        for entry in document.libraries {
            let pin = Pin {
                from: entry.from,
                version: entry.version,
            };
            if !is_hex(&entry.commit, &[40, 64]) {
                return wrong(format!("the commit of `{pin}` is not one"));
            }
            if !is_hex(&entry.content, &[64]) {
                return wrong(format!(
                    "the content of `{pin}` is not 64 hexadecimal digits"
                ));
            }
            let locked = Locked {
                commit: entry.commit,
                content: entry.content,
            };
            if lock.libraries.insert(pin.clone(), locked).is_some() {
                return wrong(format!("`{pin}` stands in it twice"));
            }
        }
        Ok(lock)
    }

    /// The file's text, always the same for the same libraries.
    #[must_use]
    pub fn render(&self) -> String {
        let entries = self.libraries.iter().map(|(pin, locked)| Entry {
            from: pin.from.clone(),
            version: pin.version.clone(),
            commit: locked.commit.clone(),
            content: locked.content.clone(),
        });
        let document = Document {
            version: VERSION,
            libraries: entries.collect(),
        };
        // A document of texts and a number can always be written.
        let text = toml::to_string(&document).unwrap_or_default();
        format!("# What each library is, to the byte. Written by `tau lib`; commit it.\n{text}")
    }
}

fn is_hex(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lock() -> impl Strategy<Value = Lock> {
        let pin = ("\\PC{1,20}", "\\PC{1,8}");
        let locked = ("[0-9a-f]{40}", "[0-9a-f]{64}");
        proptest::collection::btree_map(pin, locked, 0..5).prop_map(|libraries| Lock {
            libraries: libraries
                .into_iter()
                .map(|((from, version), (commit, content))| {
                    (Pin { from, version }, Locked { commit, content })
                })
                .collect(),
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(lock in lock()) {
            prop_assert_eq!(Lock::parse(&lock.render()), Ok(lock));
        }

        #[test]
        fn no_text_is_a_panic(text in "\\PC*") {
            let _ = Lock::parse(&text);
        }
    }

    #[test]
    fn a_lock_file_is_for_people_too() {
        let pin = Pin {
            from: "github.com/acme/flows".to_owned(),
            version: "v1.4".to_owned(),
        };
        let locked = Locked {
            commit: "c".repeat(40),
            content: "d".repeat(64),
        };
        let lock = Lock {
            libraries: [(pin, locked)].into(),
        };
        insta::assert_snapshot!(lock.render(), @r#"
        # What each library is, to the byte. Written by `tau lib`; commit it.
        version = 1

        [[library]]
        from = "github.com/acme/flows"
        version = "v1.4"
        commit = "cccccccccccccccccccccccccccccccccccccccc"
        content = "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
        "#);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let why = |text: &str| Lock::parse(text).unwrap_err().0;
        insta::assert_snapshot!(why("version = 2"), @"it is of version 2, and this tau reads version 1");
        insta::assert_snapshot!(why("version = 1\nlibary = 1"), @"line 2: unknown field `libary`, expected `version` or `library`");
        insta::assert_snapshot!(why("version = 1\n[[library]]\nfrom = \"a/b\""), @"line 2: missing field `version`");
        let entry = |commit: &str| {
            let content = "0".repeat(64);
            format!(
                "[[library]]\nfrom = \"a/b\"\nversion = \"1\"\ncommit = \"{commit}\"\n\
                 content = \"{content}\"\n"
            )
        };
        insta::assert_snapshot!(why(&format!("version = 1\n{}", entry("HEAD"))), @"the commit of `a/b@1` is not one");
        let twice = entry(&"0".repeat(40)).repeat(2);
        insta::assert_snapshot!(why(&format!("version = 1\n{twice}")), @"`a/b@1` stands in it twice");
    }
}
