//! Search/replace blocks.

use super::{Op, fence, path_of};

pub(super) const EXAMPLE: &str = "\
path/to/file
<<<<<<< SEARCH
lines that stand in the file now, exactly, enough of them to occur once
=======
lines that shall stand there instead
>>>>>>> REPLACE

A new file has an empty SEARCH part. To remove or rename a file, write one of these lines alone:

<<<<<<< DELETE path/to/file
<<<<<<< RENAME path/to/file => path/to/other";

const SEARCH: &str = "SEARCH";
const REPLACE: &str = "REPLACE";
const DELETE: &str = "DELETE ";
const RENAME: &str = "RENAME ";
const DIVIDER: &str = "=======";

/// Whether a text has such a block.
pub(super) fn is_there(text: &str) -> bool {
    text.lines().any(|line| {
        mark(line, '<').is_some_and(|word| {
            word.starts_with(SEARCH) || word.starts_with(DELETE) || word.starts_with(RENAME)
        })
    })
}

/// What stands behind five to nine of `sign`, and a space.
fn mark(line: &str, sign: char) -> Option<&str> {
    let line = line.trim();
    let rest = line.trim_start_matches(sign);
    let signs = line.len() - rest.len();
    ((5..=9).contains(&signs)).then(|| rest.trim())
}

/// Reads all blocks of a text.
pub(super) fn parse(text: &str) -> Result<Vec<Op>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut ops = Vec::new();
    let mut path: Option<String> = None;
    let mut at = 0;
    let mut talk_from = 0;
    while at < lines.len() {
        let word = mark(lines[at], '<');
        at += 1;
        let Some(word) = word else {
            continue;
        };
        let number = ops.len() + 1;
        if let Some(gone) = word.strip_prefix(DELETE) {
            let path = path_of(gone).ok_or_else(|| unnamed(number))?;
            ops.push(Op::Remove { path });
        } else if let Some(names) = word.strip_prefix(RENAME) {
            let (from, to) = names.split_once(" => ").ok_or_else(|| unnamed(number))?;
            let both = path_of(from).zip(path_of(to));
            let (from, to) = both.ok_or_else(|| unnamed(number))?;
            ops.push(Op::Move { from, to });
        } else if let Some(beside) = word.strip_prefix(SEARCH) {
            let named = path_of(beside).or_else(|| above(&lines[talk_from..at - 1]));
            path = named.or(path);
            let path = path.clone().ok_or_else(|| unnamed(number))?;
            let block = Block::read(&lines[at..], number, &path)?;
            at += block.lines;
            ops.push(block.op(path));
        } else {
            continue;
        }
        talk_from = at;
    }
    Ok(ops)
}

/// The path in the lines before a block.
fn above(lines: &[&str]) -> Option<String> {
    let said = lines.iter().rev();
    let mut said = said.filter(|line| !line.trim().is_empty() && !fence::is_fence(line));
    path_of(said.next()?)
}

/// The parts of one block.
struct Block {
    find: Vec<String>,
    replace: Vec<String>,
    /// How many lines it has, with its last mark.
    lines: usize,
}

impl Block {
    fn read(lines: &[&str], number: usize, path: &str) -> Result<Block, String> {
        let end = lines.iter().position(|line| {
            mark(line, '>').is_some_and(|word| word.is_empty() || word.starts_with(REPLACE))
        });
        let next = lines
            .iter()
            .position(|line| mark(line, '<').is_some_and(|word| word.starts_with(SEARCH)));
        let end = match (end, next) {
            (Some(end), Some(next)) if next < end => None,
            (end, _) => end,
        };
        let Some(end) = end else {
            return Err(format!(
                "Block {number} (`{path}`) has no end: write `>>>>>>> REPLACE` behind the lines that shall stand there."
            ));
        };
        let inner = &lines[..end];
        let dividers = inner.iter().filter(|line| line.trim_end() == DIVIDER);
        let at = inner.iter().position(|line| line.trim_end() == DIVIDER);
        let (Some(at), 1) = (at, dividers.count()) else {
            return Err(match at {
                None => format!(
                    "Block {number} (`{path}`) has no line `=======` between what it finds and what it puts there."
                ),
                Some(_) => format!(
                    "Block {number} (`{path}`) has several lines `=======`, so it is not clear where its parts end. \
                     Choose lines to find that have none, or send several blocks around it."
                ),
            });
        };
        let owned = |part: &[&str]| part.iter().map(|line| (*line).to_owned()).collect();
        Ok(Block {
            find: owned(&inner[..at]),
            replace: owned(&inner[at + 1..]),
            lines: end + 1,
        })
    }

    fn op(self, path: String) -> Op {
        let Block { find, replace, .. } = self;
        if find.iter().all(|line| line.trim().is_empty()) {
            let text = replace.iter().map(|line| format!("{line}\n")).collect();
            return Op::Create { path, text };
        }
        Op::Lines {
            path,
            after: None,
            find,
            replace,
        }
    }
}

fn unnamed(number: usize) -> String {
    format!(
        "Block {number} does not name its file: write the path alone on the line before `<<<<<<< SEARCH`, \
         relative to the repository's root."
    )
}
