//! Files as they are at a revision of git.

use std::path::Path;

use tau_lang::module::{Address, Source, Unavailable, join};
use tau_lang::source::decode;

use crate::exit::Failure;
use crate::git;
use crate::libraries::Disk;

/// Why git has no such text.
const NO_FILE: &str = "there is no such file at this revision";

/// A file of a revision, and through it those beside it.
pub(super) struct Revision<'a> {
    rev: &'a str,
    /// From the repository's root, or with `./` from the current folder.
    path: &'a str,
    /// Where its libraries are. What they are, `tau.lock` says as it is now.
    libraries: Disk,
}

impl<'a> Revision<'a> {
    /// What `REV:PATH` names. A file that has this name comes first.
    pub(super) fn named(named: &'a str) -> Option<Revision<'a>> {
        if Path::new(named).exists() {
            return None;
        }
        let (rev, path) = named.split_once(':')?;
        let libraries = Disk::of(Path::new(path));
        let is_one = !rev.is_empty() && !path.is_empty();
        is_one.then_some(Revision {
            rev,
            path,
            libraries,
        })
    }

    /// The file's text.
    pub(super) fn text(&self) -> Result<String, Failure> {
        let named = format!("{}:{}", self.rev, self.path);
        at_revision(&named).map_err(|why| {
            let failure = Failure::usage(format!("cannot read `{named}`: {why}"));
            match why.as_str() {
                NO_FILE => failure
                    .help("paths are from the repository's root; write `REV:./PATH` for others"),
                _ => failure,
            }
        })
    }
}

impl Source for Revision<'_> {
    fn text(&self, address: &Address) -> Result<String, Unavailable> {
        let Address::File(path) = address else {
            return self.libraries.text(address);
        };
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let here = if self.path.starts_with("./") {
            "./"
        } else {
            ""
        };
        let path = join(folder, path).unwrap_or_else(|| path.clone());
        at_revision(&format!("{}:{here}{path}", self.rev)).map_err(Unavailable::Unreadable)
    }
}

/// # Errors
/// A sentence without its full stop.
fn at_revision(named: &str) -> Result<String, String> {
    let mut parse = git::git(Path::new("."))?;
    parse.args([
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        named,
    ]);
    // Git says more than a reader of this needs, and says it in its own words.
    let blob = git::output(parse).map_err(|_| NO_FILE.to_owned())?;
    let mut read = git::git(Path::new("."))?;
    read.args(["--no-replace-objects", "cat-file", "blob", &blob]);
    let output = read.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err("it is not a file".to_owned());
    }
    decode(output.stdout).map_err(|error| error.0)
}
