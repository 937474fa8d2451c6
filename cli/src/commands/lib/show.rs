//! Changes for people.

use super::change::{Change, Side};
use crate::libraries::{Offer, Project};
use crate::render::sanitize::{self, one_line};
use crate::render::style::{FAINT, GOOD, STRONG, WARNING, paint};

/// How many missions and actions of a library are shown. All of them are in the JSON document.
const MAX_OFFERS: usize = 40;

/// What would change, with what every new library needs.
pub(super) fn changes(changes: &[Change]) -> String {
    let parts: Vec<String> = changes.iter().map(change).collect();
    parts.join("\n")
}

/// That it was written.
pub(super) fn written(project: &Project, changes: &[Change]) -> String {
    let mut text = String::new();
    for change in changes {
        let to = change.now.as_ref().map_or("", |side| short(&side.commit));
        let line = format!("{:<9} {}  {to}", change.change, pin(change));
        text += &format!("{}\n", line.trim_end());
    }
    text + &format!("wrote {}\n", sanitize::path(&project.near()))
}

fn change(change: &Change) -> String {
    let head = format!("{} {}", change.change, paint(STRONG, pin(change)));
    let mut text = format!("{head}{}\n", sides(change));
    if change.now.is_none() {
        return text + "  no file uses it\n";
    }
    if change.suspicious {
        let warning = paint(WARNING, "warning:");
        text += &format!(
            "  {warning} `{}` is a tag, and a tag should never move. Ask who keeps the repository \
             why it did, before you take it.\n",
            one_line(&change.version)
        );
    }
    if change.ambiguous {
        let warning = paint(WARNING, "warning:");
        let version = one_line(&change.version);
        text += &format!("  {warning} `{version}` is a tag and a branch; the tag is taken\n");
    }
    let files = match change.files {
        1 => "1 file".to_owned(),
        many => format!("{many} files"),
    };
    let used = match &change.used_by {
        Some(by) => format!(", used by {}", one_line(by)),
        None => String::new(),
    };
    text += &format!("  {files} with {} bytes{used}\n", change.bytes);
    if change.was.is_some() {
        text += &difference(change);
    } else {
        text += &offers(change);
    }
    for file in &change.offers.unreadable {
        let warning = paint(WARNING, "warning:");
        let file = one_line(file);
        text += &format!("  {warning} `{file}` has errors, and may need more than is shown\n");
    }
    text
}

/// `from@version`, as one line.
fn pin(change: &Change) -> String {
    one_line(&format!("{}@{}", change.from, change.version)).into_owned()
}

fn sides(change: &Change) -> String {
    let name = |side: &Side| match side.version == change.version {
        true => short(&side.commit).to_owned(),
        false => format!("{} {}", one_line(&side.version), short(&side.commit)),
    };
    let text = match (&change.was, &change.now) {
        (Some(was), Some(now)) => format!("{} -> {}", name(was), name(now)),
        (Some(one), None) | (None, Some(one)) => name(one),
        (None, None) => String::new(),
    };
    format!("  {}", paint(FAINT, text))
}

/// The first digits of a commit, as runs show it.
fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// What it needs more and less than before.
fn difference(change: &Change) -> String {
    let mut text = String::new();
    for line in &change.gained {
        let sign = paint(WARNING, format!("+ {}", one_line(line)));
        text += &format!("  needs {sign}\n");
    }
    for line in &change.lost {
        let sign = paint(GOOD, format!("- {}", one_line(line)));
        text += &format!("  needs {sign}\n");
    }
    if text.is_empty() {
        text += "  needs what it needed before\n";
    }
    text
}

/// All that it has, with what each needs, under the name of its file.
fn offers(change: &Change) -> String {
    let all = &change.offers.offers;
    if all.is_empty() {
        return "  has no mission and no action\n".to_owned();
    }
    let mut text = String::new();
    let shown = &all[..all.len().min(MAX_OFFERS)];
    for of_file in shown.chunk_by(|a, b| a.file == b.file) {
        let file = of_file.first().map_or("", |offer| offer.file.as_str());
        text += &format!("  {}\n", one_line(file));
        for offer in of_file {
            text += &self::offer(offer);
        }
    }
    if all.len() > shown.len() {
        let more = all.len() - shown.len();
        text += &format!("  and {more} more missions and actions, which `--json` lists\n");
    }
    text
}

fn offer(offer: &Offer) -> String {
    let name = one_line(&offer.name);
    let mut text = format!("    {} {}", offer.kind, paint(STRONG, name));
    if offer.needs.is_empty() {
        text += ", which needs nothing";
    }
    text += "\n";
    for need in &offer.needs {
        text += &format!("      {}\n", one_line(need));
    }
    text
}
