//! What is installed in the user's checkout and git ignores, such as `node_modules`: shown to
//! verifiers, whose clean checkouts have no such thing.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Component, Path};

use serde_json::json;
use tau_lang::authority::{Decision, Holder};
use tau_lang::syntax::tree::Effect;

use super::{Broker, repository};
use crate::action::{Failure, FailureKind, Missing};
use crate::blobs::sha256;
use crate::repository::RepositoryError;
use crate::sandbox::{Granted, shown_folder};

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
            let from = shown_folder(&place, home, &private).map_err(|why| {
                not_shown(text, &format!("`{text}` of the user's checkout {why}"))
            })?;
            let link = files.join(text);
            let parent = link.parent().unwrap_or(files);
            if fs::symlink_metadata(&link).is_ok() {
                let why = format!("the repository has a `{text}` of its own");
                return Err(not_shown(text, &why));
            }
            fs::create_dir_all(parent)
                .and_then(|()| symlink(&from, &link))
                .map_err(|error| repository(RepositoryError::io("made", &link, error)))?;
            shown.push(Granted {
                text: text.clone(),
                path: from.clone(),
                from,
                is_cache: true,
            });
        }
        Ok(shown)
    }

    /// Whether a verifier may see it: it lies in the checkout, and no policy denies it.
    fn allows_installed(&self, text: &str) -> Result<(), Failure> {
        let parts = || Path::new(text).components();
        if text.is_empty() || !parts().all(|it| matches!(it, Component::Normal(_))) {
            return Err(not_shown(text, "it is no folder below the repository"));
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

/// Says what a folder holds, without reading all of it: what npm says of it, or else what stands
/// in it, with sizes and times.
pub(super) fn state(folder: &Path) -> String {
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
