//! What the text behind `use` names.

use std::fmt;

use super::ENTRY;

/// What a `use` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// `./review.tau`: a file, from the folder of the file that uses it.
    File(String),
    /// `github.com/acme/flows//review.tau@v1.4`: a file of a git repository at a version.
    Library {
        /// The repository and the version.
        pin: Pin,
        /// The file, from the repository's root; [`ENTRY`] when none is named.
        path: String,
    },
}

/// A git repository at a version. What it holds is said by `tau.lock`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin {
    /// Where it is fetched from, as it is written: `github.com/acme/flows`, an address with its
    /// scheme, or the path of a repository on this machine.
    pub from: String,
    /// A tag, a branch or a commit.
    pub version: String,
}

/// Which file, seen from the one that everything begins with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// A file of the project, its path from the first file's folder.
    File(String),
    /// A file of a library, its path from the library's root.
    Library(Pin, String),
}

/// Why a text names neither a file nor a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongReference {
    /// A repository without a version.
    NoVersion,
    /// Anything else: a sentence without its full stop.
    Invalid(&'static str),
}

impl Reference {
    /// Reads the text behind `use`.
    ///
    /// # Errors
    /// It names neither a file nor a repository at a version.
    pub fn parse(text: &str) -> Result<Reference, WrongReference> {
        let invalid = |why| Err(WrongReference::Invalid(why));
        if text
            .chars()
            .any(|c| c.is_control() || c == ' ' || c == '\\')
        {
            return invalid("it has a character that no file or address of a library has");
        }
        if text.starts_with('-') {
            return invalid("it begins with `-`");
        }
        let is_path = text.starts_with("./") || text.starts_with("../");
        let (place, version) = match text.rsplit_once('@') {
            // `git@host:repository` has no version.
            Some((place, version)) if !version.contains(':') => (place, Some(version)),
            _ => (text, None),
        };
        let Some(version) = version else {
            return match (is_path, is_tau(text)) {
                (true, true) => Ok(Reference::File(text.to_owned())),
                (true, false) => invalid("a file's name ends in `.tau`, `.yaml` or `.yml`"),
                (false, true) if !text.contains("//") => {
                    invalid("a file is named from the folder of this one: begin it with `./`")
                }
                _ if text.contains('/') => Err(WrongReference::NoVersion),
                _ => invalid("a file begins with `./`, and a library is `host/owner/name@version`"),
            };
        };
        if version.is_empty() || version.starts_with(['-', '/']) || version.contains("..") {
            return invalid("there is no version behind the `@`");
        }
        let (from, path) = split_path(place);
        let from = from.trim_end_matches('/');
        if from.is_empty() || !from.contains('/') {
            return invalid("a library is `host/owner/name@version`");
        }
        let path = match path {
            None => ENTRY.to_owned(),
            Some(path) if !is_tau(path) => {
                return invalid("a library's file ends in `.tau`, `.yaml` or `.yml`");
            }
            Some(path) => match join("", path) {
                Some(path) if !path.starts_with("../") && !path.starts_with('/') => path,
                _ => return invalid("the file behind `//` is not in the repository"),
            },
        };
        let pin = Pin {
            from: from.to_owned(),
            version: version.to_owned(),
        };
        Ok(Reference::Library { pin, path })
    }

    /// What its names are called by where no `as` says it: the name of the file or repository.
    /// `None` when that is no name.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let text = match self {
            Reference::File(path) => path,
            Reference::Library { pin, path } if path == ENTRY => &pin.from,
            Reference::Library { path, .. } => path,
        };
        let last = text.rsplit('/').next().unwrap_or(text);
        let stem = match last.rsplit_once('.') {
            Some((stem, "tau" | "yaml" | "yml" | "git")) => stem,
            _ => last,
        };
        let name = stem.replace('-', "_");
        let is_name = !name.starts_with(|c: char| c.is_ascii_digit())
            && !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_name.then_some(name)
    }

    /// What it names when it stands in the file at `from`; `None` when a library would reach out
    /// of itself.
    #[must_use]
    pub fn from(&self, from: &Address) -> Option<Address> {
        match (self, from) {
            (Reference::File(path), Address::File(file)) => {
                Some(Address::File(join(folder(file), path)?))
            }
            (Reference::File(path), Address::Library(pin, file)) => {
                let path = join(folder(file), path).filter(|it| !it.starts_with("../"))?;
                Some(Address::Library(pin.clone(), path))
            }
            (Reference::Library { pin, path }, Address::File(file)) => {
                let pin = match pin.is_relative() {
                    true => Pin {
                        from: relative(&join(folder(file), &pin.from)?),
                        version: pin.version.clone(),
                    },
                    false => pin.clone(),
                };
                Some(Address::Library(pin, path.clone()))
            }
            (Reference::Library { pin, path }, Address::Library(..)) => {
                (!pin.is_relative()).then(|| Address::Library(pin.clone(), path.clone()))
            }
        }
    }
}

impl Pin {
    /// Whether it is a repository's path that begins at the file that names it.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.from.starts_with("./") || self.from.starts_with("../")
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.from, self.version)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::File(path) => f.write_str(path),
            Address::Library(pin, path) if path == ENTRY => write!(f, "{pin}"),
            Address::Library(pin, path) => write!(f, "{}//{path}@{}", pin.from, pin.version),
        }
    }
}

