//! What a recorded result rests on, part by part, so that whoever goes on with a run can be told what
//! of it no longer holds.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::blobs::sha256;

/// How many digits of a digest a record keeps: enough to see a change, and only [the
/// key](crate::journal::Finished::key), which has all of them, decides whether there is one.
const KEPT: usize = 12;

/// The parts that a result rests on, each as a digest.
///
/// The commit that the run works on is not among them, as it never changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Premises {
    /// The arguments, by name; verifiers are apart.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    args: BTreeMap<String, String>,
    /// The files that it touches, by path or pattern.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    files: BTreeMap<String, String>,
    /// The parts of its verifiers: `tests.run`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    verifiers: BTreeMap<String, String>,
    /// The items of the loops around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    items: Option<String>,
    /// The version of tau, of what tau itself has judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tau: Option<String>,
}

impl Premises {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Premises::default()
    }

    /// It rests on an argument.
    pub(crate) fn arg(&mut self, name: &str, value: &Json) {
        self.args.insert(name.to_owned(), digest(value));
    }

    /// It rests on a verifier.
    pub(crate) fn verifier(&mut self, value: &Json) {
        let name = value["name"].as_str().unwrap_or_default();
        for (part, value) in value.as_object().into_iter().flatten() {
            self.verifiers
                .insert(format!("{name}.{part}"), digest(value));
        }
    }

    /// It rests on the files that match, which have this digest.
    pub(crate) fn file(&mut self, glob: &str, digest: String) {
        self.files.insert(glob.to_owned(), digest);
    }

    pub(crate) fn has_file(&self, glob: &str) -> bool {
        self.files.contains_key(glob)
    }

    /// It rests on the items of loops.
    pub(crate) fn items(&mut self, digest: Option<&String>) {
        self.items = digest.cloned();
    }

    /// This version of tau has judged it.
    pub(crate) fn tau(&mut self, version: &str) {
        self.tau = Some(version.to_owned());
    }

    /// The same with digests that are short enough for a record.
    #[must_use]
    pub(crate) fn kept(mut self) -> Premises {
        let maps = [&mut self.args, &mut self.files, &mut self.verifiers];
        let digests = maps.into_iter().flat_map(BTreeMap::values_mut);
        for digest in digests.chain(&mut self.items) {
            digest.truncate(KEPT);
        }
        self
    }

    /// What is not the same in `now`, in words for a list.
    #[must_use]
    pub fn differ(&self, now: &Premises) -> Vec<String> {
        let mut all = Vec::new();
        for glob in changed(&self.files, &now.files) {
            all.push(match glob.contains(['*', '?', '{', '[']) {
                true => format!("files that match `{glob}` have changed"),
                false => format!("`{glob}` has changed"),
            });
        }
        for part in changed(&self.verifiers, &now.verifiers) {
            let (name, part) = part.rsplit_once('.').unwrap_or((part, ""));
            let has = match part {
                "run" | "also" => "has another command",
                // Follows from others, which are told.
                "checks" | "commands" | "count" | "starts" => continue,
                "heldout" => "has another held-out check",
                "hides" => "hides other files",
                "loses" => "lets other tests go",
                "needs" => "needs other programs",
                "installed" => "is shown other installed folders",
                "red" => "announces another failure",
                "report" => "is judged by another report",
                "protect" | "own" => "protects other files",
                "env" => "has another environment",
                "timeout" => "has another timeout",
                "runs" => "runs another number of times",
                _ => "is another",
            };
            let sentence = format!("verifier `{name}` {has}");
            if !all.contains(&sentence) {
                all.push(sentence);
            }
        }
        let args = changed(&self.args, &now.args).into_iter();
        all.extend(args.map(|arg| format!("its `{arg}` is another")));
        if self.items != now.items {
            all.push("the item of its loop is another".to_owned());
        }
        if let (Some(then), Some(now)) = (&self.tau, &now.tau)
            && then != now
        {
            all.push(format!("tau {now} in place of {then}"));
        }
        all
    }
}

/// The names whose values are not the same in both, sorted.
fn changed<'m>(
    then: &'m BTreeMap<String, String>,
    now: &'m BTreeMap<String, String>,
) -> Vec<&'m str> {
    let mut names: Vec<&str> = then.keys().chain(now.keys()).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| then.get(*name) != now.get(*name));
    names
}

fn digest(value: &Json) -> String {
    sha256(value.to_string().as_bytes())
}
