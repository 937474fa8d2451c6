//! Reading, with a bound on everything.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use tau_lang::source::{MAX_FILE_BYTES, decode};

use super::{Input, Unreadable};

/// The text of a tau file.
///
/// # Errors
/// It cannot be opened or read, is no regular file, is too large, or is not UTF-8 text.
pub(crate) fn read(input: &Input) -> Result<String, Unreadable> {
    let most = MAX_FILE_BYTES as u64;
    let bytes = match input {
        Input::File(path) => contents(path, most),
        Input::Stdin(_) => bounded(io::stdin().lock(), most).map_err(|error| why(&error)),
    };
    let text = bytes.and_then(|bytes| decode(bytes).map_err(|error| error.0));
    text.map_err(|why| Unreadable {
        name: input.name(),
        why,
    })
}

/// The bytes of a regular file that has at most `most` of them.
///
/// # Errors
/// Why they cannot be had, as a clause. A pipe or a device could be waited for without end, so
/// it is not even opened; nor is a file that says that it is too large.
pub(crate) fn contents(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let meta = fs::metadata(path).map_err(|error| why(&error))?;
    if meta.is_dir() {
        return Err("it is a folder".to_owned());
    }
    if !meta.is_file() {
        return Err("it is not a regular file; `-` stands for standard input".to_owned());
    }
    if meta.len() > most {
        return Err(too_large(meta.len(), most));
    }
    let bytes = File::open(path).and_then(|file| bounded(file, most));
    let bytes = bytes.map_err(|error| why(&error))?;
    // It may have grown meanwhile, or be one whose size the system does not know.
    match bytes.len() as u64 > most {
        true => Err(too_large(bytes.len() as u64, most)),
        false => Ok(bytes),
    }
}

fn too_large(bytes: u64, most: u64) -> String {
    format!("it has {bytes} bytes, and it may have {most}")
}

/// At most one byte more than there may be, so that it is seen when there are too many.
fn bounded(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The system's reason in a reader's words.
pub(super) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error")
                .next()
                .unwrap_or(&text)
                .to_lowercase()
        }
    }
}
