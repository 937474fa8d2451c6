//! Where the operator says that secrets come from: `secrets.toml` or `secrets.yaml`, outside of all missions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::github_app::{self, App};
use crate::settings;

/// Where secrets come from.
#[derive(Debug)]
pub struct Sources {
    /// The file, as messages name it.
    path: PathBuf,
    entries: Result<BTreeMap<String, Entry>, Broken>,
}

/// Where one secret comes from, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where its value is.
    pub source: Source,
    /// The hosts whose requests may have it: `api.github.com`, `localhost:8080`.
    pub hosts: Vec<String>,
    /// Whether commands may have it.
    pub commands: bool,
}

/// Where a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In a variable of tau's own environment.
    Env(String),
    /// In a file that nobody else can read.
    File(PathBuf),
    /// In what a command writes, such as that of a keyring.
    Command(Vec<String>),
    /// In what GitHub gives an App.
    GithubApp(Box<App>),
}

/// Why `secrets.toml` cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(pub String);

/// Secrets that are bound to hosts although nobody has said so.
const WELL_KNOWN: &[(&str, &str)] = &[
    ("ANTHROPIC_API_KEY", "api.anthropic.com"),
    ("GEMINI_API_KEY", "generativelanguage.googleapis.com"),
    ("GH_TOKEN", "api.github.com"),
    ("GH_TOKEN", "github.com"),
    ("GITHUB_TOKEN", "api.github.com"),
    ("GITHUB_TOKEN", "github.com"),
    ("OPENAI_API_KEY", "api.openai.com"),
    ("OPENROUTER_API_KEY", "openrouter.ai"),
];

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    env: Option<String>,
    file: Option<String>,
    command: Option<Vec<String>>,
    github_app: Option<github_app::Written>,
    host: Option<Hosts>,
    commands: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Hosts {
    One(String),
    Several(Vec<String>),
}

impl Sources {
    /// What a file says; one that is not there says nothing. It may name commands, so it must be the
    /// user's own, and nobody else may be able to change it. What is wrong with it is told when a
    /// secret is needed.
    #[must_use]
    pub fn read(path: &Path, home: Option<&Path>) -> Sources {
        let found = settings::find(path);
        let read = |path: PathBuf| {
            let about = "says which commands tau starts for secrets";
            let written = settings::read(&path, about)?.unwrap_or_default();
            entries(&path, written, home)
        };
        Sources {
            path: found.clone().unwrap_or_else(|_| path.to_owned()),
            entries: found.and_then(read).map_err(Broken),
        }
    }

    /// The file, whether it is there or not.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where a secret comes from: what the file says, or the variable of its name.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn entry(&self, name: &str) -> Result<Entry, Broken> {
        let entries = self.entries.as_ref().map_err(Clone::clone)?;
        if let Some(entry) = entries.get(name) {
            return Ok(entry.clone());
        }
        let hosts = WELL_KNOWN.iter().filter(|(known, _)| *known == name);
        let hosts: Vec<String> = hosts.map(|(_, host)| (*host).to_owned()).collect();
        Ok(Entry {
            source: Source::Env(name.to_owned()),
            commands: hosts.is_empty(),
            hosts,
        })
    }

    /// The GitHub Apps that the file names, each with the name of its secret.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn apps(&self) -> Result<Vec<(&str, &App)>, Broken> {
        let entries = self.entries.as_ref().map_err(Clone::clone)?;
        let apps = entries.iter().filter_map(|(name, entry)| {
            let Source::GithubApp(app) = &entry.source else {
                return None;
            };
            Some((name.as_str(), app.as_ref()))
        });
        Ok(apps.collect())
    }
}

impl Source {
    /// The hosts that a value is for because of where it comes from.
    fn hosts(&self) -> Vec<String> {
        match self {
            Source::GithubApp(app) => app.hosts(),
            Source::Env(_) | Source::File(_) | Source::Command(_) => Vec::new(),
        }
    }
}

impl Default for Sources {
    /// All from the environment.
    fn default() -> Self {
        Sources {
            path: PathBuf::from("secrets.toml"),
            entries: Ok(BTreeMap::new()),
        }
    }
}

fn entries(
    path: &Path,
    written: BTreeMap<String, Written>,
    home: Option<&Path>,
) -> Result<BTreeMap<String, Entry>, String> {
    let entry = |(name, written): (String, Written)| match written.entry(&name, home) {
        Ok(entry) => Ok((name, entry)),
        Err(why) => Err(format!("`{}`, secret `{name}`: {why}", path.display())),
    };
    written.into_iter().map(entry).collect()
}

