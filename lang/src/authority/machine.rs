//! Files of the machine, which commands may be shown: `~/.cargo/registry/**`, `/opt/sdk/**`.

use std::fmt;

/// A file of the machine, or a folder with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineFiles {
    text: String,
    in_home: bool,
    /// The names that lead there.
    parts: Vec<String>,
    is_folder: bool,
}

/// What nobody can grant a mission to read, nor a folder that holds it: keys, passwords, and what is
/// not files. Below the home folder if `~/` stands before it.
pub const NEVER: &[&str] = &[
    "~/.aws",
    "~/.azure",
    "~/.bash_history",
    "~/.cargo/credentials",
    "~/.cargo/credentials.toml",
    "~/.config/gcloud",
    "~/.config/gh",
    "~/.config/git",
    "~/.config/op",
    "~/.docker",
    "~/.gem/credentials",
    "~/.git-credentials",
    "~/.gnupg",
    "~/.kube",
    "~/.local/share/keyrings",
    "~/.local/state/tau",
    "~/.m2/settings.xml",
    "~/.mozilla",
    "~/.netrc",
    "~/.npmrc",
    "~/.password-store",
    "~/.pypirc",
    "~/.ssh",
    "~/.terraform.d",
    "~/.zsh_history",
    "/boot",
    "/dev",
    "/etc/shadow",
    "/etc/ssh",
    "/etc/ssl/private",
    "/etc/sudoers",
    "/proc",
    "/run",
    "/sys",
    "/var/run",
];

