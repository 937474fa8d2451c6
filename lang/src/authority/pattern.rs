//! What one rule covers.

use super::guarded::guarded;
use super::host::{Host, Ports};
use super::machine::MachineFiles;
use crate::glob::Glob;
use crate::syntax::command;
use crate::syntax::tree::Effect;

/// What a rule covers.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Paths or refs.
    Glob(Glob),
    /// Files of the machine.
    Machine(MachineFiles),
    /// A command: its words, each a pattern with `*`; a last word `*` alone stands for any
    /// number of further arguments.
    Command(Vec<String>),
    /// Hosts and their ports.
    Host(Host),
    /// A name, or a pattern of names with `*`.
    Name(String),
}

impl Pattern {
    /// Reads a pattern of an effect.
    ///
    /// # Errors
    /// Why it is none, as a clause.
    pub fn new(effect: Effect, text: &str) -> Result<Pattern, String> {
        match effect {
            Effect::Read if MachineFiles::is_one(text) => {
                MachineFiles::new(text).map(Pattern::Machine)
            }
            Effect::Write if MachineFiles::is_one(text) => {
                Err("files of the machine can be read, and never written".to_owned())
            }
            Effect::Read | Effect::Write | Effect::Git => Glob::new(text).map(Pattern::Glob),
            Effect::Run => command::words(text).map(Pattern::Command),
            Effect::Net => Host::new(text).map(Pattern::Host),
            _ if text.is_empty() => Err("it is empty".to_owned()),
            _ => Ok(Pattern::Name(text.to_owned())),
        }
    }

    /// Whether it covers all there is.
    #[must_use]
    pub fn is_universal(&self) -> bool {
        match self {
            Pattern::Glob(glob) => glob.as_str() == "**",
            Pattern::Command(words) => words.len() == 1 && words[0] == "*",
            Pattern::Host(host) => host.is_any() && host.ports() == Ports::Any,
            Pattern::Name(name) => name == "*",
            Pattern::Machine(_) => false,
        }
    }

    /// Whether it is about everything of its effect, though not about all of it: any host, at the
    /// usual ports.
    #[must_use]
    pub fn is_broad(&self) -> bool {
        match self {
            Pattern::Host(host) => host.is_any(),
            _ => self.is_universal(),
        }
    }

    /// Whether it surely covers `scope`, itself a path, command, ref or name, or a pattern.
    #[must_use]
    pub fn covers(&self, scope: &str) -> bool {
        match self {
            // No pattern of the repository's files is about those of the machine.
            Pattern::Glob(_) if MachineFiles::is_one(scope) => false,
            Pattern::Machine(files) => files.covers(scope),
            Pattern::Glob(_) if self.is_universal() => true,
            Pattern::Glob(glob) => match Glob::new_of_several(scope) {
                Some(other) => glob.contains(&other),
                None => glob.matches(scope),
            },
            Pattern::Command(pattern) => match command::words(scope) {
                Ok(words) => covers_words(pattern, &words),
                Err(_) => false,
            },
            Pattern::Host(pattern) => Host::new(scope).is_ok_and(|host| pattern.covers(&host)),
            Pattern::Name(pattern) => covers_word(pattern, scope),
        }
    }

    /// Whether it grants `scope`, itself a path, command, ref or name, or a pattern. As [covering],
    /// but that writing a [guarded] file is only granted by a pattern that is about nothing else.
    ///
    /// [covering]: Pattern::covers
    /// [guarded]: guarded()
    #[must_use]
    pub fn grants(&self, effect: Effect, scope: &str) -> bool {
        if !self.covers(scope) {
            return false;
        }
        match (self, effect) {
            (Pattern::Glob(glob), Effect::Write) => grants_guarded(glob, scope),
            _ => true,
        }
    }

    /// Whether it may cover a part of `scope`, read as a pattern or as the path that it may be:
    /// a file's name may have stars and braces.
    #[must_use]
    pub fn meets(&self, scope: &str) -> bool {
        match self {
            Pattern::Glob(glob) => {
                glob.matches(scope)
                    || Glob::new_of_several(scope).is_some_and(|other| glob.meets(&other))
            }
            Pattern::Machine(files) => files.meets(scope),
            Pattern::Host(pattern) => Host::new(scope).is_ok_and(|host| pattern.meets(&host)),
            _ => self.covers(scope),
        }
    }

    /// Whether it covers the one path that is spelled `path`, whatever is in its name.
    pub(super) fn names(&self, path: &str) -> bool {
        matches!(self, Pattern::Glob(glob) if glob.matches(path))
    }
}

/// Whether every part of `scope` that is about guarded files alone is granted by a part of `glob`
/// that is about them alone. `glob` covers all of it.
fn grants_guarded(glob: &Glob, scope: &str) -> bool {
    let by_name = |inner: &dyn Fn(&Glob) -> bool| {
        let mut own = glob.alternatives();
        own.any(|outer| guarded(outer.as_str()).is_some() && inner(&outer))
    };
    match Glob::new_of_several(scope) {
        // It may be the name of one file, too.
        _ if guarded(scope).is_some() && glob.matches(scope) => by_name(&|it| it.matches(scope)),
        None => guarded(scope).is_none(),
        Some(scope) => {
            let mut parts = scope.alternatives();
            parts.all(|part| guarded(part.as_str()).is_none() || by_name(&|it| it.contains(&part)))
        }
    }
}

fn covers_words(pattern: &[String], words: &[String]) -> bool {
    match (pattern.split_first(), words.split_first()) {
        (None, None) => true,
        (Some((last, [])), _) if last == "*" => true,
        (Some((a, pattern)), Some((b, words))) => covers_word(a, b) && covers_words(pattern, words),
        _ => false,
    }
}

/// `*` in `pattern` stands for any letters.
pub(super) fn covers_word(pattern: &str, word: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = word.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
