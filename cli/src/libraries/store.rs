//! Where libraries are kept: in the project, when they are vendored, or in tau's own folder.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use tau_lang::module::{Content, Locked, Pin, Unavailable};

use super::folder;
use super::project::Project;
use crate::home::tau_home;
use crate::render::sanitize;

/// The folder for vendored libraries, beside `tau.lock`.
pub(crate) const VENDORED: &str = "tau_libraries";

/// Tau's own folder of libraries, each under its digest.
pub(crate) struct Store(Result<PathBuf, String>);

impl Store {
    /// That of this user.
    pub(crate) fn here() -> Store {
        Store(tau_home().map(|home| home.join("libraries")))
    }

    /// A locked library, whole and as it was locked. A vendored one is preferred.
    ///
    /// # Errors
    /// It is not here, or not what is pinned.
    pub(crate) fn read(
        &self,
        project: &Project,
        pin: &Pin,
        locked: &Locked,
    ) -> Result<Content, Unavailable> {
        match self.place_of(project, pin, locked) {
            Some((true, folder)) => verified(&folder, locked, "tau lib vendor"),
            Some((false, folder)) => verified(&folder, locked, "tau lib fetch"),
            None => Err(Unavailable::NotFetched),
        }
    }

    /// Where [`Store::read`] reads a library: whether it is vendored, and the folder.
    pub(crate) fn place_of(
        &self,
        project: &Project,
        pin: &Pin,
        locked: &Locked,
    ) -> Option<(bool, PathBuf)> {
        let vendored = vendored(project, pin, locked);
        if is_there(&vendored) {
            return Some((true, vendored));
        }
        let stored = self.place(&locked.content).ok()?;
        is_there(&stored).then_some((false, stored))
    }

    /// Keeps a library.
    ///
    /// # Errors
    /// A sentence: the folder cannot be written, or does not give back what was written.
    pub(crate) fn keep(&self, content: &Content) -> Result<(), String> {
        let folder = self.place(&content.digest())?;
        if let Some(store) = folder.parent() {
            // As everything that tau keeps: for this user alone.
            let made = fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(store);
            let name = sanitize::path(store);
            made.map_err(|error| format!("cannot make `{name}`: {error}"))?;
        }
        write(&folder, content)
    }

    fn place(&self, digest: &str) -> Result<PathBuf, String> {
        Ok(self.0.clone()?.join(digest))
    }
}

/// Copies a locked library into the project, if it is not there, and gives its folder's name.
///
/// # Errors
/// A sentence: the folder cannot be written, or there is something else in its place.
pub(crate) fn vendor(
    project: &Project,
    pin: &Pin,
    locked: &Locked,
    content: &Content,
) -> Result<String, String> {
    write(&vendored(project, pin, locked), content)?;
    Ok(folder_name(pin, locked))
}

/// The folders of libraries in the project's folder for them.
///
/// # Errors
/// A sentence: there is something else in its place.
pub(crate) fn vendored_folders(project: &Project) -> Result<Vec<PathBuf>, String> {
    let folder = project.folder.join(VENDORED);
    if !is_there(&folder) {
        return Ok(Vec::new());
    }
    let name = sanitize::path(&folder);
    // A link could lead anywhere, and what is not needed is removed.
    if !fs::symlink_metadata(&folder).is_ok_and(|meta| meta.is_dir()) {
        return Err(format!(
            "`{name}` is not a folder; move it away and try again"
        ));
    }
    let failed = |error: std::io::Error| format!("cannot look at `{name}`: {error}");
    let mut folders = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && is_folder_name(&entry.file_name().to_string_lossy()) {
            folders.push(entry.path());
        }
    }
    folders.sort();
    Ok(folders)
}

/// Whether [`folder_name`] can have given it.
fn is_folder_name(name: &str) -> bool {
    let digest = name.rsplit_once('-').filter(|(rest, _)| rest.contains('@'));
    digest.is_some_and(|(_, digest)| {
        digest.len() == 12 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Writes a library to a folder of its own.
fn write(folder: &Path, content: &Content) -> Result<(), String> {
    let name = sanitize::path(folder);
    folder::write(folder, content).map_err(|error| format!("cannot write `{name}`: {error}"))?;
    // A file system that does not tell `a` from `A` has fewer files than the library.
    match folder::read(folder) {
        Ok(read) if read == *content => Ok(()),
        Ok(_) => Err(format!(
            "`{name}` does not hold the files that were written there; remove it and try again"
        )),
        Err(why) => Err(format!("in `{name}` {why}; remove it and try again")),
    }
}

/// Where a locked library is in the project's folder, when it is vendored.
fn vendored(project: &Project, pin: &Pin, locked: &Locked) -> PathBuf {
    project.folder.join(VENDORED).join(folder_name(pin, locked))
}

/// `flows@v1.4-0123456789ab`: for people the name and the version, and enough of the digest that no
/// two libraries meet.
fn folder_name(pin: &Pin, locked: &Locked) -> String {
    let last = pin.from.rsplit(['/', ':']).next().unwrap_or_default();
    let name = last.strip_suffix(".git").unwrap_or(last);
    let version = pin.version.replace('/', "-");
    let digest: String = locked.content.chars().take(12).collect();
    format!("{name}@{version}-{digest}")
}

fn is_there(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok()
}

/// What is in `folder`, if that is what is pinned.
fn verified(folder: &Path, locked: &Locked, command: &str) -> Result<Content, Unavailable> {
    let name = sanitize::path(folder);
    let why = match folder::read(folder) {
        Ok(content) if content.digest() == locked.content => return Ok(content),
        Ok(_) => format!("in `{name}` a file was changed, added or removed"),
        Err(why) => format!("in `{name}` {why}"),
    };
    Err(Unavailable::Tampered(format!(
        "{why}; remove that folder and run `{command}`"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Store {
        /// One for a test.
        pub(crate) fn at(folder: &Path) -> Store {
            Store(Ok(folder.to_owned()))
        }
    }

    #[test]
    fn a_vendored_library_has_a_name_for_people() {
        let locked = Locked {
            commit: "c".repeat(40),
            content: "0123456789abcdef".repeat(4),
        };
        let name = |from: &str, version: &str| {
            let pin = Pin {
                from: from.to_owned(),
                version: version.to_owned(),
            };
            folder_name(&pin, &locked)
        };
        assert_eq!(
            name("github.com/acme/flows", "v1.4"),
            "flows@v1.4-0123456789ab"
        );
        assert_eq!(
            name("git@host:flows.git", "topic/x"),
            "flows@topic-x-0123456789ab"
        );
        assert!(is_folder_name(&name("host/a/b", "v1")));
        assert!(!is_folder_name("my@own-folder") && !is_folder_name("0123456789ab"));
    }
}
