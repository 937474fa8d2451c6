//! A home folder for commands that see the machine's root: it has links to what they may read of the
//! real one, at the same places.

use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::granted::Granted;
use super::spec::Mount;
use crate::action::{File, FileMode};
use crate::workspace::place;

/// Puts links into `temp`, which stands for `home`, to toolchains and to what was granted. Commands
/// have written there before, so no link of theirs is followed.
///
/// # Errors
/// The system's.
pub(super) fn home(
    temp: &Path,
    home: &Path,
    toolchains: &[Mount],
    granted: &[Granted],
) -> io::Result<()> {
    let toolchains = toolchains.iter().filter_map(|mount| match mount {
        Mount::Shown { path, .. } => Some((path, path)),
        _ => None,
    });
    let granted = granted.iter().map(|it| (&it.path, &it.from));
    for (path, to) in toolchains.chain(granted) {
        // What is not UTF-8 has no place, and what is in a toolchain is seen through its link.
        let Some(below) = path.strip_prefix(home).ok().and_then(Path::to_str) else {
            continue;
        };
        let link = File {
            bytes: to.as_os_str().as_bytes().to_vec(),
            mode: FileMode::Link,
        };
        if std::fs::read_link(temp.join(below)).is_ok_and(|old| old == *to) {
            continue;
        }
        std::fs::create_dir_all(temp)?;
        place(temp, below, Some(&link))?;
    }
    Ok(())
}
