//! Whose signatures count: those of the keys that `--key` names, or, without it, of the user's own,
//! and of those that the user and the machine trust.

use std::path::{Path, PathBuf};

use tau_interpreter::evidence::key::PublicKey;
use tau_interpreter::evidence::keys::{Keys, Role};
use tau_interpreter::evidence::papers::Trusted;

use crate::exit::Failure;
use crate::files::{Input, read};
use crate::policies::settings_folders;
use crate::render::sanitize;
use crate::runner;

/// The file with trusted keys, in the folders where policies are too.
const NAME: &str = "keys";

/// The keys that count.
///
/// # Errors
/// Usage: one of the files is there and cannot be read, or has no key.
pub(crate) fn keys(named: &[PathBuf]) -> Result<Vec<Trusted>, Failure> {
    if !named.is_empty() {
        let all: Result<Vec<_>, _> = named.iter().map(|path| in_file(path)).collect();
        return Ok(all?.into_iter().flatten().collect());
    }
    let folder = runner::home()?.keys();
    let own = Keys::public(&folder).map_err(Failure::usage)?;
    let mut all: Vec<Trusted> = Vec::new();
    // Both or none are there, but for one that somebody has taken away.
    for (key, role) in own {
        all.push(Trusted {
            key,
            role: Some(role),
            from: "your own".to_owned(),
        });
    }
    for folder in settings_folders() {
        let path = folder.join(NAME);
        if path.is_file() {
            all.extend(in_file(&path)?);
        }
    }
    Ok(all)
}

/// The keys of a file. A line that names `runner@tau` or `verifier@tau` counts for that alone.
fn in_file(path: &Path) -> Result<Vec<Trusted>, Failure> {
    let name = sanitize::path(path);
    let wrong = |why: String| Failure::usage(format!("cannot read the keys in `{name}`: {why}"));
    let text = read(&Input::File(path.to_owned())).map_err(|it| wrong(it.why))?;
    let keys = PublicKey::read_all(&text).map_err(wrong)?;
    let trusted = keys.into_iter().map(|(key, line)| Trusted {
        key,
        role: Role::ALL.into_iter().find(|role| {
            let owner = role.owner();
            line.split_ascii_whitespace().any(|word| word == owner)
        }),
        from: name.to_string(),
    });
    Ok(trusted.collect())
}