impl Written {
    fn entry(self, name: &str, home: Option<&Path>) -> Result<Entry, String> {
        let source = match (self.env, self.file, self.command, self.github_app) {
            (None, None, None, None) => Source::Env(name.to_owned()),
            (Some(variable), None, None, None) => Source::Env(variable),
            (None, Some(file), None, None) => Source::File(absolute(&file, home)?),
            (None, None, Some(argv), None) if argv.is_empty() => {
                return Err("its `command` is empty".to_owned());
            }
            (None, None, Some(argv), None) => Source::Command(argv),
            (None, None, None, Some(app)) => Source::GithubApp(Box::new(app.app(home)?)),
            _ => {
                return Err(
                    "it has more than one of `env`, `file`, `command` and `github_app`".to_owned(),
                );
            }
        };
        let hosts = match self.host {
            None => source.hosts(),
            Some(Hosts::One(host)) => vec![host],
            Some(Hosts::Several(hosts)) => hosts,
        };
        if let Some(host) = hosts.iter().find(|host| !is_host(host)) {
            return Err(format!(
                "`{host}` is no host: write its name, or `name:port`"
            ));
        }
        Ok(Entry {
            source,
            commands: self.commands.unwrap_or(hosts.is_empty()),
            hosts,
        })
    }
}

/// A name or address, with a port if need be: no URL, no pattern.
fn is_host(host: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_:[]".contains(letter);
    !host.is_empty() && host.chars().all(plain)
}

/// A path that means the same wherever tau is started.
pub(super) fn absolute(file: &str, home: Option<&Path>) -> Result<PathBuf, String> {
    let path = match (file.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(file),
    };
    match path.is_absolute() {
        true => Ok(path),
        false => Err(format!(
            "its file `{file}` must begin with `/` or with `~/`"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<BTreeMap<String, Entry>, String> {
        let path = Path::new("/s.toml");
        entries(
            path,
            settings::parse(path, text)?,
            Some(Path::new("/home/ann")),
        )
    }

    #[test]
    fn an_entry_says_where_and_for_whom() {
        let all = parsed(
            "[A]\nenv = \"MY_A\"\nhost = \"api.example.com\"\n\
             [B]\nfile = \"~/b\"\n\
             [C]\ncommand = [\"pass\", \"c\"]\nhost = [\"a.example\", \"localhost:80\"]\ncommands = true\n\
             [D]\nhost = \"d.example\"\n",
        )
        .unwrap();
        let entry = |source, hosts: &[&str], commands| Entry {
            source,
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            commands,
        };
        let env = |name: &str| Source::Env(name.to_owned());
        assert_eq!(all["A"], entry(env("MY_A"), &["api.example.com"], false));
        assert_eq!(
            all["B"],
            entry(Source::File("/home/ann/b".into()), &[], true)
        );
        let command = Source::Command(vec!["pass".into(), "c".into()]);
        assert_eq!(
            all["C"],
            entry(command, &["a.example", "localhost:80"], true)
        );
        assert_eq!(all["D"], entry(env("D"), &["d.example"], false));
    }

    #[test]
    fn what_is_wrong_is_told_without_what_stands_there() {
        for (text, why) in [
            (
                "[A]\nenv = \"X\"\nfile = \"/x\"\n",
                "`/s.toml`, secret `A`: it has more than one of `env`, `file`, `command` and `github_app`",
            ),
            (
                "[A]\nfile = \"x\"\n",
                "`/s.toml`, secret `A`: its file `x` must begin with `/` or with `~/`",
            ),
            (
                "[A]\ncommand = []\n",
                "`/s.toml`, secret `A`: its `command` is empty",
            ),
            (
                "[A]\nhost = \"https://x/\"\n",
                "`/s.toml`, secret `A`: `https://x/` is no host: write its name, or `name:port`",
            ),
        ] {
            assert_eq!(parsed(text).unwrap_err(), why);
        }
        let why = parsed("# one\nA = \"hunter2!\"\n").unwrap_err();
        assert!(why.starts_with("`/s.toml`, line 2: "), "{why}");
        let why = parsed("[A]\nvalue = \"hunter2!\"\n").unwrap_err();
        assert!(why.contains("unknown field `value`"), "{why}");
        assert!(!why.contains("hunter2!"), "{why}");
    }

    #[test]
    fn without_an_entry_it_is_the_variable_of_its_name() {
        let sources = Sources::default();
        let github = sources.entry("GITHUB_TOKEN").unwrap();
        assert_eq!(github.hosts, ["api.github.com", "github.com"]);
        assert!(!github.commands);
        let other = sources.entry("DEPLOY_KEY").unwrap();
        assert_eq!(other.source, Source::Env("DEPLOY_KEY".to_owned()));
        assert!(other.hosts.is_empty() && other.commands);
    }
}
