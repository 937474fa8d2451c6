//! Libraries with their files, from this machine or from where they are fetched.

use tau_lang::module::{Content, Locked, Pin, Unavailable};

use crate::context::Context;
use crate::libraries::{Kind, Project, Store, fetch, fetch_commit};
use crate::render::sanitize::sanitize;

/// A library as it is locked, or as it could be.
#[derive(Debug)]
pub(super) struct Known {
    /// What would stand in `tau.lock`.
    pub(super) locked: Locked,
    /// What kind of name its version is, if it was just asked for.
    pub(super) kind: Option<Kind>,
    /// Whether a branch has the tag's name, too.
    pub(super) is_also_branch: bool,
    /// Its files.
    pub(super) content: Content,
}

impl AsRef<Content> for Known {
    fn as_ref(&self) -> &Content {
        &self.content
    }
}

/// The library as it is locked; fetched when it is not here, and then compared.
///
/// # Errors
/// A sentence without its full stop.
pub(super) fn locked(
    project: &Project,
    pin: &Pin,
    locked: &Locked,
    context: &mut Context,
) -> Result<Known, String> {
    let content = match Store::here().read(project, pin, locked) {
        Ok(content) => content,
        Err(Unavailable::NotFetched) => {
            context.note(&sanitize(&format!("fetching {pin}")));
            let commit = &locked.commit;
            let content = fetch_commit(&project.folder, pin, commit)
                .map_err(|why| format!("`{pin}` {why}"))?;
            if content.digest() != locked.content {
                return Err(format!(
                    "`{pin}` is not what `tau.lock` pins: commit {commit} has other files there \
                     than were locked"
                ));
            }
            content
        }
        Err(Unavailable::Tampered(why)) => {
            return Err(format!("`{pin}` is not what `tau.lock` pins: {why}"));
        }
        Err(Unavailable::Unreadable(why) | Unavailable::LockInvalid(why)) => return Err(why),
        Err(Unavailable::NotLocked) => return Err(format!("`{pin}` is not locked")),
    };
    Ok(Known {
        locked: locked.clone(),
        kind: None,
        is_also_branch: false,
        content,
    })
}

/// The library as it is now where it comes from.
///
/// # Errors
/// A sentence without its full stop.
pub(super) fn newest(project: &Project, pin: &Pin, context: &mut Context) -> Result<Known, String> {
    context.note(&sanitize(&format!("fetching {pin}")));
    let fetched = fetch(&project.folder, pin).map_err(|why| format!("`{pin}` {why}"))?;
    Ok(Known {
        locked: Locked {
            commit: fetched.commit,
            content: fetched.content.digest(),
        },
        kind: Some(fetched.kind),
        is_also_branch: fetched.is_also_branch,
        content: fetched.content,
    })
}