impl fmt::Display for MachineFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl MachineFiles {
    /// Whether a pattern is meant to be one, and not one of the repository's files.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.starts_with('/') || text == "~" || text.starts_with("~/")
    }

    /// Reads one.
    ///
    /// # Errors
    /// Why it is none, as a clause.
    pub fn new(text: &str) -> Result<MachineFiles, String> {
        let (rest, in_home) = match text.strip_prefix("~/") {
            Some(rest) => (rest, true),
            None => (text.strip_prefix('/').unwrap_or(""), false),
        };
        let (rest, is_folder) = match rest.strip_suffix("/**") {
            Some(rest) => (rest, true),
            None if rest == "**" => ("", true),
            None => (rest, false),
        };
        if text.len() > crate::glob::MAX_BYTES {
            return Err(format!(
                "it is longer than {} bytes",
                crate::glob::MAX_BYTES
            ));
        }
        if rest.is_empty() && !is_folder {
            return Err("a folder has `/**` behind it".to_owned());
        }
        if rest.contains(['*', '?', '{', '}']) {
            return Err(
                "of the machine a file can be granted, or a folder with `/**` behind it".to_owned(),
            );
        }
        if rest
            .chars()
            .any(|letter| letter.is_control() || letter == '\\')
        {
            return Err("it has a backslash or a control character".to_owned());
        }
        let parts = rest.split('/').map(str::to_owned);
        let parts: Vec<String> = match rest {
            "" => Vec::new(),
            _ => parts.collect(),
        };
        if let Some(part) = parts
            .iter()
            .find(|it| matches!(it.as_str(), "" | "." | ".."))
        {
            return Err(match part.as_str() {
                "" => "it has an empty part (`//`, or a `/` at its end)".to_owned(),
                part => format!("`{part}` is not allowed in it"),
            });
        }
        Ok(MachineFiles {
            text: text.to_owned(),
            in_home,
            parts,
            is_folder,
        })
    }

    /// Why nobody can be granted to read it, as a clause, if that is so whatever the machine.
    #[must_use]
    pub fn refused(&self) -> Option<String> {
        let mut never = NEVER.iter().filter_map(|it| MachineFiles::new(it).ok());
        match never.find(|it| self.holds(it) || it.holds(self))? {
            it if it.holds(self) => Some(format!(
                "`{it}` is never shown to a command: it may hold keys, or is no plain file"
            )),
            it => Some(format!(
                "`{it}` is in it, which is never shown to a command; name the folders below that are needed"
            )),
        }
    }

    /// Whether it lies below the home folder, whoever's that is.
    #[must_use]
    pub fn in_home(&self) -> bool {
        self.in_home
    }

    /// Whether all that is in it is meant.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.is_folder
    }

    /// Where it is, from the home folder or from the root.
    #[must_use]
    pub fn path(&self) -> String {
        self.parts.join("/")
    }

    /// Whether `text`, another one, is covered.
    pub(super) fn covers(&self, text: &str) -> bool {
        MachineFiles::new(text).is_ok_and(|other| {
            self.in_home == other.in_home
                && match self.is_folder {
                    true => other.parts.starts_with(&self.parts),
                    false => !other.is_folder && other.parts == self.parts,
                }
        })
    }

    /// Whether `text`, another one, may be covered in part.
    pub(super) fn meets(&self, text: &str) -> bool {
        MachineFiles::new(text).is_ok_and(|other| self.covers(text) || other.covers(&self.text))
    }

    /// Whether `other` is this, or lies below. What stands in [`NEVER`] may be a folder.
    fn holds(&self, other: &MachineFiles) -> bool {
        self.in_home == other.in_home
            && (self.is_folder || NEVER.contains(&self.text.as_str()))
            && other.parts.starts_with(&self.parts)
            || self.in_home == other.in_home && self.parts == other.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_granted() {
        for text in [
            "~/.cargo/registry/**",
            "~/.npm/_cacache/**",
            "/opt/sdk/**",
            "/usr/share/dict/words",
            "~/.config/pip/pip.conf",
        ] {
            assert_eq!(MachineFiles::new(text).unwrap().refused(), None, "{text}");
        }
    }

    #[test]
    fn what_cannot() {
        let why = |text: &str| match MachineFiles::new(text) {
            Ok(files) => files.refused().unwrap_or_default(),
            Err(why) => why,
        };
        for (text, says) in [
            ("~/**", "is in it"),
            ("/**", "is in it"),
            ("~", "a folder has `/**`"),
            ("/", "a folder has `/**`"),
            ("~/.ssh/**", "never shown"),
            ("~/.ssh/id_ed25519", "never shown"),
            ("~/.cargo/**", "`~/.cargo/credentials` is in it"),
            ("~/.config/**", "is in it"),
            ("/etc/**", "is in it"),
            ("/proc/self/environ", "never shown"),
            ("~/.cargo/*/src/**", "with `/**` behind it"),
            ("~/a/../.ssh/**", "`..` is not allowed"),
            ("/opt//x", "an empty part"),
            ("/opt/", "an empty part"),
        ] {
            assert!(why(text).contains(says), "{text}: {}", why(text));
        }
    }

    #[test]
    fn what_covers_what() {
        let files = |text: &str| MachineFiles::new(text).unwrap();
        for (outer, inner, expected) in [
            ("/opt/sdk/**", "/opt/sdk/**", true),
            ("/opt/sdk/**", "/opt/sdk/bin/**", true),
            ("/opt/sdk/**", "/opt/sdk", true),
            ("/opt/sdk/**", "/opt/sdks/**", false),
            ("/opt/sdk/bin/**", "/opt/sdk/**", false),
            ("/opt/sdk/file", "/opt/sdk/file", true),
            ("/opt/sdk/file", "/opt/sdk/file/**", false),
            ("~/opt/sdk/**", "/opt/sdk/**", false),
            ("/opt/sdk/**", "opt/sdk/a", false),
        ] {
            assert_eq!(files(outer).covers(inner), expected, "{outer} {inner}");
        }
        assert!(files("/opt/sdk/bin/**").meets("/opt/sdk/**"));
        assert!(!files("/opt/sdk/bin/**").meets("/opt/sdk/lib/**"));
    }
}
