//! `verify.freeze`

use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Call, Changed, Failure, Ground, Look, Observe, Running};
use tau_interpreter::blobs::sha256;
use tau_lang::glob::Glob;

use crate::perform::perform;
use crate::shown::shown;

/// Makes new files count as the base's.
pub(super) struct Freeze;

#[derive(Deserialize)]
struct Params {
    files: Vec<String>,
}

/// New files that count as the base's from here on; the `frozen` of the face.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Frozen {
    /// The base with them, as a tree.
    tree: String,
    pub(super) files: Vec<FrozenFile>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FrozenFile {
    pub(super) path: String,
    /// The SHA-256 of its bytes.
    pub(super) digest: String,
}

impl Frozen {
    /// What a tree is held against: the base with the frozen files, and all that is protected.
    pub(super) fn ground(protected: &[String], frozen: Option<&Frozen>) -> Ground {
        let own = frozen.iter().flat_map(|it| &it.files);
        let own = own.map(|it| it.path.clone());
        Ground {
            protected: protected.iter().cloned().chain(own).collect(),
            tree: frozen.map(|it| it.tree.clone()),
        }
    }
}

impl Observe for Freeze {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform(call, hands, freeze)
    }
}

fn freeze(params: Params, hands: &dyn Look) -> Result<Frozen, Failure> {
    let globs: Vec<Glob> = params
        .files
        .iter()
        .filter_map(|text| Glob::new(text).ok())
        .collect();
    let may_be = |path: &str| globs.iter().any(|glob| glob.matches(path));
    let nothing = Ground::default();
    let mut files = Vec::new();
    for changed in hands.changed(&nothing)? {
        let path = &changed.path;
        let bytes = match changed {
            Changed {
                before: None,
                after: Some(ref bytes),
                ..
            } if may_be(path) => bytes,
            _ => return Err(other(path)),
        };
        // It is a pattern of one file, too.
        if path.contains(['*', '?', '[', ']', '{', '}', '\\']) {
            return Err(other(path));
        }
        files.push(FrozenFile {
            digest: sha256(bytes),
            path: changed.path,
        });
    }
    if files.is_empty() {
        let message = "There is nothing to freeze: no file was written.";
        return Err(Failure::new("freeze-nothing", message));
    }
    Ok(Frozen {
        tree: hands.candidate(&nothing)?,
        files,
    })
}

/// Whoever writes what decides writes that, and nothing else.
fn other(path: &str) -> Failure {
    let path = shown(path, 200);
    let message = format!("`{path}` was changed, and is no new file that `files` names.");
    Failure::new("freeze-other", message)
        .help("Before it is frozen, a run writes new files of tests and changes nothing else.")
}
