//! Whether a file is the user's own.

use std::fs::File;
use std::os::unix::fs::MetadataExt;

/// What nobody else may be able to do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exposed {
    /// To change it.
    ToWriters,
    /// To read or change it.
    ToReaders,
}

/// Whether an open file is a regular one of this user or of root, and no more than that.
///
/// # Errors
/// A clause: what is wrong, and what to do.
pub(crate) fn check(file: &File, exposed: Exposed) -> Result<(), String> {
    let held = file.metadata().map_err(|error| error.to_string())?;
    if !held.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let user = rustix::process::geteuid().as_raw();
    if held.uid() != user && held.uid() != 0 {
        return Err(format!("it belongs to another user (id {})", held.uid()));
    }
    let (others, can) = match exposed {
        Exposed::ToWriters => (0o022, "change it: `chmod go-w` it"),
        Exposed::ToReaders => (0o077, "read it: `chmod 600` it"),
    };
    match held.mode() & others {
        0 => Ok(()),
        _ => Err(format!(
            "others can {can} (its mode is {:o})",
            held.mode() & 0o777
        )),
    }
}
