//! Finding where the hunks of one file go, and putting them there.

mod misfit;

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, HashMap};

use super::part::Hunk;

pub(super) use self::misfit::Misfit;
use self::misfit::{ambiguous, mismatch, too_long, unanchored};

/// How many lines the searches in one file may compare. Reached only by patches that are made to
/// take long.
const COMPARISONS: usize = 50_000_000;

/// The lines of one file, and the hunks that have found their place in it.
struct Placing<'f, 'h> {
    lines: Vec<&'f [u8]>,
    /// Where each line stands; made when a hunk is first searched for.
    index: OnceCell<HashMap<&'f [u8], Vec<usize>>>,
    /// First line to the hunk that takes it and the lines after it.
    placed: BTreeMap<usize, &'h Hunk<'h>>,
    /// How many lines may still be compared.
    budget: Cell<usize>,
}

/// `content` with all hunks applied.
///
/// A hunk goes where it says it goes, which is where its first line stands once the hunks before
/// it are applied. If its lines are not there, it goes to the only other place where all of them
/// are. Once a hunk of a file had to move, those after it must fit in one place only: what they
/// say may then be right by chance.
///
/// # Errors
/// Every hunk that fits nowhere, or in several places.
pub(super) fn apply(content: &[u8], hunks: &[Hunk<'_>]) -> Result<Vec<u8>, Vec<Misfit>> {
    let mut placing = Placing {
        lines: content.split_inclusive(|&byte| byte == b'\n').collect(),
        index: OnceCell::new(),
        placed: BTreeMap::new(),
        budget: Cell::new(COMPARISONS),
    };
    let mut misfits = Vec::new();
    let mut moved = false;
    // How many lines the hunks so far have added and removed.
    let (mut added, mut removed) = (0, 0);
    for hunk in hunks {
        let stated = (hunk.new_start.saturating_sub(1) + removed).checked_sub(added);
        added += hunk.added;
        removed += hunk.removed;
        match placing.place(hunk, stated, moved) {
            Ok(at) => {
                moved |= Some(at) != stated;
                placing.placed.insert(at, hunk);
            }
            Err(misfit) => misfits.push(misfit),
        }
    }
    if misfits.is_empty() {
        Ok(placing.result())
    } else {
        Err(misfits)
    }
}

impl Placing<'_, '_> {
    fn place(&self, hunk: &Hunk<'_>, stated: Option<usize>, moved: bool) -> Result<usize, Misfit> {
        if let Some(at) = self.anchor(hunk) {
            // Without any context, nothing but the stated line tells that this is the place.
            let known = hunk.old.len() > hunk.removed || stated == Some(at);
            if known && self.fits(hunk, at) {
                return Ok(at);
            }
            return Err(match self.search(hunk, 1)?.first() {
                Some(&elsewhere) => unanchored(hunk, elsewhere),
                None => mismatch(hunk, &self.lines, at),
            });
        }
        if let Some(at) = stated.filter(|_| !moved)
            && self.fits(hunk, at)
        {
            return Ok(at);
        }
        match self.search(hunk, 2)?[..] {
            [at] => Ok(at),
            [first, second, ..] => Err(ambiguous(hunk, first, second)),
            [] => Err(mismatch(hunk, &self.lines, stated.unwrap_or(0))),
        }
    }

    /// Where the hunk must go if it can go to one end of the file only: without lines of context
    /// after its change it ends where the file ends, and one for the first line begins there.
    fn anchor(&self, hunk: &Hunk<'_>) -> Option<usize> {
        if hunk.old_start <= 1 {
            return Some(0);
        }
        (hunk.trailing == 0).then(|| self.lines.len().saturating_sub(hunk.old.len()))
    }

    fn fits(&self, hunk: &Hunk<'_>, at: usize) -> bool {
        let end = at.saturating_add(hunk.old.len());
        let ends_well = hunk.trailing > 0 || end == self.lines.len();
        ends_well && self.matches(hunk, at)
    }

    /// Whether the hunk's lines are there and no other hunk has taken them.
    fn matches(&self, hunk: &Hunk<'_>, at: usize) -> bool {
        let end = at.saturating_add(hunk.old.len());
        let free = || {
            let before = self.placed.range(..=at).next_back();
            let after = self.placed.range(at..end).next();
            after.is_none()
                && before.is_none_or(|(start, other)| *start < at && start + other.old.len() <= at)
        };
        self.lines.get(at..end).is_some_and(|lines| {
            lines
                .iter()
                .zip(&hunk.old)
                .all(|(line, wanted)| *line == wanted.as_bytes())
        }) && free()
    }

    /// The first `limit` places where the hunk's lines are.
    fn search(&self, hunk: &Hunk<'_>, limit: usize) -> Result<Vec<usize>, Misfit> {
        let index = self.index.get_or_init(|| {
            let mut index: HashMap<&[u8], Vec<usize>> = HashMap::new();
            for (at, line) in self.lines.iter().enumerate() {
                index.entry(line).or_default().push(at);
            }
            index
        });
        // The line that stands in the fewest places leaves the least to compare.
        let candidates = |line: &&str| index.get(line.as_bytes()).map_or(&[][..], Vec::as_slice);
        let rarest = hunk
            .old
            .iter()
            .map(candidates)
            .enumerate()
            .min_by_key(|(_, places)| places.len());
        let Some((offset, candidates)) = rarest else {
            return Ok(Vec::new());
        };
        let mut places = Vec::new();
        for at in candidates {
            let left = self.budget.get().checked_sub(hunk.old.len());
            self.budget.set(left.ok_or_else(|| too_long(hunk))?);
            if let Some(at) = at.checked_sub(offset).filter(|&at| self.matches(hunk, at)) {
                places.push(at);
                if places.len() == limit {
                    break;
                }
            }
        }
        Ok(places)
    }

    /// The file with the hunks applied.
    fn result(&self) -> Vec<u8> {
        let mut result = Vec::new();
        let mut done = 0;
        for (&at, hunk) in &self.placed {
            self.lines[done..at]
                .iter()
                .for_each(|line| result.extend_from_slice(line));
            hunk.new
                .iter()
                .for_each(|line| result.extend_from_slice(line.as_bytes()));
            done = at + hunk.old.len();
        }
        self.lines[done..]
            .iter()
            .for_each(|line| result.extend_from_slice(line));
        result
    }
}
