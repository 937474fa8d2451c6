//! Reading, with a bound on everything.

use std::fs::File;
use std::io::{self, Read};

use tau_lang::source::{MAX_FILE_BYTES, decode};

use super::{Input, Unreadable};

/// The text of a tau file.
///
/// # Errors
/// It cannot be opened or read, is too large, or is not UTF-8 text.
pub(crate) fn read(input: &Input) -> Result<String, Unreadable> {
    let bytes = match input {
        Input::File(path) => File::open(path).and_then(bounded),
        Input::Stdin(_) => bounded(io::stdin().lock()),
    };
    let refuse = |why| Unreadable {
        name: input.name(),
        why,
    };
    let bytes = bytes.map_err(|error| refuse(why(&error)))?;
    decode(bytes).map_err(|error| refuse(error.0))
}

/// At most one byte more than a tau file may have, so that `decode` sees that it is too large.
fn bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_FILE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
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
