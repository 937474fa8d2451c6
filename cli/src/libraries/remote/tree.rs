//! The library in a commit: listed first, bounded, then read.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};

use tau_lang::module::{Content, is_part};

use super::bare::Bare;

/// A file that is a part of the library.
struct Entry {
    path: String,
    id: String,
    bytes: usize,
}

/// The library that the commit is.
///
/// # Errors
/// Why it cannot be one, as a clause.
pub(super) fn read(bare: &Bare, commit: &str) -> Result<Content, String> {
    let list = bare
        .ask(&["ls-tree", "-r", "-z", "-l", "--full-tree", commit])
        .map_err(|why| format!("cannot be listed: {why}"))?;
    let entries = entries(&list)?;
    let bytes = entries.iter().map(|entry| entry.bytes);
    let bytes = bytes.fold(0, usize::saturating_add);
    if let Some(why) = Content::excess_of(entries.len(), bytes) {
        return Err(format!("is too large for a library: {why}"));
    }
    blobs(bare, entries).map_err(|why| format!("cannot be read: {why}"))
}

/// From what `git ls-tree -r -z -l` prints. Links and other repositories in this one are no part
/// of it.
fn entries(list: &[u8]) -> Result<Vec<Entry>, String> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in list.split(|byte| *byte == 0).filter(|it| !it.is_empty()) {
        let mut halves = line.splitn(2, |byte| *byte == b'\t');
        let head = String::from_utf8_lossy(halves.next().unwrap_or_default()).into_owned();
        let path = halves.next().unwrap_or_default();
        if path.split(|byte| *byte == b'/').any(is_forged) {
            let path = String::from_utf8_lossy(path);
            return Err(format!(
                "is not used: it has the path `{path}`, which git never makes"
            ));
        }
        let words: Vec<&str> = head.split_ascii_whitespace().collect();
        let (Ok(path), [mode, kind, id, bytes]) = (std::str::from_utf8(path), &words[..]) else {
            continue;
        };
        let is_file = *kind == "blob" && matches!(*mode, "100644" | "100755" | "100664");
        let (true, true, Ok(bytes)) = (is_file, is_part(path), bytes.parse()) else {
            continue;
        };
        entries.push(Entry {
            path: path.to_owned(),
            id: (*id).to_owned(),
            bytes,
        });
    }
    Ok(entries)
}

/// What leads out of a folder, or into git's own.
fn is_forged(part: &[u8]) -> bool {
    matches!(part, b"" | b"." | b"..") || part.eq_ignore_ascii_case(b".git")
}

fn blobs(bare: &Bare, entries: Vec<Entry>) -> Result<Content, String> {
    let mut content = Content::default();
    if entries.is_empty() {
        return Ok(content);
    }
    let mut git = bare.converse(&["cat-file", "--batch"])?;
    let (Some(mut ask), Some(answer)) = (git.stdin.take(), git.stdout.take()) else {
        return Err("git does not answer".to_owned());
    };
    let mut answer = BufReader::new(answer);
    let mut read = |entry: &Entry| -> std::io::Result<Option<Vec<u8>>> {
        writeln!(ask, "{}", entry.id)?;
        ask.flush()?;
        let mut head = String::new();
        answer.by_ref().take(256).read_line(&mut head)?;
        if head.trim_end() != format!("{} blob {}", entry.id, entry.bytes) {
            return Ok(None);
        }
        let mut bytes = vec![0; entry.bytes + 1];
        answer.read_exact(&mut bytes)?;
        bytes.pop();
        Ok(Some(bytes))
    };
    let mut outcome = Ok(());
    for entry in entries {
        outcome = match read(&entry) {
            Ok(Some(bytes)) => match content.files.insert(entry.path, bytes) {
                None => continue,
                Some(_) => Err("it has two files under one path".to_owned()),
            },
            Ok(None) => Err(format!("`{}` is not what it says it is", entry.path)),
            Err(error) => Err(error.to_string()),
        };
        break;
    }
    drop(ask);
    // It ends when nothing more is asked; its end says nothing more.
    let _ = git.wait();
    outcome.map(|()| content)
}