/// A path that says that it begins here.
fn relative(path: &str) -> String {
    match path.starts_with("../") || path.starts_with('/') {
        true => path.to_owned(),
        false => format!("./{path}"),
    }
}

/// The repository and, behind `//`, the file in it. The `//` of `https://` is none.
fn split_path(place: &str) -> (&str, Option<&str>) {
    let scheme = place.find("://").map_or(0, |at| at + 3);
    match place[scheme..].find("//") {
        Some(at) => (&place[..scheme + at], Some(&place[scheme + at + 2..])),
        None => (place, None),
    }
}

fn is_tau(path: &str) -> bool {
    [".tau", ".yaml", ".yml"]
        .iter()
        .any(|end| path.ends_with(end))
}

pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `path` seen from `folder`, without `.` and, but at its beginning, without `..`. An absolute path
/// stays what it is; `None` when it would climb above the root.
#[must_use]
pub fn join(folder: &str, path: &str) -> Option<String> {
    let whole = match path.starts_with('/') || folder.is_empty() {
        true => path.to_owned(),
        false => format!("{folder}/{path}"),
    };
    let is_absolute = whole.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if is_absolute => return None,
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    Some(match is_absolute {
        true => format!("/{joined}"),
        false => joined,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(from: &str, version: &str, path: &str) -> Reference {
        Reference::Library {
            pin: Pin {
                from: from.to_owned(),
                version: version.to_owned(),
            },
            path: path.to_owned(),
        }
    }

    #[test]
    fn files_and_repositories_are_told_apart() {
        let parse = |text| Reference::parse(text).unwrap();
        assert_eq!(parse("./a.tau"), Reference::File("./a.tau".to_owned()));
        assert_eq!(
            parse("github.com/acme/flows@v1.4"),
            library("github.com/acme/flows", "v1.4", ENTRY)
        );
        assert_eq!(
            parse("https://host/a/b//x/y.tau@main"),
            library("https://host/a/b", "main", "x/y.tau")
        );
        assert_eq!(
            parse("git@host:a/b.git@v1"),
            library("git@host:a/b.git", "v1", ENTRY)
        );
        assert_eq!(parse("../flows@v1"), library("../flows", "v1", ENTRY));
        assert_eq!(
            parse("host/a/b//.tau/x.tau@v1"),
            library("host/a/b", "v1", ".tau/x.tau")
        );
    }

    #[test]
    fn what_names_neither_says_why() {
        let wrong = |text| Reference::parse(text).unwrap_err();
        assert_eq!(wrong("github.com/acme/flows"), WrongReference::NoVersion);
        assert_eq!(wrong("git@host:a/b.git"), WrongReference::NoVersion);
        for text in [
            "",
            "a.tau",
            "flows",
            "flows@1",
            "./a",
            "--upload-pack=x/y@1",
            "a/b@",
            "a/b@-x",
            "a/b//../c.tau@1",
            "a/b///c.tau@1",
            "////@1",
            "/@1",
            "a/b//c.txt@1",
            "a b/c@1",
            "a/b@v1..v2",
        ] {
            assert!(
                matches!(Reference::parse(text), Err(WrongReference::Invalid(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn the_name_is_that_of_the_file_or_repository() {
        let name = |text| Reference::parse(text).unwrap().name();
        assert_eq!(
            name("./lib/code-review.tau").as_deref(),
            Some("code_review")
        );
        assert_eq!(name("host/acme/flows.git@v1").as_deref(), Some("flows"));
        assert_eq!(
            name("host/acme/flows//deploy.yaml@v1").as_deref(),
            Some("deploy")
        );
        assert_eq!(name("./2.tau"), None);
        assert_eq!(name("./a.b.tau"), None);
    }

    #[test]
    fn paths_begin_at_the_file_that_names_them() {
        let file = |path: &str| Address::File(path.to_owned());
        let from = |text, at: &Address| Reference::parse(text).unwrap().from(at);
        assert_eq!(from("./b.tau", &file("a.tau")), Some(file("b.tau")));
        assert_eq!(from("../b.tau", &file("x/a.tau")), Some(file("b.tau")));
        assert_eq!(from("../b.tau", &file("a.tau")), Some(file("../b.tau")));
        let pin = Pin {
            from: "h/a/b".to_owned(),
            version: "v1".to_owned(),
        };
        let inside = Address::Library(pin.clone(), "x/lib.tau".to_owned());
        let sibling = Address::Library(pin, "c.tau".to_owned());
        assert_eq!(from("../c.tau", &inside), Some(sibling));
        assert_eq!(from("../../c.tau", &inside), None);
        assert_eq!(from("../other@v1", &inside), None);
        let next_door = from("../flows@v1", &file("x/a.tau")).unwrap();
        assert_eq!(next_door.to_string(), "./flows@v1");
    }

    #[test]
    fn no_path_climbs_above_the_root() {
        assert_eq!(join("/a", "../../b"), None);
        assert_eq!(join("", "../b").as_deref(), Some("../b"));
        assert_eq!(join("a/b", "./../c//d").as_deref(), Some("a/c/d"));
        assert_eq!(join("a", "/x/./y").as_deref(), Some("/x/y"));
    }
}
