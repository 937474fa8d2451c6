//! What a model is shown of the repository, within so many bytes: found from the goal and the failure.

mod rank;
mod window;

use tau_interpreter::action::{Failure, FileMode, Look};

use self::rank::Ranked;

/// Where a repository says how it wants to be worked on.
const AGENTS: &str = "AGENTS.md";
const AGENTS_BYTES: usize = 8 << 10;

/// The most names of files that are listed.
const LISTED: usize = 300;

/// The largest file that is looked at, in bytes, and how many bytes and files are looked at in all.
const LARGEST: usize = 256 << 10;
const LOOKED_AT: usize = 8 << 20;
const FILES: usize = 2000;

/// What to look for.
pub(super) struct Wanted<'a> {
    pub(super) goal: &'a str,
    pub(super) failure: &'a str,
    /// Patterns of files that are shown first.
    pub(super) files: &'a [String],
    /// How many bytes there are for all of it.
    pub(super) room: usize,
}

/// What is shown.
#[derive(Debug, Default)]
pub(super) struct Context {
    /// What the repository says of itself.
    pub(super) agents: Option<String>,
    /// Names of files, one a line.
    pub(super) names: String,
    /// The files that are shown, the most relevant first.
    pub(super) sources: Vec<Source>,
    /// What was left out, each in a few words.
    pub(super) left_out: Vec<String>,
}

/// A file that is shown, or parts of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
    /// The first and the last line of each part; none for all of it.
    pub(super) parts: Vec<(usize, usize)>,
}

/// Finds what is shown.
///
/// # Errors
/// The tree cannot be read.
pub(super) fn gather(wanted: &Wanted<'_>, hands: &dyn Look) -> Result<Context, Failure> {
    let names = hands.names();
    let mut context = Context::default();
    let mut room = wanted.room;
    if let Some(text) = text(hands, AGENTS)? {
        let kept = &text[..floor(&text, AGENTS_BYTES.min(room / 4))];
        if kept.len() < text.len() {
            context.left_out.push(format!("the end of {AGENTS}"));
        }
        room = room.saturating_sub(kept.len());
        context.agents = Some(kept.to_owned());
    }
    let listed = list(&names, room / 8, &mut context);
    room = room.saturating_sub(listed);

    let mut files = Vec::new();
    let mut bytes = 0;
    let first = chosen(hands, wanted.files)?;
    let mut paths = rank::by_name(&names, wanted.goal, wanted.failure);
    paths.sort_by_key(|(path, points)| (!first.contains(path), std::cmp::Reverse(*points)));
    for (path, points) in paths.into_iter().take(FILES) {
        if bytes > LOOKED_AT {
            break;
        }
        if path == AGENTS {
            continue;
        }
        if let Some(text) = text(hands, &path)? {
            bytes += text.len();
            files.push(Ranked {
                is_first: first.contains(&path),
                path,
                points,
                text,
            });
        }
    }
    rank::by_text(&mut files, wanted.goal, wanted.failure);
    let all: usize = files.iter().map(|file| file.text.len()).sum();
    if all > room {
        // What nothing speaks for is shown only where there is room for everything.
        let unrelated = |file: &Ranked| !file.is_first && file.points == 0;
        let count = files.iter().filter(|file| unrelated(file)).count();
        files.retain(|file| !unrelated(file));
        if count > 0 {
            let them = format!("{count} files that neither the goal nor the failure speaks of");
            context.left_out.push(them);
        }
    }
    for file in files {
        match window::shown(&file, wanted.goal, wanted.failure, room) {
            Some(source) => {
                room = room.saturating_sub(source.text.len() + source.path.len());
                if !source.parts.is_empty() {
                    context
                        .left_out
                        .push(format!("the rest of {}", source.path));
                }
                context.sources.push(source);
            }
            None => context.left_out.push(format!("all of {}", file.path)),
        }
    }
    Ok(context)
}

/// The files that somebody wants to be shown.
fn chosen(hands: &dyn Look, patterns: &[String]) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    for pattern in patterns {
        all.extend(hands.list(pattern)?);
    }
    Ok(all)
}

/// Lists names; gives how many bytes that takes.
fn list(names: &[String], room: usize, context: &mut Context) -> usize {
    for (count, name) in names.iter().enumerate() {
        if count >= LISTED || context.names.len() + name.len() > room {
            let left = names.len() - count;
            context.left_out.push(format!("the names of {left} files"));
            break;
        }
        context.names.push_str(name);
        context.names.push('\n');
    }
    context.names.len()
}

/// A file's text, if it is a text of a size that can be shown and may be read.
fn text(hands: &dyn Look, path: &str) -> Result<Option<String>, Failure> {
    let Ok(Some(file)) = hands.read(path) else {
        return Ok(None);
    };
    if file.mode == FileMode::Link || file.bytes.len() > LARGEST || file.bytes.contains(&0) {
        return Ok(None);
    }
    Ok(String::from_utf8(file.bytes).ok())
}

/// The last place at or before `at` where a character begins.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests;
