//! What is installed in the user's checkout and git ignores, such as `node_modules`: shown to
//! verifiers, whose clean checkouts have no such thing.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Component, Path};

use serde_json::json;
use tau_lang::authority::{Decision, Holder};
use tau_lang::syntax::tree::Effect;

use super::{Broker, repository};
use crate::action::{Failure, FailureKind, Look as _, Missing};
use crate::blobs::sha256;
use crate::repository::RepositoryError;
use crate::sandbox::{Granted, may_show};

/// What npm writes about all that it has installed; it changes with any of it.
const NPM_LOCK: &str = ".package-lock.json";

impl Broker {
    /// Puts links to folders of the user's checkout into a clean one at `files`. What a link leads
    /// to is known by its real place, so that programs find what lies beside it.
    pub(super) fn show_installed(
        &self,
        installed: &[String],
        files: &Path,
    ) -> Result<Vec<Granted>, Failure> {
        let private = self.private();
        // Without a box a command sees all that there is.
        let sandbox = self.world.sandbox.as_ref();
        let home = sandbox.map_or(Path::new("/"), |it| it.home());
        let mut shown = Vec::new();
        for text in installed {
            self.allows_installed(text)?;
            let place = self.world.repository.root().join(text);
            let from = may_show(&place, home, &private).map_err(|why| {
                not_shown(text, &format!("`{text}` of the user's checkout {why}"))
            })?;
            link(files, text, &from)?;
            shown.push(Granted {
                text: text.clone(),
                path: from.clone(),
                is_cache: from.is_dir(),
                from,
            });
        }
        Ok(shown)
    }

    /// Whether the user's checkout has something at `path` that is no part of the repository.
    pub(super) fn has_installed(&self, path: &str) -> bool {
        let below = format!("{path}/");
        let is_part = |file: &String| *file == path || file.starts_with(&below);
        self.world.repository.root().join(path).exists() && !self.names().iter().any(is_part)
    }

    /// Whether a verifier may see it: it lies in the checkout, and no policy denies it.
    fn allows_installed(&self, text: &str) -> Result<(), Failure> {
        let parts = || Path::new(text).components();
        if text.is_empty() || !parts().all(|it| matches!(it, Component::Normal(_))) {
            return Err(not_shown(text, "it is no path below the repository"));
        }
        if parts().any(|it| it.as_os_str() == ".git") {
            return Err(not_shown(text, "what git keeps is shown to no command"));
        }
        let policies = self.rules.iter().filter(|it| it.holder() == Holder::Policy);
        let denies = |path: &str| {
            policies
                .clone()
                .any(|it| matches!(it.decide(Effect::Read, None, path), Decision::Denied(_)))
        };
        match denies(text) || denies(&format!("{text}/x")) {
            true => Err(not_shown(text, "a policy denies reading it")),
            false => Ok(()),
        }
    }
}

/// Makes a link in a clean checkout. No link of the tree's own is followed on the way there.
fn link(files: &Path, text: &str, to: &Path) -> Result<(), Failure> {
    let link = files.join(text);
    let made = |path: &Path, error| repository(RepositoryError::io("made", path, error));
    let mut above: Vec<&Path> = link
        .ancestors()
        .skip(1)
        .take_while(|it| *it != files)
        .collect();
    above.reverse();
    for folder in above {
        match fs::symlink_metadata(folder) {
            Ok(it) if it.is_dir() => {}
            Ok(_) => {
                return Err(not_shown(
                    text,
                    "the repository has a file on the way to it",
                ));
            }
            Err(_) => fs::create_dir(folder).map_err(|error| made(folder, error))?,
        }
    }
    if fs::symlink_metadata(&link).is_ok() {
        return Err(not_shown(text, "the repository has it itself"));
    }
    symlink(to, &link).map_err(|error| made(&link, error))
}

/// Says what a file holds; or a folder, without reading all of it: what npm says of it, or else what stands
/// in it, with sizes and times.
pub(super) fn state(folder: &Path) -> String {
    if let Ok(file) = fs::read(folder) {
        return sha256(&file);
    }
    if let Ok(lock) = fs::read(folder.join(NPM_LOCK)) {
        return sha256(&lock);
    }
    let mut held: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| {
            let about = entry.metadata().ok().map(|it| (it.len(), it.mtime()));
            json!([entry.file_name().to_string_lossy(), about])
        })
        .collect();
    held.sort_by_key(ToString::to_string);
    sha256(json!(held).to_string().as_bytes())
}

fn not_shown(text: &str, why: &str) -> Failure {
    Failure {
        kind: FailureKind::Blocked(Missing {
            effect: "read".to_owned(),
            scope: text.to_owned(),
            limited_by: "machine".to_owned(),
            limited_at: None,
            grant: None,
        }),
        ..Failure::new(
            "installed-not-shown",
            format!("A verifier is to see `{text}`, which is `installed`: {why}."),
        )
    }
}
