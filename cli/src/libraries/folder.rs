//! A library as files in a folder of its own, with nothing else in it.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use tau_lang::module::{Content, MAX_LIBRARY_BYTES, MAX_LIBRARY_FILES, is_part};

use crate::files::contents;

/// How many folders a library may have. Only those with files in them are ever written.
const MAX_FOLDERS: usize = 16 * MAX_LIBRARY_FILES;

/// Everything in `folder`.
///
/// # Errors
/// Why it is no library, as a clause: there is something in it that no library has.
pub(super) fn read(folder: &Path) -> Result<Content, String> {
    let meta = fs::symlink_metadata(folder).map_err(unread)?;
    if !meta.is_dir() {
        return Err("there is no folder".to_owned());
    }
    let mut content = Content::default();
    let (mut left, mut seen) = (MAX_LIBRARY_BYTES, 0);
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((at, prefix)) = folders.pop() {
        for entry in fs::read_dir(&at).map_err(|error| error.to_string())? {
            let entry = entry.map_err(unread)?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                return Err(format!("`{prefix}{}` is no text", name.to_string_lossy()));
            };
            let path = format!("{prefix}{name}");
            let kind = entry.file_type().map_err(unread)?;
            if kind.is_dir() {
                seen += 1;
                if seen > MAX_FOLDERS {
                    return Err(format!("there are more than {MAX_FOLDERS} folders"));
                }
                folders.push((entry.path(), format!("{path}/")));
                continue;
            }
            if !kind.is_file() {
                return Err(format!("`{path}` is a link, or no file at all"));
            }
            if !is_part(&path) {
                return Err(format!("`{path}` is no part of a library"));
            }
            let bytes = contents(&entry.path(), left as u64)
                .map_err(|why| format!("`{path}` cannot be read: {why}"))?;
            left = left.saturating_sub(bytes.len());
            content.files.insert(path, bytes);
            if content.excess().is_some() {
                return Err("there are more files than a library may have".to_owned());
            }
        }
    }
    Ok(content)
}

fn unread(error: io::Error) -> String {
    format!("something cannot be read ({error})")
}

/// Makes `folder` one that holds `content`, all at once: who looks finds nothing or all of it.
/// One that is there already is left as it is.
///
/// # Errors
/// It cannot be written.
pub(super) fn write(folder: &Path, content: &Content) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    sweep(parent);
    let draft = tempfile::Builder::new().prefix(DRAFT).tempdir_in(parent)?;
    for (path, bytes) in &content.files {
        let file = draft.path().join(path);
        fs::create_dir_all(file.parent().unwrap_or(parent))?;
        let mut file = fs::File::create_new(file)?;
        io::Write::write_all(&mut file, bytes)?;
        file.sync_all()?;
    }
    // A temporary folder is for its owner alone; a library is for whom the folder is for.
    fs::set_permissions(draft.path(), fs::metadata(parent)?.permissions())?;
    let draft = draft.keep();
    match fs::rename(&draft, folder) {
        Ok(()) => Ok(()),
        Err(error) => {
            // The first error is the one to report.
            let _ = fs::remove_dir_all(&draft);
            // Another process was faster.
            match folder.is_dir() {
                true => Ok(()),
                false => Err(error),
            }
        }
    }
}

/// What the name of a folder begins with while it is written.
const DRAFT: &str = ".draft-";
/// For how long nobody takes to write a library.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// Removes what processes left that were killed while they wrote.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let is_draft = entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(DRAFT.as_bytes());
        let age = entry.metadata().and_then(|meta| meta.modified());
        let is_stale = age.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STALE));
        if is_draft && is_stale {
            // The next one tries again.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn what_a_killed_process_left_is_removed_in_time() {
        let root = tempfile::tempdir().unwrap();
        let (old, new) = (
            root.path().join(".draft-old"),
            root.path().join(".draft-new"),
        );
        for folder in [&old, &new] {
            fs::create_dir(folder).unwrap();
        }
        let past = SystemTime::now() - 2 * STALE;
        fs::File::open(&old).unwrap().set_modified(past).unwrap();
        let files = [("lib.tau".to_owned(), b"# x\n".to_vec())];
        let content = Content {
            files: files.into(),
        };
        write(&root.path().join("it"), &content).unwrap();
        assert_eq!(read(&root.path().join("it")), Ok(content));
        assert!(!old.exists() && new.exists());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    }
}
